//! Members: seen, changed, deactivated, made.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};
use serde_json::json;
use skein_store::{FutureExt, StoreError, Tx, params};
use skein_types::{DepartmentId, MemberId, OrgId, Problem, Timestamp};
use utoipa::ToSchema;

use super::{
    DirectoryError,
    departments::{self, within},
    model,
    sql::{self, MemberRow},
};
use crate::{
    Ctx, Platform, Principal,
    audit::By,
    directory_stream,
    http::Page,
    identity::{self, AuthError, Language, OrgRole, Status, Theme, rules},
    order,
};

/// A member as others see them. Guests see names, faces and roles: the rest is empty for them.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Member {
    /// The id.
    pub id: MemberId,
    /// The name.
    pub name: String,
    /// The e-mail address; null for those who may not see it.
    pub email: Option<String>,
    /// What they are in the organisation.
    pub role: OrgRole,
    /// False when deactivated.
    pub active: bool,
    /// The language of their interface.
    pub language: Language,
    /// IANA name.
    pub time_zone: String,
    /// What they say they are doing.
    pub status: Option<Status>,
    /// Address of their picture.
    pub avatar: Option<String>,
    /// Departments they are in.
    pub departments: Vec<DepartmentId>,
    /// What they do; may be empty.
    pub title: String,
    /// Who supervises them.
    pub supervisor: Option<MemberId>,
    /// How the interface looks; only to themselves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub theme: Option<Theme>,
    /// Since when.
    pub created: Timestamp,
}

impl Member {
    fn of(row: MemberRow, departments: Vec<DepartmentId>, ctx: &Ctx) -> Self {
        let limited = sees_little(ctx, row.id);
        let avatar = row.avatar.as_ref().map(|hash| {
            // The hash changes with the picture, so that browsers may keep it for ever.
            format!("/api/v1/members/{}/avatar?v={}", row.id, hash.get(..16).unwrap_or(hash))
        });
        Self {
            id: row.id,
            name: row.name,
            email: (!limited).then_some(row.email),
            role: row.role,
            active: row.active,
            language: row.language,
            time_zone: row.time_zone,
            status: row.status.filter(|_| !limited),
            avatar,
            departments: if limited { Vec::new() } else { departments },
            title: if limited { String::new() } else { row.title },
            supervisor: row.supervisor.filter(|_| !limited),
            theme: own(ctx, row.id).then_some(row.theme),
            created: row.created,
        }
    }
}

fn own(ctx: &Ctx, member: MemberId) -> bool {
    matches!(ctx.who, Principal::Member { id, .. } if id == member)
}

fn sees_little(ctx: &Ctx, member: MemberId) -> bool {
    !own(ctx, member) && !matches!(ctx.who, Principal::Member { guest: false, .. })
}

/// Which members to list.
#[derive(Clone, Debug, Default)]
pub(super) struct Filter {
    /// Part of the name, address or title, ignoring case.
    pub(super) query: Option<String>,
    /// In this department or below it.
    pub(super) department: Option<DepartmentId>,
    pub(super) active: Option<bool>,
    /// The last member of the page before.
    pub(super) after: Option<MemberId>,
    pub(super) limit: usize,
}

/// Members by name.
pub(super) async fn list(ctx: &Ctx, filter: Filter) -> Result<Page<Member>, DirectoryError> {
    ctx.member()?;
    let mut rows = sql::members(&ctx.platform.db, ctx.org).await?;
    rows.sort_by(|a, b| order::natural(&a.name, &b.name).then(a.id.cmp(&b.id)));
    let begin = match filter.after {
        None => 0,
        // Members are never deleted, so the last one of the page before still has a place.
        Some(last) => rows.iter().position(|row| row.id == last).map_or(rows.len(), |at| at + 1),
    };
    let placements = placements(ctx).await?;
    let below = match filter.department {
        Some(department) => Some(within(&ctx.platform.db, ctx.org, department).await?),
        None => None,
    };
    let query = filter.query.map(|query| query.trim().to_lowercase()).filter(|query| !query.is_empty());
    let mut matching = rows
        .into_iter()
        .skip(begin)
        .map(|row| {
            let departments = placements.get(&row.id).cloned().unwrap_or_default();
            Member::of(row, departments, ctx)
        })
        .filter(|member| filter.active.is_none_or(|active| member.active == active))
        .filter(|member| {
            below.as_ref().is_none_or(|below| member.departments.iter().any(|id| below.contains(id)))
        })
        .filter(|member| query.as_ref().is_none_or(|query| mentions(member, query)));
    let items: Vec<Member> = matching.by_ref().take(filter.limit).collect();
    let next = matching.next().and(items.last()).map(|last| last.id.to_string());
    Ok(Page { items, next })
}

