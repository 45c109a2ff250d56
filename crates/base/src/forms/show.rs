//! What a form shows: its own words, its questions, and of fields no more than answering takes.

use serde::Serialize;
use serde_json::{Value as Json, json};
use skein_platform::Ctx;
use skein_table::{
    Color, Field, FieldKind, Filter, FormCover, FormItem, FormQuestion, FormView, Table, ViewKind,
    value_to_json,
};
use skein_types::FieldId;
use utoipa::ToSchema;

use super::{
    Admitted, FormError,
    admit::{Asks, admit},
    right,
    share::Share,
};
use crate::{BaseError, Bases};

/// A form, or why it is not shown.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum FormState {
    /// It can be filled in.
    Open {
        /// What it shows.
        #[schema(value_type = ShownForm)]
        form: Box<ShownForm>,
    },
    /// It takes no answers.
    Closed {
        /// What its makers say about that; empty when they say nothing.
        message: String,
    },
    /// It asks for its password first; nothing else is told.
    Password,
    /// It is for members of the organisation, and nobody is signed in.
    SignIn,
    /// It is for members of the organisation who are no guests.
    MembersOnly,
}

/// A form as whoever fills it in sees it.
#[derive(Debug, Serialize, ToSchema)]
#[expect(clippy::struct_excessive_bools, reason = "each answers a question of its own")]
pub struct ShownForm {
    /// What stands above it.
    pub title: String,
    /// What it is for.
    pub description: String,
    /// What is drawn at its head.
    pub cover: FormCover,
    /// Its colour.
    pub theme: Color,
    /// Its pages.
    pub pages: Vec<ShownPage>,
    /// What stands on the button that sends it; empty for the usual word.
    pub submit: String,
    /// Whether each person answers once.
    pub once: bool,
    /// Whether answers may be changed afterwards.
    pub revise: bool,
    /// To send the answers with. They are one record, however often they are sent.
    pub key: String,
    /// Whether the one who asks is signed in.
    pub member: bool,
    /// Of a form for once, whether they answered it already.
    pub answered: bool,
}

/// A page.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShownPage {
    /// What stands above it.
    pub title: String,
    /// When it is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub show: Option<Filter>,
    /// Questions and headings.
    pub items: Vec<ShownItem>,
}

/// A part of a page.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ShownItem {
    /// The head of a section.
    Heading {
        /// In large letters.
        title: String,
        /// Below it.
        text: String,
    },
    /// A question.
    Question(ShownQuestion),
}

/// A question.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShownQuestion {
    /// What its answer is sent under.
    pub field: FieldId,
    /// What is asked.
    pub label: String,
    /// What the field is called, where addresses name it.
    pub name: String,
    /// More about it.
    pub help: String,
    /// Whether it must be answered.
    pub required: bool,
    /// When it is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub show: Option<Filter>,
    /// Whether the address of the form may not answer it beforehand.
    pub blank: bool,
    /// The type of the field with what answering takes: formats, and the choices that are offered.
    #[schema(value_type = Object)]
    pub kind: Json,
    /// What it begins with.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub default: Option<Json>,
}

/// Whether a question is asked of the one who fills in the form. People are shown to members alone, and records only
/// where the form lets them be searched.
pub(super) fn is_asked(question: &FormQuestion, field: &Field, member: bool) -> bool {
    match field.kind {
        FieldKind::Member { .. } | FieldKind::Group { .. } => member,
        FieldKind::Link { .. } => question.search,
        _ => FormQuestion::can_ask(&field.kind),
    }
}

/// Whether a form offers a choice.
pub(super) fn is_offered(question: &FormQuestion, choice: skein_types::ChoiceId) -> bool {
    question.choices.as_ref().is_none_or(|offered| offered.contains(&choice))
}

fn kind(question: &FormQuestion, field: &Field) -> Result<Json, BaseError> {
    let offered = || {
        let choices = field.kind.choices().iter().filter(|choice| is_offered(question, choice.id));
        let choices = choices.map(|one| json!({"id": one.id, "name": one.name, "color": one.color}));
        choices.collect::<Vec<_>>()
    };
    Ok(match &field.kind {
        FieldKind::Select { .. } => json!({"type": "select", "choices": offered()}),
        FieldKind::MultiSelect { .. } => json!({"type": "multi_select", "choices": offered()}),
        FieldKind::Link { multiple, .. } => json!({"type": "link", "multiple": multiple}),
        other => serde_json::to_value(other).map_err(|error| BaseError::Internal(error.to_string()))?,
    })
}

