//! Finds people, groups and records by what they are called.

use std::{collections::HashMap, fmt};

use skein_table::split_names;
use skein_types::{Id, IdKind, RecordId, TableId, kind};

use super::{misfit::Misfit, words::folded};

/// Names of things, ignoring case.
pub struct Known<K: IdKind> {
    /// None for a name that several have.
    by: HashMap<String, Option<Id<K>>>,
}

/// What a name stands for.
enum Found<K: IdKind> {
    Nothing,
    One(Id<K>),
    Several,
}

impl<K: IdKind> Default for Known<K> {
    fn default() -> Self {
        Self { by: HashMap::new() }
    }
}

impl<K: IdKind> fmt::Debug for Known<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} names", self.by.len())
    }
}

impl<K: IdKind> Known<K> {
    /// Adds a name. One that something else has as well names nothing any more.
    pub fn add(&mut self, id: Id<K>, name: &str) {
        let name = name.trim();
        if !name.is_empty() {
            let entry = self.by.entry(folded(name)).or_insert(Some(id));
            if *entry != Some(id) {
                *entry = None;
            }
        }
    }

    fn find(&self, name: &str) -> Found<K> {
        match self.by.get(&folded(name.trim())) {
            None => Found::Nothing,
            Some(None) => Found::Several,
            Some(Some(id)) => Found::One(*id),
        }
    }

    /// What a cell names: one thing or, if there may be several, a list with commas. `make` is asked for what
    /// is not known.
    pub fn listed(
        &self,
        text: &str,
        multiple: bool,
        mut make: impl FnMut(&str) -> Result<Id<K>, Misfit>,
    ) -> Result<Vec<Id<K>>, Misfit> {
        if let Found::One(id) = self.find(text) {
            return Ok(vec![id]);
        }
        let names = if multiple { split_names(text) } else { vec![text.trim().to_owned()] };
        let mut ids = Vec::with_capacity(names.len());
        for name in names {
            let id = match self.find(&name) {
                Found::One(id) => id,
                Found::Several => return Err(Misfit::Ambiguous { value: Misfit::value(&name) }),
                Found::Nothing => make(&name)?,
            };
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        Ok(ids)
    }
}

/// The records a link may name, while an import adds to them.
#[derive(Debug)]
pub struct Linked {
    /// Their table.
    pub table: TableId,
    /// What that is called.
    pub name: String,
    /// Whether a cell may name several.
    pub multiple: bool,
    /// By the text of their primary field.
    pub known: Known<kind::Record>,
    /// Whether those that are missing are made.
    pub create: bool,
    /// Those that are to be made before what links to them.
    pub fresh: Vec<(RecordId, String)>,
}

impl Linked {
    /// The records a cell names.
    pub fn find(&mut self, text: &str, make: &mut dyn FnMut() -> RecordId) -> Result<Vec<RecordId>, Misfit> {
        let Self { name: table, multiple, known, create, fresh, .. } = self;
        let before = fresh.len();
        let found = known.listed(text, *multiple, |name| {
            if !*create {
                return Err(Misfit::NoRecord { value: Misfit::value(name), table: table.clone() });
            }
            // The same name may stand twice in one cell.
            if let Some((id, _)) = fresh[before..].iter().find(|(_, other)| folded(other) == folded(name)) {
                return Ok(*id);
            }
            let id = make();
            fresh.push((id, name.to_owned()));
            Ok(id)
        });
        match &found {
            Ok(_) => fresh[before..].iter().for_each(|(id, name)| known.add(*id, name)),
            Err(_) => fresh.truncate(before),
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use skein_types::MemberId;

    use super::*;

    #[test]
    fn cells_name_one_or_several_and_ambiguous_names_are_told() {
        let mut known = Known::default();
        for (id, name) in [(1, "Ada, Countess"), (2, "Ben"), (3, "Kim"), (4, "kim ")] {
            known.add(MemberId::from_bits(id), name);
        }
        let nobody = |name: &str| Misfit::Nobody { value: name.into() };
        let find = |text: &str, multiple: bool| {
            let ids = known.listed(text, multiple, |name| Err(nobody(name)));
            ids.map(|ids| ids.iter().map(|id| id.bits()).collect::<Vec<_>>())
        };
        assert_eq!(find("ada, countess", false), Ok(vec![1]));
        assert_eq!(find("BEN; \"Ada, Countess\", ben", true), Ok(vec![2, 1]));
        assert_eq!(find("Kim", true), Err(Misfit::Ambiguous { value: "Kim".into() }));
        assert_eq!(find("Ben, Zoe", true), Err(nobody("Zoe")));
        assert_eq!(find("Ben, Ada", false), Err(nobody("Ben, Ada")));
    }

    #[test]
    fn missing_records_are_made_once() {
        let mut linked = Linked {
            table: TableId::from_bits(1),
            name: "Sites".into(),
            multiple: true,
            known: Known::default(),
            create: true,
            fresh: Vec::new(),
        };
        let mut next = 0;
        let mut make = || {
            next += 1;
            RecordId::from_bits(next)
        };
        let ids = |found: Result<Vec<RecordId>, Misfit>| found.map(|ids| ids.len());
        assert_eq!(ids(linked.find("Hof, Tor, hof", &mut make)), Ok(2));
        assert_eq!(ids(linked.find("TOR", &mut make)), Ok(1));
        assert_eq!(linked.fresh.len(), 2);
        linked.create = false;
        let none = Misfit::NoRecord { value: "Ufer".into(), table: "Sites".into() };
        assert_eq!(ids(linked.find("Ufer", &mut make)), Err(none));
    }
}
