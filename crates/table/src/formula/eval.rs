//! Computes a formula for one record after another.

use std::{cell::OnceCell, sync::Arc};

use crate::{
    RowIx,
    formula::{
        Datum, ErrorCode, Program, Ready, Source, Type,
        ast::Sign,
        coerce::{self, Cx},
        functions::{Call, Kept, Takes},
        ops::{self, Side},
        tree::{Meets, Node, Strict, Typed},
    },
    value::MAX_TEXT,
};

/// Steps one cell may take: expressions computed and items looked at. (F19)
const MAX_STEPS: u64 = 20_000_000;
/// Items of the longest list that a formula may give.
const MAX_ITEMS: usize = 100_000;
/// Items of the longest list in between.
const MAX_BETWEEN: usize = 1_000_000;

/// A value, or the error that is the result of whatever uses it. Never holds [`Datum::Error`] itself.
pub(crate) type Value = Result<Datum, ErrorCode>;

/// An argument of a call that is the same for all records.
#[derive(Clone, Debug, Default)]
struct List {
    fitted: Option<Datum>,
    sorted: OnceCell<Arc<[f64]>>,
}

/// Computes the cells of a formula from one snapshot. What is the same for all records is computed once.
pub struct Evaluator<'a> {
    program: &'a Program,
    pub(crate) source: &'a dyn Source,
    /// Values that are the same for all records, and for this one.
    once: Vec<Option<Value>>,
    once_per_row: Vec<Option<Value>>,
    /// By call, the list that is the same for all records, made to fit.
    lists: Vec<List>,
    /// Values of names of LET.
    pub(crate) words: Vec<Value>,
    /// Conditions made ready.
    conditions: Vec<OnceCell<Option<Ready<'a>>>>,
    pub(crate) row: RowIx,
    /// Differs by record.
    record: u64,
    /// Differs by item.
    pub(crate) item: u64,
    steps: u64,
}

impl<'a> Evaluator<'a> {
    /// Computes cells of the formula as of the source.
    pub fn new(program: &'a Program, source: &'a dyn Source) -> Self {
        Self {
            program,
            source,
            once: vec![None; program.memos[0]],
            once_per_row: vec![None; program.memos[1]],
            lists: vec![List::default(); program.calls as usize],
            words: vec![Ok(Datum::Null); program.words],
            conditions: (0..program.conditions).map(|_| OnceCell::new()).collect(),
            row: 0,
            record: 0,
            item: 0,
            steps: 0,
        }
    }

    /// The value of the formula for a record.
    pub fn cell(&mut self, row: RowIx) -> Datum {
        self.run(&self.program.root, row)
    }
    /// The value of the key at a place of [`Program::keyed`] for a record; null if there is none.
    pub fn key(&mut self, place: usize, row: RowIx) -> Datum {
        self.program.keys.get(place).map_or(Datum::Null, |key| self.run(key, row))
    }

    /// Steps the last cell took.
    pub(crate) fn steps(&self) -> u64 {
        self.steps
    }

    fn run(&mut self, expr: &'a Typed, row: RowIx) -> Datum {
        self.row = row;
        self.steps = 0;
        self.item = 0;
        self.once_per_row.fill(None);
        self.record = if self.program.calls == 0 {
            0
        } else {
            let bits = self.source.record_id(self.program.table, row).bits();
            mix(bits as u64 ^ (bits >> 64) as u64)
        };
        let value = self.eval(expr, &Datum::Null).and_then(|value| match value {
            Datum::List(items) if items.len() > MAX_ITEMS => Err(ErrorCode::Limit),
            Datum::Text(text) if text.len() > MAX_TEXT => Err(ErrorCode::Limit),
            value => Ok(value),
        });
        value.unwrap_or_else(Datum::Error)
    }

