//! The address of a form: who may fill it in, with which password and until when.

use serde::{Deserialize, Serialize};
use serde_json::json;
use skein_platform::{
    Ctx,
    access::{Granted, Manage, authorize_in},
    audit, identity, security_stream,
};
use skein_store::{Db, Expected, FutureExt, Row, StoreError, Tx, params};
use skein_table::ViewKind;
use skein_types::{LinkId, OrgId, ResourceId, TableId, Timestamp, ViewId};
use utoipa::ToSchema;

use super::FormError;
use crate::{BaseError, Snapshot};

/// Who may fill in a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// Nobody now; its address stays.
    Nobody,
    /// Every active member of the organisation who is no guest.
    Members,
    /// Anyone who has the address.
    Anyone,
}

impl Audience {
    fn as_str(self) -> &'static str {
        match self {
            Self::Nobody => "nobody",
            Self::Members => "members",
            Self::Anyone => "anyone",
        }
    }
    fn parse(text: &str) -> Result<Self, StoreError> {
        let all = [Self::Nobody, Self::Members, Self::Anyone];
        all.into_iter().find(|audience| audience.as_str() == text).ok_or_else(|| StoreError::Column {
            column: "audience".into(),
            reason: format!("no audience {text}"),
        })
    }
}

/// The address of a form, as those who manage the base see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FormLink {
    /// How events name visitors who filled it in.
    #[schema(value_type = String)]
    pub id: LinkId,
    /// What is sent to people.
    pub url: String,
    /// Who may fill it in.
    pub audience: Audience,
    /// Whether it asks for a password.
    pub password: bool,
    /// From when on it takes no answers.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub closes: Option<Timestamp>,
}

/// How the address of a form is to be.
#[derive(Clone, Debug)]
pub struct FormLinkChange {
    /// Who may fill it in.
    pub audience: Audience,
    /// Its password; none keeps the present one, `Some(None)` takes it away.
    pub password: Option<Option<String>>,
    /// When it closes; none keeps what is set, `Some(None)` leaves it open.
    pub closes: Option<Option<Timestamp>>,
}

/// A form that is shared, as it is stored.
#[derive(Clone, Debug)]
pub(crate) struct Share {
    pub(crate) id: LinkId,
    pub(crate) org: OrgId,
    pub(crate) base: ResourceId,
    pub(crate) table: TableId,
    pub(crate) view: ViewId,
    pub(crate) audience: Audience,
    pub(crate) password: Option<String>,
    pub(crate) closes: Option<Timestamp>,
    pub(crate) trashed: bool,
    token: String,
}

const STORED: &str = "SELECT f.id, r.org, f.base, f.table_id, f.view, f.token, f.audience, f.password, f.closes, \
     r.trashed FROM base_forms f JOIN resources r ON r.id = f.base";

fn stored(row: &Row) -> Result<Share, StoreError> {
    let audience: String = row.get("audience")?;
    Ok(Share {
        id: row.get("id")?,
        org: row.get("org")?,
        base: row.get("base")?,
        table: row.get("table_id")?,
        view: row.get("view")?,
        audience: Audience::parse(&audience)?,
        password: row.get("password")?,
        closes: row.get("closes")?,
        trashed: row.get::<Option<Timestamp>>("trashed")?.is_some(),
        token: row.get("token")?,
    })
}

impl Share {
    fn told(&self, base_url: &str) -> FormLink {
        FormLink {
            id: self.id,
            url: format!("{base_url}/f/{}", self.token),
            audience: self.audience,
            password: self.password.is_some(),
            closes: self.closes,
        }
    }

    /// What an address leads to.
    pub(super) async fn by_token(db: &Db, token: &str) -> Result<Self, FormError> {
        let row = db.row(&format!("{STORED} WHERE f.token = $1"), params![token]).await?;
        Ok(stored(&row.ok_or(FormError::NotFound)?)?)
    }
}

async fn of_view(tx: &mut Tx, base: ResourceId, view: ViewId) -> Result<Option<Share>, StoreError> {
    let sql = format!("{STORED} WHERE f.view = $1 AND f.base = $2");
    tx.row(&sql, params![view, base]).await?.as_ref().map(stored).transpose()
}

