//! The innermost groups of rows as small numbers, chunk by chunk, where each row is in one.

use std::collections::HashMap;

use crate::{
    RowIx,
    arrange::Quick,
    chunk::CHUNK,
    column::{Cell, Column, Shape},
    group::{Grouping, Level, Part, Path},
    program::{Mask, each},
    shown::Scope,
};

/// The innermost groups met so far.
pub(crate) struct Leaves<'a> {
    known: Vec<Known<'a>>,
    /// Groups within groups: by depth, the numbers of pairs of a group and one in it.
    numbers: Vec<HashMap<(u32, u32), u32, Quick>>,
    joined: Vec<Vec<(u32, u32)>>,
    inner: Vec<u32>,
}

impl<'a> Leaves<'a> {
    /// None when rows may be in several groups.
    pub(crate) fn new(scope: Scope<'_>, grouping: &'a Grouping) -> Option<Self> {
        let levels = &grouping.0;
        let pairs = levels.len().saturating_sub(1);
        levels.iter().all(Level::is_single).then(|| Self {
            known: levels.iter().map(|level| Known::new(scope, level)).collect(),
            numbers: vec![HashMap::default(); pairs],
            joined: vec![Vec::new(); pairs],
            inner: vec![0; CHUNK],
        })
    }

    /// How many there are; some may have no rows.
    pub(crate) fn len(&self) -> usize {
        match (self.joined.last(), self.known.first()) {
            (Some(joined), _) => joined.len(),
            (None, Some(known)) => known.list.len(),
            (None, None) => 1,
        }
    }

    /// The groups of the rows of a chunk; of rows that are not in the mask anything below [`Leaves::len`] or
    /// what was there.
    pub(crate) fn fill(&mut self, scope: Scope<'_>, chunk: usize, mask: &Mask, codes: &mut [u32]) {
        let Some((first, others)) = self.known.split_first_mut() else { return };
        first.fill(scope, chunk, mask, codes);
        let pairs = self.numbers.iter_mut().zip(&mut self.joined);
        for (known, (numbers, joined)) in others.iter_mut().zip(pairs) {
            known.fill(scope, chunk, mask, &mut self.inner);
            each(mask, |at| {
                let pair = (codes[at], self.inner[at]);
                codes[at] = *numbers.entry(pair).or_insert_with(|| {
                    joined.push(pair);
                    joined.len() as u32 - 1
                });
            });
        }
    }

    pub(crate) fn path(&self, code: usize) -> Path {
        let (mut code, mut path) = (code as u32, Path::new());
        for (known, joined) in self.known.iter().skip(1).zip(&self.joined).rev() {
            let (outer, inner) = joined[code as usize];
            path.push(known.list[inner as usize].clone());
            code = outer;
        }
        path.extend(self.known.first().map(|known| known.list[code as usize].clone()));
        path.reverse();
        path
    }
}

/// The groups of one level met so far, by small numbers.
pub(crate) struct Known<'a> {
    pub(crate) level: &'a Level,
    /// Codes of choices plus one are their own numbers; 0 is null.
    select: bool,
    numbers: HashMap<u64, u32, Quick>,
    parts: HashMap<Part, u32, Quick>,
    /// Texts and lists of codes met so far with their groups, so that few have to be made parts of.
    texts: HashMap<Box<str>, u32, Quick>,
    lists: HashMap<Box<[u32]>, Box<[u32]>, Quick>,
    pub(crate) list: Vec<Part>,
}

impl<'a> Known<'a> {
    pub(crate) fn new(scope: Scope<'_>, level: &'a Level) -> Self {
        let plain = scope.table.errors(level.at).is_empty();
        let select = plain && scope.table.schema.shapes[level.at] == Shape::Select;
        let mut list = Vec::new();
        if select {
            let choices = &scope.table.schema.choices[level.at];
            let codes = choices.list().iter().map(|choice| choice.code + 1).max().unwrap_or(0);
            list.push(Part::Blank);
            list.extend((0..codes).map(|code| match choices.place(code) {
                Some(place) => Part::Word(place as u64),
                None => Part::Blank,
            }));
        }
        let (numbers, parts) = (HashMap::default(), HashMap::default());
        Self { level, select, numbers, parts, texts: HashMap::default(), lists: HashMap::default(), list }
    }

