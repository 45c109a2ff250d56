//! From an expression to a program: what names mean, what fits where, what a formula depends on.

use std::{collections::HashSet, sync::Arc};

use skein_types::{FieldId, TableId};

use crate::formula::{
    Datum, ErrorCode, Expects, Found, Hop, Item, Keyed, Mistake, Names, Origin, Place, Program, Read, Type,
    Volatile, Wrong,
    ast::{Expr, Kind, Op, Reference, Sign, Span, Word},
    functions::{ANY, Takes},
    parse,
    parse::parse_any_length,
    rewrite,
    suggest::nearest,
    tree::{Free, Node, Step, Typed},
    types::{self, becomes_text},
};

/// Reads and checks a formula of a table: in the form that is stored, the form that is shown, or a mix.
pub fn check(source: &str, table: TableId, names: &dyn Names) -> Result<Program, Vec<Mistake>> {
    checked(source, Checker::new(table, names))
}

/// As [`check`] of the formula that a lookup stands for, which may hold conditions of queries.
pub(crate) fn check_lookup(source: &str, table: TableId, names: &dyn Names) -> Result<Program, Vec<Mistake>> {
    checked(source, Checker { of_lookup: true, ..Checker::new(table, names) })
}

fn checked(source: &str, mut checker: Checker<'_>) -> Result<Program, Vec<Mistake>> {
    // The conditions of a lookup have bounds of their own.
    let parse = if checker.of_lookup { parse_any_length } else { parse };
    let expr = parse(source).map_err(|mistake| vec![mistake])?;
    let root = checker.expr(&expr);
    if !checker.mistakes.is_empty() {
        checker.mistakes.sort_by_key(|mistake| mistake.at.start);
        return Err(checker.mistakes);
    }
    let mut root = root.tree;
    let stored = rewrite::stored(source, &checker.refs).into();
    let memos = hoist(&mut root, &mut checker.keys);
    Ok(Program {
        ty: root.ty,
        stored,
        reads: checker.reads,
        keyed: checker.keyed,
        volatile: checker.volatile,
        table: checker.names.table_slot(checker.table).unwrap_or(0),
        root,
        keys: checker.keys,
        memos,
        calls: checker.calls,
        words: checker.most_words,
        conditions: checker.conditions,
    })
}

/// The references of a formula that mean something, whether or not the formula is right.
pub(crate) fn references(source: &str, table: TableId, names: &dyn Names) -> Vec<(Span, Meaning)> {
    let Ok(expr) = parse_any_length(source) else { return Vec::new() };
    let mut checker = Checker { of_lookup: true, ..Checker::new(table, names) };
    checker.expr(&expr);
    checker.refs
}

/// What a reference means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// A field, and whether nothing stands before it.
    Field(TableId, FieldId),
    Table(TableId),
}

/// A way to records.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Path {
    pub(crate) origin: Origin,
    pub(crate) hops: Vec<Hop>,
    pub(crate) table: TableId,
}

/// A checked expression.
pub(crate) struct Checked {
    pub(crate) tree: Typed,
    /// Where its records may come from.
    pub(crate) paths: Vec<Path>,
    /// It is `NULL`, of any type.
    pub(crate) null: bool,
    /// It was wrong, and was said to be.
    pub(crate) wrong: bool,
}

impl Checked {
    pub(crate) fn new(node: Node, ty: Type, free: Free) -> Self {
        Self { tree: Typed { node, ty, free }, paths: Vec::new(), null: false, wrong: false }
    }
    fn constant(datum: Datum, item: Item) -> Self {
        Self::new(Node::Const(datum), item.one(), Free::NOTHING)
    }
    pub(crate) fn wrong() -> Self {
        let datum = Datum::Error(ErrorCode::Formula);
        Self { wrong: true, ..Self::constant(datum, Item::Any) }
    }
    pub(crate) fn common_type(&self) -> Option<Type> {
        (!self.null).then_some(self.tree.ty)
    }
}

/// What `CurrentValue` is.
#[derive(Clone)]
pub(crate) struct Current {
    pub(crate) ty: Type,
    pub(crate) paths: Vec<Path>,
}

/// What a name of LET is.
pub(crate) struct Bound {
    pub(crate) name: Arc<str>,
    pub(crate) ty: Type,
    pub(crate) paths: Vec<Path>,
    pub(crate) null: bool,
}

