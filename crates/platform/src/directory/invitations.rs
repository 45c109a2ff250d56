//! Invitations: links by which people make themselves members.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use serde_json::json;
use skein_store::{FutureExt, Row, StoreError, params};
use skein_types::{DepartmentId, InvitationId, MemberId, OrgId, Timestamp};
use utoipa::ToSchema;

use super::{
    DirectoryError,
    members::{self, NewMember, Prepared},
    model, sql,
};
use crate::{
    Ctx, Platform,
    audit::By,
    directory_stream,
    identity::{Language, Meta, OrgRole, hash_secret, rules},
};

/// An invitation.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Invitation {
    /// The id.
    pub id: InvitationId,
    /// The link to hand on; told once, when it is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// What those who follow it become.
    pub role: OrgRole,
    /// The department they are put into.
    pub department: Option<DepartmentId>,
    /// Until when it is good.
    pub expires: Timestamp,
    /// How many followed it.
    pub uses: i64,
    /// How many may.
    pub max_uses: i64,
    /// Who made it.
    pub created_by: MemberId,
    /// Since when.
    pub created: Timestamp,
}

/// An invitation to be made.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewInvitation {
    /// Not owner.
    pub role: OrgRole,
    /// The department they are put into.
    pub department: Option<DepartmentId>,
    /// 1 to 30.
    pub expires_in_days: u32,
    /// 1 to 1000.
    pub max_uses: u32,
}

/// What somebody sees who was invited.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Welcome {
    /// The name of the organisation.
    pub organization: String,
    /// What they become.
    pub role: OrgRole,
    /// The name of the one who invites them.
    pub invited_by: String,
}

/// Somebody who was invited.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Joining {
    /// 1 to 100 characters.
    pub name: String,
    /// The address they will sign in with.
    pub email: String,
    /// 8 to 256 characters.
    pub password: String,
    /// The language of their interface.
    pub language: Language,
    /// IANA name.
    pub time_zone: String,
}

const COLUMNS: &str = "id, role, department, expires, uses, max_uses, created_by, created";

fn invitation(row: &Row) -> Result<Invitation, StoreError> {
    Ok(Invitation {
        id: row.get("id")?,
        url: None,
        role: row.get::<OrgRole>("role")?,
        department: row.get("department")?,
        expires: row.get("expires")?,
        uses: row.get("uses")?,
        max_uses: row.get("max_uses")?,
        created_by: row.get("created_by")?,
        created: row.get("created")?,
    })
}

/// Invitations that are still good, newest first.
pub(super) async fn list(ctx: &Ctx) -> Result<Vec<Invitation>, DirectoryError> {
    ctx.admin()?;
    let sql = format!("SELECT {COLUMNS} FROM invitations WHERE org = $1 AND {LIVING} ORDER BY id DESC");
    let rows = ctx.platform.db.rows(&sql, params![ctx.org, ctx.now]).await?;
    Ok(rows.iter().map(invitation).collect::<Result<_, _>>()?)
}

/// Makes an invitation.
pub(super) async fn create(ctx: &Ctx, new: NewInvitation, meta: &Meta) -> Result<Invitation, DirectoryError> {
    let (actor, by, org, now) = (ctx.admin()?, By::from(ctx), ctx.org, ctx.now);
    let days = rules::number("expires_in_days", new.expires_in_days, 1, 30)?;
    let max_uses = i64::from(rules::number("max_uses", new.max_uses, 1, 1000)?);
    let expires = now.saturating_add(SignedDuration::from_hours(24 * i64::from(days))).unwrap_or(now);
    let (id, secret) = (ctx.platform.ids.make(), ctx.platform.ids.secret());
    let (hash, role, department) = (hash_secret(&secret), new.role, new.department);
    ctx.platform
        .db
        .write(move |tx| {
            async move {
                sql::lock(tx, &directory_stream(org)).await?;
                let acting = sql::acting_role(tx, org, actor).await?.ok_or(model::Refusal::NotAdmin)?;
                model::may_invite(acting, role)?;
                if let Some(department) = department
                    && sql::unknown_department(tx, org, &[department]).await?.is_some()
                {
                    let field = "department".into();
                    return Err(DirectoryError::Unknown { thing: "department", field });
                }
                let insert = "INSERT INTO invitations (id, org, token_hash, role, department, created_by, \
                     created, expires, uses, max_uses) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9)";
                let values = params![id, org, hash, role.as_str(), department, actor, now, expires, max_uses];
                tx.execute(insert, values).await?;
                let data =
                    json!({ "invitation": id, "role": role, "expires": expires, "max_uses": max_uses });
                let event = by.event("invitation.created", &data);
                sql::append(tx, org, vec![event], vec![by.audit("invitation.created", &data)]).await?;
                Ok(())
            }
            .boxed()
        })
        .await?;
    let url = Some(format!("{}/join/{secret}", meta.base_url(&ctx.platform.settings)));
    Ok(Invitation { id, url, role, department, expires, uses: 0, max_uses, created_by: actor, created: now })
}