/// Only what the one who asks may see is searched: a hidden address cannot be guessed at.
fn mentions(member: &Member, query: &str) -> bool {
    let texts = [Some(&member.name), member.email.as_ref(), Some(&member.title)];
    texts.into_iter().flatten().any(|text| text.to_lowercase().contains(query))
}

async fn placements(ctx: &Ctx) -> Result<HashMap<MemberId, Vec<DepartmentId>>, StoreError> {
    let mut of: HashMap<MemberId, Vec<DepartmentId>> = HashMap::new();
    for (member, department) in sql::placements(&ctx.platform.db, ctx.org).await? {
        of.entry(member).or_default().push(department);
    }
    Ok(of)
}

/// Active members whose name, address or title contains a text, by name.
pub async fn search_members(ctx: &Ctx, query: &str, limit: usize) -> Result<Vec<Member>, DirectoryError> {
    let filter = Filter { query: Some(query.to_owned()), active: Some(true), limit, ..Filter::default() };
    Ok(list(ctx, filter).await?.items)
}

/// A member.
pub(crate) async fn get(ctx: &Ctx, id: MemberId) -> Result<Member, DirectoryError> {
    ctx.member()?;
    let db = &ctx.platform.db;
    let row = sql::member(db, ctx.org, id).await?.ok_or(DirectoryError::NotFound("member"))?;
    Ok(Member::of(row, sql::departments_of(db, id).await?, ctx))
}

/// The blob of a member's picture.
pub(super) async fn avatar(ctx: &Ctx, id: MemberId) -> Result<String, DirectoryError> {
    ctx.member()?;
    let row = sql::member(&ctx.platform.db, ctx.org, id).await?;
    row.and_then(|row| row.avatar).ok_or(DirectoryError::NotFound("avatar"))
}

/// What admins may change of a member; what is left out stays.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MemberChange {
    /// 1 to 100 characters.
    pub name: Option<String>,
    /// At most 100 characters.
    pub title: Option<String>,
    /// Owners are made by owners.
    pub role: Option<OrgRole>,
    /// All departments they are in.
    pub departments: Option<Vec<DepartmentId>>,
    /// Null for nobody.
    #[serde(default, deserialize_with = "crate::http::present")]
    #[schema(value_type = Option<String>)]
    pub supervisor: Option<Option<MemberId>>,
}

impl MemberChange {
    fn checked(mut self) -> Result<Self, DirectoryError> {
        self.name = self.name.map(|name| rules::name("name", &name)).transpose()?;
        self.title = self.title.map(|title| rules::line("title", &title, 100)).transpose()?;
        if let Some(departments) = &mut self.departments {
            departments.sort_unstable();
            departments.dedup();
        }
        Ok(self)
    }
}

/// Who acts and on whom, read under the lock of the directory.
async fn acting_on(
    tx: &mut Tx,
    org: OrgId,
    actor: MemberId,
    target: MemberId,
) -> Result<(OrgRole, MemberRow, bool), DirectoryError> {
    sql::lock(tx, &directory_stream(org)).await?;
    let role = sql::acting_role(tx, org, actor).await?.ok_or(model::Refusal::NotAdmin)?;
    let row = sql::member_in(tx, org, target).await?.ok_or(DirectoryError::NotFound("member"))?;
    let last_owner =
        row.role == OrgRole::Owner && row.active && !sql::other_active_owners(tx, org, target).await?;
    Ok((role, row, last_owner))
}

