//! One condition as a test, by what the cells of its field are.

use serde_json::Value as Json;
use skein_types::{ChoiceId, GroupId, Id, MemberId, RecordId};

use crate::{
    Choice, FieldKind, Operator, QueryError,
    column::Shape,
    compile::{Compiler, Mode, expected},
    item_test::{ItemTest, Items, number_range, sorted},
    json::find_choice,
    program::{Lut, Multi, Test},
    relative::Span,
    text_match::{How, Matcher},
    value::{MAX_DATE, MIN_DATE},
};

/// A test, and whether its opposite is meant.
type Tested = Result<(Test, bool), QueryError>;

/// Items of a list in a condition.
const MAX_ITEMS: usize = 10_000;

/// Of an operator that its column knows and that takes a value.
pub(crate) fn test(with: &mut Compiler<'_>, at: usize, op: Operator, value: &Json, path: &str) -> Tested {
    use Operator::{Contains, EndsWith, NotContains, StartsWith};
    let shape = with.scope.table.schema.shapes[at];
    match (shape, op) {
        (Shape::Text, _) => text(op, value, path),
        (Shape::Data, _) => items(with, op, value, path),
        (_, Contains | NotContains | StartsWith | EndsWith) => {
            with.reads_text(at);
            let (how, negated) = how(op);
            let matcher = matcher(how, value, path)?;
            Ok((shown(with, at, matcher), negated))
        }
        (Shape::Number, _) => number(op, value, path).map(|(numbers, negated)| (numbers.test(), negated)),
        (Shape::Files, _) => number(op, value, path).map(|(numbers, negated)| (numbers.count(), negated)),
        (Shape::Date { time }, _) => date(with, op, time, value, path),
        (Shape::Checkbox, _) => match value {
            Json::Bool(yes) => Ok((Test::Ticked, *yes == (op == Operator::IsNot))),
            other => Err(expected(path, "true or false", other)),
        },
        (Shape::Place, _) => bounds(value, path).map(|bounds| (Test::Within(bounds), false)),
        (Shape::Select, _) => {
            let codes = listed(with, at, op, value, path)?;
            Ok((Test::Select(Lut::of(codes.into_iter())), matches!(op, Operator::IsNot | Operator::NoneOf)))
        }
        (Shape::Multi | Shape::Members | Shape::Groups | Shape::Links, _) => {
            let codes = listed(with, at, op, value, path)?;
            Ok(match op {
                Operator::AllOf => (Test::Multi(Multi::All(codes)), false),
                Operator::Is | Operator::IsNot if !value_is_mine(value) => {
                    (Test::Multi(Multi::Exactly(codes)), op == Operator::IsNot)
                }
                _ => {
                    let any = match shape {
                        Shape::Multi => Multi::Any(Lut::of(codes.into_iter())),
                        _ => Multi::Among(codes),
                    };
                    (Test::Multi(any), matches!(op, Operator::NoneOf | Operator::IsNot))
                }
            })
        }
    }
}

/// Text people see; of choices, those whose names match.
fn shown(with: &Compiler<'_>, at: usize, matcher: Matcher) -> Test {
    let schema = &with.scope.table.schema;
    let named = || {
        let found = schema.choices[at].list().iter().filter(|choice| matcher.matches(&choice.name));
        Lut::of(found.map(|choice| choice.code))
    };
    match schema.shapes[at] {
        Shape::Select => Test::Select(named()),
        Shape::Multi => Test::Multi(Multi::Any(named())),
        _ => Test::Shown(matcher, with.viewer.clone()),
    }
}

fn how(op: Operator) -> (How, bool) {
    match op {
        Operator::Contains => (How::Contains, false),
        Operator::NotContains => (How::Contains, true),
        Operator::StartsWith => (How::Starts, false),
        Operator::EndsWith => (How::Ends, false),
        other => (How::Is, matches!(other, Operator::IsNot | Operator::NoneOf)),
    }
}

fn matcher(how: How, value: &Json, path: &str) -> Result<Matcher, QueryError> {
    match value.as_str().filter(|text| !text.is_empty() && text.len() <= 10_000) {
        Some(text) => Ok(Matcher::new(how, text)),
        None => Err(expected(path, "a text of 1 to 10,000 bytes (to find empty cells use empty)", value)),
    }
}

/// The items of a list that is not empty.
fn list<'a>(value: &'a Json, what: &str, path: &str) -> Result<&'a [Json], QueryError> {
    match value {
        Json::Array(items) if !items.is_empty() && items.len() <= MAX_ITEMS => Ok(items),
        other => Err(expected(path, &format!("a list of 1 to 10,000 {what}"), other)),
    }
}