pub(crate) struct Checker<'n> {
    pub(crate) names: &'n dyn Names,
    pub(crate) table: TableId,
    pub(crate) mistakes: Vec<Mistake>,
    refs: Vec<(Span, Meaning)>,
    pub(crate) reads: Vec<Read>,
    pub(crate) seen: HashSet<Read>,
    pub(crate) volatile: Option<Volatile>,
    pub(crate) keys: Vec<Typed>,
    pub(crate) keyed: Vec<Keyed>,
    pub(crate) current: Option<Current>,
    pub(crate) bound: Vec<Bound>,
    pub(crate) most_words: usize,
    pub(crate) calls: u64,
    /// Whether conditions of queries may stand in it, and how many do.
    pub(crate) of_lookup: bool,
    pub(crate) conditions: usize,
    /// Conditions that [`Node::Keyed`] sees to.
    pub(crate) settled: HashSet<*const Expr>,
}

impl<'n> Checker<'n> {
    fn new(table: TableId, names: &'n dyn Names) -> Self {
        Self {
            names,
            table,
            mistakes: Vec::new(),
            refs: Vec::new(),
            reads: Vec::new(),
            seen: HashSet::new(),
            volatile: None,
            keys: Vec::new(),
            keyed: Vec::new(),
            current: None,
            bound: Vec::new(),
            most_words: 0,
            calls: 0,
            of_lookup: false,
            conditions: 0,
            settled: HashSet::new(),
        }
    }

    pub(crate) fn mistake(&mut self, wrong: Wrong, at: Span) -> Checked {
        self.mistakes.push(wrong.at(at));
        Checked::wrong()
    }

    pub(crate) fn read(&mut self, read: Read) {
        if self.seen.insert(read.clone()) {
            self.reads.push(read);
        }
    }
    fn read_at(&mut self, paths: &[Path], field: FieldId) {
        for path in paths {
            let Path { origin, hops, table } = path.clone();
            self.read(Read { from: origin, hops, table, field: Some(field) });
        }
    }
    /// Notes that texts of records are needed.
    pub(crate) fn read_texts(&mut self, paths: &[Path]) {
        for path in paths {
            if let Some(&primary) = self.names.fields(path.table).first() {
                self.read_at(std::slice::from_ref(path), primary);
            }
        }
    }

    pub(crate) fn expr(&mut self, expr: &Expr) -> Checked {
        match &expr.kind {
            Kind::Chain(..) if self.settled.contains(&std::ptr::from_ref(expr)) => {
                Checked::constant(Datum::Bool(true), Item::Bool)
            }
            Kind::Bool(yes) => Checked::constant(Datum::Bool(*yes), Item::Bool),
            Kind::Number(number) => Checked::constant(Datum::Number(*number), Item::Number),
            Kind::Text(text) => Checked::constant(Datum::Text(text.clone()), Item::Text),
            Kind::Null => Checked { null: true, ..Checked::constant(Datum::Null, Item::Any) },
            Kind::Current => match self.current.clone() {
                Some(Current { ty, paths }) => {
                    Checked { paths, ..Checked::new(Node::Current, ty, Free::CURRENT) }
                }
                None => self.mistake(Wrong::NoCurrent, expr.span),
            },
            Kind::Word(word) => self.word(word, expr.span),
            Kind::Ref(reference) => self.reference(reference, expr.span),
            Kind::Member(of, field) => self.member(of, field),
            Kind::Call { name, args, method } => self.call(name, args, *method),
            Kind::Unary(sign, of) => self.sign(*sign, of),
            Kind::Chain(first, rest) => self.chain(first, rest),
        }
    }

    fn word(&mut self, word: &str, at: Span) -> Checked {
        // The last one made shadows others of its name.
        let lower = word.to_lowercase();
        let place = self.bound.iter().rposition(|bound| bound.name.to_lowercase() == lower);
        if let Some(place) = place {
            let Bound { ty, paths, null, .. } = &self.bound[place];
            let (ty, paths, null) = (*ty, paths.clone(), *null);
            return Checked { paths, null, ..Checked::new(Node::Word(place), ty, Free::WORD) };
        }
        let fields: Vec<FieldId> = self.names.fields(self.table);
        let fields = fields.iter().filter_map(|&field| self.names.field(self.table, field));
        let names = fields.map(|column| column.name).chain(self.bound.iter().map(|bound| &*bound.name));
        let suggestion = nearest(word, names);
        self.mistake(Wrong::UnknownWord { name: word.into(), suggestion }, at)
    }

