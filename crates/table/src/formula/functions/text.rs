//! Parts of texts, and finding things in them. Characters are Unicode scalar values, counted from 1.

use crate::{
    formula::{
        Datum, ErrorCode,
        functions::{
            Call, Function, Group,
            Takes::{Number, Text},
            row::{
                BOOL, In, MAX_ITEMS, NUMBER, Out, TEXT, TEXTS, allowed, list, number, one, opt, text, yes,
            },
        },
    },
    value::MAX_TEXT,
};

const TEXTUAL: In = In(Group::Text);
/// Characters of the longest pattern of [`search`], which is tried at every place.
const MAX_WILD: usize = 255;

fn byte(text: &str, at: usize) -> usize {
    // What is all ASCII up to there needs no counting.
    if text.is_ascii() {
        at.min(text.len())
    } else {
        text.char_indices().nth(at).map_or(text.len(), |(byte, _)| byte)
    }
}

pub(super) fn count(call: &Call<'_>, at: usize) -> Result<usize, ErrorCode> {
    let count = call.int_or(at, 1);
    allowed(count >= 0, usize::try_from(count).unwrap_or(0))
}

fn left(call: &Call<'_>) -> Out {
    let whole = call.text(0);
    text(&whole[..byte(whole, count(call, 1)?)])
}

fn right(call: &Call<'_>) -> Out {
    let whole = call.text(0);
    let wanted = count(call, 1)?;
    let start = whole.char_indices().rev().take(wanted).last().map_or(whole.len(), |(byte, _)| byte);
    text(&whole[start..])
}

fn mid(call: &Call<'_>) -> Out {
    let (whole, start, wanted) = (call.text(0), call.int(1), count(call, 2)?);
    allowed(start >= 1, ())?;
    let rest = &whole[byte(whole, start as usize - 1)..];
    text(&rest[..byte(rest, wanted)])
}

fn replace(call: &Call<'_>) -> Out {
    let (whole, start, gone) = (call.text(0), call.int(1), count(call, 2)?);
    allowed(start >= 1, ())?;
    let (before, rest) = whole.split_at(byte(whole, start as usize - 1));
    text(format!("{before}{}{}", call.text(3), &rest[byte(rest, gone)..]))
}

fn substitute(call: &Call<'_>) -> Out {
    let (whole, old, new) = (call.text(0), call.text(1), call.text(2));
    if old.is_empty() {
        return text(whole);
    }
    if call.has(3) {
        let nth = call.int(3);
        allowed(nth >= 1, ())?;
        return match whole.match_indices(old).nth(nth as usize - 1) {
            Some((at, _)) => text(format!("{}{new}{}", &whole[..at], &whole[at + old.len()..])),
            None => text(whole),
        };
    }
    let times = whole.matches(old).count();
    let length = (whole.len() - times * old.len()).saturating_add(times.saturating_mul(new.len()));
    if length > MAX_TEXT { Err(ErrorCode::Limit) } else { text(whole.replace(old, new)) }
}

fn place(
    whole: &str,
    start: i64,
    find: impl FnOnce(&str) -> Option<usize>,
) -> Result<Option<usize>, ErrorCode> {
    allowed(start >= 1, ())?;
    let from = byte(whole, start as usize - 1);
    Ok(find(&whole[from..]).map(|at| whole[..from + at].chars().count() + 1))
}

fn find(call: &Call<'_>) -> Out {
    let found = place(call.text(1), call.int_or(2, 1), |rest| rest.find(call.text(0)))?;
    number(found.map_or(-1.0, |at| at as f64))
}

fn search(call: &Call<'_>) -> Out {
    let (pattern, whole) = (folded(call.text(0)), folded(call.text(1)));
    if pattern.len() > MAX_WILD {
        return Err(ErrorCode::Limit);
    }
    let start = call.int_or(2, 1);
    allowed(start >= 1, ())?;
    let first = usize::try_from(start - 1).unwrap_or(usize::MAX);
    let found = wild_place(&pattern, whole.get(first..).unwrap_or_default());
    found.map_or(Err(ErrorCode::Value), |at| number((first + at + 1) as f64))
}

