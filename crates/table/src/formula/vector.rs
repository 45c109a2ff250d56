//! Computes formulas of nothing but numbers and yes or no for a chunk of rows at a time.
//!
//! Gives what the evaluator gives. Rows where something is not a finite number are left to it.

use crate::{
    chunk::{CHUNK, WORDS},
    formula::{
        Datum, Evaluator, Item, Program, Source,
        ast::{Op, Sign},
        tree::{Form, Node, Strict, Typed},
        vector_run::Machine,
    },
};

/// A bit for each row of a chunk.
pub type Words = [u64; WORDS];

/// Cells of columns as chunks of [`Lane::ROWS`] rows hold them. Past the ends of slices there is nothing.
pub trait Chunks {
    /// Numbers, with any number where there is none, and a bit for each row that has one.
    fn numbers(&self, column: u32, chunk: usize) -> Option<(&[f64], &[u64])>;
    /// A bit for each row with a yes. The cells are never null.
    fn booleans(&self, column: u32, chunk: usize) -> Option<&[u64]>;
}

/// Values of a chunk of rows.
#[derive(Clone, Debug)]
pub struct Lane {
    /// Numbers; of no meaning where there is none.
    pub numbers: Box<[f64]>,
    /// Of numbers: rows that have one. Of yes or no: rows with a yes.
    pub bits: Box<Words>,
    /// Rows whose value only the evaluator can tell.
    pub left: Box<Words>,
}

impl Default for Lane {
    fn default() -> Self {
        let none = || Box::new([0; WORDS]);
        Self { numbers: vec![0.0; CHUNK].into(), bits: none(), left: none() }
    }
}

impl Lane {
    /// Rows of a chunk.
    pub const ROWS: usize = CHUNK;
}

/// A formula ready to be computed chunk by chunk, from one snapshot.
#[derive(Debug)]
pub struct Vector {
    root: Plan,
    spare: Vec<Lane>,
}

/// What is computed for each row.
#[derive(Debug)]
enum Plan {
    Number(Num),
    Bool(Bool),
}

#[derive(Debug)]
pub(crate) enum Num {
    Const(f64),
    Column(u32),
    FromBool(Box<Bool>),
    Negative(Box<Num>),
    /// Nothing becomes 0.
    Plain(Box<Num>),
    Arith(Op, Box<(Num, Num)>),
    Map(Kernel, Box<Num>),
    /// The larger, or the smaller, of what is there.
    Extreme(bool, Box<(Num, Num)>),
    If(Box<(Bool, Num, Num)>),
}

/// What becomes of one number.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kernel {
    Abs,
    Int,
    Round(i64),
    RoundUp(i64),
    RoundDown(i64),
}

#[derive(Debug)]
pub(crate) enum Bool {
    Const(bool),
    Column(u32),
    NonZero(Box<Num>),
    Not(Box<Bool>),
    All(Vec<Bool>),
    Any(Vec<Bool>),
    Compare(Op, Box<(Num, Num)>),
    If(Box<(Bool, Bool, Bool)>),
}

impl Vector {
    /// The formula as of the source; none if it is not only of numbers and yes or no.
    pub fn new(program: &Program, source: &dyn Source) -> Option<Self> {
        let mut planner = Planner { evaluator: Evaluator::new(program, source) };
        let root = &program.root;
        let root = match (root.ty.item, root.ty.list) {
            (Item::Number | Item::Duration, false) => Plan::Number(planner.number(root)?),
            (Item::Bool, false) => Plan::Bool(planner.boolean(root)?),
            _ => return None,
        };
        Some(Self { root, spare: Vec::new() })
    }

    /// Computes a chunk; false if a column is not to be had in this form.
    pub fn run(&mut self, columns: &dyn Chunks, chunk: usize, out: &mut Lane) -> bool {
        let mut machine = Machine { columns, chunk, spare: std::mem::take(&mut self.spare) };
        let done = match &self.root {
            Plan::Number(plan) => machine.number(plan, out),
            Plan::Bool(plan) => machine.boolean(plan, out),
        };
        self.spare = machine.spare;
        done.is_some()
    }
}

struct Planner<'a> {
    evaluator: Evaluator<'a>,
}

impl<'a> Planner<'a> {
    /// A value that is the same for all rows.
    fn constant(&mut self, expr: &'a Typed) -> Option<Datum> {
        match &expr.node {
            Node::Const(datum) => Some(datum.clone()),
            Node::Once(..) => self.evaluator.eval(expr, &Datum::Null).ok(),
            _ => None,
        }
    }