/// Takes an invitation back.
pub(super) async fn delete(ctx: &Ctx, id: InvitationId) -> Result<(), DirectoryError> {
    ctx.admin()?;
    let (by, org) = (By::from(ctx), ctx.org);
    ctx.platform
        .db
        .write(move |tx| {
            async move {
                sql::lock(tx, &directory_stream(org)).await?;
                let delete = "DELETE FROM invitations WHERE id = $1 AND org = $2";
                if tx.execute(delete, params![id, org]).await? == 0 {
                    return Err(DirectoryError::NotFound("invitation"));
                }
                let data = json!({ "invitation": id });
                let event = by.event("invitation.deleted", &data);
                sql::append(tx, org, vec![event], vec![by.audit("invitation.deleted", &data)]).await?;
                Ok(())
            }
            .boxed()
        })
        .await
}

/// Whose maker may no longer invite is over: a link handed on earlier is no way back in.
const LIVING: &str = "expires > $2 AND uses < max_uses AND EXISTS (SELECT 1 FROM members c \
     WHERE c.id = created_by AND c.active = TRUE AND c.role IN ('owner', 'admin'))";

/// What an invitation says.
pub(crate) async fn welcome(platform: &Platform, secret: &str) -> Result<Welcome, DirectoryError> {
    let sql = format!(
        "SELECT i.role, o.name AS organization, m.name AS invited_by FROM invitations i \
         JOIN orgs o ON o.id = i.org JOIN members m ON m.id = i.created_by \
         WHERE token_hash = $1 AND {LIVING}"
    );
    let row = platform.db.row(&sql, params![hash_secret(secret), platform.clock.now()]).await?;
    let row = row.ok_or(DirectoryError::InvitationOver)?;
    let role = row.get::<OrgRole>("role")?;
    Ok(Welcome { organization: row.get("organization")?, role, invited_by: row.get("invited_by")? })
}

/// Makes somebody who was invited a member.
pub(crate) async fn join(
    platform: &Platform,
    secret: &str,
    joining: Joining,
    meta: &Meta,
) -> Result<(OrgId, MemberId), DirectoryError> {
    let (hash, now) = (hash_secret(secret), platform.clock.now());
    let find = format!("SELECT org, role, department FROM invitations WHERE token_hash = $1 AND {LIVING}");
    let row = platform.db.row(&find, params![&hash, now]).await?.ok_or(DirectoryError::InvitationOver)?;
    let org = row.get("org")?;
    let new = NewMember {
        email: joining.email,
        name: joining.name,
        password: joining.password,
        role: row.get::<OrgRole>("role")?,
        language: joining.language,
        time_zone: joining.time_zone,
        title: String::new(),
        departments: row.get::<Option<DepartmentId>>("department")?.into_iter().collect(),
        supervisor: None,
    };
    let new = Prepared::from(platform, new).await?;
    let id = new.id;
    let by = By { actor: id.to_string(), origin: meta.origin(), now };
    platform
        .db
        .write(move |tx| {
            async move {
                sql::lock(tx, &directory_stream(org)).await?;
                let count =
                    format!("UPDATE invitations SET uses = uses + 1 WHERE token_hash = $1 AND {LIVING}");
                if tx.execute(&count, params![hash, now]).await? == 0 {
                    return Err(DirectoryError::InvitationOver);
                }
                members::insert(tx, org, &new, &by, "member.joined").await
            }
            .boxed()
        })
        .await?;
    Ok((org, id))
}
