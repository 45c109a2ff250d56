//! From definitions to programs in an order in which each comes after what it reads.

use std::{
    collections::{HashMap, HashSet},
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
};

use skein_types::{FieldId, TableId};

use super::{Edge, From, Graph, Last, Node, State, lookup};
use crate::{
    Base, ButtonAction, FieldKind, Table,
    formula::{self, ErrorCode, Hop, Item, Keyed, Mistake, Origin, Program, Read, Wrong},
    shape::Choices,
};

/// What a computed field is to be compiled from.
struct Source {
    table: TableId,
    field: FieldId,
    /// The formula, or why there is none.
    formula: Result<String, ErrorCode>,
    /// Whether it is a lookup or a rollup.
    lookup: bool,
}

impl Base {
    /// Compiles all computed fields. Answers the nodes whose cells must be computed anew, and the tables in
    /// which a field has values of another type now.
    pub(super) fn compile(&mut self) -> (Vec<usize>, HashSet<TableId>) {
        let before = self.graph.clone();
        let sources = self.sources();
        let by_field: HashMap<FieldId, usize> =
            sources.iter().enumerate().map(|(at, source)| (source.field, at)).collect();
        let mut states: Vec<Option<State>> = sources.iter().map(|_| None).collect();
        let mut reshaped = HashSet::new();
        let (order, cycles) = ordered(sources.len(), |at| named(&sources[at], &by_field));
        for &at in &order {
            let source = &sources[at];
            let state = match cycles.get(&at) {
                Some(way) => State::Cycle(self.names_of(way.iter().map(|at| &sources[*at]))),
                None => self.check_source(source),
            };
            if self.reshape(source, &state) {
                reshaped.insert(source.table);
            }
            states[at] = Some(state);
        }
        let nodes = self.arrange(&sources, states, &before);
        let anew = (0..nodes.len()).filter(|&at| {
            let old = before.places.get(&nodes[at].field).map(|&place| &before.nodes[place]);
            old.is_none_or(|old| old.fingerprint != nodes[at].fingerprint)
        });
        let anew = anew.collect();
        self.graph = Arc::new(self.connect(nodes));
        (anew, reshaped)
    }

    fn sources(&self) -> Vec<Source> {
        let mut sources = Vec::new();
        for table in &self.tables {
            for field in &table.def().fields {
                let (formula, lookup) = match &field.kind {
                    FieldKind::Formula { formula, .. }
                    | FieldKind::Button { action: ButtonAction::Open { formula }, .. } => {
                        (Some(formula.clone()), false)
                    }
                    FieldKind::Lookup(lookup) => (lookup::formula(self, table, lookup, None), true),
                    FieldKind::Rollup { lookup, aggregate, .. } => {
                        (lookup::formula(self, table, lookup, Some(*aggregate)), true)
                    }
                    _ => continue,
                };
                let formula = formula.ok_or(ErrorCode::Ref);
                sources.push(Source { table: table.def().id, field: field.id, formula, lookup });
            }
        }
        sources
    }

    fn check_source(&self, source: &Source) -> State {
        let formula = match &source.formula {
            Ok(formula) => formula,
            Err(code) => return State::Failed(*code, Vec::new()),
        };
        let check = if source.lookup { formula::check_lookup } else { formula::check };
        match check(formula, source.table, self) {
            Ok(program) => State::Ready(Arc::new(program)),
            Err(mistakes) => {
                let gone = |mistake: &Mistake| matches!(mistake.wrong, Wrong::Gone { .. });
                let code = if mistakes.iter().any(gone) { ErrorCode::Ref } else { ErrorCode::Formula };
                State::Failed(code, mistakes)
            }
        }
    }

    /// Gives the column of a field the type of its program; whether it had another.
    fn reshape(&mut self, source: &Source, state: &State) -> bool {
        let ty = match state {
            State::Ready(program) => program.ty,
            State::Failed(..) | State::Cycle(_) => Item::Any.one(),
        };
        let Ok(place) = self.place(source.table) else { return false };
        let Some(at) = self.tables[place].schema.place(source.field) else { return false };
        let choices = match ty.item {
            Item::Choice(table, field) => self
                .table(table)
                .and_then(|table| table.schema.place(field).map(|at| table.schema.choices[at].clone())),
            _ => None,
        };
        let table = &self.tables[place];
        let choices = choices.unwrap_or_else(|| match table.schema.choices[at].list() {
            [] => table.schema.choices[at].clone(),
            _ => Arc::new(Choices::default()),
        });
        let other = table.schema.types[at] != ty;
        if other || !Arc::ptr_eq(&table.schema.choices[at], &choices) {
            Arc::make_mut(&mut self.tables[place]).reshape(at, ty, choices);
            self.refresh_peers();
        }
        other
    }