    pub(crate) fn spend(&mut self, steps: usize) -> Result<(), ErrorCode> {
        self.steps += steps as u64;
        if self.steps > MAX_STEPS { Err(ErrorCode::Limit) } else { Ok(()) }
    }
    pub(crate) fn cx(&self, ty: Type) -> Cx<'a> {
        Cx::new(self.source.env(), self.source, ty)
    }
    pub(crate) fn program(&self) -> &'a Program {
        self.program
    }

    /// Computes an expression where `CurrentValue` is `current`.
    pub(crate) fn eval(&mut self, expr: &'a Typed, current: &Datum) -> Value {
        self.spend(1)?;
        match &expr.node {
            Node::Const(datum) => sound(datum.clone()),
            Node::Cell(column) => sound(self.source.cell(self.program.table, *column, self.row)),
            Node::Current => sound(current.clone()),
            Node::Word(place) => self.words[*place].clone(),
            Node::Member { of, table, column } => self.member(of, *table, *column, expr.ty.list, current),
            Node::Rows(table) => {
                let rows = self.source.rows(*table);
                self.records(rows)
            }
            Node::Keyed { table, column, ty, key, exact } => self.keyed((*table, *column), *ty, *key, *exact),
            Node::Meets(meets) => self.meets(meets, current),
            Node::Sign(sign, of) => self.sign(*sign, of, current),
            Node::Arith(first, rest) => {
                let (mut left, mut ty) = (self.eval(first, current)?, first.ty);
                for step in rest {
                    let right = self.eval(&step.right, current)?;
                    let side = |value, ty| Side { value, ty };
                    let cx = |ty| self.cx(ty);
                    left = ops::arith(step.op, side(&left, ty), side(&right, step.right.ty), step.ty, &cx)?;
                    ty = step.ty;
                }
                Ok(left)
            }
            Node::Compare(first, rest) => {
                let (mut left, mut ty) = (self.eval(first, current)?, first.ty);
                for (op, right) in rest {
                    let value = self.eval(right, current)?;
                    // Records are of the table that one of the sides tells.
                    let cx = self.cx(if ty.table().is_some() { ty } else { right.ty });
                    left = Datum::Bool(ops::compare(*op, &left, &value, &cx));
                    ty = crate::formula::Item::Bool.one();
                }
                Ok(left)
            }
            Node::Join(parts) => self.join(parts, current),
            Node::All(parts) => {
                for part in parts {
                    if !self.test(part, current)? {
                        return Ok(Datum::Bool(false));
                    }
                }
                Ok(Datum::Bool(true))
            }
            Node::Any(parts) => {
                for part in parts {
                    if self.test(part, current)? {
                        return Ok(Datum::Bool(true));
                    }
                }
                Ok(Datum::Bool(false))
            }
            Node::Call(call) => self.call(call, current),
            Node::Form(form, args) => self.form(*form, args, current),
            Node::AsText(of) => {
                let value = self.eval(of, current)?;
                self.as_text(value, of.ty)
            }
            Node::Once(place, inner) => {
                if let Some(value) = &self.once[*place] {
                    return value.clone();
                }
                let value = self.eval(inner, &Datum::Null);
                self.once[*place] = Some(value.clone());
                value
            }
            Node::OncePerRow(place, inner) => {
                if let Some(value) = &self.once_per_row[*place] {
                    return value.clone();
                }
                let value = self.eval(inner, &Datum::Null);
                self.once_per_row[*place] = Some(value.clone());
                value
            }
        }
    }

    /// Whether an expression holds.
    pub(crate) fn test(&mut self, expr: &'a Typed, current: &Datum) -> Result<bool, ErrorCode> {
        match self.eval(expr, current)? {
            Datum::Bool(yes) => Ok(yes),
            value => coerce::bool_of(&value),
        }
    }

    fn records(&mut self, rows: Vec<RowIx>) -> Value {
        if rows.len() > MAX_BETWEEN {
            return Err(ErrorCode::Limit);
        }
        self.spend(rows.len() / 16)?;
        Ok(Datum::List(rows.into_iter().map(Datum::Record).collect()))
    }

    /// A column at records. A list holds no nothings. (F13)
    fn member(&mut self, of: &'a Typed, table: u32, column: u32, list: bool, current: &Datum) -> Value {
        let records = match self.eval(of, current)? {
            Datum::Record(row) => {
                let value = self.source.cell(table, column, row);
                return if list { Ok(Datum::List(coerce::list_of(value))) } else { sound(value) };
            }
            Datum::List(records) => records,
            _ if list => return Ok(Datum::List(Arc::new([]))),
            _ => return Ok(Datum::Null),
        };
        self.spend(records.len())?;
        let mut values = Vec::with_capacity(records.len());
        for record in &*records {
            let Datum::Record(row) = record else { continue };
            match self.source.cell(table, column, *row) {
                Datum::Null => {}
                Datum::List(items) => values.extend(items.iter().cloned()),
                value => values.push(value),
            }
            if values.len() > MAX_BETWEEN {
                return Err(ErrorCode::Limit);
            }
        }
        Ok(Datum::List(values.into()))
    }

    /// The records whose column equals a key. (F15)
    fn keyed(&mut self, (table, column): (u32, u32), ty: Type, key: usize, exact: bool) -> Value {
        let key = &self.program.keys[key];
        let wanted = self.eval(key, &Datum::Null)?;
        let rows = self.source.matching(table, column, &wanted);
        let rows = rows.unwrap_or_else(|| self.source.rows(table));
        self.spend(rows.len())?;
        let cx = self.cx(if ty.table().is_some() { ty } else { key.ty });
        let equal = |row: &RowIx| {
            let value = self.source.cell(table, column, *row);
            !matches!(value, Datum::Error(_)) && coerce::equal(&value, &wanted, &cx)
        };
        let rows = if exact { rows.into_iter().filter(equal).collect() } else { rows };
        self.records(rows)
    }

    /// Whether the item is a record that meets a condition.
    fn meets(&mut self, meets: &'a Meets, current: &Datum) -> Value {
        if let Some(own) = &meets.own {
            self.eval(own, current)?;
        }
        let (source, own) = (self.source, self.program.table);
        let ready =
            self.conditions[meets.place].get_or_init(|| source.condition(own, meets.table, &meets.condition));
        let ready = ready.as_ref().ok_or(ErrorCode::Ref)?;
        Ok(Datum::Bool(matches!(current, Datum::Record(row) if ready(*row, self.row))))
    }

    fn sign(&mut self, sign: Sign, of: &'a Typed, current: &Datum) -> Value {
        if sign == Sign::Not {
            return Ok(Datum::Bool(!self.test(of, current)?));
        }
        let value = self.eval(of, current)?;
        let number = match value {
            Datum::Number(number) => number,
            Datum::Date { .. } => return Err(ErrorCode::Type),
            value => coerce::number_of(&value, &self.cx(of.ty))?,
        };
        Ok(Datum::Number(if sign == Sign::Minus { 0.0 - number } else { number }))
    }

    fn join(&mut self, parts: &'a [Typed], current: &Datum) -> Value {
        let mut joined = String::new();
        for part in parts {
            match self.eval(part, current)? {
                Datum::Text(text) => joined.push_str(&text),
                value => joined.push_str(&coerce::text_of(&value, &self.cx(part.ty))?),
            }
            if joined.len() > MAX_TEXT {
                return Err(ErrorCode::Limit);
            }
        }
        Ok(Datum::Text(joined.into()))
    }

    fn call(&mut self, call: &'a Strict, current: &Datum) -> Value {
        let mut fitted = Vec::with_capacity(call.args.len());
        let place = call.place as usize;
        let kept = call.kept();
        for (at, (arg, takes)) in call.args.iter().zip(&call.takes).enumerate() {
            let known = self.lists.get(place).filter(|_| kept == Some(at));
            let value = match known.and_then(|list| list.fitted.clone()) {
                Some(value) => value,
                None => match self.eval(arg, current) {
                    Err(code) if *takes == Takes::Raw && code != ErrorCode::Limit => Datum::Error(code),
                    value => coerce::fit(value?, *takes, &self.cx(arg.ty))?,
                },
            };
            if let Some(list) = self.lists.get_mut(place).filter(|_| kept == Some(at)) {
                list.fitted.get_or_insert_with(|| value.clone());
            }
            match &value {
                Datum::List(items) => self.spend(items.len() / 16)?,
                Datum::Text(text) => self.spend(text.len() / 64)?,
                _ => {}
            }
            fitted.push(value);
        }
        let given = (call.run)(&Call {
            args: &fitted,
            types: &call.types,
            env: self.source.env(),
            texts: self.source,
            seed: mix(self.record ^ mix(call.place) ^ mix(self.item)),
            kept: kept.zip(self.lists.get(place)).map(|(at, list)| Kept { at, sorted: &list.sorted }),
        });
        sound(given?)
    }

    /// Values as their texts, in a list each.
    fn as_text(&mut self, value: Datum, ty: Type) -> Value {
        let cx = self.cx(ty);
        match value {
            Datum::Null => Ok(Datum::Null),
            Datum::List(items) => {
                self.spend(items.len())?;
                let texts = items.iter().map(|item| match item {
                    error @ Datum::Error(_) => Ok(error.clone()),
                    item => coerce::text_of(item, &cx).map(Datum::Text),
                });
                texts.collect::<Result<Arc<[Datum]>, _>>().map(Datum::List)
            }
            value => coerce::text_of(&value, &cx).map(Datum::Text),
        }
    }
}

/// The value of a cell or of a call, its error apart.
fn sound(datum: Datum) -> Value {
    if let Datum::Error(code) = datum { Err(code) } else { Ok(datum) }
}

/// Spreads bits (splitmix64).
pub(crate) fn mix(n: u64) -> u64 {
    let mut z = n.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
