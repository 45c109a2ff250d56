//! One dimension: which groups each row is in, and the groups in order, with the rest cut off or together.

use serde_json::Value as Json;

use super::{CubeAxis, CubeGroup, CubePick, Dimension, MAX_GROUPS, by_value, fold::Along};
use crate::{
    chunk::CHUNK,
    group::{Level, Part},
    leaves::Known,
    program::{Mask, each},
    shown::Scope,
};

/// The place of a group that is not shown.
pub(super) const NONE: u32 = u32::MAX;

pub(super) struct Axis<'a> {
    known: Known<'a>,
    /// The first group of each row, by number.
    first: Vec<u32>,
    /// By chunk, further groups of rows that are in several.
    more: Vec<Vec<(u16, u32)>>,
    /// Numbers of groups in order.
    heads: Vec<u32>,
    /// How many groups the one after the last head stands for.
    rest: Option<usize>,
    /// Whether all groups are shown, be it among the rest.
    whole: bool,
    /// The place among the heads by number.
    to: Vec<u32>,
}

impl<'a> Axis<'a> {
    pub(super) fn new(scope: Scope<'a>, level: &'a Level, masks: &[Mask]) -> Self {
        let mut known = Known::new(scope, level);
        let mut first = vec![0; masks.len() * CHUNK];
        let mut more = vec![Vec::new(); masks.len()];
        for ((chunk, mask), codes) in masks.iter().enumerate().zip(first.chunks_mut(CHUNK)) {
            if level.is_single() {
                known.fill(scope, chunk, mask, codes);
            } else {
                known.fill_each(scope, chunk, mask, codes, &mut more[chunk]);
            }
        }
        Self { known, first, more, heads: Vec::new(), rest: None, whole: true, to: Vec::new() }
    }

    /// How many groups have a number.
    pub(super) fn len(&self) -> usize {
        self.known.list.len()
    }

    /// The groups as they are shown.
    pub(super) fn along(&self) -> Along<'_> {
        Along { axis: self, to: Some(&self.to), len: self.heads.len() + usize::from(self.rest.is_some()) }
    }

    /// Takes out rows without a value.
    pub(super) fn hide_blank(&self, masks: &mut [Mask]) {
        for (mask, codes) in masks.iter_mut().zip(self.first.chunks(CHUNK)) {
            let mut kept = *mask;
            each(mask, |at| {
                if self.known.list[codes[at] as usize] == Part::Blank {
                    kept[at / 64] &= !(1 << (at % 64));
                }
            });
            *mask = kept;
        }
    }

    /// Puts the groups that have rows in order, `seen` with what is told of them, and cuts off the rest.
    pub(super) fn arrange(&mut self, dimension: &Dimension, mut seen: Vec<(u32, Json)>) {
        let level = self.known.level;
        let list = &self.known.list;
        let natural = |a: u32, b: u32| level.compare(&list[a as usize], &list[b as usize]);
        let descending = dimension.key.descending;
        match dimension.by_measure {
            Some(_) => {
                seen.sort_by(|(a, x), (b, y)| by_value(x, y, descending).then_with(|| natural(*a, *b)));
            }
            None => seen.sort_by(|(a, _), (b, _)| natural(*a, *b)),
        }
        self.heads = seen.into_iter().map(|(number, _)| number).collect();
        if dimension.fill && dimension.by_measure.is_none() {
            self.fill_gaps();
        }
        let shown = dimension.limit.unwrap_or(MAX_GROUPS).min(self.heads.len());
        self.to = vec![NONE; self.known.list.len()];
        let rest = (dimension.other && shown < self.heads.len()).then(|| self.heads.len() - shown);
        for (place, &number) in self.heads.iter().enumerate() {
            self.to[number as usize] = match rest {
                _ if place < shown => place as u32,
                Some(_) => shown as u32,
                None => NONE,
            };
        }
        self.whole = rest.is_some() || shown == self.heads.len();
        self.heads.truncate(shown);
        self.rest = rest;
    }

    /// Puts groups without rows between those that have some, unless they would be too many.
    fn fill_gaps(&mut self) {
        let (level, list) = (self.known.level, &self.known.list);
        let mut filled: Vec<u32> = Vec::with_capacity(self.heads.len());
        let mut more: Vec<Part> = Vec::new();
        for &number in &self.heads {
            if let Some(&last) = filled.last() {
                let room = MAX_GROUPS.saturating_sub(more.len());
                let Some(gap) = level.between(&list[last as usize], &list[number as usize], room) else {
                    return;
                };
                for part in gap {
                    filled.push((list.len() + more.len()) as u32);
                    more.push(part);
                }
            }
            filled.push(number);
        }
        self.known.list.extend(more);
        self.heads = filled;
    }

    /// Whether each row is in one group that is shown, alone or among the rest.
    pub(super) fn is_partition(&self) -> bool {
        self.whole && self.more.iter().all(Vec::is_empty)
    }

    /// The number of the first group of a row.
    pub(super) fn first(&self, chunk: usize) -> &[u32] {
        &self.first[chunk * CHUNK..][..CHUNK]
    }

    /// Further groups of rows of a chunk, in the order of rows.
    pub(super) fn more(&self, chunk: usize) -> &[(u16, u32)] {
        &self.more[chunk]
    }

    /// Keeps rows that are in the group at a place.
    pub(super) fn keep(&self, chunk: usize, head: u32, mask: &mut Mask) {
        let mut kept: Mask = [0; crate::chunk::WORDS];
        let first = self.first(chunk);
        each(mask, |at| {
            if self.to[first[at] as usize] == head {
                kept[at / 64] |= 1 << (at % 64);
            }
        });
        for (at, number) in self.more(chunk) {
            let at = usize::from(*at);
            if self.to[*number as usize] == head {
                kept[at / 64] |= mask[at / 64] & 1 << (at % 64);
            }
        }
        *mask = kept;
    }

    /// The place of a group that is picked.
    pub(super) fn find(&self, scope: Scope<'_>, pick: &CubePick) -> Option<u32> {
        match pick {
            CubePick::Other { other } => self.rest.filter(|_| *other).map(|_| self.heads.len() as u32),
            CubePick::Group { value } => {
                let level = self.known.level;
                let part = level.part(scope, value)?;
                let is = |number: &u32| level.compare(&self.known.list[*number as usize], &part).is_eq();
                self.heads.iter().position(is).map(|place| place as u32)
            }
        }
    }

    pub(super) fn told(&self, scope: Scope<'_>) -> CubeAxis {
        let level = self.known.level;
        let one = |number: &u32| {
            let part = &self.known.list[*number as usize];
            CubeGroup { value: level.value(scope, part), label: level.label(scope, part), other: None }
        };
        let mut groups: Vec<CubeGroup> = self.heads.iter().map(one).collect();
        groups.extend(self.rest.map(|rest| CubeGroup {
            value: Json::Null,
            label: String::new(),
            other: Some(rest),
        }));
        CubeAxis { field: level.key().field, groups }
    }
}
