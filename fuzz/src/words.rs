//! Formulas made of bytes: of any shape, and most of them sound enough to be computed.

use arbitrary::{Result, Unstructured};
use skein_table::formula::functions::{self, Takes, Times};

const LEAVES: [&str; 34] = [
    "0",
    "1",
    "-1",
    "2.5",
    "1e300",
    "1e-9",
    "0.1",
    "1000000",
    "\"\"",
    "\"a\"",
    "\"北京\"",
    "\"12%\"",
    "\"2026-02-30\"",
    "\"2026-11-20 08:00\"",
    "\"[\"",
    "TRUE",
    "FALSE",
    "NULL",
    "TODAY()",
    "NOW()",
    "CurrentValue",
    "CurrentValue.[Name]",
    "[Name]",
    "[Amount]",
    "[Day]",
    "[At]",
    "[Kind]",
    "[Tags]",
    "[Done]",
    "[Who]",
    "[Where]",
    "[Peer]",
    "[Sites]",
    "[[Regions]]",
];
const CHAINS: [&str; 8] = [
    "[Sites].[Rate]",
    "[Sites].[Back].[Amount]",
    "[Peer].[Peer].[Name]",
    "[[Stations]].[Amount]",
    "[[Regions]].[Start]",
    "[Back].[Day]",
    "[First]",
    "[Second]",
];
const SIGNS: [&str; 15] = ["+", "-", "*", "/", "%", "^", "&", "=", "!=", "<", "<=", ">", ">=", "&&", "||"];

/// A formula with at most so many levels.
pub(crate) fn formula(u: &mut Unstructured<'_>, levels: u32) -> Result<String> {
    if levels == 0 || u.is_empty() {
        return leaf(u);
    }
    Ok(match u.int_in_range(0..=9)? {
        0..=2 => leaf(u)?,
        3 | 4 => {
            let (left, sign) = (formula(u, levels - 1)?, *u.choose(&SIGNS)?);
            format!("({left} {sign} {})", formula(u, levels - 1)?)
        }
        5 => format!("{}({})", u.choose(&["-", "+", "!"])?, formula(u, levels - 1)?),
        6 => {
            let list = u.choose(&["[Sites]", "[[Regions]]", "[[Stations]]", "[Back]"])?;
            let condition = formula(u, levels - 1)?;
            let field = u.choose(&["Name", "Rate", "Amount", "Start"])?;
            format!("{list}.FILTER(CurrentValue.[{field}] = {condition}).[{field}]")
        }
        _ => call(u, levels)?,
    })
}

fn leaf(u: &mut Unstructured<'_>) -> Result<String> {
    let from: &[&str] = if u.ratio(1, 4)? { &CHAINS } else { &LEAVES };
    Ok((*u.choose(from)?).to_owned())
}

fn call(u: &mut Unstructured<'_>, levels: u32) -> Result<String> {
    let function = u.choose(functions::all())?;
    let mut args = Vec::new();
    for param in function.params {
        let times = match param.times {
            Times::One => 1,
            Times::Optional => u.int_in_range(0..=1)?,
            Times::Repeated => u.int_in_range(1..=2)?,
        };
        for _ in 0..times {
            // An argument that fits lets more of the function be computed.
            let fitting = match param.takes {
                Takes::Number | Takes::Numbers => &["[Amount]", "3", "-0.5", "[Sites].[Rate]"][..],
                Takes::Text => &["[Name]", "\"a b\"", "\"d\"", "[Kind]"],
                Takes::Date => &["[Day]", "[At]", "TODAY()", "\"2024-02-29\""],
                Takes::List => &["[Tags]", "[Sites]", "LIST(1, \"a\", NULL)", "[[Regions]].[Rate]"],
                Takes::PerItem => &["CurrentValue", "CurrentValue.[Name] = [Name]", "TRUE"],
                Takes::Bool => &["[Done]", "TRUE", "[Amount] > 0"],
                _ => &["[Amount]", "[Name]", "[Who]", "[Where]"],
            };
            args.push(if u.ratio(1, 2)? {
                (*u.choose(fitting)?).to_owned()
            } else {
                formula(u, levels - 1)?
            });
        }
    }
    if function.params.is_empty() || u.ratio(3, 4)? {
        return Ok(format!("{}({})", function.name, args.join(", ")));
    }
    let own = args.remove(0);
    Ok(format!("({own}).{}({})", function.name, args.join(", ")))
}
