//! Names of people and groups, for what computes with them.

use std::collections::HashMap;

use skein_store::{Db, FutureExt, StoreError, params};
use skein_types::{GroupId, MemberId, OrgId, ResourceId};

/// Who is who around a resource.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// The organisation.
    pub org: Option<OrgId>,
    /// The time zone of the owner of the resource, by its IANA name.
    pub zone: String,
    /// Names of all members, those who left too.
    pub members: HashMap<MemberId, String>,
    /// Names of groups.
    pub groups: HashMap<GroupId, String>,
}

/// The names of an organisation, as seen from a resource of it. Asks for no access: for services that show
/// them only to those who may see the resource.
pub async fn names(db: &Db, resource: ResourceId) -> Result<Names, StoreError> {
    db.read(move |tx| {
        async move {
            let sql = "SELECT r.org, m.time_zone FROM resources r JOIN members m ON m.id = r.owner \
                 WHERE r.id = $1";
            let Some(row) = tx.row(sql, params![resource]).await? else { return Ok(Names::default()) };
            let org: OrgId = row.get("org")?;
            let mut names = Names { org: Some(org), zone: row.get("time_zone")?, ..Names::default() };
            for row in tx.rows("SELECT id, name FROM members WHERE org = $1", params![org]).await? {
                names.members.insert(row.get("id")?, row.get("name")?);
            }
            for row in tx.rows("SELECT id, name FROM groups WHERE org = $1", params![org]).await? {
                names.groups.insert(row.get("id")?, row.get("name")?);
            }
            Ok(names)
        }
        .boxed()
    })
    .await
}

/// The addresses of the members of the organisation of a resource. Asks for no access: for services that use
/// them to tell people apart, or give them only to members who may see the resource.
pub async fn emails(db: &Db, resource: ResourceId) -> Result<HashMap<MemberId, String>, StoreError> {
    let sql = "SELECT m.id, m.email FROM members m JOIN resources r ON r.org = m.org WHERE r.id = $1";
    let rows = db.rows(sql, params![resource]).await?;
    rows.iter().map(|row| Ok((row.get("id")?, row.get("email")?))).collect()
}

/// Who is in an organisation: ids, names and addresses of members, ids and names of groups.
#[derive(Clone, Debug, Default)]
pub struct Contacts {
    /// Members, those who left too.
    pub members: Vec<(MemberId, String, String)>,
    /// Groups.
    pub groups: Vec<(GroupId, String)>,
}

/// The people of an organisation. Asks for no access, as [`emails`].
pub async fn contacts(db: &Db, org: OrgId) -> Result<Contacts, StoreError> {
    let members = db.rows("SELECT id, name, email FROM members WHERE org = $1", params![org]).await?;
    let groups = db.rows("SELECT id, name FROM groups WHERE org = $1", params![org]).await?;
    Ok(Contacts {
        members: members
            .iter()
            .map(|row| Ok((row.get("id")?, row.get("name")?, row.get("email")?)))
            .collect::<Result<_, StoreError>>()?,
        groups: groups
            .iter()
            .map(|row| Ok((row.get("id")?, row.get("name")?)))
            .collect::<Result<_, StoreError>>()?,
    })
}

/// What the meaning of a question may depend on besides who asks it.
#[derive(Clone, Debug, Default)]
pub struct Standing {
    /// Their time zone, by its IANA name.
    pub zone: String,
    /// The groups they are in.
    pub groups: Vec<GroupId>,
    /// The members of their departments, themselves included.
    pub colleagues: Vec<MemberId>,
}

/// How a member stands.
pub async fn standing(db: &Db, member: MemberId) -> Result<Standing, StoreError> {
    db.read(move |tx| {
        async move {
            let row = tx.row("SELECT time_zone FROM members WHERE id = $1", params![member]).await?;
            let Some(row) = row else { return Ok(Standing::default()) };
            let mut standing = Standing { zone: row.get("time_zone")?, ..Standing::default() };
            let sql = "SELECT group_id FROM group_members WHERE member = $1";
            for row in tx.rows(sql, params![member]).await? {
                standing.groups.push(row.get("group_id")?);
            }
            let sql = "SELECT DISTINCT o.member FROM department_members m \
                 JOIN department_members o ON o.department = m.department WHERE m.member = $1";
            for row in tx.rows(sql, params![member]).await? {
                standing.colleagues.push(row.get("member")?);
            }
            if !standing.colleagues.contains(&member) {
                standing.colleagues.push(member);
            }
            Ok(standing)
        }
        .boxed()
    })
    .await
}
