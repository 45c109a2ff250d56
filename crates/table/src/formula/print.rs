//! From expressions back to text: the plainest way to write one.

use std::fmt::Write as _;

use crate::formula::ast::{Expr, Kind, POWER, Reference, Sign};

/// An expression as text that [`crate::formula::parse`] reads as an equal one. (F6)
pub fn print(expr: &Expr) -> String {
    let mut out = String::new();
    write(&mut out, expr, 0);
    out
}

/// How tightly a sign and what follows a dot bind, above all operators.
const SIGN: u8 = POWER + 1;
const DOT: u8 = SIGN + 1;

fn level(expr: &Expr) -> u8 {
    match &expr.kind {
        Kind::Chain(_, rest) => rest.first().map_or(DOT, |(op, _)| op.is.level()),
        Kind::Unary(..) => SIGN,
        _ => DOT,
    }
}

/// Writes an expression, in parentheses if it binds less tightly than needed.
fn write(out: &mut String, expr: &Expr, least: u8) {
    let wrapped = level(expr) < least;
    if wrapped {
        out.push('(');
    }
    bare(out, expr);
    if wrapped {
        out.push(')');
    }
}

fn bare(out: &mut String, expr: &Expr) {
    match &expr.kind {
        Kind::Bool(yes) => out.push_str(if *yes { "TRUE" } else { "FALSE" }),
        Kind::Number(number) => {
            let _ = write!(out, "{number}");
        }
        Kind::Text(text) => text_literal(out, text),
        Kind::Null => out.push_str("NULL"),
        Kind::Current => out.push_str("CurrentValue"),
        Kind::Word(word) => out.push_str(word),
        Kind::Ref(reference) => out.push_str(&reference_text(reference)),
        Kind::Member(of, field) => {
            write(out, of, DOT);
            out.push('.');
            out.push_str(&reference_text(&field.is));
        }
        Kind::Call { name, args, method } => {
            let mut args = &args[..];
            if *method && let Some((receiver, rest)) = args.split_first() {
                write(out, receiver, DOT);
                out.push('.');
                args = rest;
            }
            out.push_str(&name.is);
            out.push('(');
            for (at, arg) in args.iter().enumerate() {
                out.push_str(if at > 0 { ", " } else { "" });
                write(out, arg, 0);
            }
            out.push(')');
        }
        Kind::Unary(sign, of) => {
            out.push(match sign {
                Sign::Minus => '-',
                Sign::Plus => '+',
                Sign::Not => '!',
            });
            write(out, of, SIGN);
        }
        Kind::Chain(first, rest) => {
            write(out, first, level(expr) + 1);
            for (op, operand) in rest {
                let op = op.is;
                let _ = write!(out, " {} ", op.text());
                // The right side of a power may be a power; of others the chain would go on.
                write(out, operand, if op.level() == POWER { POWER } else { op.level() + 1 });
            }
        }
    }
}

/// A text in quotes.
pub(crate) fn text_literal(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            _ => out.push(c),
        }
    }
    out.push('"');
}

/// A reference as it is written.
pub(crate) fn reference_text(reference: &Reference) -> String {
    match reference {
        Reference::Name(name) => format!("[{}]", escape(name)),
        Reference::Table(name) => format!("[[{}]]", escape(name)),
        Reference::FieldId(id) => format!("{{{id}}}"),
        Reference::TableId(id) => format!("{{{id}}}"),
    }
}

fn escape(name: &str) -> String {
    let mut escaped = String::with_capacity(name.len());
    for c in name.chars() {
        if matches!(c, '[' | ']' | '\\') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}