fn two<'a>(value: &'a Json, path: &str) -> Result<[&'a Json; 2], QueryError> {
    match value.as_array().map(Vec::as_slice) {
        Some([low, high]) => Ok([low, high]),
        _ => Err(expected(path, "a list of two, the lowest and the highest", value)),
    }
}

fn text(op: Operator, value: &Json, path: &str) -> Tested {
    let (how, negated) = how(op);
    if !matches!(op, Operator::AnyOf | Operator::NoneOf) {
        return Ok((Test::Text(matcher(how, value, path)?), negated));
    }
    let items = list(value, "texts", path)?.iter().enumerate();
    let all = items.map(|(place, item)| matcher(How::Is, item, &format!("{path}[{place}]")));
    Ok((Test::Texts(all.collect::<Result<_, _>>()?), negated))
}

/// What numbers a condition asks for.
enum Numbers {
    Range(f64, f64),
    Any(Vec<f64>),
}

impl Numbers {
    fn test(self) -> Test {
        match self {
            Self::Range(low, high) => Test::Number(low, high),
            Self::Any(some) => Test::Numbers(some),
        }
    }
    fn count(self) -> Test {
        match self {
            Self::Range(low, high) => Test::Count(low, high),
            Self::Any(some) => Test::Counts(some),
        }
    }
}

fn finite(value: &Json, path: &str) -> Result<f64, QueryError> {
    // Plus zero turns -0 into 0, as columns hold it.
    let number = value.as_f64().filter(|number| number.is_finite()).map(|number| number + 0.0);
    number.ok_or_else(|| expected(path, "a finite number", value))
}

fn number(op: Operator, value: &Json, path: &str) -> Result<(Numbers, bool), QueryError> {
    let negated = matches!(op, Operator::IsNot | Operator::NoneOf);
    Ok(match op {
        Operator::AnyOf | Operator::NoneOf => {
            let items = list(value, "numbers", path)?.iter().enumerate();
            let all = items.map(|(place, item)| finite(item, &format!("{path}[{place}]")));
            (Numbers::Any(sorted(all.collect::<Result<_, _>>()?)), negated)
        }
        Operator::Between => {
            let [low, high] = two(value, path)?;
            (Numbers::Range(finite(low, &format!("{path}[0]"))?, finite(high, &format!("{path}[1]"))?), false)
        }
        _ => {
            let (low, high) = number_range(op, finite(value, path)?);
            (Numbers::Range(low, high), negated)
        }
    })
}

fn span(with: &mut Compiler<'_>, value: &Json, path: &str) -> Result<Span, QueryError> {
    with.needs.viewer.day |= Span::is_relative(value);
    Span::read(value, &with.viewer).ok_or_else(|| {
        let form = "a day or an RFC 3339 instant in the years 0001 to 9999, {\"relative\": \"today\"} and the \
                    like, or {\"last\": 7, \"unit\": \"days\"}";
        expected(path, form, value)
    })
}

/// The milliseconds an operator asks for. A day compares as the whole of it: after the 20th begins with the
/// 21st.
fn moments(op: Operator, (first, last): (i64, i64)) -> (i64, i64) {
    match op {
        Operator::Gt => (last + 1, MAX_DATE),
        Operator::Gte => (first, MAX_DATE),
        Operator::Lt => (MIN_DATE, first - 1),
        Operator::Lte => (MIN_DATE, last),
        _ => (first, last),
    }
}

fn date(with: &mut Compiler<'_>, op: Operator, time: bool, value: &Json, path: &str) -> Tested {
    with.needs.viewer.zone |= time;
    Ok(match op {
        Operator::AnyOf | Operator::NoneOf => {
            let mut ranges = Vec::new();
            for (place, item) in list(value, "dates", path)?.iter().enumerate() {
                ranges.push(span(with, item, &format!("{path}[{place}]"))?.range(time, &with.viewer));
            }
            (Test::Dates(ranges), op == Operator::NoneOf)
        }
        Operator::Between => {
            let [from, to] = two(value, path)?;
            let (first, _) = span(with, from, &format!("{path}[0]"))?.range(time, &with.viewer);
            let (_, last) = span(with, to, &format!("{path}[1]"))?.range(time, &with.viewer);
            (Test::Date(first, last), false)
        }
        _ => {
            let (low, high) = moments(op, span(with, value, path)?.range(time, &with.viewer));
            (Test::Date(low, high), op == Operator::IsNot)
        }
    })
}