    /// Notes what a reference means.
    pub(crate) fn meant(&mut self, at: Span, meaning: Meaning) {
        self.refs.push((at, meaning));
    }

    /// The table a reference names, if it is one of a table.
    pub(crate) fn table_of(&self, reference: &Reference) -> Option<TableId> {
        match reference {
            Reference::Name(name) if self.names.field_named(self.table, name).is_some() => None,
            Reference::Name(name) | Reference::Table(name) => self.names.table_named(name),
            Reference::TableId(id) => self.names.table_name(*id).map(|_| *id),
            Reference::FieldId(_) => None,
        }
    }

    fn reference(&mut self, reference: &Reference, at: Span) -> Checked {
        if let Some(table) = self.table_of(reference) {
            return self.rows(table, at);
        }
        let field = match reference {
            Reference::Name(name) => {
                let Some(field) = self.names.field_named(self.table, name) else {
                    let suggestion = self.near_field(self.table, name).or_else(|| self.near_table(name));
                    return self.mistake(Wrong::UnknownName { name: name.to_string(), suggestion }, at);
                };
                field
            }
            Reference::FieldId(field) => *field,
            Reference::Table(name) => {
                let suggestion = self.near_table(name);
                return self.mistake(Wrong::UnknownTable { name: name.to_string(), suggestion }, at);
            }
            Reference::TableId(_) => return self.mistake(Wrong::Gone { what: "table" }, at),
        };
        let Some(column) = self.names.field(self.table, field) else {
            return self.mistake(Wrong::Gone { what: "field" }, at);
        };
        self.refs.push((at, Meaning::Field(self.table, field)));
        self.read(Read { from: Origin::Record, hops: Vec::new(), table: self.table, field: Some(field) });
        let here = Path { origin: Origin::Record, hops: Vec::new(), table: self.table };
        let paths = onward(&[here], self.table, field, column.ty, column.link);
        Checked { paths, ..Checked::new(Node::Cell(column.slot), column.ty, Free::ROW) }
    }

    fn rows(&mut self, table: TableId, at: Span) -> Checked {
        self.refs.push((at, Meaning::Table(table)));
        self.read(Read { from: Origin::Everywhere, hops: Vec::new(), table, field: None });
        let paths = vec![Path { origin: Origin::Everywhere, hops: Vec::new(), table }];
        let slot = self.names.table_slot(table).unwrap_or(0);
        Checked { paths, ..Checked::new(Node::Rows(slot), Item::Record(table).many(), Free::NOTHING) }
    }

    fn member(&mut self, of: &Expr, field: &Word<Reference>) -> Checked {
        let of = match &of.kind {
            // A field that holds no records gives way to a table of its name.
            Kind::Ref(Reference::Name(name)) => {
                let own = self.names.field_named(self.table, name);
                let own = own.and_then(|field| self.names.field(self.table, field));
                let table = self.names.table_named(name);
                match (own, table) {
                    (Some(column), Some(table)) if !matches!(column.ty.item, Item::Record(_)) => {
                        self.rows(table, of.span)
                    }
                    _ => self.expr(of),
                }
            }
            _ => self.expr(of),
        };
        if of.wrong {
            return of;
        }
        let Item::Record(table) = of.tree.ty.item else {
            let found = types::found(of.tree.ty, self.names);
            return self.mistake(Wrong::NoRecords { found }, field.span);
        };
        let Some(id) = self.field_in(table, &field.is, field.span) else { return Checked::wrong() };
        let Some(column) = self.names.field(table, id) else {
            return self.mistake(Wrong::Gone { what: "field" }, field.span);
        };
        self.refs.push((field.span, Meaning::Field(table, id)));
        self.read_at(&of.paths, id);
        let paths = onward(&of.paths, table, id, column.ty, column.link);
        let list = of.tree.ty.list || column.ty.list;
        let ty = Type { item: column.ty.item, list };
        let (free, slot) = (of.tree.free, self.names.table_slot(table).unwrap_or(0));
        let node = Node::Member { of: Box::new(of.tree), table: slot, column: column.slot };
        Checked { paths, ..Checked::new(node, ty, free) }
    }