/// Changes a member.
pub async fn update_member(ctx: &Ctx, id: MemberId, change: MemberChange) -> Result<Member, DirectoryError> {
    let (actor, by, org) = (ctx.admin()?, By::from(ctx), ctx.org);
    let change = change.checked()?;
    ctx.platform
        .db
        .write(move |tx| {
            async move {
                let (acting, row, last_owner) = acting_on(tx, org, actor, id).await?;
                let role = change.role.unwrap_or(row.role);
                model::may_set_role(acting, row.role, role, last_owner)?;
                apply(tx, org, &row, &change).await?;
                let changed = by.event("member.updated", &json!({ "member": id }));
                let mut security = Vec::new();
                if role != row.role {
                    let data = json!({ "member": id, "name": row.name, "from": row.role, "to": role });
                    security.push(by.audit("member.role_changed", &data));
                }
                sql::append(tx, org, vec![changed], security).await?;
                Ok::<_, DirectoryError>(())
            }
            .boxed()
        })
        .await?;
    get(ctx, id).await
}

async fn apply(
    tx: &mut Tx,
    org: OrgId,
    row: &MemberRow,
    change: &MemberChange,
) -> Result<(), DirectoryError> {
    let supervisor = change.supervisor.unwrap_or(row.supervisor);
    if let Some(Some(above)) = change.supervisor {
        check_supervisor(tx, org, row.id, above).await?;
    }
    if let Some(departments) = &change.departments {
        check_departments(tx, org, departments).await?;
        sql::set_departments(tx, row.id, departments).await?;
    }
    let update = "UPDATE members SET name = $2, title = $3, role = $4, supervisor = $5 WHERE id = $1";
    let name = change.name.as_ref().unwrap_or(&row.name);
    let title = change.title.as_ref().unwrap_or(&row.title);
    let role = change.role.unwrap_or(row.role).as_str();
    tx.execute(update, params![row.id, name, title, role, supervisor]).await?;
    Ok(())
}

async fn check_departments(tx: &mut Tx, org: OrgId, ids: &[DepartmentId]) -> Result<(), DirectoryError> {
    match sql::unknown_department(tx, org, ids).await? {
        Some(at) => Err(DirectoryError::Unknown { thing: "department", field: format!("departments[{at}]") }),
        None => Ok(()),
    }
}

async fn check_supervisor(
    tx: &mut Tx,
    org: OrgId,
    member: MemberId,
    above: MemberId,
) -> Result<(), DirectoryError> {
    if sql::unknown_member(tx, org, &[above]).await?.is_some() {
        return Err(DirectoryError::Unknown { thing: "member", field: "supervisor".into() });
    }
    let supervisors = sql::supervisors(tx, org).await?;
    if model::makes_cycle(member, above, |at| supervisors.get(&at).copied()) {
        return Err(DirectoryError::SupervisorCycle);
    }
    Ok(())
}

/// Deactivates a member: their sessions and API tokens are gone at once and do not come back.
pub(super) async fn deactivate(ctx: &Ctx, id: MemberId) -> Result<Member, DirectoryError> {
    let (actor, by, org) = (ctx.admin()?, By::from(ctx), ctx.org);
    ctx.platform
        .db
        .write(move |tx| {
            async move {
                let (acting, row, last_owner) = acting_on(tx, org, actor, id).await?;
                model::may_deactivate(acting, row.role, actor == id, last_owner)?;
                if !row.active {
                    return Ok(());
                }
                tx.execute("UPDATE members SET active = FALSE WHERE id = $1", params![id]).await?;
                sql::end_sessions(tx, id).await?;
                tx.execute("DELETE FROM api_tokens WHERE member = $1", params![id]).await?;
                let data = json!({ "member": id, "name": row.name });
                let event = by.event("member.deactivated", &data);
                sql::append(tx, org, vec![event], vec![by.audit("member.deactivated", &data)]).await?;
                Ok::<_, DirectoryError>(())
            }
            .boxed()
        })
        .await?;
    get(ctx, id).await
}

