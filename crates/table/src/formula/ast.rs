//! A formula as it is written: what the parser makes and the printer prints, before names mean anything.

use std::{ops::Range, sync::Arc};

use skein_types::{FieldId, TableId};

/// A piece of the source, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Span {
    /// Where it begins.
    pub start: u32,
    /// Where what follows begins.
    pub end: u32,
}

impl Span {
    pub(crate) fn new(range: Range<usize>) -> Self {
        Self { start: range.start as u32, end: range.end as u32 }
    }
    pub(crate) fn to(self, last: Self) -> Self {
        Self { start: self.start, end: last.end }
    }
    pub(crate) fn of(self, source: &str) -> &str {
        source.get(self.start as usize..self.end as usize).unwrap_or("")
    }
    /// The same piece counted in UTF-16 code units, as editors in browsers count.
    pub fn utf16(self, source: &str) -> Range<usize> {
        let units = |end: u32| {
            let end = source.floor_char_boundary(end as usize);
            source[..end].chars().map(char::len_utf16).sum()
        };
        units(self.start)..units(self.end)
    }
}

/// An expression. Two are equal when they say the same, wherever they stand.
#[derive(Clone, Debug)]
pub struct Expr {
    /// What it is.
    pub kind: Kind,
    /// Where it stands.
    pub span: Span,
    /// Levels of expressions in it, itself included; bounds every recursion over it.
    pub(crate) height: u16,
}

impl PartialEq for Expr {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind
    }
}

/// What an expression is.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// `TRUE`, `FALSE`.
    Bool(bool),
    /// `1.5`; finite and not negative.
    Number(f64),
    /// `"text"`.
    Text(Arc<str>),
    /// `NULL`.
    Null,
    /// `CurrentValue`: the item a list function looks at.
    Current,
    /// A word that stands for a value, as in `LET(x, 1, x + 1)`.
    Word(Arc<str>),
    /// `[Name]`, `{fld_…}`: a field of the record, or a table.
    Ref(Reference),
    /// `a.[Name]`: a field of the records of `a`.
    Member(Box<Expr>, Word<Reference>),
    /// `F(a, b)` or `a.F(b)`.
    Call {
        /// The name as it is typed.
        name: Word<Arc<str>>,
        /// Arguments; the first is what stands before the dot of a method.
        args: Vec<Expr>,
        /// Written `a.F(b)`.
        method: bool,
    },
    /// `-a`, `+a`, `!a`.
    Unary(Sign, Box<Expr>),
    /// `a + b - c`: operators of one level, from left to right; powers hold just one.
    Chain(Box<Expr>, Vec<(Word<Op>, Expr)>),
}

/// Something with a place of its own inside an expression; the place does not count when compared.
#[derive(Clone, Debug)]
pub struct Word<T> {
    /// What it is.
    pub is: T,
    /// Where it stands.
    pub span: Span,
}

impl<T: PartialEq> PartialEq for Word<T> {
    fn eq(&self, other: &Self) -> bool {
        self.is == other.is
    }
}

/// What a reference says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reference {
    /// `[Name]`: a field, or a table where no field has the name.
    Name(Arc<str>),
    /// `[[Name]]`: a table.
    Table(Arc<str>),
    /// `{fld_…}`.
    FieldId(FieldId),
    /// `{tbl_…}`.
    TableId(TableId),
}

/// An operator before its operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Sign {
    Minus,
    Plus,
    Not,
}

/// An operator between two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Op {
    Or,
    And,
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    Join,
    Add,
    Sub,
    Mul,
    Div,
    Rem,
    Pow,
}

/// The level of the operator that binds tightest.
pub(crate) const POWER: u8 = 6;

impl Op {
    /// How tightly it binds, from 0 to [`POWER`].
    pub(crate) fn level(self) -> u8 {
        match self {
            Self::Or => 0,
            Self::And => 1,
            Self::Eq | Self::Ne | Self::Lt | Self::Le | Self::Gt | Self::Ge => 2,
            Self::Join => 3,
            Self::Add | Self::Sub => 4,
            Self::Mul | Self::Div | Self::Rem => 5,
            Self::Pow => POWER,
        }
    }
    /// As it is printed.
    pub fn text(self) -> &'static str {
        match self {
            Self::Or => "||",
            Self::And => "&&",
            Self::Eq => "=",
            Self::Ne => "!=",
            Self::Lt => "<",
            Self::Le => "<=",
            Self::Gt => ">",
            Self::Ge => ">=",
            Self::Join => "&",
            Self::Add => "+",
            Self::Sub => "-",
            Self::Mul => "*",
            Self::Div => "/",
            Self::Rem => "%",
            Self::Pow => "^",
        }
    }
}

impl Expr {
    /// An expression that stands there.
    pub fn new(kind: Kind, span: Span) -> Self {
        let height = match &kind {
            Kind::Member(of, _) | Kind::Unary(_, of) => of.height,
            Kind::Call { args, .. } => args.iter().map(|arg| arg.height).max().unwrap_or(0),
            Kind::Chain(first, rest) => {
                rest.iter().map(|(_, operand)| operand.height).max().unwrap_or(0).max(first.height)
            }
            _ => 0,
        };
        Self { kind, span, height: height.saturating_add(1) }
    }
}