    fn number(&mut self, expr: &'a Typed) -> Option<Num> {
        if expr.ty.list || !matches!(expr.ty.item, Item::Number | Item::Duration | Item::Bool) {
            return None;
        }
        if expr.ty.item == Item::Bool {
            return Some(Num::FromBool(Box::new(self.boolean(expr)?)));
        }
        match &expr.node {
            Node::Const(_) | Node::Once(..) => match self.constant(expr)? {
                Datum::Number(number) => Some(Num::Const(number)),
                _ => None,
            },
            Node::Cell(column) => Some(Num::Column(*column)),
            Node::Sign(Sign::Minus, of) => Some(Num::Negative(Box::new(self.number(of)?))),
            Node::Sign(Sign::Plus, of) => Some(Num::Plain(Box::new(self.number(of)?))),
            Node::Arith(first, rest) => {
                let mut left = self.number(first)?;
                // What is deep would be slow to compute one by one, and is rare.
                for step in rest.iter().take(64) {
                    left = Num::Arith(step.op, Box::new((left, self.number(&step.right)?)));
                }
                (rest.len() <= 64).then_some(left)
            }
            Node::Form(Form::If, args) if args.len() == 3 => {
                if args[1].ty != expr.ty || args[2].ty != expr.ty {
                    return None;
                }
                let parts = (self.boolean(&args[0])?, self.number(&args[1])?, self.number(&args[2])?);
                Some(Num::If(Box::new(parts)))
            }
            Node::Call(call) => self.call(call),
            _ => None,
        }
    }

    fn call(&mut self, call: &'a Strict) -> Option<Num> {
        let mut args = call.args.iter();
        let first = args.next()?;
        let digits = |planner: &mut Self, digits: Option<&'a Typed>| match digits {
            None => Some(0),
            Some(digits) => match planner.constant(digits)? {
                Datum::Number(digits) => Some(digits as i64),
                _ => None,
            },
        };
        let kernel = match call.name {
            "ABS" => Kernel::Abs,
            "INT" => Kernel::Int,
            "ROUND" => Kernel::Round(digits(self, args.next())?),
            "ROUNDUP" => Kernel::RoundUp(digits(self, args.next())?),
            "ROUNDDOWN" => Kernel::RoundDown(digits(self, args.next())?),
            "MAX" | "MIN"
                if call.args.iter().all(|arg| arg.ty.item != Item::Bool) && call.args.len() <= 64 =>
            {
                let mut all = self.number(first)?;
                for arg in args {
                    all = Num::Extreme(call.name == "MAX", Box::new((all, self.number(arg)?)));
                }
                return Some(all);
            }
            _ => return None,
        };
        Some(Num::Map(kernel, Box::new(self.number(first)?)))
    }

    fn boolean(&mut self, expr: &'a Typed) -> Option<Bool> {
        if expr.ty.list {
            return None;
        }
        if matches!(expr.ty.item, Item::Number | Item::Duration) {
            return Some(Bool::NonZero(Box::new(self.number(expr)?)));
        }
        match &expr.node {
            Node::Const(_) | Node::Once(..) => match self.constant(expr)? {
                Datum::Bool(yes) => Some(Bool::Const(yes)),
                _ => None,
            },
            Node::Cell(column) if expr.ty.item == Item::Bool => Some(Bool::Column(*column)),
            Node::Sign(Sign::Not, of) => Some(Bool::Not(Box::new(self.boolean(of)?))),
            Node::Call(call) if call.name == "NOT" => Some(Bool::Not(Box::new(self.boolean(&call.args[0])?))),
            Node::All(parts) | Node::Form(Form::And, parts) => self.booleans(parts).map(Bool::All),
            Node::Any(parts) | Node::Form(Form::Or, parts) => self.booleans(parts).map(Bool::Any),
            Node::Compare(left, rest) => {
                let [(op, right)] = &rest[..] else { return None };
                Some(Bool::Compare(*op, Box::new((self.number(left)?, self.number(right)?))))
            }
            Node::Form(Form::If, args) if args.len() == 3 => {
                if args[1].ty.item != Item::Bool || args[2].ty.item != Item::Bool {
                    return None;
                }
                let parts = (self.boolean(&args[0])?, self.boolean(&args[1])?, self.boolean(&args[2])?);
                Some(Bool::If(Box::new(parts)))
            }
            _ => None,
        }
    }

    fn booleans(&mut self, parts: &'a [Typed]) -> Option<Vec<Bool>> {
        parts.iter().map(|part| self.boolean(part)).collect()
    }
}