fn question(
    question: &FormQuestion,
    table: &Table,
    member: bool,
) -> Result<Option<ShownQuestion>, BaseError> {
    let field = table.field(question.field).filter(|field| is_asked(question, field, member));
    let Some(field) = field else { return Ok(None) };
    let or = |own: &str, usual: &str| if own.is_empty() { usual.to_owned() } else { own.to_owned() };
    let plain =
        !matches!(field.kind, FieldKind::Link { .. } | FieldKind::Member { .. } | FieldKind::Group { .. });
    let offered = |json: &Json| match json {
        Json::String(id) => id.parse().is_ok_and(|id| is_offered(question, id)),
        Json::Array(ids) => ids
            .iter()
            .all(|id| id.as_str().and_then(|id| id.parse().ok()).is_some_and(|id| is_offered(question, id))),
        _ => true,
    };
    let select = matches!(field.kind, FieldKind::Select { .. } | FieldKind::MultiSelect { .. });
    let default = field.default.as_ref().filter(|_| plain).map(|value| value_to_json(field, value));
    Ok(Some(ShownQuestion {
        field: field.id,
        label: or(&question.label, &field.name),
        name: field.name.clone(),
        help: or(&question.help, &field.description),
        required: question.required || field.required,
        show: question.show.clone(),
        blank: question.blank,
        kind: kind(question, field)?,
        default: default.filter(|json| !select || offered(json)),
    }))
}

fn pages(form: &FormView, table: &Table, member: bool) -> Result<Vec<ShownPage>, BaseError> {
    let item = |item: &FormItem| -> Result<Option<ShownItem>, BaseError> {
        match item {
            FormItem::Heading(heading) => {
                Ok(Some(ShownItem::Heading { title: heading.title.clone(), text: heading.text.clone() }))
            }
            FormItem::Question(asked) => Ok(question(asked, table, member)?.map(ShownItem::Question)),
        }
    };
    let page = |page: &skein_table::FormPage| {
        let items: Result<Vec<_>, BaseError> =
            page.items.iter().filter_map(|one| item(one).transpose()).collect();
        let items = items?;
        Ok(ShownPage { title: page.title.clone(), show: page.show.clone(), items })
    };
    form.pages.iter().map(page).collect()
}

/// A form for whoever has its address, or why it is not shown.
pub async fn shown(
    bases: &Bases,
    token: &str,
    (ctx, ip, pass): (Option<&Ctx>, &str, Option<&str>),
) -> Result<FormState, FormError> {
    let asks = Asks { ctx, ip, pass, writes: false };
    let admitted = match admit(bases, token, asks).await {
        Ok(admitted) => admitted,
        Err(FormError::NeedsPassword) => return Ok(FormState::Password),
        Err(FormError::SignIn) => return Ok(FormState::SignIn),
        Err(FormError::MembersOnly) => return Ok(FormState::MembersOnly),
        Err(FormError::Closed) => return closed(bases, token).await,
        Err(error) => return Err(error),
    };
    let open = right::open(bases, &admitted).await?;
    let snapshot = open.snapshot();
    let (table, view, form) = right::form(&snapshot, &admitted)?;
    let answered = form.once && super::answer::record_of(bases, &admitted, table).await?.is_some();
    let form = ShownForm {
        title: if form.title.is_empty() { view.name.clone() } else { form.title.clone() },
        description: form.description.clone(),
        cover: form.cover,
        theme: form.theme,
        pages: pages(form, table, admitted.member.is_some())?,
        submit: form.submit.clone(),
        once: form.once,
        revise: form.revise,
        key: super::answer::new_key(bases.platform(), &admitted),
        member: admitted.member.is_some(),
        answered,
    };
    Ok(FormState::Open { form: Box::new(form) })
}

/// What the makers of a form say while it is closed. Of one in the trash, or with a password, nothing.
async fn closed(bases: &Bases, token: &str) -> Result<FormState, FormError> {
    let share = Share::by_token(&bases.platform().db, token).await?;
    let silent = share.trashed || share.password.is_some();
    let message = if silent {
        String::new()
    } else {
        let open = bases.serve(share.base).await?;
        let snapshot = open.snapshot();
        let view = snapshot.table(share.table).ok().and_then(|table| table.view(share.view));
        match view.map(|view| &view.kind) {
            Some(ViewKind::Form(form)) => form.closed.clone(),
            _ => return Err(FormError::NotFound),
        }
    };
    Ok(FormState::Closed { message })
}

/// Whether other sites may show a form in a frame: only one that anyone may fill in.
pub async fn may_be_framed(bases: &Bases, token: &str) -> bool {
    let share = Share::by_token(&bases.platform().db, token).await;
    share.is_ok_and(|share| share.audience == super::Audience::Anyone && !share.trashed)
}

impl Admitted {
    pub(super) fn asks(&self, question: &FormQuestion, table: &Table) -> bool {
        let field = table.field(question.field);
        field.is_some_and(|field| is_asked(question, field, self.member.is_some()))
    }
}
