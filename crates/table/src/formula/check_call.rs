//! The checker's part for calls: which parameters arguments are for, what fits, what a call gives.

use std::sync::Arc;

use skein_types::{FieldId, TableId};

use crate::formula::{
    Datum, Item, Keyed, Origin, Read, Type, Volatile, Wrong,
    ast::{Expr, Kind, Op, Reference, Span, Word},
    check::{Bound, Checked, Checker, Current, Meaning, Path, UNKNOWN, onward},
    functions::{self, Function, Gives, Param, Run, Takes, Times},
    suggest::nearest,
    tree::{Form, Free, Node, Strict, Typed},
    types,
};

/// Functions that depend on the time.
const NOW: [&str; 1] = ["NOW"];
const TODAY: [&str; 1] = ["TODAY"];
/// What the names of functions begin with that give another value for each record and item.
const RANDOM: [&str; 2] = ["RAND", "SHUFFLE"];

/// A condition `CurrentValue.[field] = expression`.
struct Key<'e> {
    field: FieldId,
    at: Span,
    expr: &'e Expr,
    condition: *const Expr,
}

impl Checker<'_> {
    pub(crate) fn call(&mut self, name: &Word<Arc<str>>, args: &[Expr], method: bool) -> Checked {
        // `STDEV.S(…)` reads like a method of a name.
        if method
            && let Some((Expr { kind: Kind::Word(word), span, .. }, rest)) = args.split_first()
            && !self.bound.iter().any(|bound| bound.name.eq_ignore_ascii_case(word))
            && let Some(function) = functions::find(&format!("{word}.{}", name.is))
        {
            return self.apply(function, rest, span.to(name.span));
        }
        match functions::find(&name.is) {
            Some(function) => self.apply(function, args, name.span),
            None => {
                // Arguments are looked at all the same: their mistakes and references count.
                for arg in args {
                    self.expr(arg);
                }
                let suggestion = nearest(&name.is, functions::all().iter().map(|function| function.name));
                self.mistake(Wrong::UnknownFunction { name: name.is.to_uppercase(), suggestion }, name.span)
            }
        }
    }

    fn apply(&mut self, function: &'static Function, args: &[Expr], at: Span) -> Checked {
        let Some(params) = params(function, args.len()) else {
            for arg in args.iter().filter(|arg| !mentions_current(arg)) {
                self.expr(arg);
            }
            let wrong =
                Wrong::Arguments { function: function.name, expected: counts(function), found: args.len() };
            return self.mistake(wrong, at);
        };
        let form = Form::of(function.name).filter(|_| matches!(function.run, Run::Special));
        let mut checked = match form {
            Some(Form::Let(_)) => return self.bind(args),
            _ => self.args(function, &params, args, form),
        };
        let wrong = checked.iter().any(|arg| arg.wrong);
        if TODAY.contains(&function.name) {
            self.volatile = self.volatile.max(Some(Volatile::Today));
        }
        if NOW.contains(&function.name) {
            self.volatile = Some(Volatile::Now);
        }
        let ty = self.gives(function, form, &mut checked);
        let paths = self.paths_of(ty, &checked);
        let mut free = Free::NOTHING;
        for (arg, param) in checked.iter().zip(&params) {
            let inner = arg.tree.free;
            free =
                free.with(if param.takes == Takes::PerItem { inner.without(Free::CURRENT) } else { inner });
        }
        if form == Some(Form::RecordId) || RANDOM.iter().any(|prefix| function.name.starts_with(prefix)) {
            free = free.with(Free::ROW);
            if self.current.is_some() {
                free = free.with(Free::CURRENT);
            }
        }
        let types = checked.iter().map(|arg| arg.tree.ty).collect();
        let args = checked.into_iter().map(|arg| arg.tree).collect();
        let node = match (form, function.run) {
            (None, Run::Strict(run)) => {
                self.calls += 1;
                let takes = params.iter().map(|param| param.takes).collect();
                Node::Call(Box::new(Strict { run, args, takes, types, place: self.calls }))
            }
            (Some(form), _) => Node::Form(form, args),
            // Every special function has a form; a test looks at all of them.
            (None, Run::Special) => {
                return self
                    .mistake(Wrong::UnknownFunction { name: function.name.into(), suggestion: None }, at);
            }
        };
        Checked { paths, wrong, ..Checked::new(node, ty, free) }
    }

    /// Checks arguments, those that are computed for each item with `CurrentValue` as it is there.
    fn args(
        &mut self,
        function: &'static Function,
        params: &[&'static Param],
        args: &[Expr],
        form: Option<Form>,
    ) -> Vec<Checked> {
        let mut checked: Vec<Checked> = Vec::with_capacity(args.len());
        for (at, (arg, param)) in args.iter().zip(params).enumerate() {
            let arg_checked = if param.takes == Takes::PerItem {
                let list = checked.first();
                let ty = list.map_or(UNKNOWN, |list| list.tree.ty.item.one());
                let paths = list.map(|list| list.paths.clone()).unwrap_or_default();
                let outer = self.current.replace(Current { ty, paths });
                let inner = self.expr(arg);
                self.current = outer;
                inner
            } else if at == 0
                && let Some(keyed) = self.keyed(form, args)
            {
                keyed
            } else {
                self.expr(arg)
            };
            let mut arg_checked = self.fitting(arg_checked, param, function, arg.span);
            let counts = matches!(form, Some(Form::Count | Form::Fold(_) | Form::FoldAll(_)));
            if counts && form.is_some_and(|form| form.conditions(args.len()).contains(&at)) {
                arg_checked = self.criterion(arg_checked, arg, checked.first());
            }
            checked.push(arg_checked);
        }
        checked
    }

    /// A condition that does not look at the item is what items must equal, or `">5"` as in Excel. (F17)
    fn criterion(&mut self, condition: Checked, expr: &Expr, list: Option<&Checked>) -> Checked {
        let constant = matches!(condition.tree.ty.item, Item::Bool | Item::Any) || condition.wrong;
        let (Some(list), false) = (list, constant || mentions_current(expr)) else { return condition };
        let mut condition = condition;
        let mut op = Op::Eq;
        if let Node::Const(Datum::Text(text)) = &condition.tree.node {
            let signs = [
                (">=", Op::Ge),
                ("<=", Op::Le),
                ("<>", Op::Ne),
                ("!=", Op::Ne),
                (">", Op::Gt),
                ("<", Op::Lt),
                ("=", Op::Eq),
            ];
            let found = signs.iter().find_map(|(sign, op)| Some((*op, text.strip_prefix(sign)?.trim())));
            let (found, rest) = found.unwrap_or((op, text));
            op = found;
            let (datum, item) = match rest.parse::<f64>() {
                Ok(number) if number.is_finite() => (Datum::Number(number), Item::Number),
                _ => (Datum::Text(rest.into()), Item::Text),
            };
            condition.tree = Typed { node: Node::Const(datum), ty: item.one(), free: Free::NOTHING };
        }
        self.read_texts(&list.paths);
        self.read_texts(&condition.paths);
        let free = condition.tree.free.with(Free::CURRENT);
        let item = Typed { node: Node::Current, ty: list.tree.ty.item.one(), free: Free::CURRENT };
        let node = Node::Compare(Box::new(item), [(op, condition.tree)].into());
        Checked::new(node, Item::Bool.one(), free)
    }

    /// Says so when an argument can never be what is taken.
    fn fitting(&mut self, arg: Checked, param: &Param, function: &Function, at: Span) -> Checked {
        if !matches!(param.takes, Takes::PerItem | Takes::Lazy) {
            self.read_texts(&arg.paths);
        }
        if let Some(expected) = types::never(param.takes, arg.tree.ty.item).filter(|_| !arg.wrong) {
            let place = format!("“{}” of {}", param.name, function.name);
            let found = types::words(arg.tree.ty, self.names);
            return self.mistake(Wrong::Type { place, expected, found }, at);
        }
        arg
    }

    /// The type a call gives. Arguments that would lose what they are in it become texts.
    fn gives(&mut self, function: &Function, form: Option<Form>, args: &mut [Checked]) -> Type {
        let item_of = |arg: Option<&Checked>| arg.map_or(UNKNOWN, |arg| arg.tree.ty);
        match form {
            Some(Form::If) => {
                let also = (args.len() < 3).then_some(Item::Bool.one());
                return self.agree(args.iter_mut().skip(1), also);
            }
            Some(Form::Ifs) => return self.agree(args.iter_mut().skip(1).step_by(2), None),
            Some(Form::Switch) => {
                let last = args.len() - 1;
                let results = args.iter_mut().enumerate();
                // After the value come pairs, then maybe what is given when no case equals.
                let results = results.filter(|(at, _)| *at > 0 && (at % 2 == 0 || *at == last));
                return self.agree(results.map(|(_, arg)| arg), None);
            }
            Some(Form::IfError | Form::IfNa | Form::IfBlank) => return self.agree(args.iter_mut(), None),
            Some(Form::Fold(_) | Form::FoldAll(_)) => {
                for arg in args.iter() {
                    self.read_texts(&arg.paths);
                }
            }
            Some(Form::SortBy | Form::Map) => {
                if let Some(key) = args.get(1) {
                    self.read_texts(&key.paths);
                }
            }
            _ => {}
        }
        let given = |args: &[Checked]| match function.gives {
            Gives::Always(ty) => ty,
            Gives::Same(at) => item_of(args.get(at)),
            Gives::ItemOf(at) => item_of(args.get(at)).item.one(),
            Gives::ListOf(at) => item_of(args.get(at)).item.many(),
            Gives::Common(from) => types::common(args.iter().skip(from).map(Checked::common_type)),
            Gives::By(by) => by(&args.iter().map(|arg| arg.tree.ty).collect::<Vec<_>>()),
        };
        let ty = given(args);
        let keeps = match ty.item {
            Item::Any | Item::Text => false,
            Item::Record(table) => args.iter().filter_map(|arg| arg.tree.ty.table()).all(|of| of == table),
            _ => true,
        };
        if keeps || form.is_some() || args.iter().all(|arg| arg.tree.ty.table().is_none()) {
            return ty;
        }
        // A record of which it is not known any more of what table it is is nothing.
        for arg in args.iter_mut().filter(|arg| arg.tree.ty.table().is_some()) {
            let old = std::mem::replace(arg, Checked::wrong());
            *arg = self.text(old);
        }
        given(args)
    }

    /// The ways to the records a call gives: those of its arguments.
    fn paths_of(&mut self, ty: Type, args: &[Checked]) -> Vec<Path> {
        let Item::Record(table) = ty.item else { return Vec::new() };
        let mut paths: Vec<Path> = Vec::new();
        for path in args.iter().flat_map(|arg| &arg.paths) {
            if path.table == table && !paths.contains(path) {
                paths.push(path.clone());
            }
        }
        if paths.is_empty() {
            paths.push(Path { origin: Origin::Everywhere, hops: Vec::new(), table });
        }
        paths
    }

    /// `LET(name, value, …, result)`. (F16)
    fn bind(&mut self, args: &[Expr]) -> Checked {
        let Some((result, pairs)) = args.split_last() else { return Checked::wrong() };
        let before = self.bound.len();
        let (mut trees, mut free, mut wrong) = (Vec::with_capacity(args.len()), Free::NOTHING, false);
        for pair in pairs.chunks_exact(2) {
            let Kind::Word(name) = &pair[0].kind else {
                self.bound.truncate(before);
                return self.mistake(Wrong::NotAName, pair[0].span);
            };
            let value = self.expr(&pair[1]);
            free = free.with(value.tree.free);
            wrong |= value.wrong;
            let Checked { tree, paths, null, .. } = value;
            self.bound.push(Bound { name: name.clone(), ty: tree.ty, paths, null });
            self.most_words = self.most_words.max(self.bound.len());
            trees.push(tree);
        }
        let result = self.expr(result);
        self.bound.truncate(before);
        free = free.with(result.tree.free);
        if before == 0 {
            free = free.without(Free::WORD);
        }
        let (ty, paths) = (result.tree.ty, result.paths);
        wrong |= result.wrong;
        trees.push(result.tree);
        Checked { paths, wrong, ..Checked::new(Node::Form(Form::Let(before), trees.into()), ty, free) }
    }

    /// The records of a table that an index finds, when a condition on them says
    /// `CurrentValue.[field] = expression`. (F15)
    fn keyed(&mut self, form: Option<Form>, args: &[Expr]) -> Option<Checked> {
        let (Expr { kind: Kind::Ref(reference), span, .. }, form) = (args.first()?, form?) else {
            return None;
        };
        let table = self.table_of(reference)?;
        let conditions = args.get(form.conditions(args.len()))?;
        let Key { field, at, expr, condition } =
            conditions.iter().find_map(|condition| self.key_in(condition, table))?;
        let column = self.names.field(table, field)?;
        let (slot, column, ty, link) = (self.names.table_slot(table)?, column.slot, column.ty, column.link);
        self.settled.insert(condition);
        self.meant(*span, Meaning::Table(table));
        self.meant(at, Meaning::Field(table, field));
        // What the expression reads is noted apart, too: it tells which records are meant.
        let (reads, seen) = (std::mem::take(&mut self.reads), std::mem::take(&mut self.seen));
        let outer = self.current.take();
        let mut key = self.expr(expr);
        let same = key.tree.ty.item == ty.item;
        if !same && ty.table().is_some() && key.tree.ty.table().is_some() {
            key = self.text(key);
        } else if !same {
            self.read_texts(&key.paths);
        }
        self.current = outer;
        self.seen = seen;
        let by = std::mem::replace(&mut self.reads, reads);
        by.iter().for_each(|read| self.read(read.clone()));
        let own = match (&key.tree.node, &by[..]) {
            (Node::Cell(_), [Read { from: Origin::Record, field, .. }]) => *field,
            _ => None,
        };
        let (free, wrong) = (key.tree.free, key.wrong);
        let place = self.keys.len();
        self.keys.push(key.tree);
        let keyed = Arc::new(Keyed { table, key: field, by, field: own, place });
        let path = Path { origin: Origin::Keyed(keyed), hops: Vec::new(), table };
        self.read(Read { from: path.origin.clone(), hops: Vec::new(), table, field: None });
        if !same {
            self.read_texts(&onward(std::slice::from_ref(&path), table, field, ty, link));
        }
        let node = Node::Keyed { table: slot, column, ty, key: place };
        Some(Checked { paths: vec![path], wrong, ..Checked::new(node, Item::Record(table).many(), free) })
    }

    /// Where a condition that must hold says `CurrentValue.[field] = expression`.
    fn key_in<'e>(&self, condition: &'e Expr, table: TableId) -> Option<Key<'e>> {
        match &condition.kind {
            Kind::Chain(first, rest) if rest.iter().all(|(op, _)| op.is == Op::And) => {
                let mut parts = std::iter::once(&**first).chain(rest.iter().map(|(_, part)| part));
                parts.find_map(|part| self.key_in(part, table))
            }
            Kind::Call { name, args, .. } if name.is.eq_ignore_ascii_case("and") => {
                args.iter().find_map(|part| self.key_in(part, table))
            }
            Kind::Chain(left, rest) => {
                let [(Word { is: Op::Eq, .. }, right)] = &rest[..] else { return None };
                [(&**left, right), (right, &**left)].into_iter().find_map(|(side, expr)| {
                    let Kind::Member(of, field) = &side.kind else { return None };
                    if of.kind != Kind::Current || mentions_current(expr) || self.mentions_words(expr) {
                        return None;
                    }
                    let (at, field) = (
                        field.span,
                        match &field.is {
                            Reference::Name(name) => self.names.field_named(table, name),
                            Reference::FieldId(id) => Some(*id),
                            Reference::Table(_) | Reference::TableId(_) => None,
                        },
                    );
                    Some(Key { field: field?, at, expr, condition })
                })
            }
            _ => None,
        }
    }

    /// Whether an expression may use names of LET from outside.
    fn mentions_words(&self, expr: &Expr) -> bool {
        !self.bound.is_empty() && any(expr, &mut |expr| matches!(expr.kind, Kind::Word(_)))
    }
}