fn bounds(value: &Json, path: &str) -> Result<[f64; 4], QueryError> {
    let sides = value.get("box").and_then(Json::as_array).map(Vec::as_slice);
    let form = "a box of degrees {\"box\": [west, south, east, north]}";
    let Some([west, south, east, north]) = sides else { return Err(expected(path, form, value)) };
    let side = |side: &Json| side.as_f64().filter(|side| side.is_finite());
    let all = [side(west), side(south), side(east), side(north)];
    let [Some(west), Some(south), Some(east), Some(north)] = all else {
        return Err(expected(path, form, value));
    };
    Ok([west, south, east, north])
}

/// Whether it stands for those the viewer has to do with, of which any will do.
fn value_is_mine(value: &Json) -> bool {
    value.get("departments").is_some()
}

/// The codes a condition names, sorted, without repeats.
fn listed(
    with: &mut Compiler<'_>,
    at: usize,
    op: Operator,
    value: &Json,
    path: &str,
) -> Result<Vec<u32>, QueryError> {
    let shape = with.scope.table.schema.shapes[at];
    let one = matches!(op, Operator::Is | Operator::IsNot) && (shape == Shape::Select || !value.is_array());
    let mut codes = Vec::new();
    if one && shape != Shape::Multi {
        coded(with, at, value, path, &mut codes)?;
    } else {
        let what = match shape {
            Shape::Members => "people",
            Shape::Groups => "groups",
            Shape::Links => "records",
            _ => "choices",
        };
        let mut wrong = None;
        for (place, item) in list(value, what, path)?.iter().enumerate() {
            if let Err(error) = coded(with, at, item, &format!("{path}[{place}]"), &mut codes) {
                // What is gone from a list leaves the rest of it.
                if with.mode != Mode::Running {
                    return Err(error);
                }
                wrong = Some(error);
            }
        }
        if let Some(error) = wrong.filter(|_| codes.is_empty()) {
            return Err(error);
        }
    }
    codes.sort_unstable();
    codes.dedup();
    Ok(codes)
}

/// Nobody has this code: it stands for who is not known yet.
const UNKNOWN: u32 = u32::MAX - 1;

/// The codes of one item.
fn coded(
    with: &mut Compiler<'_>,
    at: usize,
    item: &Json,
    path: &str,
    codes: &mut Vec<u32>,
) -> Result<(), QueryError> {
    let table = with.scope.table;
    let found = match table.schema.shapes[at] {
        Shape::Members | Shape::Groups => {
            for bits in ids(with, table.schema.shapes[at], item, path)? {
                let code = table.dict().code(bits);
                with.needs.unknown |= code.is_none();
                codes.push(code.unwrap_or(UNKNOWN));
            }
            return Ok(());
        }
        Shape::Links => {
            let text = item.as_str().or_else(|| item.get("id").and_then(Json::as_str));
            let Some(id) = text.and_then(|text| text.parse::<RecordId>().ok()) else {
                return Err(expected(path, "the id of a record", item));
            };
            let row = with.scope.target(at).and_then(|target| target.table.roster().known(id));
            with.needs.unknown |= row.is_none();
            row.unwrap_or(UNKNOWN)
        }
        _ => choice(with.mode, table.schema.choices[at].list(), item, path)?,
    };
    codes.push(found);
    Ok(())
}

/// The bits of the ids of members, or of groups, that an item stands for.
fn ids(with: &mut Compiler<'_>, shape: Shape, item: &Json, path: &str) -> Result<Vec<u128>, QueryError> {
    let mine = item.get("departments").and_then(Json::as_str) == Some("mine");
    let text = item.as_str().or_else(|| item.get("id").and_then(Json::as_str));
    if mine || text == Some("me") && shape == Shape::Members {
        with.needs.viewer.who = true;
        let viewer = &with.viewer;
        return Ok(match (mine, shape) {
            (true, Shape::Members) => viewer.colleagues.iter().map(|id| id.bits()).collect(),
            (true, _) => viewer.groups.iter().map(|id| id.bits()).collect(),
            // A viewer who is nobody is in no cell.
            _ => vec![viewer.me.map_or(u128::MAX, Id::bits)],
        });
    }
    let parsed = text.and_then(|text| match shape {
        Shape::Members => text.parse::<MemberId>().ok().map(Id::bits),
        _ => text.parse::<GroupId>().ok().map(Id::bits),
    });
    let form = match shape {
        Shape::Members => "the id of a member, \"me\" or {\"departments\": \"mine\"}",
        _ => "the id of a group or {\"departments\": \"mine\"}",
    };
    parsed.map(|bits| vec![bits]).ok_or_else(|| expected(path, form, item))
}

