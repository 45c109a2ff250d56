//! A checked formula: every name resolved, every expression with its type.

use std::sync::Arc;

use crate::{
    Condition,
    formula::{
        Datum, Keyed, Read, Type, Volatile,
        ast::{Op, Sign},
        functions::{Call, Takes},
    },
};

/// A formula that can be computed. Holds for the tables and fields it was checked against: when one of them
/// changes its type or is gone, or a name it needs comes, it is checked again from [`Program::stored`].
#[derive(Debug)]
pub struct Program {
    /// The type of what it gives.
    pub ty: Type,
    /// The source with ids in place of names.
    pub stored: Arc<str>,
    /// The cells it depends on.
    pub reads: Vec<Read>,
    /// The keys by which records are found: of [`crate::formula::Origin::Keyed`].
    pub keyed: Vec<Keyed>,
    /// Whether it depends on the time.
    pub volatile: Option<Volatile>,
    /// The number of its own table.
    pub(crate) table: u32,
    pub(crate) root: Typed,
    /// The expressions of `keyed`.
    pub(crate) keys: Vec<Typed>,
    /// How many values are remembered: for all records, and for one.
    pub(crate) memos: [usize; 2],
    /// How many strict calls there are.
    pub(crate) calls: u64,
    /// How many names of LET there are at a time at most.
    pub(crate) words: usize,
    /// How many [`Node::Meets`] there are.
    pub(crate) conditions: usize,
}

impl Program {
    /// Whether there are values that are computed once for all records.
    pub(crate) fn has_memos(&self) -> bool {
        self.memos[0] > 0
    }
}

/// An expression and its type.
#[derive(Debug)]
pub(crate) struct Typed {
    pub(crate) node: Node,
    pub(crate) ty: Type,
    pub(crate) free: Free,
}

/// What an expression depends on, as a set of bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Free(pub(crate) u8);

impl Free {
    pub(crate) const NOTHING: Self = Self(0);
    /// The record of the formula.
    pub(crate) const ROW: Self = Self(1);
    /// The item that `CurrentValue` is.
    pub(crate) const CURRENT: Self = Self(2);
    /// A name of LET.
    pub(crate) const WORD: Self = Self(4);

    pub(crate) fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
    pub(crate) fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
    pub(crate) fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

/// What is computed. Columns and tables go by the numbers of [`crate::formula::Source`].
#[derive(Debug)]
pub(crate) enum Node {
    Const(Datum),
    /// A column at the record of the formula.
    Cell(u32),
    Current,
    Word(usize),
    /// A column at records.
    Member {
        of: Box<Typed>,
        table: u32,
        column: u32,
    },
    /// All records of a table.
    Rows(u32),
    /// The records whose column equals the key at this place of [`Program::keys`]; unless `exact`, maybe others.
    Keyed {
        table: u32,
        column: u32,
        ty: Type,
        key: usize,
        exact: bool,
    },
    /// Whether the record that is the item meets a condition of a lookup.
    Meets(Box<Meets>),
    Sign(Sign, Box<Typed>),
    Arith(Box<Typed>, Box<[Step]>),
    Compare(Box<Typed>, Box<[(Op, Typed)]>),
    Join(Box<[Typed]>),
    All(Box<[Typed]>),
    Any(Box<[Typed]>),
    Call(Box<Strict>),
    Form(Form, Box<[Typed]>),
    /// Records, choices and people as texts, also in lists.
    AsText(Box<Typed>),
    /// A value that is the same for all records.
    Once(usize, Box<Typed>),
    /// A value that is the same for one record, among what is computed for each item.
    OncePerRow(usize, Box<Typed>),
}

/// A condition of a lookup on a record of a table.
#[derive(Debug)]
pub(crate) struct Meets {
    pub(crate) table: u32,
    pub(crate) condition: Condition,
    /// The field of the lookup's own record that is compared with.
    pub(crate) own: Option<Typed>,
    /// Its place among the conditions of the program.
    pub(crate) place: usize,
}

/// An operator with its right side.
#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) op: Op,
    pub(crate) right: Typed,
    /// The type of what it gives.
    pub(crate) ty: Type,
}

