//! The functions that decide which of their arguments are computed, and how often.

use std::sync::Arc;

use crate::formula::{
    Datum, ErrorCode,
    coerce::{self, fit},
    eval::{Evaluator, Value, mix},
    functions::{Takes, sets::sorted_places},
    tree::{Fold, Form, Typed},
};

impl<'a> Evaluator<'a> {
    pub(crate) fn form(&mut self, form: Form, args: &'a [Typed], current: &Datum) -> Value {
        match form {
            Form::If => match (self.test(&args[0], current)?, args.get(2)) {
                (true, _) => self.eval(&args[1], current),
                (false, Some(otherwise)) => self.eval(otherwise, current),
                (false, None) => Ok(Datum::Bool(false)),
            },
            Form::Ifs => {
                for pair in args.chunks_exact(2) {
                    if self.test(&pair[0], current)? {
                        return self.eval(&pair[1], current);
                    }
                }
                Err(ErrorCode::NotFound)
            }
            Form::Switch => self.switch(args, current),
            Form::IfError | Form::IfNa | Form::IfBlank => {
                let value = self.eval(&args[0], current);
                let replaced = match &value {
                    Err(ErrorCode::Limit) => false,
                    Err(code) => form == Form::IfError || form == Form::IfNa && *code == ErrorCode::NotFound,
                    Ok(value) => form == Form::IfBlank && coerce::is_blank(value),
                };
                if replaced { self.eval(&args[1], current) } else { value }
            }
            Form::And | Form::Or => {
                let settles = form == Form::Or;
                for arg in args {
                    if self.all_or_any(arg, settles, current)? {
                        return Ok(Datum::Bool(settles));
                    }
                }
                Ok(Datum::Bool(!settles))
            }
            Form::Let(first) => {
                let (result, values) = args.split_last().ok_or(ErrorCode::Formula)?;
                for (at, value) in values.iter().enumerate() {
                    self.words[first + at] = self.eval(value, current);
                }
                self.eval(result, current)
            }
            Form::RecordId => {
                let id = self.source.record_id(self.program().table, self.row);
                Ok(Datum::Text(id.to_string().into()))
            }
            Form::SortBy => self.sort_by(args, current),
            Form::Filter
            | Form::Map
            | Form::AnyItem
            | Form::AllItems
            | Form::Count
            | Form::Fold(_)
            | Form::FoldAll(_) => self.each(form, args, current),
        }
    }

    fn switch(&mut self, args: &'a [Typed], current: &Datum) -> Value {
        let (value, rest) = args.split_first().ok_or(ErrorCode::Formula)?;
        let wanted = self.eval(value, current)?;
        for pair in rest.chunks(2) {
            let [case, result] = pair else { return self.eval(&pair[0], current) };
            let case_value = self.eval(case, current)?;
            let cx = self.cx(if value.ty.table().is_some() { value.ty } else { case.ty });
            if coerce::equal(&wanted, &case_value, &cx) {
                return self.eval(result, current);
            }
        }
        Err(ErrorCode::NotFound)
    }

    /// Whether an argument of AND or OR settles the matter: one item of a list is enough.
    fn all_or_any(&mut self, arg: &'a Typed, settles: bool, current: &Datum) -> Result<bool, ErrorCode> {
        match self.eval(arg, current)? {
            Datum::Bool(yes) => Ok(yes == settles),
            Datum::List(items) => {
                self.spend(items.len())?;
                for item in &*items {
                    if coerce::bool_of(item)? == settles {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            value => Ok(coerce::bool_of(&value)? == settles),
        }
    }

    fn items(&mut self, list: &'a Typed, current: &Datum) -> Result<Arc<[Datum]>, ErrorCode> {
        let items = coerce::list_of(self.eval(list, current)?);
        self.spend(items.len() / 16)?;
        Ok(items)
    }

    /// What looks at one item after another.
    fn each(&mut self, form: Form, args: &'a [Typed], current: &Datum) -> Value {
        let items = self.items(&args[0], current)?;
        let conditions = form.conditions(args.len());
        let value = match form {
            Form::Map | Form::FoldAll(_) => args.get(1),
            Form::Fold(_) => args.get(2),
            _ => None,
        };
        let outer = self.item;
        let (mut kept, mut count) = (Vec::new(), 0usize);
        for (at, item) in items.iter().enumerate() {
            self.item = mix(outer ^ (at as u64 + 1));
            let mut holds = true;
            for condition in &args[conditions.clone()] {
                holds = holds && self.test(condition, item)?;
            }
            if form == Form::AllItems && !self.test(&args[1], item)? {
                self.item = outer;
                return Ok(Datum::Bool(false));
            }
            if !holds {
                continue;
            }
            count += 1;
            match form {
                Form::AnyItem => break,
                Form::Count | Form::AllItems => {}
                _ => match value {
                    None => kept.push(item.clone()),
                    Some(value) => match self.eval(value, item)? {
                        Datum::List(items) => {
                            self.spend(items.len())?;
                            kept.extend(items.iter().cloned());
                        }
                        value => kept.push(value),
                    },
                },
            }
        }
        self.item = outer;
        match form {
            Form::AnyItem => Ok(Datum::Bool(count > 0)),
            Form::AllItems => Ok(Datum::Bool(true)),
            Form::Count => Ok(Datum::Number(count as f64)),
            Form::Fold(fold) | Form::FoldAll(fold) => {
                let cx = self.cx(value.map_or(args[0].ty, |value| value.ty));
                numbers(fold, fit(Datum::List(kept.into()), Takes::Numbers, &cx)?)
            }
            _ => Ok(Datum::List(kept.into())),
        }
    }

    /// `SORTBY(list, key, ascending)`: what has no key comes last both ways.
    fn sort_by(&mut self, args: &'a [Typed], current: &Datum) -> Value {
        let items = self.items(&args[0], current)?;
        let (by, outer) = (&args[1], self.item);
        let mut keys = Vec::with_capacity(items.len());
        for (at, item) in items.iter().enumerate() {
            self.item = mix(outer ^ (at as u64 + 1));
            keys.push(self.eval(by, item).unwrap_or_else(Datum::Error));
        }
        self.item = outer;
        self.spend(0)?;
        let ascending = match args.get(2) {
            None => true,
            Some(ascending) => {
                let value = self.eval(ascending, current)?;
                value == Datum::Null || coerce::number_of(&value, &self.cx(ascending.ty))? > 0.0
            }
        };
        let places = sorted_places(&keys, ascending, &self.cx(by.ty));
        Ok(Datum::List(places.into_iter().map(|at| items[at].clone()).collect()))
    }
}

/// What becomes of numbers.
fn numbers(fold: Fold, list: Datum) -> Value {
    let items = coerce::list_of(list);
    let numbers = items.iter().filter_map(|item| if let Datum::Number(n) = item { Some(*n) } else { None });
    let number = match fold {
        Fold::Sum => numbers.sum(),
        Fold::Average => {
            let (count, sum) = numbers.fold((0usize, 0.0), |(count, sum), n| (count + 1, sum + n));
            if count == 0 {
                return Err(ErrorCode::Div0);
            }
            sum / count as f64
        }
        Fold::Max | Fold::Min => {
            let best = numbers.reduce(if fold == Fold::Max { f64::max } else { f64::min });
            return Ok(best.map_or(Datum::Null, Datum::Number));
        }
    };
    crate::formula::ops::finite(number).map(Datum::Number)
}
