//! From characters to tokens. Punctuation of full width counts as its narrow twin.

use winnow::{
    Parser,
    ascii::{digit1, till_line_ending},
    combinator::{alt, opt, repeat},
    error::EmptyError,
    token::{any, none_of, one_of, take_until, take_while},
};

use crate::formula::{
    ast::{Op, Sign, Span},
    mistake::{Expects, Found, Mistake, Wrong},
};

/// A token.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Token {
    pub(crate) kind: Lexeme,
    pub(crate) span: Span,
}

/// The kind of a token. What it holds is cut out of the source when it is needed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Lexeme {
    Number,
    Text,
    Word,
    /// `[Name]`.
    Name,
    /// `[[Name]]`.
    Table,
    /// `{fld_…}` or `{tbl_…}`.
    Id,
    Op(Op),
    Not,
    Open,
    Close,
    Comma,
    Dot,
    End,
}

impl Lexeme {
    /// As an operator before its operand.
    pub(crate) fn sign(self) -> Option<Sign> {
        match self {
            Self::Op(Op::Sub) => Some(Sign::Minus),
            Self::Op(Op::Add) => Some(Sign::Plus),
            Self::Not => Some(Sign::Not),
            _ => None,
        }
    }
}

type Input<'s> = &'s str;
type Scan<T> = Result<T, EmptyError>;

/// All tokens, the last of which is [`Lexeme::End`].
pub(crate) fn tokens(source: &str) -> Result<Vec<Token>, Mistake> {
    let mut tokens = Vec::with_capacity(source.len() / 3 + 2);
    let mut rest = source;
    loop {
        let _: Scan<()> = trivia(&mut rest);
        let start = source.len() - rest.len();
        if rest.is_empty() {
            tokens.push(Token { kind: Lexeme::End, span: Span::new(start..start) });
            return Ok(tokens);
        }
        let kind = lexeme(&mut rest).map_err(|_| mistake(source, start))?;
        tokens.push(Token { kind, span: Span::new(start..source.len() - rest.len()) });
    }
}

/// Why no token begins here.
fn mistake(source: &str, start: usize) -> Mistake {
    let rest = &source[start..];
    let first = rest.chars().next().unwrap_or(' ');
    let unclosed = |what, close| Wrong::Unclosed { what, close }.at(Span::new(start..source.len()));
    match first {
        '"' | '\'' => unclosed("text", first),
        '“' => unclosed("text", '”'),
        '[' => unclosed("name", ']'),
        '{' => unclosed("reference", '}'),
        '/' => unclosed("comment", '/'),
        _ => Wrong::Expected {
            expected: Expects::ValueOrOperator,
            found: Found::source(first.encode_utf8(&mut [0; 4])),
        }
        .at(Span::new(start..start + first.len_utf8())),
    }
}

/// Spaces and comments.
fn trivia(input: &mut Input<'_>) -> Scan<()> {
    let comment = alt((("//", till_line_ending).void(), ("/*", take_until(0.., "*/"), "*/").void()));
    let space = take_while(1.., |c: char| c.is_whitespace() || c == '\u{feff}' || c == '\u{200b}').void();
    repeat(0.., alt((space, comment))).parse_next(input)
}

fn lexeme(input: &mut Input<'_>) -> Scan<Lexeme> {
    let Some(first) = input.chars().next() else { return Err(EmptyError) };
    match first {
        '0'..='9' => number.parse_next(input),
        '"' | '\'' => text(first, first).parse_next(input),
        '“' => text('“', '”').parse_next(input),
        '[' => {
            alt((name("[[", "]]").value(Lexeme::Table), name("[", "]").value(Lexeme::Name))).parse_next(input)
        }
        '{' => ('{', take_while(1.., |c: char| c.is_ascii_alphanumeric() || c == '_'), '}')
            .value(Lexeme::Id)
            .parse_next(input),
        _ if first == '_' || first.is_alphabetic() => {
            take_while(1.., |c: char| c == '_' || c.is_alphanumeric()).value(Lexeme::Word).parse_next(input)
        }
        '.' => alt((number, '.'.value(Lexeme::Dot))).parse_next(input),
        _ => symbol.parse_next(input),
    }
}

/// `1`, `1.5`, `.5`, `1e3`. A dot that no digit follows is that of a method.
fn number(input: &mut Input<'_>) -> Scan<Lexeme> {
    let fraction = |input: &mut Input<'_>| -> Scan<()> { ('.', digit1).void().parse_next(input) };
    let exponent = (one_of(['e', 'E']), opt(one_of(['+', '-'])), digit1);
    (alt(((digit1, opt(fraction)).void(), fraction)), opt(exponent)).value(Lexeme::Number).parse_next(input)
}

fn text<'s>(open: char, close: char) -> impl Parser<Input<'s>, Lexeme, EmptyError> {
    let escaped = ('\\', any).void();
    let doubled = (close, close).void();
    let plain = take_while(1.., move |c| c != close && c != '\\').void();
    (open, repeat::<_, _, (), _, _>(0.., alt((plain, escaped, doubled))), close).value(Lexeme::Text)
}

fn name<'s>(open: &'static str, close: &'static str) -> impl Parser<Input<'s>, (), EmptyError> {
    let escaped = ('\\', any).void();
    let plain = none_of([']', '\\']).void();
    (open, repeat::<_, _, (), _, _>(1.., alt((escaped, plain))), close).void()
}

/// Operators and punctuation.
fn symbol(input: &mut Input<'_>) -> Scan<Lexeme> {
    let narrow = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '、' => ',',
        '×' => '*',
        '÷' => '/',
        '−' => '-',
        _ => c,
    };
    if input.starts_with("/*") {
        return Err(EmptyError);
    }
    let first = any.map(narrow).parse_next(input)?;
    let mut then = |c: char| {
        let follows = input.chars().next().is_some_and(|next| narrow(next) == c);
        if follows {
            let _: Scan<char> = any.parse_next(input);
        }
        follows
    };
    Ok(match first {
        '(' => Lexeme::Open,
        ')' => Lexeme::Close,
        ',' => Lexeme::Comma,
        '+' => Lexeme::Op(Op::Add),
        '-' => Lexeme::Op(Op::Sub),
        '*' => Lexeme::Op(Op::Mul),
        '/' => Lexeme::Op(Op::Div),
        '%' => Lexeme::Op(Op::Rem),
        '^' => Lexeme::Op(Op::Pow),
        '&' if then('&') => Lexeme::Op(Op::And),
        '&' => Lexeme::Op(Op::Join),
        '|' if then('|') => Lexeme::Op(Op::Or),
        '=' => {
            then('=');
            Lexeme::Op(Op::Eq)
        }
        '!' if then('=') => Lexeme::Op(Op::Ne),
        '!' => Lexeme::Not,
        '<' if then('=') => Lexeme::Op(Op::Le),
        '<' if then('>') => Lexeme::Op(Op::Ne),
        '<' => Lexeme::Op(Op::Lt),
        '>' if then('=') => Lexeme::Op(Op::Ge),
        '>' => Lexeme::Op(Op::Gt),
        '≠' => Lexeme::Op(Op::Ne),
        '≤' => Lexeme::Op(Op::Le),
        '≥' => Lexeme::Op(Op::Ge),
        _ => return Err(EmptyError),
    })
}
