//! From tokens to expressions, by precedence. Says nothing about what names mean.

use std::sync::Arc;

use crate::formula::{
    ast::{Expr, Kind, Op, POWER, Reference, Span, Word},
    lex::{Lexeme, Token, tokens},
    mistake::{Expects, Found, Mistake, Wrong},
};

/// Bytes of the longest formula.
pub(crate) const MAX_SOURCE: usize = 50_000;
/// Levels of the deepest expression. (F7)
pub(crate) const MAX_HEIGHT: u16 = 100;

/// Reads a formula, in its stored or its shown form. (F1)
pub fn parse(source: &str) -> Result<Expr, Mistake> {
    if source.len() > MAX_SOURCE {
        return Err(Wrong::TooLong.at(Span { start: MAX_SOURCE as u32, end: source.len() as u32 }));
    }
    parse_any_length(source)
}

/// As [`parse`], of what was not written by people.
pub(crate) fn parse_any_length(source: &str) -> Result<Expr, Mistake> {
    let tokens = tokens(source)?;
    let mut parser = Parser { source, tokens: &tokens, at: 0, depth: 0 };
    if parser.peek() == Lexeme::Op(Op::Eq) {
        parser.at += 1;
    }
    let expr = parser.binary(0)?;
    match parser.peek() {
        Lexeme::End => Ok(expr),
        _ => Err(parser.expected(Expects::OperatorOrEnd)),
    }
}

struct Parser<'s> {
    source: &'s str,
    tokens: &'s [Token],
    at: usize,
    depth: u16,
}