fn folded(text: &str) -> Vec<char> {
    text.chars().map(|c| c.to_lowercase().next().unwrap_or(c)).collect()
}

fn wild(pattern: &[char]) -> Vec<Option<char>> {
    let mut chars = Vec::new();
    let mut rest = pattern.iter();
    while let Some(&c) = rest.next() {
        match c {
            '~' => chars.extend(rest.next().map(|next| Some(*next))),
            '?' => chars.push(None),
            // Stands for itself where parts are cut at it.
            other => chars.push(Some(other)),
        }
    }
    chars
}

fn wild_place(pattern: &[char], whole: &[char]) -> Option<usize> {
    let mut parts = Vec::new();
    let mut part = Vec::new();
    let mut quoted = false;
    for &c in pattern {
        if c == '*' && !quoted {
            parts.push(wild(&std::mem::take(&mut part)));
        } else {
            part.push(c);
        }
        quoted = c == '~' && !quoted;
    }
    parts.push(wild(&part));
    let (mut at, mut first) = (0, None);
    for part in parts {
        let same = |window: &[char]| {
            window.iter().zip(&part).all(|(c, wanted)| wanted.is_none_or(|wanted| wanted == *c))
        };
        let last = whole.len().checked_sub(part.len())?;
        let found = (at..=last).find(|at| same(&whole[*at..*at + part.len()]))?;
        // Before a `*` at the beginning, everything matches.
        first = first.or(Some(found));
        at = found + part.len();
    }
    first
}

fn split(call: &Call<'_>) -> Out {
    let (whole, between) = (call.text(0), call.text_or(1, ","));
    let part = |part: &str| Datum::Text(part.into());
    let parts: Vec<Datum> = match (whole.is_empty(), between.is_empty()) {
        (true, _) => Vec::new(),
        (false, true) => {
            whole.chars().take(MAX_ITEMS + 1).map(|c| part(c.encode_utf8(&mut [0; 4]))).collect()
        }
        (false, false) => whole.split(between).take(MAX_ITEMS + 1).map(part).collect(),
    };
    list(parts)
}

fn nth_mark(call: &Call<'_>) -> Result<usize, ErrorCode> {
    let (whole, mark, nth) = (call.text(0), call.text(1), call.int_or(2, 1));
    allowed(nth != 0 && !mark.is_empty(), ())?;
    let place = usize::try_from(nth.unsigned_abs() - 1).unwrap_or(usize::MAX);
    let found =
        if nth > 0 { whole.match_indices(mark).nth(place) } else { whole.rmatch_indices(mark).nth(place) };
    found.map(|(at, _)| at).ok_or(ErrorCode::NotFound)
}