fn choice(mode: Mode, choices: &[Choice], value: &Json, path: &str) -> Result<u32, QueryError> {
    let found = value.as_str().filter(|text| mode != Mode::Stored || text.parse::<ChoiceId>().is_ok());
    let found = found.and_then(|text| find_choice(choices, text));
    let form = match mode {
        Mode::Stored => "the id of a choice of the field",
        _ => "the id or name of a choice of the field",
    };
    found.map(|choice| choice.code).ok_or_else(|| expected(path, form, value))
}

/// Of lists of anything, and of computed fields whose type is not known.
fn items(with: &mut Compiler<'_>, op: Operator, value: &Json, path: &str) -> Tested {
    use Operator::{AllOf, AnyOf, Between, Contains, EndsWith, IsNot, NoneOf, NotContains, StartsWith};
    let negated = matches!(op, IsNot | NoneOf | NotContains);
    let tests = match op {
        AnyOf | AllOf | NoneOf => {
            let mut tests = Vec::new();
            for (place, value) in list(value, "values", path)?.iter().enumerate() {
                tests.push(item(with, Operator::Is, value, &format!("{path}[{place}]"))?);
            }
            tests
        }
        Between => {
            let [from, to] = two(value, path)?;
            let from = item(with, Operator::Gte, from, &format!("{path}[0]"))?;
            let to = item(with, Operator::Lte, to, &format!("{path}[1]"))?;
            let number = from.number.zip(to.number).map(|(from, to)| (from.0, to.1));
            let date = from.date.zip(to.date).map(|(from, to)| [0, 1].map(|time| (from[time].0, to[time].1)));
            vec![ItemTest { number, date, ..ItemTest::default() }]
        }
        Contains | NotContains | StartsWith | EndsWith => {
            let text = Some(matcher(how(op).0, value, path)?);
            vec![ItemTest { text, ..ItemTest::default() }]
        }
        _ => vec![item(with, op, value, path)?],
    };
    with.needs.people = true;
    with.needs.viewer.zone = true;
    let items = Items { tests, all: op == AllOf, viewer: with.viewer.clone() };
    Ok((Test::Items(items), negated))
}

fn item(with: &mut Compiler<'_>, op: Operator, value: &Json, path: &str) -> Result<ItemTest, QueryError> {
    let exact = matches!(op, Operator::Is | Operator::IsNot);
    let mut test = ItemTest::default();
    match value {
        Json::Bool(yes) if exact => {
            test.yes = Some(*yes);
            return Ok(test);
        }
        Json::Number(_) => {
            test.number = Some(number_range(op, finite(value, path)?));
            return Ok(test);
        }
        _ => {}
    }
    if let Some(span) = Span::read(value, &with.viewer) {
        with.needs.viewer.day |= Span::is_relative(value);
        test.date = Some([false, true].map(|time| moments(op, span.range(time, &with.viewer))));
    }
    if let Json::String(text) = value
        && exact
        && !text.is_empty()
    {
        test.text = Some(matcher(How::Is, value, path)?);
    }
    for shape in [Shape::Members, Shape::Groups].into_iter().filter(|_| exact) {
        test.ids.extend(ids(with, shape, value, path).unwrap_or_default());
    }
    let found = test.date.is_some() || test.text.is_some() || !test.ids.is_empty();
    if found { Ok(test) } else { Err(expected(path, "a text, a number, a date, or true or false", value)) }
}

/// Any text of any cell contains `text`.
pub(crate) fn search(with: &mut Compiler<'_>, text: &str) -> Vec<(usize, Test)> {
    let digits = text.contains(|c: char| c.is_ascii_digit());
    let numeric = digits && text.chars().all(|c| c.is_ascii_digit() || " -+.:%Ee".contains(c));
    let mut tests = Vec::new();
    for at in 0..with.scope.table.def().fields.len() {
        let kind = &with.scope.table.def().fields[at].kind;
        let matcher = Matcher::new(How::Contains, text);
        let test = match with.scope.table.schema.shapes[at] {
            Shape::Text => Test::Text(matcher),
            // What is not made of digits is in no number: most searches need not look.
            Shape::Number if matches!(kind, FieldKind::AutoNumber { .. }) => shown(with, at, matcher),
            Shape::Number | Shape::Date { .. } if !numeric => continue,
            Shape::Date { time: true } | Shape::Data => {
                with.needs.viewer.zone = true;
                shown(with, at, matcher)
            }
            Shape::Checkbox => continue,
            _ => shown(with, at, matcher),
        };
        with.reads_text(at);
        tests.push((at, test));
    }
    tests
}