/// How a strict function is computed.
pub(crate) type Run = fn(&Call<'_>) -> Result<Datum, crate::formula::ErrorCode>;

/// A call of a strict function.
#[derive(Debug)]
pub(crate) struct Strict {
    pub(crate) name: &'static str,
    pub(crate) run: Run,
    pub(crate) args: Box<[Typed]>,
    pub(crate) takes: Box<[Takes]>,
    pub(crate) types: Box<[Type]>,
    /// Its place in the formula.
    pub(crate) place: u64,
}

impl Strict {
    /// The place of the list of numbers that is the same for all records.
    pub(crate) fn kept(&self) -> Option<usize> {
        let once = |(arg, takes): (&Typed, &Takes)| {
            *takes == Takes::Numbers && arg.ty.list && matches!(arg.node, Node::Once(..))
        };
        self.args.iter().zip(&self.takes).position(once)
    }
}

/// What decides itself which of its arguments are computed, and how often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    If,
    Ifs,
    Switch,
    IfError,
    IfNa,
    IfBlank,
    And,
    Or,
    /// Arguments are the values of names from this place on, then the result.
    Let(usize),
    Filter,
    Map,
    SortBy,
    AnyItem,
    AllItems,
    /// A list, conditions.
    Count,
    /// A list, a condition, maybe a value.
    Fold(Fold),
    /// A list, a value, conditions.
    FoldAll(Fold),
    RecordId,
}

/// What becomes of the numbers of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fold {
    Sum,
    Average,
    Max,
    Min,
}

impl Form {
    /// The form of a function that is none of its values alone.
    pub(crate) fn of(name: &str) -> Option<Self> {
        Some(match name {
            "IF" => Self::If,
            "IFS" => Self::Ifs,
            "SWITCH" => Self::Switch,
            "IFERROR" => Self::IfError,
            "IFNA" => Self::IfNa,
            "IFBLANK" => Self::IfBlank,
            "AND" => Self::And,
            "OR" => Self::Or,
            "LET" => Self::Let(0),
            "FILTER" => Self::Filter,
            "MAP" => Self::Map,
            "SORTBY" => Self::SortBy,
            "ANY" => Self::AnyItem,
            "ALL" => Self::AllItems,
            "COUNTIF" | "COUNTIFS" => Self::Count,
            "SUMIF" => Self::Fold(Fold::Sum),
            "AVERAGEIF" => Self::Fold(Fold::Average),
            "MAXIF" => Self::Fold(Fold::Max),
            "MINIF" => Self::Fold(Fold::Min),
            "SUMIFS" => Self::FoldAll(Fold::Sum),
            "AVERAGEIFS" => Self::FoldAll(Fold::Average),
            "MAXIFS" => Self::FoldAll(Fold::Max),
            "MINIFS" => Self::FoldAll(Fold::Min),
            "RECORD_ID" => Self::RecordId,
            _ => return None,
        })
    }
    /// The places of conditions that keep items out, among this many arguments: items that fail one of them
    /// might as well not be in the list.
    pub(crate) fn conditions(self, args: usize) -> std::ops::Range<usize> {
        match self {
            Self::Filter | Self::Fold(_) | Self::AnyItem => 1..2.min(args),
            Self::Count => 1..args,
            Self::FoldAll(_) => 2.min(args)..args,
            _ => 0..0,
        }
    }
}

impl Typed {
    /// Calls `f` with each expression right inside, and whether it is computed for each item.
    pub(crate) fn inside(&mut self, mut f: impl FnMut(&mut Self, bool)) {
        match &mut self.node {
            Node::Const(_)
            | Node::Cell(_)
            | Node::Current
            | Node::Word(_)
            | Node::Rows(_)
            | Node::Keyed { .. } => {}
            Node::Meets(meets) => {
                if let Some(own) = &mut meets.own {
                    f(own, false);
                }
            }
            Node::Member { of, .. }
            | Node::Sign(_, of)
            | Node::AsText(of)
            | Node::Once(_, of)
            | Node::OncePerRow(_, of) => f(of, false),
            Node::Arith(first, rest) => {
                f(first, false);
                rest.iter_mut().for_each(|step| f(&mut step.right, false));
            }
            Node::Compare(first, rest) => {
                f(first, false);
                rest.iter_mut().for_each(|(_, right)| f(right, false));
            }
            Node::Join(parts) | Node::All(parts) | Node::Any(parts) => {
                parts.iter_mut().for_each(|part| f(part, false));
            }
            Node::Call(call) => call.args.iter_mut().for_each(|arg| f(arg, false)),
            Node::Form(form, args) => {
                let each = form.each();
                args.iter_mut().enumerate().for_each(|(at, arg)| f(arg, each && at > 0));
            }
        }
    }
}

impl Form {
    /// Whether arguments after the first are computed for each item of it.
    fn each(self) -> bool {
        match self {
            Self::Filter
            | Self::Map
            | Self::SortBy
            | Self::AnyItem
            | Self::AllItems
            | Self::Count
            | Self::Fold(_)
            | Self::FoldAll(_) => true,
            Self::If
            | Self::Ifs
            | Self::Switch
            | Self::IfError
            | Self::IfNa
            | Self::IfBlank
            | Self::And
            | Self::Or
            | Self::Let(_)
            | Self::RecordId => false,
        }
    }
}