impl Parser<'_> {
    fn token(&self) -> Token {
        // The last token is the end, which nothing steps over.
        self.tokens[self.at.min(self.tokens.len() - 1)]
    }
    fn peek(&self) -> Lexeme {
        self.token().kind
    }
    fn take(&mut self) -> Token {
        let token = self.token();
        self.at += 1;
        token
    }
    fn expected(&self, expected: Expects) -> Mistake {
        let token = self.token();
        let found = match token.kind {
            Lexeme::End => Found::End,
            _ => Found::source(token.span.of(self.source)),
        };
        Wrong::Expected { expected, found }.at(token.span)
    }

    fn made(kind: Kind, span: Span) -> Result<Expr, Mistake> {
        let expr = Expr::new(kind, span);
        if expr.height > MAX_HEIGHT { Err(Wrong::TooDeep.at(span)) } else { Ok(expr) }
    }

    /// Operands joined by operators that bind at least this tightly.
    fn binary(&mut self, loosest: u8) -> Result<Expr, Mistake> {
        if self.depth >= MAX_HEIGHT {
            return Err(Wrong::TooDeep.at(self.token().span));
        }
        self.depth += 1;
        let mut left = self.unary()?;
        while let Lexeme::Op(op) = self.peek()
            && op.level() >= loosest
        {
            let level = op.level();
            let mut rest = Vec::new();
            while let Lexeme::Op(op) = self.peek()
                && op.level() == level
            {
                let span = self.take().span;
                // Powers are computed from right to left. (F3)
                let right = self.binary(if level == POWER { POWER } else { level + 1 })?;
                rest.push((Word { is: op, span }, right));
            }
            let span = rest.last().map_or(left.span, |(_, last)| left.span.to(last.span));
            left = Self::made(Kind::Chain(Box::new(left), rest), span)?;
        }
        self.depth -= 1;
        Ok(left)
    }

    fn unary(&mut self) -> Result<Expr, Mistake> {
        let mut signs = Vec::new();
        while let Some(sign) = self.peek().sign() {
            signs.push((sign, self.take().span));
        }
        let mut expr = self.postfix()?;
        while let Some((sign, span)) = signs.pop() {
            let span = span.to(expr.span);
            expr = Self::made(Kind::Unary(sign, Box::new(expr)), span)?;
        }
        Ok(expr)
    }

    /// A value followed by any number of `.[Field]` and `.F(…)`.
    fn postfix(&mut self) -> Result<Expr, Mistake> {
        let mut expr = self.primary()?;
        while self.peek() == Lexeme::Dot {
            self.take();
            let token = self.token();
            expr = match token.kind {
                Lexeme::Name | Lexeme::Table | Lexeme::Id => {
                    let field = self.reference()?;
                    let span = expr.span.to(token.span);
                    Self::made(Kind::Member(Box::new(expr), field), span)?
                }
                Lexeme::Word => {
                    self.take();
                    let name = self.word(token.span);
                    if self.peek() != Lexeme::Open {
                        return Err(self.expected(Expects::Open));
                    }
                    self.call(name, vec![expr], true)?
                }
                _ => return Err(self.expected(Expects::FieldOrFunction)),
            };
        }
        Ok(expr)
    }

    fn primary(&mut self) -> Result<Expr, Mistake> {
        let token = self.token();
        let kind = match token.kind {
            Lexeme::Number => {
                let number: f64 = token.span.of(self.source).parse().unwrap_or(f64::INFINITY);
                if !number.is_finite() {
                    return Err(Wrong::NumberRange.at(token.span));
                }
                Kind::Number(number)
            }
            Lexeme::Text => Kind::Text(unescape_text(token.span.of(self.source))),
            Lexeme::Name | Lexeme::Table | Lexeme::Id => {
                let reference = self.reference()?;
                return Self::made(Kind::Ref(reference.is), reference.span);
            }
            Lexeme::Open => {
                self.take();
                let mut inner = self.binary(0)?;
                let close = self.close(token.span, Expects::OperatorOrClose)?;
                inner.span = token.span.to(close);
                return Ok(inner);
            }
            Lexeme::Word => return self.named(token.span),
            _ => return Err(self.expected(Expects::Value)),
        };
        self.take();
        Self::made(kind, token.span)
    }

    /// What a word begins: a constant, a call, a name of LET.
    fn named(&mut self, span: Span) -> Result<Expr, Mistake> {
        self.take();
        let text = span.of(self.source);
        if self.peek() == Lexeme::Open {
            let name = self.word(span);
            return self.call(name, Vec::new(), false);
        }
        let is = |word: &str| text.eq_ignore_ascii_case(word);
        let kind = match text {
            _ if is("true") => Kind::Bool(true),
            _ if is("false") => Kind::Bool(false),
            _ if is("null") => Kind::Null,
            _ if is("currentvalue") => Kind::Current,
            word => Kind::Word(word.into()),
        };
        Self::made(kind, span)
    }

    fn word(&self, span: Span) -> Word<Arc<str>> {
        Word { is: span.of(self.source).into(), span }
    }

    /// Arguments in parentheses, after what stands before the dot of a method.
    fn call(&mut self, name: Word<Arc<str>>, mut args: Vec<Expr>, method: bool) -> Result<Expr, Mistake> {
        let open = self.take().span;
        let start = args.first().map_or(name.span, |receiver| receiver.span);
        if self.peek() != Lexeme::Close {
            args.push(self.binary(0)?);
            while self.peek() == Lexeme::Comma {
                self.take();
                args.push(self.binary(0)?);
            }
        }
        let close = self.close(open, Expects::CommaOrClose)?;
        Self::made(Kind::Call { name, args, method }, start.to(close))
    }

    fn close(&mut self, open: Span, expected: Expects) -> Result<Span, Mistake> {
        match self.peek() {
            Lexeme::Close => Ok(self.take().span),
            Lexeme::End => Err(Wrong::Unclosed { what: "parenthesis", close: ')' }.at(open)),
            _ => Err(self.expected(expected)),
        }
    }

    fn reference(&mut self) -> Result<Word<Reference>, Mistake> {
        let token = self.take();
        let text = token.span.of(self.source);
        let inner = |ends: usize| text.get(ends..text.len() - ends).unwrap_or("");
        let expected = |expected| Wrong::Expected { expected, found: Found::source(text) }.at(token.span);
        let named = |name: Arc<str>| {
            if name.is_empty() { Err(expected(Expects::Name)) } else { Ok(name) }
        };
        let is = match token.kind {
            Lexeme::Name => Reference::Name(named(unescape_name(inner(1)))?),
            Lexeme::Table => Reference::Table(named(unescape_name(inner(2)))?),
            _ => {
                let (field, table) = (inner(1).parse(), inner(1).parse());
                field
                    .map(Reference::FieldId)
                    .or_else(|_| table.map(Reference::TableId))
                    .map_err(|_| expected(Expects::Id))?
            }
        };
        Ok(Word { is, span: token.span })
    }
}

/// What stands in brackets: `\]` is `]`.
fn unescape_name(inner: &str) -> Arc<str> {
    if !inner.contains('\\') {
        return inner.trim().into();
    }
    let mut name = String::with_capacity(inner.len());
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        name.push(if c == '\\' { chars.next().unwrap_or(c) } else { c });
    }
    name.trim().into()
}

/// What stands in quotes: `\"`, `\'`, `\\`, `\n`, `\t` and doubled quotes; another backslash is itself, as
/// patterns need it. (F2)
fn unescape_text(quoted: &str) -> Arc<str> {
    let mut chars = quoted.chars();
    chars.next();
    let Some(close) = chars.next_back() else { return Arc::from("") };
    let inner = chars.as_str();
    if !inner.contains(['\\', close]) {
        return inner.into();
    }
    let mut text = String::with_capacity(inner.len());
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            text.push(c);
            if c == close {
                chars.next();
            }
            continue;
        }
        match chars.next() {
            Some('n') => text.push('\n'),
            Some('t') => text.push('\t'),
            Some(c @ ('\\' | '"' | '\'' | '“' | '”')) => text.push(c),
            Some(c) => text.extend(['\\', c]),
            None => text.push('\\'),
        }
    }
    text.into()
}
