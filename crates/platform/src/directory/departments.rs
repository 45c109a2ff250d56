//! Departments: a tree.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};
use serde_json::json;
use skein_store::{Db, FutureExt, Row, StoreError, Tx, params};
use skein_types::{DepartmentId, MemberId, OrgId};
use utoipa::ToSchema;

use super::{DirectoryError, members, model, sql};
use crate::{Ctx, Platform, Principal, audit::By, directory_stream, identity::rules, order};

/// A department.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Department {
    /// The id.
    pub id: DepartmentId,
    /// The name.
    pub name: String,
    /// The department it is in.
    pub parent: Option<DepartmentId>,
    /// Who leads it.
    pub lead: Option<MemberId>,
    /// Active members in it or below it.
    pub members: usize,
}

/// A department to be made.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDepartment {
    /// 1 to 100 characters.
    pub name: String,
    /// The department it is in.
    pub parent: Option<DepartmentId>,
    /// Who leads it.
    pub lead: Option<MemberId>,
}

/// What may be changed of a department; what is left out stays.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DepartmentChange {
    /// 1 to 100 characters.
    pub name: Option<String>,
    /// Null for the top.
    #[serde(default, deserialize_with = "crate::http::present")]
    #[schema(value_type = Option<String>)]
    pub parent: Option<Option<DepartmentId>>,
    /// Null for nobody.
    #[serde(default, deserialize_with = "crate::http::present")]
    #[schema(value_type = Option<String>)]
    pub lead: Option<Option<MemberId>>,
}

/// Which department is in which.
pub(super) struct Tree(HashMap<DepartmentId, Option<DepartmentId>>);

impl Tree {
    fn of(rows: &[Row]) -> Result<Self, StoreError> {
        rows.iter().map(|row| Ok((row.get("id")?, row.get("parent")?))).collect::<Result<_, _>>().map(Self)
    }
    fn parent(&self, id: DepartmentId) -> Option<DepartmentId> {
        self.0.get(&id).copied().flatten()
    }
    /// A department and those it is in.
    pub(super) fn upwards(&self, id: DepartmentId) -> impl Iterator<Item = DepartmentId> {
        std::iter::successors(Some(id), |at| self.parent(*at))
    }
}

const ALL: &str = "SELECT id, name, parent, lead FROM departments WHERE org = $1";

/// A department and all below it.
pub(super) async fn within(
    db: &Db,
    org: OrgId,
    department: DepartmentId,
) -> Result<HashSet<DepartmentId>, StoreError> {
    let tree = Tree::of(&db.rows(ALL, params![org]).await?)?;
    Ok(tree.0.keys().copied().filter(|id| tree.upwards(*id).any(|at| at == department)).collect())
}

/// All departments by name. Guests see none.
pub(super) async fn list(ctx: &Ctx) -> Result<Vec<Department>, DirectoryError> {
    ctx.member()?;
    if !matches!(ctx.who, Principal::Member { guest: false, .. }) {
        return Ok(Vec::new());
    }
    let rows = ctx.platform.db.rows(ALL, params![ctx.org]).await?;
    let counts = members::counts(ctx, &Tree::of(&rows)?).await?;
    let mut all = rows
        .iter()
        .map(|row| {
            let id = row.get("id")?;
            let members = counts.get(&id).copied().unwrap_or_default();
            let (name, parent, lead) = (row.get("name")?, row.get("parent")?, row.get("lead")?);
            Ok(Department { id, name, parent, lead, members })
        })
        .collect::<Result<Vec<_>, StoreError>>()?;
    all.sort_by(|a, b| order::natural(&a.name, &b.name).then(a.id.cmp(&b.id)));
    Ok(all)
}

async fn get(ctx: &Ctx, id: DepartmentId) -> Result<Department, DirectoryError> {
    let found = list(ctx).await?.into_iter().find(|department| department.id == id);
    found.ok_or(DirectoryError::NotFound("department"))
}

async fn check(
    tx: &mut Tx,
    org: OrgId,
    parent: Option<DepartmentId>,
    lead: Option<MemberId>,
) -> Result<(), DirectoryError> {
    let unknown = |thing, field: &str| Err(DirectoryError::Unknown { thing, field: field.into() });
    if let Some(parent) = parent
        && sql::unknown_department(tx, org, &[parent]).await?.is_some()
    {
        return unknown("department", "parent");
    }
    if let Some(lead) = lead
        && sql::unknown_member(tx, org, &[lead]).await?.is_some()
    {
        return unknown("member", "lead");
    }
    Ok(())
}