/// Whether `CurrentValue` stands in an expression other than as an item of a list in it.
fn mentions_current(expr: &Expr) -> bool {
    match &expr.kind {
        Kind::Current => true,
        Kind::Call { name, args, .. } => {
            let function = functions::find(&name.is);
            let params = function.and_then(|function| params(function, args.len()));
            args.iter().enumerate().any(|(at, arg)| {
                let param = params.as_ref().and_then(|params| params.get(at));
                param.is_none_or(|param| param.takes != Takes::PerItem) && mentions_current(arg)
            })
        }
        _ => inside(expr).into_iter().any(mentions_current),
    }
}

fn any(expr: &Expr, test: &mut impl FnMut(&Expr) -> bool) -> bool {
    test(expr) || inside(expr).into_iter().any(|inner| any(inner, test))
}

/// The expressions right inside one.
fn inside(expr: &Expr) -> Vec<&Expr> {
    match &expr.kind {
        Kind::Member(of, _) | Kind::Unary(_, of) => vec![of],
        Kind::Call { args, .. } => args.iter().collect(),
        Kind::Chain(first, rest) => {
            std::iter::once(&**first).chain(rest.iter().map(|(_, part)| part)).collect()
        }
        _ => Vec::new(),
    }
}

/// The parameter of each of so many arguments; none when there cannot be so many. Of optional parameters and
/// of rounds of repeated ones as many are taken as fit.
fn params(function: &'static Function, count: usize) -> Option<Vec<&'static Param>> {
    let is = |param: &Param, times: Times| param.times == times;
    let lead = function.params.iter().take_while(|param| is(param, Times::One)).count();
    let (lead, rest) = function.params.split_at(lead);
    let repeated = rest.iter().take_while(|param| is(param, Times::Repeated)).count();
    let (round, tail) = rest.split_at(repeated);
    let needed = tail.iter().filter(|param| is(param, Times::One)).count();
    let left = count.checked_sub(lead.len() + needed)?;
    let (rounds, spare) = match round.len() {
        0 => (0, left),
        size => (left / size, left % size),
    };
    if spare > tail.len() - needed || rounds == 0 && !round.is_empty() {
        return None;
    }
    let mut params: Vec<&Param> = lead.iter().collect();
    (0..rounds).for_each(|_| params.extend(round));
    let mut spare = spare;
    for param in tail {
        if is(param, Times::One) {
            params.push(param);
        } else if spare > 0 {
            params.push(param);
            spare -= 1;
        }
    }
    Some(params)
}

/// How many arguments a function takes, in words.
fn counts(function: &Function) -> String {
    let of = |times| function.params.iter().filter(|param| param.times == times).count();
    let (one, optional, repeated) = (of(Times::One), of(Times::Optional), of(Times::Repeated));
    let plural = |count: usize| if count == 1 { "argument" } else { "arguments" };
    match (repeated, optional) {
        (0, 0) if one == 0 => "no arguments".into(),
        (0, 0) => format!("{one} {}", plural(one)),
        (0, _) => format!("{one} to {} arguments", one + optional),
        (1, _) => format!("at least {} {}", one + 1, plural(one + 1)),
        (_, _) => format!("at least {} arguments, of which {repeated} belong together", one + repeated),
    }
}