    /// The field of a table that a reference names.
    fn field_in(&mut self, table: TableId, reference: &Reference, at: Span) -> Option<FieldId> {
        match reference {
            Reference::FieldId(id) => Some(*id),
            Reference::Name(name) => self.names.field_named(table, name).or_else(|| {
                let suggestion = self.near_field(table, name);
                let shown = self.names.table_name(table).unwrap_or("").into();
                self.mistake(Wrong::UnknownField { name: name.to_string(), table: shown, suggestion }, at);
                None
            }),
            Reference::Table(_) | Reference::TableId(_) => {
                self.mistake(Wrong::Expected { expected: Expects::Field, found: Found::Table }, at);
                None
            }
        }
    }

    fn near_field(&self, table: TableId, name: &str) -> Option<String> {
        let fields = self.names.fields(table);
        nearest(name, fields.iter().filter_map(|&field| self.names.field(table, field)).map(|it| it.name))
    }
    fn near_table(&self, name: &str) -> Option<String> {
        let tables = self.names.tables();
        nearest(name, tables.iter().filter_map(|&table| self.names.table_name(table)))
    }

    fn sign(&mut self, sign: Sign, of: &Expr) -> Checked {
        let at = of.span;
        let of = self.expr(of);
        let free = of.tree.free;
        let item = of.tree.ty.item;
        let ty = match sign {
            Sign::Not => Item::Bool.one(),
            Sign::Minus | Sign::Plus => {
                let takes = if matches!(item, Item::Date { .. }) { Some(Expects::Number) } else { None };
                if let Some(expected) = takes.or_else(|| types::never(Takes::Number, item)) {
                    let found = types::found(of.tree.ty, self.names);
                    let place = Place::Operator(if sign == Sign::Minus { "-" } else { "+" });
                    return self.mistake(Wrong::Type { place, expected, found }, at);
                }
                if item == Item::Duration { Item::Duration.one() } else { Item::Number.one() }
            }
        };
        self.read_texts(&of.paths);
        Checked::new(Node::Sign(sign, Box::new(of.tree)), ty, free)
    }

    fn chain(&mut self, first: &Expr, rest: &[(Word<Op>, Expr)]) -> Checked {
        let op = rest.first().map_or(Op::Add, |(op, _)| op.is);
        match op {
            Op::Or | Op::And | Op::Join => {
                let exprs = std::iter::once(first).chain(rest.iter().map(|(_, operand)| operand));
                let (mut parts, mut free) = (Vec::with_capacity(rest.len() + 1), Free::NOTHING);
                for expr in exprs {
                    let part = self.expr(expr);
                    if op == Op::Join {
                        self.read_texts(&part.paths);
                    }
                    free = free.with(part.tree.free);
                    parts.push(part.tree);
                }
                let parts = parts.into();
                match op {
                    Op::Or => Checked::new(Node::Any(parts), Item::Bool.one(), free),
                    Op::And => Checked::new(Node::All(parts), Item::Bool.one(), free),
                    _ => Checked::new(Node::Join(parts), Item::Text.one(), free),
                }
            }
            Op::Eq | Op::Ne | Op::Lt | Op::Le | Op::Gt | Op::Ge => self.comparison(first, rest),
            Op::Add | Op::Sub | Op::Mul | Op::Div | Op::Rem | Op::Pow => self.arithmetic(first, rest),
        }
    }

    fn comparison(&mut self, first: &Expr, rest: &[(Word<Op>, Expr)]) -> Checked {
        let mut left = self.expr(first);
        let (mut free, mut ty) = (left.tree.free, left.tree.ty);
        let mut paths = std::mem::take(&mut left.paths);
        let mut steps = Vec::with_capacity(rest.len());
        for (op, operand) in rest {
            let mut right = self.expr(operand);
            free = free.with(right.tree.free);
            // Records of one table compare as themselves; of two, or in order, as texts.
            let same = ty.item == right.tree.ty.item && matches!(op.is, Op::Eq | Op::Ne);
            if !same {
                self.read_texts(&paths);
                self.read_texts(&right.paths);
                if ty.table().is_some() && right.tree.ty.table().is_some() {
                    right = self.text(right);
                }
            }
            (ty, paths) = (Item::Bool.one(), Vec::new());
            steps.push((op.is, right.tree));
        }
        Checked::new(Node::Compare(Box::new(left.tree), steps.into()), ty, free)
    }

