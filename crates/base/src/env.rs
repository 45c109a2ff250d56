//! The time and the people that the formulas of a base see.

use std::{sync::Arc, time::Duration};

use jiff::tz::TimeZone;
use skein_platform::{Platform, directory, directory_stream};
use skein_store::Watch;
use skein_table::{
    Base,
    formula::{Env, People, Volatile},
    until_tomorrow,
};
use skein_types::ResourceId;
use tokio::time::Instant;

use crate::BaseError;

/// How often NOW moves on.
const MINUTE: Duration = Duration::from_mins(1);

/// The time and the people around a base, with a watch that tells when the people change.
pub(crate) async fn watched(
    platform: &Platform,
    id: ResourceId,
) -> Result<(Arc<Env>, Option<Watch>), BaseError> {
    let org = directory::names(&platform.db, id).await?.org;
    // Watched before it is read: what is changed in between wakes.
    let watch = org.map(|org| platform.db.bus().watch(&directory_stream(org)));
    Ok((read(platform, id).await?, watch))
}

/// The time and the people around a base.
pub(crate) async fn read(platform: &Platform, id: ResourceId) -> Result<Arc<Env>, BaseError> {
    let names = directory::names(&platform.db, id).await?;
    let people = People {
        members: names.members.into_iter().map(|(id, name)| (id, name.into())).collect(),
        groups: names.groups.into_iter().map(|(id, name)| (id, name.into())).collect(),
    };
    let zone = TimeZone::get(&names.zone).unwrap_or(TimeZone::UTC);
    let now = platform.clock.now().as_millisecond();
    Ok(Arc::new(Env { now, zone, people: Arc::new(people) }))
}

/// The same people at another time.
pub(crate) fn later(env: &Env, platform: &Platform) -> Arc<Env> {
    Arc::new(Env { now: platform.clock.now().as_millisecond(), ..env.clone() })
}

/// When the time must be passed in again; none when no formula asks for it.
pub(crate) fn next(base: &Base) -> Option<Instant> {
    let wait = match base.volatile()? {
        Volatile::Now => MINUTE,
        Volatile::Today => Duration::from_millis(until_tomorrow(base.env()).max(0) as u64 + 1),
    };
    Some(Instant::now() + wait)
}
