//! What forms refuse, what goes from them when fields do, and which of their questions are shown.

use std::collections::{HashMap, HashSet};

use serde_json::Value as Json;
use skein_types::{ChoiceId, FieldId};

use crate::{
    Condition, Field, FieldKind, Filter, FormItem, FormQuestion, FormView, OpError, Operator, Value,
    text_match::{How, Matcher},
    value_from_json,
};

const MAX_PAGES: usize = 100;
const MAX_ITEMS: usize = 500;
/// Conditions of one question, and how deep they stand in each other.
const MAX_CONDITIONS: usize = 50;
const MAX_DEPTH: usize = 6;
const MAX_TITLE: usize = 500;
const MAX_TEXT: usize = 10_000;
const MAX_LINK: usize = 2_000;

impl FormQuestion {
    /// Whether a form can ask for cells of a type: what people write, not what is computed or counted.
    pub fn can_ask(kind: &FieldKind) -> bool {
        use FieldKind as K;
        match kind {
            K::Text { .. }
            | K::Number(_)
            | K::Select { .. }
            | K::MultiSelect { .. }
            | K::Date(_)
            | K::Checkbox
            | K::Member { .. }
            | K::Group { .. }
            | K::Location
            | K::Link { .. } => true,
            K::Attachment
            | K::AutoNumber { .. }
            | K::CreatedAt(_)
            | K::UpdatedAt(_)
            | K::CreatedBy
            | K::UpdatedBy
            | K::Button { .. }
            | K::Backlink { .. }
            | K::Lookup(_)
            | K::Rollup { .. }
            | K::Formula { .. } => false,
        }
    }
}

impl FormView {
    /// All questions in order.
    pub fn questions(&self) -> impl Iterator<Item = &FormQuestion> {
        self.pages.iter().flat_map(|page| &page.items).filter_map(|item| match item {
            FormItem::Question(question) => Some(question),
            FormItem::Heading(_) => None,
        })
    }

    /// The questions that are shown to who gave these answers. What was answered to a question that is not shown does
    /// not count for those after it.
    pub fn shown(&self, fields: &[Field], answers: &HashMap<FieldId, Value>) -> Vec<&FormQuestion> {
        let field = |id: FieldId| fields.iter().find(|field| field.id == id);
        let (mut shown, mut known) = (Vec::new(), HashMap::new());
        for page in &self.pages {
            if !page.show.as_ref().is_none_or(|filter| holds(filter, &field, &known)) {
                continue;
            }
            for item in &page.items {
                let FormItem::Question(question) = item else { continue };
                if question.show.as_ref().is_none_or(|filter| holds(filter, &field, &known)) {
                    if let Some(answer) = answers.get(&question.field) {
                        known.insert(question.field, answer);
                    }
                    shown.push(question);
                }
            }
        }
        shown
    }

    /// Leaves out questions whose fields cannot be asked for any longer, choices that are gone, and conditions on
    /// either.
    pub(crate) fn settle(&mut self, fields: &[Field]) {
        let find = |id: FieldId| fields.iter().find(|field| field.id == id);
        let mut before: HashSet<FieldId> = HashSet::new();
        for page in &mut self.pages {
            settle_conditions(&mut page.show, &before, &find);
            page.items.retain_mut(|item| {
                let FormItem::Question(question) = item else { return true };
                let Some(field) = find(question.field).filter(|field| FormQuestion::can_ask(&field.kind))
                else {
                    return false;
                };
                let choices = field.kind.choices();
                if let Some(offered) = &mut question.choices {
                    offered.retain(|id| choices.iter().any(|choice| choice.id == *id));
                }
                settle_conditions(&mut question.show, &before, &find);
                before.insert(question.field);
                true
            });
        }
    }

    pub(crate) fn check(&self, fields: &[Field]) -> Result<(), OpError> {
        let texts = [
            ("kind.title", &self.title, MAX_TITLE),
            ("kind.description", &self.description, MAX_TEXT),
            ("kind.submit", &self.submit, MAX_TITLE),
            ("kind.closed", &self.closed, MAX_TEXT),
            ("kind.thanks.text", &self.thanks.text, MAX_TEXT),
            ("kind.thanks.link", &self.thanks.link, MAX_LINK),
            ("kind.thanks.label", &self.thanks.label, MAX_TITLE),
        ];
        texts.into_iter().try_for_each(|(path, text, most)| check_text(path, text, most))?;
        let link = &self.thanks.link;
        if !link.is_empty() && !link.starts_with("https://") && !link.starts_with("http://") {
            return Err(wrong("kind.thanks.link".into(), "a web address begins with https:// or http://"));
        }
        if self.pages.len() > MAX_PAGES {
            return Err(wrong("kind.pages".into(), "at most 100 pages"));
        }
        if self.pages.iter().map(|page| page.items.len()).sum::<usize>() > MAX_ITEMS {
            return Err(wrong("kind.pages".into(), "at most 500 questions and headings"));
        }
        let mut before = HashSet::new();
        for (at, page) in self.pages.iter().enumerate() {
            let here = format!("kind.pages[{at}]");
            check_text(&format!("{here}.title"), &page.title, MAX_TITLE)?;
            check_filter(page.show.as_ref(), &format!("{here}.show"), &before, fields)?;
            for (at, item) in page.items.iter().enumerate() {
                let here = format!("{here}.items[{at}]");
                match item {
                    FormItem::Heading(heading) => {
                        check_text(&format!("{here}.title"), &heading.title, MAX_TITLE)?;
                        check_text(&format!("{here}.text"), &heading.text, MAX_TEXT)?;
                    }
                    FormItem::Question(question) => question.check(&here, &mut before, fields)?,
                }
            }
        }
        Ok(())
    }
}