async fn insert(
    platform: &Platform,
    org: OrgId,
    new: NewDepartment,
    by: By,
) -> Result<DepartmentId, DirectoryError> {
    let name = rules::name("name", &new.name)?;
    let id = platform.ids.make();
    platform
        .db
        .write(move |tx| {
            async move {
                sql::lock(tx, &directory_stream(org)).await?;
                check(tx, org, new.parent, new.lead).await?;
                let insert =
                    "INSERT INTO departments (id, org, parent, name, lead) VALUES ($1, $2, $3, $4, $5)";
                tx.execute(insert, params![id, org, new.parent, &name, new.lead]).await?;
                let data = json!({ "department": id, "name": name, "parent": new.parent, "lead": new.lead });
                sql::append(tx, org, vec![by.event("department.created", &data)], Vec::new()).await?;
                Ok(id)
            }
            .boxed()
        })
        .await
}

/// Makes a department: for the command line and the demo company.
pub async fn create_department(
    platform: &Platform,
    org: OrgId,
    new: NewDepartment,
) -> Result<DepartmentId, DirectoryError> {
    insert(platform, org, new, By::system(platform.clock.now())).await
}

/// Makes a department.
pub(super) async fn create(ctx: &Ctx, new: NewDepartment) -> Result<Department, DirectoryError> {
    ctx.admin()?;
    let id = insert(&ctx.platform, ctx.org, new, By::from(ctx)).await?;
    get(ctx, id).await
}

/// Renames a department, moves it or gives it another lead.
pub(super) async fn update(
    ctx: &Ctx,
    id: DepartmentId,
    change: DepartmentChange,
) -> Result<Department, DirectoryError> {
    ctx.admin()?;
    let (org, by) = (ctx.org, By::from(ctx));
    let name = change.name.as_deref().map(|name| rules::name("name", name)).transpose()?;
    ctx.platform
        .db
        .write(move |tx| {
            async move {
                sql::lock(tx, &directory_stream(org)).await?;
                let rows = tx.rows(ALL, params![org]).await?;
                let tree = Tree::of(&rows)?;
                let mut row = None;
                for found in &rows {
                    if found.get::<DepartmentId>("id")? == id {
                        row = Some(found);
                    }
                }
                let row = row.ok_or(DirectoryError::NotFound("department"))?;
                let name = name.map_or_else(|| row.get("name"), Ok)?;
                let parent = change.parent.map_or_else(|| row.get("parent"), Ok)?;
                let lead = change.lead.map_or_else(|| row.get("lead"), Ok)?;
                check(tx, org, parent, lead).await?;
                if parent.is_some_and(|parent| model::makes_cycle(id, parent, |at| tree.parent(at))) {
                    return Err(DirectoryError::DepartmentCycle);
                }
                let update = "UPDATE departments SET name = $2, parent = $3, lead = $4 WHERE id = $1";
                tx.execute(update, params![id, &name, parent, lead]).await?;
                let data = json!({ "department": id, "name": name, "parent": parent, "lead": lead });
                sql::append(tx, org, vec![by.event("department.updated", &data)], Vec::new()).await?;
                Ok(())
            }
            .boxed()
        })
        .await?;
    get(ctx, id).await
}

/// Deletes an empty department, and what was granted to it.
pub(super) async fn delete(ctx: &Ctx, id: DepartmentId) -> Result<(), DirectoryError> {
    ctx.admin()?;
    let (org, by) = (ctx.org, By::from(ctx));
    ctx.platform
        .db
        .write(move |tx| {
            async move {
                sql::lock(tx, &directory_stream(org)).await?;
                if sql::unknown_department(tx, org, &[id]).await?.is_some() {
                    return Err(DirectoryError::NotFound("department"));
                }
                let inside = "SELECT id FROM departments WHERE parent = $1 \
                     UNION ALL SELECT member FROM department_members WHERE department = $1 LIMIT 1";
                if tx.row(inside, params![id]).await?.is_some() {
                    return Err(DirectoryError::DepartmentNotEmpty);
                }
                let unplace = "UPDATE invitations SET department = NULL WHERE department = $1";
                tx.execute(unplace, params![id]).await?;
                let revoke = "DELETE FROM grants WHERE subject_kind = 'department' AND subject = $1";
                tx.execute(revoke, params![id]).await?;
                tx.execute("DELETE FROM departments WHERE id = $1", params![id]).await?;
                let event = by.event("department.deleted", &json!({ "department": id }));
                sql::append(tx, org, vec![event], Vec::new()).await?;
                Ok(())
            }
            .boxed()
        })
        .await
}