/// The address of a form; none when it was never shared.
pub async fn get_link(
    ctx: &Ctx,
    granted: &Granted<Manage>,
    view: ViewId,
    base_url: &str,
) -> Result<Option<FormLink>, FormError> {
    let sql = format!("{STORED} WHERE f.view = $1 AND f.base = $2");
    let row = ctx.platform.db.row(&sql, params![view, granted.resource()]).await?;
    Ok(row.as_ref().map(stored).transpose()?.map(|share| share.told(base_url)))
}

/// Shares a form, or changes how; its address stays.
pub async fn put_link(
    ctx: &Ctx,
    granted: &Granted<Manage>,
    snapshot: &Snapshot,
    (table, view): (TableId, ViewId),
    change: FormLinkChange,
    base_url: &str,
) -> Result<FormLink, FormError> {
    let known = snapshot.table(table)?.view(view).filter(|view| view.is_for(ctx.member().ok()));
    let known = known.ok_or(BaseError::ViewNotFound(view))?;
    if !matches!(known.kind, ViewKind::Form(_)) {
        return Err(BaseError::invalid("view.no_form", "view", "only a form has such an address").into());
    }
    if change.closes.flatten().is_some_and(|closes| closes <= ctx.now) {
        return Err(FormError::Closes);
    }
    let password = match &change.password {
        None => None,
        Some(None) => Some(None),
        Some(Some(text)) if (1..=256).contains(&text.chars().count()) => {
            Some(Some(identity::hash_password(&ctx.platform, text).await?))
        }
        Some(Some(_)) => return Err(FormError::Password),
    };
    let (base, context) = (granted.resource(), ctx.clone());
    let (made, token): (LinkId, _) = (ctx.platform.ids.make(), ctx.platform.ids.secret());
    let store = ctx.platform.db.write(move |tx| {
        async move {
            authorize_in::<Manage>(&context, tx, base).await?;
            let before = of_view(tx, base, view).await?;
            let kept = before.map(|share| (share.password, share.closes)).unwrap_or_default();
            let (password, closes) = (password.unwrap_or(kept.0), change.closes.unwrap_or(kept.1));
            let sql = "INSERT INTO base_forms (id, base, table_id, view, token, audience, password, closes, created) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (view) DO UPDATE \
                 SET audience = excluded.audience, password = excluded.password, closes = excluded.closes";
            let audience = change.audience.as_str();
            let values = params![made, base, table, view, token, audience, password, closes, context.now];
            tx.execute(sql, values).await?;
            let share = of_view(tx, base, view).await?.ok_or(FormError::NotFound)?;
            let data = json!({
                "resource": base, "view": view, "link": share.id, "audience": share.audience,
                "password": share.password.is_some(), "closes": share.closes,
            });
            let event = audit::audit(&context, "form.shared", &data);
            tx.append(&security_stream(context.org), Expected::Any, vec![event]).await?;
            Ok::<_, FormError>(share)
        }
        .boxed()
    });
    Ok(store.await?.told(base_url))
}

/// Takes the address of a form away. When it is shared anew it has another one.
pub async fn remove_link(ctx: &Ctx, granted: &Granted<Manage>, view: ViewId) -> Result<(), FormError> {
    let (base, context) = (granted.resource(), ctx.clone());
    let remove = ctx.platform.db.write(move |tx| {
        async move {
            authorize_in::<Manage>(&context, tx, base).await?;
            let Some(share) = of_view(tx, base, view).await? else { return Ok(()) };
            tx.execute("DELETE FROM base_form_members WHERE form = $1", params![share.id]).await?;
            tx.execute("DELETE FROM base_forms WHERE id = $1", params![share.id]).await?;
            let data = json!({ "resource": base, "view": view, "link": share.id });
            let event = audit::audit(&context, "form.unshared", &data);
            tx.append(&security_stream(context.org), Expected::Any, vec![event]).await?;
            Ok::<_, FormError>(())
        }
        .boxed()
    });
    remove.await
}

/// Forgets the forms of a base that is deleted.
pub(crate) async fn purge_base(tx: &mut Tx, base: ResourceId) -> Result<(), StoreError> {
    let sql = "DELETE FROM base_form_members WHERE form IN (SELECT id FROM base_forms WHERE base = $1)";
    tx.execute(sql, params![base]).await?;
    tx.execute("DELETE FROM base_forms WHERE base = $1", params![base]).await.map(|_| ())
}