impl FormQuestion {
    fn check(&self, here: &str, before: &mut HashSet<FieldId>, fields: &[Field]) -> Result<(), OpError> {
        let path = |part: &str| format!("{here}.{part}");
        let field = fields.iter().find(|field| field.id == self.field);
        let field = field.ok_or_else(|| OpError::FieldUnknown { id: self.field, path: path("field") })?;
        if !Self::can_ask(&field.kind) {
            let message = format!("a form cannot ask for a field of type {}", field.kind.type_name());
            return Err(OpError::Options { path: path("field"), message });
        }
        check_text(&path("label"), &self.label, MAX_TITLE)?;
        check_text(&path("help"), &self.help, MAX_TEXT)?;
        let choices = field.kind.choices();
        let unknown = |id: &&ChoiceId| !choices.iter().any(|choice| choice.id == **id);
        if let Some(id) = self.choices.iter().flatten().find(unknown) {
            let (id, field) = (*id, field.name.clone());
            return Err(OpError::ChoiceUnknown { id, field, path: path("choices") });
        }
        check_filter(self.show.as_ref(), &path("show"), before, fields)?;
        if before.insert(self.field) { Ok(()) } else { Err(OpError::Repeated { path: path("field") }) }
    }
}

fn wrong(path: String, message: &str) -> OpError {
    OpError::Options { path, message: message.into() }
}

fn check_text(path: &str, text: &str, most: usize) -> Result<(), OpError> {
    if text.chars().count() > most {
        let message = format!("at most {most} characters");
        return Err(OpError::Options { path: path.into(), message });
    }
    Ok(())
}

fn check_filter(
    filter: Option<&Filter>,
    path: &str,
    before: &HashSet<FieldId>,
    fields: &[Field],
) -> Result<(), OpError> {
    let Some(filter) = filter else { return Ok(()) };
    let mut count = 0;
    let sound = each_condition(filter, 0, &mut |condition| {
        count += 1;
        let field = fields.iter().find(|field| field.id == condition.field);
        let known = field.filter(|field| before.contains(&field.id));
        let Some(field) = known else {
            return Err(wrong(path.into(), "conditions are about questions before it"));
        };
        if Test::of(field, condition).is_none() {
            let message = format!("a condition on “{}” that a form cannot ask", field.name);
            return Err(OpError::Options { path: path.into(), message });
        }
        Ok(())
    });
    match sound {
        None => Err(wrong(path.into(), "conditions stand at most 6 deep in each other")),
        Some(Ok(())) if count > MAX_CONDITIONS => Err(wrong(path.into(), "at most 50 conditions")),
        Some(outcome) => outcome,
    }
}

/// Calls back for each condition; none when they stand too deep in each other.
fn each_condition(
    filter: &Filter,
    depth: usize,
    ask: &mut dyn FnMut(&Condition) -> Result<(), OpError>,
) -> Option<Result<(), OpError>> {
    if depth > MAX_DEPTH {
        return None;
    }
    match filter {
        Filter::Condition(condition) => Some(ask(condition)),
        Filter::And { and: parts } | Filter::Or { or: parts } => {
            for part in parts {
                match each_condition(part, depth + 1, ask) {
                    Some(Ok(())) => {}
                    other => return other,
                }
            }
            Some(Ok(()))
        }
    }
}

/// Takes out conditions that make no sense any longer; a question without any left is shown always.
fn settle_conditions<'a>(
    show: &mut Option<Filter>,
    before: &HashSet<FieldId>,
    find: &impl Fn(FieldId) -> Option<&'a Field>,
) {
    crate::prune::conditions(show, &mut |condition| {
        let Some(field) = find(condition.field).filter(|field| before.contains(&field.id)) else {
            return false;
        };
        if let Json::Array(items) = &mut condition.value {
            let there = |item: &Json| {
                let id: Option<ChoiceId> = item.as_str().and_then(|text| text.parse().ok());
                id.is_some_and(|id| field.kind.choices().iter().any(|choice| choice.id == id))
            };
            items.retain(there);
        }
        Test::of(field, condition).is_some()
    });
}

