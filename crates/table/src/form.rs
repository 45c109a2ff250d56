//! Forms: a kind of view that asks for the cells of a new record. What a form is; its rules are in `form_rules`.

use serde::{Deserialize, Serialize};
use skein_types::{ChoiceId, FieldId};
use utoipa::ToSchema;

use crate::{Color, Filter};

/// Questions whose answers become a record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct FormView {
    /// What stands above it; empty for the name of the view.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// What it is for.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// What is drawn at its head, in the colour of its theme.
    #[serde(skip_serializing_if = "is_default")]
    pub cover: FormCover,
    /// The colour of its head and buttons.
    pub theme: Color,
    /// Shown one after the other.
    pub pages: Vec<FormPage>,
    /// What stands on the button that sends it; empty for the usual word.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub submit: String,
    /// What is shown once it was sent.
    #[serde(skip_serializing_if = "is_default")]
    pub thanks: FormThanks,
    /// Whether each person answers once. Known of members; of visitors their browser remembers it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub once: bool,
    /// Whether answers may be changed after they were sent, by who has their secret address.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub revise: bool,
    /// What is shown while it takes no answers; empty for the usual sentence.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub closed: String,
}

impl Default for FormView {
    fn default() -> Self {
        Self {
            title: String::new(),
            description: String::new(),
            cover: FormCover::default(),
            theme: Color::Blue,
            pages: Vec::new(),
            submit: String::new(),
            thanks: FormThanks::default(),
            once: false,
            revise: false,
            closed: String::new(),
        }
    }
}

/// What is drawn at the head of a form.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FormCover {
    /// Nothing.
    None,
    /// A strip of one colour.
    #[default]
    Plain,
    /// One colour that turns into another.
    Gradient,
    /// Lines.
    Waves,
}

/// What is shown once a form was sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct FormThanks {
    /// Empty for the usual sentence.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// A web address to go on with.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub link: String,
    /// What that is called; empty for the address.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub label: String,
}

/// What is shown of a form at once.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct FormPage {
    /// What stands above it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// When it is shown, by questions of earlier pages; none for always.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub show: Option<Filter>,
    /// Questions and headings.
    pub items: Vec<FormItem>,
}

/// A part of a page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum FormItem {
    /// A question.
    Question(FormQuestion),
    /// The head of a section.
    Heading(FormHeading),
}

/// The head of a section.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct FormHeading {
    /// In large letters.
    pub title: String,
    /// Below it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub text: String,
}

/// A question: its answer is the cell of a field.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct FormQuestion {
    /// The field. Each is asked for once.
    pub field: FieldId,
    /// What is asked; empty for the name of the field.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub label: String,
    /// More about it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub help: String,
    /// Whether it must be answered, even where the field may be empty.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub required: bool,
    /// When it is shown, by answers to questions before it; none for always. Knows no comparison with other fields and
    /// no relative dates.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub show: Option<Filter>,
    /// Whether the address of the form may not answer it beforehand.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub blank: bool,
    /// Of a select, the choices that are offered; all when none are said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub choices: Option<Vec<ChoiceId>>,
    /// Of a link, whether whoever fills in the form may search the titles of the records it may name. Without that the
    /// question is not asked.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub search: bool,
}

impl FormQuestion {
    /// A question as the field asks it.
    pub fn new(field: FieldId) -> Self {
        Self {
            field,
            label: String::new(),
            help: String::new(),
            required: false,
            show: None,
            blank: false,
            choices: None,
            search: false,
        }
    }
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