pub(super) const ROWS: &[Function] = &[
    TEXTUAL.strict("LEN", &[one("text", Text)], NUMBER, "How many characters a text has.", (r#"LEN("東京都")"#, "3"), |c| {
        number(c.text(0).chars().count() as f64)
    }),
    TEXTUAL.strict(
        "LEFT",
        &[one("text", Text), opt("count", Number)],
        TEXT,
        "The first character of a text, or so many.",
        (r#"LEFT("Skein", 2)"#, r#""Sk""#),
        left,
    ),
    TEXTUAL.strict(
        "RIGHT",
        &[one("text", Text), opt("count", Number)],
        TEXT,
        "The last character of a text, or so many.",
        (r#"RIGHT("Skein", 2)"#, r#""in""#),
        right,
    ),
    TEXTUAL.strict(
        "MID",
        &[one("text", Text), one("start", Number), one("count", Number)],
        TEXT,
        "So many characters of a text from a place on, which counts from 1.",
        (r#"MID("Skein", 2, 3)"#, r#""kei""#),
        mid,
    ),
    TEXTUAL.strict(
        "REPLACE",
        &[one("text", Text), one("start", Number), one("count", Number), one("new", Text)],
        TEXT,
        "A text with so many characters from a place on replaced by a new text.",
        (r#"REPLACE("Skein", 1, 1, "sch")"#, r#""schkein""#),
        replace,
    ),
    TEXTUAL.strict(
        "SUBSTITUTE",
        &[one("text", Text), one("old", Text), one("new", Text), opt("nth", Number)],
        TEXT,
        "A text with an old text replaced by a new one, everywhere or only where it comes the nth time.",
        (r#"SUBSTITUTE("a-b-c", "-", "+", 2)"#, r#""a-b+c""#),
        substitute,
    ),
    TEXTUAL.strict(
        "FIND",
        &[one("wanted", Text), one("text", Text), opt("start", Number)],
        NUMBER,
        "The place at which a text is found in another, counted from 1; -1 when it is not.",
        (r#"FIND("本", "日本")"#, "2"),
        find,
    ),
    TEXTUAL.strict(
        "SEARCH",
        &[one("wanted", Text), one("text", Text), opt("start", Number)],
        NUMBER,
        "The place at which a text is found in whatever case, with ? and * for others; an error when it is not.",
        (r#"SEARCH("K?I", "Skein")"#, "2"),
        search,
    ),
    TEXTUAL.strict(
        "CONTAINTEXT",
        &[one("text", Text), one("part", Text)],
        BOOL,
        "Whether a text has another inside; for items of a list see CONTAIN.",
        (r#"CONTAINTEXT("Skein", "kei")"#, "TRUE"),
        |c| yes(c.text(0).contains(c.text(1))),
    ),
    TEXTUAL.strict(
        "STARTSWITH",
        &[one("text", Text), one("start", Text)],
        BOOL,
        "Whether a text begins with another.",
        (r#"STARTSWITH("Skein", "Sk")"#, "TRUE"),
        |c| yes(c.text(0).starts_with(c.text(1))),
    ),
    TEXTUAL.strict(
        "ENDSWITH",
        &[one("text", Text), one("end", Text)],
        BOOL,
        "Whether a text ends with another.",
        (r#"ENDSWITH("Skein", "in")"#, "TRUE"),
        |c| yes(c.text(0).ends_with(c.text(1))),
    ),
    TEXTUAL.strict(
        "EXACT",
        &[one("a", Text), one("b", Text)],
        BOOL,
        "Whether two texts are the same, with their case.",
        (r#"EXACT("a", "A")"#, "FALSE"),
        |c| yes(c.text(0) == c.text(1)),
    ),
    TEXTUAL.strict(
        "SPLIT",
        &[one("text", Text), opt("between", Text)],
        TEXTS,
        "The parts of a text between commas or another text; with an empty one its characters.",
        (r#"SPLIT("a-b", "-")"#, r#"LIST("a", "b")"#),
        split,
    ),
    TEXTUAL.strict(
        "TEXTSPLIT",
        &[one("text", Text), opt("between", Text)],
        TEXTS,
        "The parts of a text between commas or another text; with an empty one its characters.",
        (r#"TEXTSPLIT("a,b")"#, r#"LIST("a", "b")"#),
        split,
    ),
    TEXTUAL.strict(
        "TEXTBEFORE",
        &[one("text", Text), one("mark", Text), opt("nth", Number)],
        TEXT,
        "What stands before a mark, or the nth one, counted from the end when negative; #N/A without it.",
        (r#"TEXTBEFORE("a@b@c", "@", -1)"#, r#""a@b""#),
        |c| text(&c.text(0)[..nth_mark(c)?]),
    ),
    TEXTUAL.strict(
        "TEXTAFTER",
        &[one("text", Text), one("mark", Text), opt("nth", Number)],
        TEXT,
        "What stands after a mark, or the nth one, counted from the end when negative; #N/A without it.",
        (r#"TEXTAFTER("a@b", "@")"#, r#""b""#),
        |c| text(&c.text(0)[nth_mark(c)? + c.text(1).len()..]),
    ),
    TEXTUAL.strict(
        "TRIM",
        &[one("text", Text)],
        TEXT,
        "A text without the spaces at its beginning and end.",
        (r#"TRIM("  a  b ")"#, r#""a  b""#),
        |c| text(c.text(0).trim()),
    ),
    TEXTUAL.strict(
        "CLEAN",
        &[one("text", Text)],
        TEXT,
        "A text without line breaks and other characters that are not printed.",
        (r#"LEN(CLEAN(CONCAT("a", CHAR(10), "b")))"#, "2"),
        |c| text(c.text(0).replace(char::is_control, "")),
    ),
];
