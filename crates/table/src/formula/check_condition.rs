//! The checker's part for conditions on items: which of them an index answers, and those written as in Excel.

use serde_json::{Value as Json, json};
use skein_types::{FieldId, TableId};

use crate::{
    Condition,
    formula::{
        Datum, Item, Keyed, Origin, Read, Type, Volatile, Wrong,
        ast::{Expr, Kind, Op, Reference, Span, Word},
        check::{Checked, Checker, Current, Meaning, Path, onward},
        functions::{self, Takes},
        params::params,
        tree::{Form, Free, Meets, Node, Typed},
    },
};

/// The call that stands for a condition of a lookup: `MEETS(CurrentValue.{field}, "operator")`, with the value in JSON
/// as a text or the own field it is compared with behind. No function that people may call.
pub(crate) const MEETS: &str = "MEETS";

/// A condition `CurrentValue.[field] = expression`.
struct Key<'e> {
    field: FieldId,
    at: Span,
    expr: &'e Expr,
    condition: *const Expr,
    /// Whether the index alone tells; else the condition is asked, too.
    exact: bool,
}

impl Checker<'_> {
    /// The records of a table that an index finds, when a condition on them says
    /// `CurrentValue.[field] = expression`. (F15)
    pub(crate) fn keyed(&mut self, form: Option<Form>, args: &[Expr]) -> Option<Checked> {
        let (Expr { kind: Kind::Ref(reference), span, .. }, form) = (args.first()?, form?) else {
            return None;
        };
        let table = self.table_of(reference)?;
        let conditions = args.get(form.conditions(args.len()))?;
        let Key { field, at, expr, condition, exact } =
            conditions.iter().find_map(|condition| self.key_in(condition, table))?;
        let column = self.names.field(table, field)?;
        let (slot, column, ty, link) = (self.names.table_slot(table)?, column.slot, column.ty, column.link);
        if exact {
            self.settled.insert(condition);
        }
        self.meant(*span, Meaning::Table(table));
        self.meant(at, Meaning::Field(table, field));
        // What the expression reads is noted apart, too: it tells which records are meant.
        let (reads, seen) = (std::mem::take(&mut self.reads), std::mem::take(&mut self.seen));
        let outer = self.current.take();
        let mut key = self.expr(expr);
        let same = key.tree.ty.item == ty.item;
        if !same && ty.table().is_some() && key.tree.ty.table().is_some() {
            key = self.text(key);
        } else if !same {
            self.read_texts(&key.paths);
        }
        self.current = outer;
        self.seen = seen;
        let by = std::mem::replace(&mut self.reads, reads);
        for read in &by {
            self.read(read.clone());
        }
        let own = match (&key.tree.node, &by[..]) {
            (Node::Cell(_), [Read { from: Origin::Record, field, .. }]) => *field,
            _ => None,
        };
        let (free, wrong) = (key.tree.free, key.wrong);
        let place = self.keys.len();
        self.keys.push(key.tree);
        self.keyed.push(Keyed { table, key: field, by, field: own });
        let path = Path { origin: Origin::Keyed(place), hops: Vec::new(), table };
        self.read(Read { from: path.origin, hops: Vec::new(), table, field: None });
        if !same {
            self.read_texts(&onward(std::slice::from_ref(&path), table, field, ty, link));
        }
        let node = Node::Keyed { table: slot, column, ty, key: place, exact };
        Some(Checked { paths: vec![path], wrong, ..Checked::new(node, Item::Record(table).many(), free) })
    }

    /// Where a condition that must hold says `CurrentValue.[field] = expression`.
    fn key_in<'e>(&self, condition: &'e Expr, table: TableId) -> Option<Key<'e>> {
        match &condition.kind {
            Kind::Chain(first, rest) if rest.iter().all(|(op, _)| op.is == Op::And) => {
                let mut parts = std::iter::once(&**first).chain(rest.iter().map(|(_, part)| part));
                parts.find_map(|part| self.key_in(part, table))
            }
            Kind::Call { name, args, .. } if name.is.eq_ignore_ascii_case("and") => {
                args.iter().find_map(|part| self.key_in(part, table))
            }
            Kind::Chain(left, rest) => {
                let [(Word { is: Op::Eq, .. }, right)] = &rest[..] else { return None };
                [(&**left, right), (right, &**left)].into_iter().find_map(|(side, expr)| {
                    let Kind::Member(of, field) = &side.kind else { return None };
                    if of.kind != Kind::Current || mentions_current(expr) || self.mentions_words(expr) {
                        return None;
                    }
                    let (at, field) = (
                        field.span,
                        match &field.is {
                            Reference::Name(name) => self.names.field_named(table, name),
                            Reference::FieldId(id) => Some(*id),
                            Reference::Table(_) | Reference::TableId(_) => None,
                        },
                    );
                    Some(Key { field: field?, at, expr, condition, exact: true })
                })
            }
            Kind::Call { name, args, .. } if self.of_lookup && name.is.as_ref() == MEETS => match &args[..] {
                [
                    Expr { kind: Kind::Member(_, Word { is: Reference::FieldId(field), span }), .. },
                    Expr { kind: Kind::Text(op), .. },
                    expr @ Expr { kind: Kind::Ref(_), .. },
                ] if &**op == "is" => Some(Key { field: *field, at: *span, expr, condition, exact: false }),
                _ => None,
            },
            _ => None,
        }
    }

    /// A condition of a lookup.
    pub(crate) fn meets(&mut self, args: &[Expr], at: Span) -> Checked {
        let gone = Wrong::Gone { what: "condition" };
        let (
            [
                cell @ Expr { kind: Kind::Member(_, Word { is: Reference::FieldId(field), .. }), .. },
                op,
                value @ ..,
            ],
            Some(Current { ty: Type { item: Item::Record(table), .. }, .. }),
        ) = (args, self.current.clone())
        else {
            return self.mistake(gone, at);
        };
        let cell = self.expr(cell);
        self.read_texts(&cell.paths);
        let own =
            value.first().filter(|value| matches!(value.kind, Kind::Ref(_))).map(|value| self.expr(value));
        if let Some(own) = &own {
            self.read_texts(&own.paths);
        }
        let value = match value.first().map(|value| &value.kind) {
            None => Some(Json::Null),
            Some(Kind::Text(json)) => serde_json::from_str(json).ok(),
            Some(Kind::Ref(Reference::FieldId(own))) => Some(json!({ "field": own })),
            Some(_) => None,
        };
        let op = match &op.kind {
            Kind::Text(op) => serde_json::from_value(Json::from(&**op)).ok(),
            _ => None,
        };
        let condition = op.zip(value).map(|(op, value)| Condition { field: *field, op, value });
        let wrong = cell.wrong || own.as_ref().is_some_and(|own| own.wrong);
        let by_day = condition.as_ref().and_then(|asked| self.names.by_day(self.table, table, asked));
        let (Some(condition), Some(by_day), false) = (condition, by_day, wrong) else {
            return if wrong { Checked::wrong() } else { self.mistake(gone, at) };
        };
        if by_day {
            self.volatile = self.volatile.max(Some(Volatile::Today));
        }
        let place = self.conditions;
        self.conditions += 1;
        let free = own.as_ref().map_or(Free::NOTHING, |own| own.tree.free).with(Free::CURRENT);
        let table = self.names.table_slot(table).unwrap_or(0);
        let meets = Meets { table, condition, own: own.map(|own| own.tree), place };
        Checked::new(Node::Meets(Box::new(meets)), Item::Bool.one(), free)
    }

    /// Whether an expression may use names of LET from outside.
    fn mentions_words(&self, expr: &Expr) -> bool {
        !self.bound.is_empty() && any(expr, &mut |expr| matches!(expr.kind, Kind::Word(_)))
    }

    /// A condition that does not look at the item is what items must equal, or `">5"` as in Excel. (F17)
    pub(crate) fn criterion(&mut self, condition: Checked, expr: &Expr, list: Option<&Checked>) -> Checked {
        let constant = matches!(condition.tree.ty.item, Item::Bool | Item::Any) || condition.wrong;
        let (Some(list), false) = (list, constant || mentions_current(expr)) else { return condition };
        let mut condition = condition;
        let mut op = Op::Eq;
        if let Node::Const(Datum::Text(text)) = &condition.tree.node {
            let signs = [
                (">=", Op::Ge),
                ("<=", Op::Le),
                ("<>", Op::Ne),
                ("!=", Op::Ne),
                (">", Op::Gt),
                ("<", Op::Lt),
                ("=", Op::Eq),
            ];
            let found = signs.iter().find_map(|(sign, op)| Some((*op, text.strip_prefix(sign)?.trim())));
            let (found, rest) = found.unwrap_or((op, text));
            op = found;
            let (datum, item) = match rest.parse::<f64>() {
                Ok(number) if number.is_finite() => (Datum::Number(number), Item::Number),
                _ => (Datum::Text(rest.into()), Item::Text),
            };
            condition.tree = Typed { node: Node::Const(datum), ty: item.one(), free: Free::NOTHING };
        }
        self.read_texts(&list.paths);
        self.read_texts(&condition.paths);
        let free = condition.tree.free.with(Free::CURRENT);
        let item = Typed { node: Node::Current, ty: list.tree.ty.item.one(), free: Free::CURRENT };
        let node = Node::Compare(Box::new(item), [(op, condition.tree)].into());
        Checked::new(node, Item::Bool.one(), free)
    }
}

/// Whether `CurrentValue` stands in an expression other than as an item of a list in it.
pub(crate) fn mentions_current(expr: &Expr) -> bool {
    match &expr.kind {
        Kind::Current => true,
        Kind::Call { name, args, .. } => {
            let function = functions::find(&name.is);
            let params = function.and_then(|function| params(function, args.len()));
            args.iter().enumerate().any(|(at, arg)| {
                let param = params.as_ref().and_then(|params| params.get(at));
                param.is_none_or(|param| param.takes != Takes::PerItem) && mentions_current(arg)
            })
        }
        _ => inside(expr).into_iter().any(mentions_current),
    }
}

fn any(expr: &Expr, test: &mut impl FnMut(&Expr) -> bool) -> bool {
    test(expr) || inside(expr).into_iter().any(|inner| any(inner, test))
}

/// The expressions right inside one.
fn inside(expr: &Expr) -> Vec<&Expr> {
    match &expr.kind {
        Kind::Member(of, _) | Kind::Unary(_, of) => vec![of],
        Kind::Call { args, .. } => args.iter().collect(),
        Kind::Chain(first, rest) => {
            std::iter::once(&**first).chain(rest.iter().map(|(_, part)| part)).collect()
        }
        _ => Vec::new(),
    }
}