    /// Nodes in an order in which each comes after all it reads, also by the texts of records.
    fn arrange(&self, sources: &[Source], states: Vec<Option<State>>, before: &Graph) -> Vec<Node> {
        let places: HashMap<FieldId, usize> =
            sources.iter().enumerate().map(|(at, source)| (source.field, at)).collect();
        let reads = |at: usize| match &states[at] {
            Some(State::Ready(program)) => {
                let mut fields = Vec::new();
                each_read(program, &mut |read| {
                    fields.extend(read.field);
                    fields.extend(read.hops.iter().map(|hop| hop.field));
                });
                fields.iter().filter_map(|field| places.get(field).copied()).collect()
            }
            _ => Vec::new(),
        };
        let (order, cycles) = ordered(sources.len(), reads);
        let mut states = states;
        let mut nodes = Vec::with_capacity(order.len());
        for at in order {
            let source = &sources[at];
            let state = match (cycles.get(&at), states[at].take()) {
                (Some(way), Some(State::Ready(_))) => {
                    State::Cycle(self.names_of(way.iter().map(|at| &sources[*at])))
                }
                (_, Some(state)) => state,
                (_, None) => State::Failed(ErrorCode::Formula, Vec::new()),
            };
            let last = before.places.get(&source.field).map(|&place| before.nodes[place].last.clone());
            nodes.push(Node {
                table: source.table,
                field: source.field,
                fingerprint: self.fingerprint(source, &state),
                people: self.reads_people(&state),
                state,
                last: last.unwrap_or_else(|| Arc::new(Last::default())),
            });
        }
        nodes
    }

    fn names_of<'a>(&self, sources: impl Iterator<Item = &'a Source>) -> Vec<String> {
        let name = |source: &Source| {
            let table = self.table(source.table)?;
            Some(format!("{}.{}", table.def().name, table.field(source.field)?.name))
        };
        sources.filter_map(name).collect()
    }

    fn reads_people(&self, state: &State) -> bool {
        let State::Ready(program) = state else { return false };
        let mut people = false;
        each_read(program, &mut |read| {
            let ty = read.field.and_then(|field| self.table(read.table)?.field_type(field));
            people |= ty.is_some_and(|ty| matches!(ty.item, Item::Member | Item::Group));
        });
        people
    }

    /// Differs when cells computed before are worth nothing now.
    fn fingerprint(&self, source: &Source, state: &State) -> u64 {
        let mut hasher = DefaultHasher::new();
        if let Some(table) = self.table(source.table) {
            column_print(self, table, source.field).hash(&mut hasher);
        }
        match state {
            State::Ready(program) => {
                program.stored.hash(&mut hasher);
                each_read(program, &mut |read| {
                    let hops = read.hops.iter().map(|hop| (hop.table, Some(hop.field)));
                    for (id, field) in hops.chain([(read.table, read.field)]) {
                        let Some(table) = self.table(id) else { continue };
                        table.roster().identity().hash(&mut hasher);
                        if let Some(field) = field {
                            column_print(self, table, field).hash(&mut hasher);
                        }
                    }
                });
            }
            State::Failed(code, _) => code.text().hash(&mut hasher),
            State::Cycle(_) => "cycle".hash(&mut hasher),
        }
        hasher.finish()
    }

    fn connect(&mut self, nodes: Vec<Node>) -> Graph {
        let mut graph = Graph::default();
        for (at, node) in nodes.iter().enumerate() {
            graph.places.insert(node.field, at);
            if let State::Ready(program) = &node.state {
                for read in &program.reads {
                    graph.add(at, read, program);
                }
                for keyed in &program.keyed {
                    graph.add_keyed(at, keyed, node.table);
                }
            }
        }
        graph.nodes = nodes;
        for table in &self.tables {
            for (at, field) in table.def().fields.iter().enumerate() {
                if let Item::Record(target) = table.schema.types[at].item {
                    let hop = Hop { table: table.def().id, field: field.id };
                    graph.shown.entry(target).or_default().push(hop);
                }
            }
        }
        graph.keyed.sort_unstable();
        graph.keyed.dedup();
        let mut indexes = std::mem::take(&mut self.indexes);
        indexes.retain(|key, index| {
            let same = |table: &Arc<Table>| column_print(self, table, key.1) == index.column;
            graph.keyed.binary_search(key).is_ok() && self.table(key.0).is_some_and(same)
        });
        self.indexes = indexes;
        graph
    }
}

