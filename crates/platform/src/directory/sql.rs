//! The statements of the directory.

use std::collections::{HashMap, HashSet};

use skein_store::{Db, Expected, Row, StoreError, Tx, params};
use skein_types::{DepartmentId, IdKind, MemberId, NewEvent, OrgId, StreamId, Timestamp, kind};

use crate::{
    directory_stream,
    identity::{Language, OrgRole, Status, Theme},
    security_stream,
};

/// Makes the transaction the only one that changes a stream until it ends: it holds the row of the
/// stream's head, as an append does. For streams whose writers state no sequence number.
pub(crate) async fn lock(tx: &mut Tx, stream: &StreamId) -> Result<(), StoreError> {
    let sql = "INSERT INTO stream_heads (stream, seq) VALUES ($1, 0) \
         ON CONFLICT (stream) DO UPDATE SET seq = stream_heads.seq";
    tx.execute(sql, params![stream]).await.map(|_| ())
}

/// Tells the directory and the security stream, always in this order.
pub(crate) async fn append(
    tx: &mut Tx,
    org: OrgId,
    directory: Vec<NewEvent>,
    security: Vec<NewEvent>,
) -> Result<(), StoreError> {
    for (stream, events) in [(directory_stream(org), directory), (security_stream(org), security)] {
        if !events.is_empty() {
            tx.append(&stream, Expected::Any, events).await?;
        }
    }
    Ok(())
}

/// A member as stored.
pub(super) struct MemberRow {
    pub(super) id: MemberId,
    pub(super) email: String,
    pub(super) name: String,
    pub(super) title: String,
    pub(super) role: OrgRole,
    pub(super) active: bool,
    pub(super) language: Language,
    pub(super) time_zone: String,
    pub(super) theme: Theme,
    pub(super) status: Option<Status>,
    pub(super) avatar: Option<String>,
    pub(super) supervisor: Option<MemberId>,
    pub(super) created: Timestamp,
}

const MEMBERS: &str = "SELECT id, email, name, title, role, active, language, time_zone, theme, status, \
     avatar, supervisor, created FROM members WHERE org = $1";

fn member_row(row: &Row) -> Result<MemberRow, StoreError> {
    let status: Option<String> = row.get("status")?;
    Ok(MemberRow {
        id: row.get("id")?,
        email: row.get("email")?,
        name: row.get("name")?,
        title: row.get("title")?,
        role: row.get::<OrgRole>("role")?,
        active: row.get("active")?,
        language: row.get::<Language>("language")?,
        time_zone: row.get("time_zone")?,
        theme: row.get::<Theme>("theme")?,
        status: status.and_then(|text| serde_json::from_str(&text).ok()),
        avatar: row.get("avatar")?,
        supervisor: row.get("supervisor")?,
        created: row.get("created")?,
    })
}

pub(super) async fn members(db: &Db, org: OrgId) -> Result<Vec<MemberRow>, StoreError> {
    db.rows(MEMBERS, params![org]).await?.iter().map(member_row).collect()
}

pub(super) async fn member(db: &Db, org: OrgId, id: MemberId) -> Result<Option<MemberRow>, StoreError> {
    let row = db.row(&format!("{MEMBERS} AND id = $2"), params![org, id]).await?;
    row.as_ref().map(member_row).transpose()
}

pub(super) async fn member_in(
    tx: &mut Tx,
    org: OrgId,
    id: MemberId,
) -> Result<Option<MemberRow>, StoreError> {
    let row = tx.row(&format!("{MEMBERS} AND id = $2"), params![org, id]).await?;
    row.as_ref().map(member_row).transpose()
}

/// The role of the one who acts, as it is now; none when they were deactivated meanwhile.
pub(super) async fn acting_role(
    tx: &mut Tx,
    org: OrgId,
    id: MemberId,
) -> Result<Option<OrgRole>, StoreError> {
    Ok(member_in(tx, org, id).await?.filter(|member| member.active).map(|member| member.role))
}

pub(super) async fn other_active_owners(tx: &mut Tx, org: OrgId, than: MemberId) -> Result<bool, StoreError> {
    let sql =
        "SELECT id FROM members WHERE org = $1 AND role = 'owner' AND active = TRUE AND id <> $2 LIMIT 1";
    Ok(tx.row(sql, params![org, than]).await?.is_some())
}

/// Which members are in which departments.
pub(super) async fn placements(db: &Db, org: OrgId) -> Result<Vec<(MemberId, DepartmentId)>, StoreError> {
    let sql = "SELECT dm.member, dm.department FROM department_members dm \
         JOIN departments d ON d.id = dm.department WHERE d.org = $1 ORDER BY dm.department";
    let rows = db.rows(sql, params![org]).await?;
    rows.iter().map(|row| Ok((row.get("member")?, row.get("department")?))).collect()
}

pub(super) async fn departments_of(db: &Db, member: MemberId) -> Result<Vec<DepartmentId>, StoreError> {
    let sql = "SELECT department FROM department_members WHERE member = $1 ORDER BY department";
    db.rows(sql, params![member]).await?.iter().map(|row| row.get("department")).collect()
}

pub(super) async fn set_departments(
    tx: &mut Tx,
    member: MemberId,
    departments: &[DepartmentId],
) -> Result<(), StoreError> {
    tx.execute("DELETE FROM department_members WHERE member = $1", params![member]).await?;
    let rows = departments.iter().map(|department| params![*department, member]).collect();
    tx.insert_many("department_members (department, member)", "", rows).await
}

/// Whether all of some things of a table exist in the organisation; the place of the first that does not.
async fn first_unknown<K: IdKind>(
    tx: &mut Tx,
    org: OrgId,
    table: &str,
    ids: &[skein_types::Id<K>],
) -> Result<Option<usize>, StoreError> {
    if ids.is_empty() {
        return Ok(None);
    }
    let rows = tx.rows(&format!("SELECT id FROM {table} WHERE org = $1"), params![org]).await?;
    let known: HashSet<skein_types::Id<K>> =
        rows.iter().map(|row| row.get("id")).collect::<Result<_, _>>()?;
    Ok(ids.iter().position(|id| !known.contains(id)))
}

pub(super) async fn unknown_department(
    tx: &mut Tx,
    org: OrgId,
    ids: &[DepartmentId],
) -> Result<Option<usize>, StoreError> {
    first_unknown::<kind::Department>(tx, org, "departments", ids).await
}

pub(super) async fn unknown_member(
    tx: &mut Tx,
    org: OrgId,
    ids: &[MemberId],
) -> Result<Option<usize>, StoreError> {
    first_unknown::<kind::Member>(tx, org, "members", ids).await
}

pub(super) async fn supervisors(tx: &mut Tx, org: OrgId) -> Result<HashMap<MemberId, MemberId>, StoreError> {
    let sql = "SELECT id, supervisor FROM members WHERE org = $1 AND supervisor IS NOT NULL";
    let rows = tx.rows(sql, params![org]).await?;
    rows.iter().map(|row| Ok((row.get("id")?, row.get("supervisor")?))).collect()
}

/// Ends every session of a member.
pub(super) async fn end_sessions(tx: &mut Tx, member: MemberId) -> Result<u64, StoreError> {
    tx.execute("DELETE FROM sessions WHERE member = $1", params![member]).await
}
