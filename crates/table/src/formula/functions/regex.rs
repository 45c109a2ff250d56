//! Regular expressions, which take time in proportion to the text. A pattern is compiled once a thread while
//! it is in use.

use std::{cell::RefCell, collections::HashMap, sync::Arc};

use regex::{Captures, Regex, RegexBuilder};

use crate::{
    formula::{
        Datum, ErrorCode,
        functions::{
            Call, Function, Group,
            Takes::Text,
            row::{BOOL, In, MAX_ITEMS, Out, TEXT, TEXTS, list, one, text, yes},
        },
    },
    value::MAX_TEXT,
};

const TEXT_GROUP: In = In(Group::Text);
/// Bytes of the longest pattern, and of what it is compiled to.
const MAX_PATTERN: usize = 1_000;
const MAX_COMPILED: usize = 1 << 20;
/// Patterns kept compiled.
const KEPT: usize = 64;
/// Bytes that all matches of a text together may look at.
const MAX_STEPS: usize = 500_000_000;

thread_local! {
    static COMPILED: RefCell<HashMap<Arc<str>, Result<Regex, ErrorCode>>> = RefCell::default();
}

fn compiled(pattern: &Datum) -> Result<Regex, ErrorCode> {
    let Datum::Text(pattern) = pattern else { return Err(ErrorCode::Type) };
    if pattern.len() > MAX_PATTERN {
        return Err(ErrorCode::Limit);
    }
    COMPILED.with_borrow_mut(|kept| {
        if let Some(found) = kept.get(pattern) {
            return found.clone();
        }
        let mut builder = RegexBuilder::new(pattern);
        builder.size_limit(MAX_COMPILED).dfa_size_limit(MAX_COMPILED).nest_limit(50);
        let made = builder.build().map_err(|error| match error {
            regex::Error::CompiledTooBig(_) => ErrorCode::Limit,
            _ => ErrorCode::Value,
        });
        if kept.len() >= KEPT {
            kept.clear();
        }
        kept.insert(pattern.clone(), made.clone());
        made
    })
}

/// The first group of a match, or all of it where the pattern has no groups.
fn wanted(captures: &Captures<'_>) -> Datum {
    let found = if captures.len() > 1 { captures.get(1) } else { captures.get(0) };
    found.map_or(Datum::Null, |found| Datum::Text(found.as_str().into()))
}

/// Calls for each match until it says stop; an error where matches look at too much.
fn each<'t>(
    regex: &Regex,
    text: &'t str,
    mut of: impl FnMut(&Captures<'t>) -> Result<(), ErrorCode>,
) -> Result<(), ErrorCode> {
    let mut steps = 0;
    for captures in regex.captures_iter(text) {
        let start = captures.get(0).map_or(0, |found| found.start());
        steps += text.len() - start + 64;
        if steps > MAX_STEPS {
            return Err(ErrorCode::Limit);
        }
        of(&captures)?;
    }
    Ok(())
}

fn is_match(call: &Call<'_>) -> Out {
    yes(compiled(call.arg(1))?.is_match(call.text(0)))
}

fn extract(call: &Call<'_>) -> Out {
    Ok(compiled(call.arg(1))?.captures(call.text(0)).map_or(Datum::Null, |captures| wanted(&captures)))
}

fn extract_all(call: &Call<'_>) -> Out {
    let mut found = Vec::new();
    each(&compiled(call.arg(1))?, call.text(0), |captures| {
        found.push(wanted(captures));
        if found.len() > MAX_ITEMS { Err(ErrorCode::Limit) } else { Ok(()) }
    })?;
    list(found)
}

fn replace(call: &Call<'_>) -> Out {
    let (whole, with) = (call.text(0), call.text(2));
    let (mut out, mut done) = (String::new(), 0);
    each(&compiled(call.arg(1))?, whole, |captures| {
        let Some(found) = captures.get(0) else { return Ok(()) };
        out.push_str(&whole[done..found.start()]);
        // A replacement that names groups many times grows: it is looked at before.
        let longest = captures.iter().flatten().map(|group| group.len()).max().unwrap_or(0);
        if with.matches('$').count() * longest + out.len() > 8 * MAX_TEXT {
            return Err(ErrorCode::Limit);
        }
        captures.expand(with, &mut out);
        done = found.end();
        if out.len() > MAX_TEXT { Err(ErrorCode::Limit) } else { Ok(()) }
    })?;
    out.push_str(&whole[done..]);
    text(out)
}

/// Rows of one function under its names in Feishu and in Airtable.
macro_rules! rows {
    ($name:literal, $gives:expr, $help:literal, $pattern:literal, $result:literal, $of:expr) => {
        TEXT_GROUP.strict(
            $name,
            &[one("text", Text), one("pattern", Text)],
            $gives,
            $help,
            (concat!($name, "(\"Order 42, order 7\", \"", $pattern, "\")"), $result),
            $of,
        )
    };
}
macro_rules! replace_row {
    ($name:literal) => {
        TEXT_GROUP.strict(
            $name,
            &[one("text", Text), one("pattern", Text), one("replacement", Text)],
            TEXT,
            "A text with all matches of a regular expression replaced; $1 is the first group.",
            (concat!($name, "(\"2026-11-20\", \"(\\d+)-(\\d+)-(\\d+)\", \"$3.$2.$1\")"), "\"20.11.2026\""),
            replace,
        )
    };
}

pub(super) const ROWS: &[Function] = &[
    rows!(
        "REGEXMATCH",
        BOOL,
        "Whether a regular expression matches somewhere in a text.",
        r"\d+",
        "TRUE",
        is_match
    ),
    rows!(
        "REGEX_MATCH",
        BOOL,
        "Whether a regular expression matches somewhere in a text.",
        r"^\d+",
        "FALSE",
        is_match
    ),
    rows!(
        "REGEXEXTRACT",
        TEXT,
        "The first match of a regular expression, or its first group; nothing when there is none.",
        r"\d+",
        r#""42""#,
        extract
    ),
    rows!(
        "REGEX_EXTRACT",
        TEXT,
        "The first match of a regular expression, or its first group; nothing when there is none.",
        r"order (\d+)",
        r#""7""#,
        extract
    ),
    rows!(
        "REGEXEXTRACTALL",
        TEXTS,
        "All matches of a regular expression, or their first groups, as a list.",
        r"\d+",
        r#"LIST("42", "7")"#,
        extract_all
    ),
    replace_row!("REGEXREPLACE"),
    replace_row!("REGEX_REPLACE"),
];