impl Graph {
    fn add(&mut self, node: usize, read: &Read, program: &Program) {
        let from = match read.from {
            Origin::Record => From::Record,
            Origin::Everywhere => From::Everywhere,
            Origin::Keyed(place) => match program.keyed.get(place) {
                Some(keyed) => From::Keyed(Arc::new(keyed.clone())),
                None => From::Everywhere,
            },
        };
        // Whichever link on the way changes, other cells are read.
        for (step, hop) in read.hops.iter().enumerate() {
            let edge = Edge { node, from: from.clone(), hops: read.hops[..step].to_vec() };
            self.by_field.entry((hop.table, hop.field)).or_default().push(edge);
        }
        let edge = Edge { node, from: from.clone(), hops: read.hops.clone() };
        if matches!(from, From::Everywhere) || read.field.is_none() {
            self.by_table.entry(read.table).or_default().push(edge.clone());
        }
        if let Some(field) = read.field {
            self.by_field.entry((read.table, field)).or_default().push(edge);
        }
    }

    fn add_keyed(&mut self, node: usize, keyed: &Keyed, home: TableId) {
        self.keyed.push((keyed.table, keyed.key));
        self.keyed.extend(keyed.field.map(|field| (home, field)));
        let edge = Edge { node, from: From::Keyed(Arc::new(keyed.clone())), hops: Vec::new() };
        self.by_field.entry((keyed.table, keyed.key)).or_default().push(edge.clone());
        self.by_table.entry(keyed.table).or_default().push(edge);
    }
}

/// Differs when the cells of a column mean something else: another column, or choices of other names.
pub(super) fn column_print(base: &Base, table: &Table, field: FieldId) -> u64 {
    let mut hasher = DefaultHasher::new();
    table.roster().identity().hash(&mut hasher);
    if let Some(at) = table.schema.place(field) {
        table.serial(at).hash(&mut hasher);
        match &table.def().fields[at].kind {
            FieldKind::AutoNumber { pattern } => pattern.hash(&mut hasher),
            // It shows what is stored elsewhere.
            FieldKind::Backlink { table, field, .. } => {
                let link =
                    base.table(*table).and_then(|table| Some(table.serial(table.schema.place(*field)?)));
                link.hash(&mut hasher);
            }
            _ => {}
        }
        for choice in table.schema.choices[at].list() {
            (choice.code, &choice.name).hash(&mut hasher);
        }
    }
    hasher.finish()
}

/// Calls `f` with each read, those of key fields too.
pub(super) fn each_read(program: &Program, f: &mut impl FnMut(&Read)) {
    program.reads.iter().for_each(&mut *f);
    for keyed in &program.keyed {
        let (table, field) = (keyed.table, Some(keyed.key));
        f(&Read { from: Origin::Everywhere, hops: Vec::new(), table, field });
    }
}

/// The computed fields a formula names.
fn named(source: &Source, places: &HashMap<FieldId, usize>) -> Vec<usize> {
    let Ok(formula) = &source.formula else { return Vec::new() };
    let ids = formula.split('{').skip(1).filter_map(|rest| rest.split_once('}')?.0.parse::<FieldId>().ok());
    ids.filter_map(|id| places.get(&id).copied()).collect()
}

/// The numbers below `count`, each after those `reads` says it needs; and of each that needs itself, the way
/// round.
fn ordered(count: usize, reads: impl Fn(usize) -> Vec<usize>) -> (Vec<usize>, HashMap<usize, Vec<usize>>) {
    let mut order = Vec::with_capacity(count);
    let mut cycles: HashMap<usize, Vec<usize>> = HashMap::new();
    // 0: not seen, 1: on the way, 2: done.
    let mut marks = vec![0u8; count];
    for start in 0..count {
        if marks[start] != 0 {
            continue;
        }
        marks[start] = 1;
        let mut way = vec![(start, reads(start).into_iter())];
        while let Some((at, next)) = way.last_mut() {
            let at = *at;
            match next.next() {
                Some(read) if marks[read] == 0 => {
                    marks[read] = 1;
                    way.push((read, reads(read).into_iter()));
                }
                Some(read) if marks[read] == 1 => {
                    let from = way.iter().position(|(on, _)| *on == read).unwrap_or(0);
                    let round: Vec<usize> = way[from..].iter().map(|(on, _)| *on).collect();
                    for &on in &round {
                        cycles.entry(on).or_insert_with(|| round.clone());
                    }
                }
                Some(_) => {}
                None => {
                    marks[at] = 2;
                    order.push(at);
                    way.pop();
                }
            }
        }
    }
    (order, cycles)
}
