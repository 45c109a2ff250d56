//! Between the stored and the shown form of a formula: references change, all else stays as it was typed.

use skein_types::TableId;

use crate::formula::{
    Item, Names,
    ast::{Reference, Span},
    check::{Meaning, references},
    lex::{Lexeme, tokens},
    print::reference_text,
};

/// The source with ids in place of names. (F6)
pub(crate) fn stored(source: &str, refs: &[(Span, Meaning)]) -> String {
    rewrite(source, refs, |meaning| {
        reference_text(&match meaning {
            Meaning::Field(_, id) => Reference::FieldId(id),
            Meaning::Table(id) => Reference::TableId(id),
        })
    })
}

/// A stored formula of a table as people see it: with names in place of ids. What is gone keeps its id. (F6)
pub fn shown(stored: &str, table: TableId, names: &dyn Names) -> String {
    let mut refs = references(stored, table, names);
    refs.sort_unstable_by_key(|(span, _)| span.start);
    // What the checker could not reach behind a mistake is looked for everywhere.
    for token in tokens(stored).unwrap_or_default() {
        if token.kind == Lexeme::Id
            && refs.binary_search_by_key(&token.span.start, |(at, _)| at.start).is_err()
        {
            let id = token.span.of(stored).trim_matches(['{', '}']);
            let meaning = match (id.parse(), id.parse()) {
                (Ok(field), _) => {
                    let tables = names.tables().into_iter();
                    let home = tables.chain([table]).find(|&table| names.field(table, field).is_some());
                    home.map(|home| Meaning::Field(home, field))
                }
                (_, Ok(table)) => Some(Meaning::Table(table)),
                _ => None,
            };
            refs.extend(meaning.map(|meaning| (token.span, meaning)));
            refs.sort_unstable_by_key(|(span, _)| span.start);
        }
    }
    rewrite_at(stored, &refs, |at, meaning| name_of(stored, at, meaning, table, names))
}

/// How a reference is written with names.
fn name_of(stored: &str, at: Span, meaning: Meaning, table: TableId, names: &dyn Names) -> String {
    match meaning {
        Meaning::Field(home, id) => match names.field(home, id) {
            Some(column) => reference_text(&Reference::Name(column.name.into())),
            None => reference_text(&Reference::FieldId(id)),
        },
        Meaning::Table(id) => match names.table_name(id) {
            Some(name) if names.field_named(table, name).is_none() => {
                reference_text(&Reference::Name(name.into()))
            }
            // A field of its name would be meant, unless it holds no records and a dot follows.
            Some(name) => {
                let field = names.field_named(table, name).and_then(|field| names.field(table, field));
                let records = field.is_some_and(|column| matches!(column.ty.item, Item::Record(_)));
                let rest = stored.get(at.end as usize..).unwrap_or("").trim_start();
                let member =
                    rest.strip_prefix('.').is_some_and(|rest| rest.trim_start().starts_with(['[', '{']));
                if member && !records {
                    reference_text(&Reference::Name(name.into()))
                } else {
                    reference_text(&Reference::Table(name.into()))
                }
            }
            None => reference_text(&Reference::TableId(id)),
        },
    }
}

fn rewrite(source: &str, refs: &[(Span, Meaning)], text: impl Fn(Meaning) -> String) -> String {
    let mut refs = refs.to_vec();
    refs.sort_unstable_by_key(|(span, _)| span.start);
    rewrite_at(source, &refs, |_, meaning| text(meaning))
}

/// The source with other texts in place of references, which come in order.
fn rewrite_at(source: &str, refs: &[(Span, Meaning)], text: impl Fn(Span, Meaning) -> String) -> String {
    let mut out = String::with_capacity(source.len() * 2);
    let mut done = 0;
    for &(span, meaning) in refs {
        // An expression that was looked at twice is written once.
        if (span.start as usize) < done {
            continue;
        }
        out.push_str(source.get(done..span.start as usize).unwrap_or(""));
        out.push_str(&text(span, meaning));
        done = span.end as usize;
    }
    out.push_str(source.get(done..).unwrap_or(""));
    out
}