fn holds<'a>(
    filter: &Filter,
    field: &impl Fn(FieldId) -> Option<&'a Field>,
    known: &HashMap<FieldId, &Value>,
) -> bool {
    match filter {
        Filter::And { and } => and.iter().all(|part| holds(part, field, known)),
        Filter::Or { or } => or.is_empty() || or.iter().any(|part| holds(part, field, known)),
        Filter::Condition(condition) => {
            let answer = known.get(&condition.field).copied().unwrap_or(&Value::Null);
            let test = field(condition.field).and_then(|field| Test::of(field, condition));
            test.is_some_and(|test| test.holds(answer))
        }
    }
}

/// What a condition asks of an answer. `not` turns it round.
struct Test {
    not: bool,
    asks: Asks,
}

enum Asks {
    Filled,
    Text(How, String),
    Same(Value),
    /// More, or as much; less when `less`.
    More {
        than: f64,
        same: bool,
        less: bool,
    },
    Any(Vec<ChoiceId>),
    All(Vec<ChoiceId>),
}

impl Test {
    /// Reads a condition; none when a form cannot ask it of the field.
    fn of(field: &Field, condition: &Condition) -> Option<Self> {
        use FieldKind as K;
        use Operator as O;
        let (op, kind) = (condition.op, &field.kind);
        let not = matches!(op, O::IsNot | O::NotContains | O::NoneOf | O::Empty);
        if matches!(op, O::Empty | O::NotEmpty) {
            let sound = condition.value.is_null() && *kind != K::Checkbox;
            return sound.then_some(Self { not, asks: Asks::Filled });
        }
        let value = || value_from_json(field, &condition.value).ok().filter(|value| *value != Value::Null);
        let choices = || {
            let one = |item: &Json| item.as_str()?.parse::<ChoiceId>().ok();
            let ids: Option<Vec<_>> = condition.value.as_array()?.iter().map(one).collect();
            let there = |id: &ChoiceId| kind.choices().iter().any(|choice| choice.id == *id);
            ids.filter(|ids| !ids.is_empty() && ids.iter().all(there))
        };
        let asks = match (kind, op) {
            (K::Text { .. }, O::Is | O::IsNot | O::Contains | O::NotContains) => {
                let how = if matches!(op, O::Is | O::IsNot) { How::Is } else { How::Contains };
                let needle = condition.value.as_str().filter(|text| !text.is_empty())?;
                Asks::Text(how, needle.to_owned())
            }
            (K::Number(_) | K::Date(_), O::Gt | O::Gte | O::Lt | O::Lte) => {
                let than = number(&value()?)?;
                let (same, less) = (matches!(op, O::Gte | O::Lte), matches!(op, O::Lt | O::Lte));
                Asks::More { than, same, less }
            }
            (K::Select { .. }, O::Is | O::IsNot) => {
                let id: ChoiceId = condition.value.as_str()?.parse().ok()?;
                kind.choices().iter().any(|choice| choice.id == id).then_some(Asks::Any(vec![id]))?
            }
            (K::Number(_) | K::Date(_) | K::Checkbox, O::Is | O::IsNot) => Asks::Same(value()?),
            (K::Select { .. } | K::MultiSelect { .. }, O::AnyOf | O::NoneOf) => Asks::Any(choices()?),
            (K::MultiSelect { .. }, O::AllOf) => Asks::All(choices()?),
            _ => return None,
        };
        Some(Self { not, asks })
    }

    fn holds(&self, answer: &Value) -> bool {
        let picked = |id: &ChoiceId| match answer {
            Value::Choice { c } => c == id,
            Value::Choices { m } => m.contains(id),
            _ => false,
        };
        let found = match &self.asks {
            Asks::Filled => !is_blank(answer),
            Asks::Text(how, needle) => {
                matches!(answer, Value::Text { t } if Matcher::new(*how, needle).matches(t))
            }
            // No answer to a yes or no is a no.
            Asks::Same(Value::Bool { b }) => *b == matches!(answer, Value::Bool { b: true }),
            Asks::Same(value) => answer == value,
            Asks::More { than, same, less } => number(answer).is_some_and(|n| {
                let over = if *less { n < *than } else { n > *than };
                over || *same && (n - than).abs() < f64::EPSILON
            }),
            Asks::Any(ids) => ids.iter().any(picked),
            Asks::All(ids) => ids.iter().all(picked),
        };
        found != self.not
    }
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds of dates are below 2^53")]
fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number { n } => Some(*n),
        Value::Date { d } => Some(*d as f64),
        _ => None,
    }
}

/// Whether a question is left unanswered by a value.
fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Text { t } => t.trim().is_empty(),
        _ => false,
    }
}
