//! Who looks at records: what "me" and "today" mean in their filters.

use jiff::tz::TimeZone;
use skein_platform::{Ctx, directory};
use skein_table::{Base, Dependence, Query, Table, Viewer, dependence};

use crate::BaseError;

/// The one who makes a request. A visitor by a link is nobody, in UTC.
pub async fn viewer(ctx: &Ctx) -> Result<Viewer, BaseError> {
    let now = ctx.now.as_millisecond();
    let Ok(me) = ctx.member() else { return Ok(Viewer { now, ..Viewer::default() }) };
    let standing = directory::standing(&ctx.platform.db, me).await?;
    Ok(Viewer {
        now,
        zone: TimeZone::get(&standing.zone).unwrap_or(TimeZone::UTC),
        me: Some(me),
        groups: standing.groups,
        colleagues: standing.colleagues,
        ..Viewer::default()
    })
}

/// The one who makes a request, as far as the answer to a query depends on it.
pub(crate) async fn viewer_of(
    ctx: &Ctx,
    base: &Base,
    table: &Table,
    query: &Query,
) -> Result<Viewer, BaseError> {
    if dependence(base, table, query) == Dependence::default() {
        return Ok(Viewer { now: ctx.now.as_millisecond(), me: ctx.member().ok(), ..Viewer::default() });
    }
    viewer(ctx).await
}