/// Lets a deactivated member in again, with the password they had.
pub(super) async fn reactivate(ctx: &Ctx, id: MemberId) -> Result<Member, DirectoryError> {
    let (actor, by, org) = (ctx.admin()?, By::from(ctx), ctx.org);
    ctx.platform
        .db
        .write(move |tx| {
            async move {
                let (acting, row, _) = acting_on(tx, org, actor, id).await?;
                model::may_manage(acting, row.role)?;
                if row.active {
                    return Ok(());
                }
                tx.execute("UPDATE members SET active = TRUE WHERE id = $1", params![id]).await?;
                let data = json!({ "member": id, "name": row.name });
                let event = by.event("member.reactivated", &data);
                sql::append(tx, org, vec![event], vec![by.audit("member.reactivated", &data)]).await?;
                Ok::<_, DirectoryError>(())
            }
            .boxed()
        })
        .await?;
    get(ctx, id).await
}

/// Gives another member a new password, which is returned, and ends their sessions and API tokens.
pub(super) async fn reset_by_admin(ctx: &Ctx, id: MemberId) -> Result<String, DirectoryError> {
    let (actor, by, org) = (ctx.admin()?, By::from(ctx), ctx.org);
    // The password is a credential of its own: none is made with an API token, and none for oneself
    // without the present one.
    ctx.origin.session.ok_or(AuthError::SessionRequired).map_err(Problem::from)?;
    // Refused before the work of hashing; asked again when it is stored.
    let target = sql::member(&ctx.platform.db, org, id).await?.ok_or(DirectoryError::NotFound("member"))?;
    let own = sql::member(&ctx.platform.db, org, actor).await?.ok_or(model::Refusal::NotAdmin)?;
    model::may_reset_password(own.role, target.role, actor == id)?;
    let password = identity::make_password(&ctx.platform.ids);
    let hash = identity::hash_password(&ctx.platform, &password).await?;
    ctx.platform
        .db
        .write(move |tx| {
            async move {
                let (acting, row, _) = acting_on(tx, org, actor, id).await?;
                model::may_reset_password(acting, row.role, actor == id)?;
                store_password(tx, org, &row, hash, &by).await
            }
            .boxed()
        })
        .await?;
    Ok(password)
}

async fn store_password(
    tx: &mut Tx,
    org: OrgId,
    row: &MemberRow,
    hash: String,
    by: &By,
) -> Result<(), DirectoryError> {
    tx.execute("UPDATE members SET password = $2 WHERE id = $1", params![row.id, hash]).await?;
    sql::end_sessions(tx, row.id).await?;
    tx.execute("DELETE FROM api_tokens WHERE member = $1", params![row.id]).await?;
    let data = json!({ "member": row.id, "name": row.name });
    sql::append(tx, org, Vec::new(), vec![by.audit("password.reset", &data)]).await?;
    Ok(())
}

/// Sets the password of the member with an address and ends their sessions and API tokens: for the command
/// line.
pub async fn reset_password(platform: &Platform, email: &str, new: &str) -> Result<(), DirectoryError> {
    let sql = "SELECT id, org FROM members WHERE email = $1";
    let found = platform.db.row(sql, params![rules::email_key(email)]).await?;
    let found = found.ok_or(DirectoryError::NotFound("member"))?;
    let (id, org): (MemberId, OrgId) = (found.get("id")?, found.get("org")?);
    let row = sql::member(&platform.db, org, id).await?.ok_or(DirectoryError::NotFound("member"))?;
    identity::check_password(new, &row.email, &row.name)?;
    let hash = identity::hash_password(platform, new).await?;
    let by = By::system(platform.clock.now());
    platform
        .db
        .write(move |tx| {
            async move {
                sql::lock(tx, &directory_stream(org)).await?;
                store_password(tx, org, &row, hash, &by).await
            }
            .boxed()
        })
        .await
}

/// A member to be made.
#[derive(Clone, Debug)]
pub struct NewMember {
    /// The address they sign in with.
    pub email: String,
    /// 1 to 100 characters.
    pub name: String,
    /// 8 to 256 characters.
    pub password: String,
    /// What they are in the organisation.
    pub role: OrgRole,
    /// The language of their interface.
    pub language: Language,
    /// IANA name.
    pub time_zone: String,
    /// What they do; may be empty.
    pub title: String,
    /// Departments they are in.
    pub departments: Vec<DepartmentId>,
    /// Who supervises them.
    pub supervisor: Option<MemberId>,
}

