//! Groups in the order of what is told of them, and the first so many. Pure.

use std::cmp::Ordering;

use serde::Deserialize;
use serde_json::Value as Json;
use skein_table::{GroupTree, Query};
use utoipa::ToSchema;

use crate::BaseError;

/// In which order groups of one level are given, and how many.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Level {
    /// By what they stand.
    #[serde(default)]
    by: RankBy,
    /// From high to low. Groups of which nothing can be told come last in both directions.
    #[serde(default)]
    descending: bool,
    /// At most so many; all when none is said.
    #[serde(default)]
    limit: Option<usize>,
}

/// By what groups stand.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RankBy {
    /// By what their records have in common, as the group key says.
    #[default]
    Group,
    /// By how many records they have.
    Count,
    /// By what a summary of the query tells of them: its place, from 0.
    Summary(usize),
}

/// A group with those of its groups that are given.
#[derive(Debug)]
pub(crate) struct Ranked {
    /// Without its groups.
    pub(crate) group: GroupTree,
    pub(crate) groups: Vec<Ranked>,
    /// How many more groups there are in it.
    pub(crate) more: usize,
}

/// Whether levels make sense for a query.
pub(crate) fn check(levels: &[Level], query: &Query) -> Result<(), BaseError> {
    if levels.len() > query.group.len() {
        let detail = format!("there are {} levels of groups", query.group.len());
        return Err(BaseError::invalid("query.invalid", "levels", detail));
    }
    for (at, level) in levels.iter().enumerate() {
        if let RankBy::Summary(place) = level.by
            && place >= query.summaries.len()
        {
            let detail = format!("there are {} summaries, the first is 0", query.summaries.len());
            return Err(BaseError::invalid("query.invalid", format!("levels[{at}].by.summary"), detail));
        }
        if matches!(level.by, RankBy::Group) && level.descending {
            let detail = "the group key says in which direction its values stand";
            return Err(BaseError::invalid("query.invalid", format!("levels[{at}].descending"), detail));
        }
        if level.limit == Some(0) {
            return Err(BaseError::invalid("query.invalid", format!("levels[{at}].limit"), "at least 1"));
        }
    }
    Ok(())
}

/// Groups as levels want them, and how many are left out. Equal ones stay in the order of the group key.
pub(crate) fn ranked(mut groups: Vec<GroupTree>, levels: &[Level]) -> (Vec<Ranked>, usize) {
    let (level, rest) =
        levels.split_first().map_or((Level::default(), levels), |(level, rest)| (*level, rest));
    match level.by {
        RankBy::Group => {}
        RankBy::Count => groups.sort_by(|a, b| turned(level, a.count.cmp(&b.count))),
        RankBy::Summary(place) => {
            groups.sort_by(|a, b| told(level, a.summaries.get(place), b.summaries.get(place)));
        }
    }
    let all = groups.len();
    groups.truncate(level.limit.unwrap_or(all));
    let more = all - groups.len();
    let inner = |mut group: GroupTree| {
        let (groups, more) = ranked(std::mem::take(&mut group.groups), rest);
        Ranked { group, groups, more }
    };
    (groups.into_iter().map(inner).collect(), more)
}

fn turned(level: Level, ascending: Ordering) -> Ordering {
    if level.descending { ascending.reverse() } else { ascending }
}

/// Numbers by value, dates by time; what is nothing comes last.
fn told(level: Level, a: Option<&Json>, b: Option<&Json>) -> Ordering {
    let nothing = |value: Option<&Json>| value.is_none_or(Json::is_null);
    let order = match (a, b) {
        (Some(Json::Number(a)), Some(Json::Number(b))) => {
            a.as_f64().unwrap_or_default().total_cmp(&b.as_f64().unwrap_or_default())
        }
        (Some(Json::String(a)), Some(Json::String(b))) => a.cmp(b),
        _ => return nothing(a).cmp(&nothing(b)),
    };
    turned(level, order)
}