    fn arithmetic(&mut self, first: &Expr, rest: &[(Word<Op>, Expr)]) -> Checked {
        let left = self.expr(first);
        self.read_texts(&left.paths);
        let (mut free, mut ty, mut span, mut wrong) = (left.tree.free, left.tree.ty, first.span, left.wrong);
        let mut steps = Vec::with_capacity(rest.len());
        for (op, operand) in rest {
            let right = self.expr(operand);
            self.read_texts(&right.paths);
            wrong |= right.wrong;
            match types::arith(op.is, ty.item, right.tree.ty.item) {
                Ok(item) => ty = item.one(),
                Err(_) if wrong => {}
                Err((expected, blame_right)) => {
                    let (found, at) = if blame_right { (right.tree.ty, operand.span) } else { (ty, span) };
                    let found = types::found(found, self.names);
                    let place = Place::Operator(op.is.text());
                    return self.mistake(Wrong::Type { place, expected, found }, at);
                }
            }
            span = span.to(operand.span);
            free = free.with(right.tree.free);
            steps.push(Step { op: op.is, right: right.tree, ty });
        }
        Checked { wrong, ..Checked::new(Node::Arith(Box::new(left.tree), steps.into()), ty, free) }
    }

    /// The expression as texts.
    pub(crate) fn text(&mut self, of: Checked) -> Checked {
        self.read_texts(&of.paths);
        let (ty, free) = (Type { item: Item::Text, list: of.tree.ty.list }, of.tree.free);
        Checked { null: of.null, wrong: of.wrong, ..Checked::new(Node::AsText(Box::new(of.tree)), ty, free) }
    }

    /// The type these values have in common; values that would lose what they are become texts.
    pub(crate) fn agree<'a>(
        &mut self,
        values: impl Iterator<Item = &'a mut Checked>,
        also: Option<Type>,
    ) -> Type {
        let values: Vec<&mut Checked> = values.collect();
        let of = |values: &[&mut Checked]| {
            types::common(values.iter().map(|value| value.common_type()).chain(also.map(Some)))
        };
        let ty = of(&values);
        for value in values {
            if becomes_text(value.tree.ty, ty) && !value.null {
                let old = std::mem::replace(value, Checked::wrong());
                *value = self.text(old);
            }
        }
        ty
    }
}

/// The ways to the records that a field of records holds.
pub(crate) fn onward(paths: &[Path], table: TableId, field: FieldId, ty: Type, link: bool) -> Vec<Path> {
    let Item::Record(target) = ty.item else { return Vec::new() };
    let everywhere = || Path { origin: Origin::Everywhere, hops: Vec::new(), table: target };
    let mut onward: Vec<Path> = Vec::with_capacity(paths.len());
    for path in paths {
        let next = if link && path.origin != Origin::Everywhere {
            let mut hops = path.hops.clone();
            hops.push(Hop { table, field });
            Path { origin: path.origin, hops, table: target }
        } else {
            everywhere()
        };
        if !onward.contains(&next) {
            onward.push(next);
        }
    }
    onward
}

/// Marks what is worth remembering: for all records what depends on none, for one record what depends on no
/// item among what is computed for each. Returns how many of both there are.
fn hoist(root: &mut Typed, keys: &mut [Typed]) -> [usize; 2] {
    let mut memos = [0, 0];
    mark(root, false, &mut memos);
    for key in keys {
        mark(key, false, &mut memos);
    }
    memos
}

fn mark(expr: &mut Typed, each: bool, memos: &mut [usize; 2]) {
    let plain = matches!(expr.node, Node::Const(_) | Node::Cell(_) | Node::Current | Node::Word(_));
    let bound = expr.free.has(Free::CURRENT) || expr.free.has(Free::WORD);
    if plain || bound || expr.free.has(Free::ROW) && !each {
        expr.inside(|inner, inner_each| mark(inner, each || inner_each, memos));
        return;
    }
    let per_row = expr.free.has(Free::ROW);
    expr.inside(|inner, inner_each| mark(inner, inner_each, memos));
    let place = memos[usize::from(per_row)];
    memos[usize::from(per_row)] += 1;
    let (ty, free) = (expr.ty, expr.free);
    let node = std::mem::replace(&mut expr.node, Node::Const(Datum::Null));
    let inner = Box::new(Typed { node, ty, free });
    expr.node = if per_row { Node::OncePerRow(place, inner) } else { Node::Once(place, inner) };
}

/// A type that says nothing.
pub(crate) const UNKNOWN: Type = ANY;