/// A member whose input was checked and whose password is hashed.
pub(crate) struct Prepared {
    pub(crate) id: MemberId,
    pub(crate) email: String,
    pub(crate) role: OrgRole,
    pub(crate) departments: Vec<DepartmentId>,
    name: String,
    title: String,
    language: Language,
    time_zone: String,
    supervisor: Option<MemberId>,
    hash: String,
}

impl Prepared {
    pub(crate) async fn from(platform: &Platform, new: NewMember) -> Result<Self, DirectoryError> {
        let email = rules::email(&new.email)?;
        let name = rules::name("name", &new.name)?;
        let time_zone = rules::time_zone(&new.time_zone)?;
        let title = rules::line("title", &new.title, 100)?;
        identity::check_password(&new.password, &email, &name)?;
        // Asked before the work of hashing; the index asks again.
        let taken = "SELECT id FROM members WHERE email = $1";
        if platform.db.row(taken, params![&email]).await?.is_some() {
            return Err(DirectoryError::EmailTaken);
        }
        let hash = identity::hash_password(platform, &new.password).await?;
        let departments = new.departments.into_iter().collect::<HashSet<_>>().into_iter().collect();
        let NewMember { role, language, supervisor, .. } = new;
        let id = platform.ids.make();
        Ok(Self { id, email, role, departments, name, title, language, time_zone, supervisor, hash })
    }
}

/// Stores a member and tells it. The one who makes themselves a member acts as that member.
pub(crate) async fn insert(
    tx: &mut Tx,
    org: OrgId,
    new: &Prepared,
    by: &By,
    kind: &'static str,
) -> Result<(), DirectoryError> {
    sql::lock(tx, &directory_stream(org)).await?;
    check_departments(tx, org, &new.departments).await?;
    if let Some(above) = new.supervisor {
        check_supervisor(tx, org, new.id, above).await?;
    }
    let sql = "INSERT INTO members (id, org, email, name, title, role, active, language, time_zone, supervisor, \
         password, created) VALUES ($1, $2, $3, $4, $5, $6, TRUE, $7, $8, $9, $10, $11)";
    let (role, language) = (new.role.as_str(), new.language.as_str());
    let values = params![
        new.id,
        org,
        &new.email,
        &new.name,
        &new.title,
        role,
        language,
        &new.time_zone,
        new.supervisor,
        &new.hash,
        by.now
    ];
    tx.execute(sql, values).await.map_err(|error| match error {
        StoreError::Duplicate(_) => DirectoryError::EmailTaken,
        other => other.into(),
    })?;
    sql::set_departments(tx, new.id, &new.departments).await?;
    let data = json!({ "member": new.id, "name": new.name, "email": new.email, "role": new.role });
    sql::append(tx, org, vec![by.event(kind, &data)], vec![by.audit(kind, &data)]).await?;
    Ok(())
}

/// Makes a member: for the command line and the demo company.
pub async fn create_member(
    platform: &Platform,
    org: OrgId,
    new: NewMember,
) -> Result<MemberId, DirectoryError> {
    let new = Prepared::from(platform, new).await?;
    let (id, by) = (new.id, By::system(platform.clock.now()));
    platform
        .db
        .write(move |tx| {
            async move {
                if tx.row("SELECT id FROM orgs WHERE id = $1", params![org]).await?.is_none() {
                    return Err(DirectoryError::NotFound("organization"));
                }
                insert(tx, org, &new, &by, "member.created").await
            }
            .boxed()
        })
        .await?;
    Ok(id)
}

/// Number of active members in each department or below it.
pub(super) async fn counts(
    ctx: &Ctx,
    tree: &departments::Tree,
) -> Result<HashMap<DepartmentId, usize>, StoreError> {
    let rows = sql::members(&ctx.platform.db, ctx.org).await?;
    let active: HashSet<MemberId> = rows.iter().filter(|row| row.active).map(|row| row.id).collect();
    let mut inside: HashMap<DepartmentId, HashSet<MemberId>> = HashMap::new();
    for (member, department) in sql::placements(&ctx.platform.db, ctx.org).await? {
        if active.contains(&member) {
            for above in tree.upwards(department) {
                inside.entry(above).or_default().insert(member);
            }
        }
    }
    Ok(inside.into_iter().map(|(department, members)| (department, members.len())).collect())
}