    /// The numbers of the groups of the rows of a chunk; of rows that are not in the mask anything.
    pub(crate) fn fill(&mut self, scope: Scope<'_>, chunk: usize, mask: &Mask, codes: &mut [u32]) {
        let column = scope.table.column(self.level.at);
        match column {
            Column::Select(chunks) if self.select => {
                let found = chunks.get(chunk).map_or(&[][..], |chunk| &chunk.0);
                codes[..found.len()].copy_from_slice(found);
                codes[found.len()..].fill(0);
            }
            Column::Date(chunks) if scope.table.errors(self.level.at).is_empty() => {
                let (mut last, mut number) = (None, 0);
                each(mask, |at| {
                    let date = chunks.get(chunk).and_then(|dates| dates.get(at));
                    let day = date.map(|date| self.level.day(date));
                    if last != Some(day) {
                        (last, number) = (Some(day), self.of_day(scope, date, day));
                    }
                    codes[at] = number;
                });
            }
            _ => {
                let mut found = Vec::with_capacity(1);
                each(mask, |at| {
                    found.clear();
                    self.of_row(scope, (chunk * CHUNK + at) as u32, &mut found);
                    codes[at] = found.first().copied().unwrap_or(0);
                });
            }
        }
    }

    /// The same of rows that may be in several: the first of each in `codes`, the others in `more`, in the order
    /// of rows.
    pub(crate) fn fill_each(
        &mut self,
        scope: Scope<'_>,
        chunk: usize,
        mask: &Mask,
        codes: &mut [u32],
        more: &mut Vec<(u16, u32)>,
    ) {
        let mut found = Vec::with_capacity(4);
        each(mask, |at| {
            found.clear();
            self.of_row(scope, (chunk * CHUNK + at) as u32, &mut found);
            if let Some((first, rest)) = found.split_first() {
                codes[at] = *first;
                more.extend(rest.iter().map(|number| (at as u16, *number)));
            }
        });
    }

    /// The groups of a row; at least one.
    fn of_row(&mut self, scope: Scope<'_>, row: RowIx, found: &mut Vec<u32>) {
        match scope.table.cell(row, self.level.at) {
            Cell::Text(text) => {
                let known = self.texts.get(text).copied();
                found.push(known.unwrap_or_else(|| {
                    let number = self.of_part(Part::Text(text.into()));
                    self.texts.insert(text.into(), number);
                    number
                }));
            }
            Cell::Codes(codes) => {
                if let Some(numbers) = self.lists.get(codes) {
                    return found.extend_from_slice(numbers);
                }
                self.of_parts(scope, row, found);
                self.lists.insert(codes.into(), found.as_slice().into());
            }
            _ => self.of_parts(scope, row, found),
        }
    }

    fn of_parts(&mut self, scope: Scope<'_>, row: RowIx, found: &mut Vec<u32>) {
        let mut parts = Vec::with_capacity(1);
        self.level.parts(scope, row, &mut parts);
        found.extend(parts.into_iter().map(|part| self.of_part(part)));
    }

    /// Dates of one day are in one group, so the calendar is asked once a day.
    fn of_day(&mut self, scope: Scope<'_>, date: Option<i64>, day: Option<i64>) -> u32 {
        let key = day.map_or(u64::MAX, |day| day as u64);
        if let Some(number) = self.numbers.get(&key) {
            return *number;
        }
        let part = date.map_or(Part::Blank, |date| self.level.of_date(scope, date));
        let number = self.of_part(part);
        self.numbers.insert(key, number);
        number
    }

    fn of_part(&mut self, part: Part) -> u32 {
        if let Some(number) = self.parts.get(&part) {
            return *number;
        }
        let number = self.list.len() as u32;
        self.list.push(part.clone());
        self.parts.insert(part, number);
        number
    }
}
