//! The checker's part for calls: which parameters arguments are for, what fits, what a call gives.

use std::sync::Arc;

use crate::formula::{
    Item, Origin, Place, Type, Volatile, Wrong,
    ast::{Expr, Kind, Span, Word},
    check::{Bound, Checked, Checker, Current, Path, UNKNOWN},
    check_condition::{MEETS, mentions_current},
    functions::{self, Function, Gives, Param, Run, Takes},
    params::{counts, params},
    suggest::nearest,
    tree::{Form, Free, Node, Strict},
    types,
};

/// Functions that depend on the time.
const NOW: [&str; 1] = ["NOW"];
const TODAY: [&str; 1] = ["TODAY"];
/// What the names of functions begin with that give another value for each record and item.
const RANDOM: [&str; 2] = ["RAND", "SHUFFLE"];

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
        if let Some(function) = functions::find(&name.is) {
            return self.apply(function, args, name.span);
        }
        if self.of_lookup && name.is.as_ref() == MEETS {
            return self.meets(args, name.span);
        }
        // Arguments are looked at all the same: their mistakes and references count.
        for arg in args.iter().filter(|arg| !mentions_current(arg)) {
            self.expr(arg);
        }
        let suggestion = nearest(&name.is, functions::all().iter().map(|function| function.name));
        self.mistake(Wrong::UnknownFunction { name: name.is.to_uppercase(), suggestion }, name.span)
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
        let paths = Self::paths_of(ty, &checked);
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
                Node::Call(Box::new(Strict {
                    name: function.name,
                    run,
                    args,
                    takes,
                    types,
                    place: self.calls,
                }))
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

    /// Says so when an argument can never be what is taken.
    fn fitting(&mut self, arg: Checked, param: &Param, function: &Function, at: Span) -> Checked {
        if matches!(function.run, Run::Strict(_)) {
            self.read_texts(&arg.paths);
        }
        if let Some(expected) = types::never(param.takes, arg.tree.ty.item).filter(|_| !arg.wrong) {
            let place = Place::Param { function: function.name, param: param.name };
            let found = types::found(arg.tree.ty, self.names);
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
            // Numbers are read from values, or from items when there are none; keys are compared.
            Some(Form::Fold(_)) => self.read_texts(&args[if args.len() > 2 { 2 } else { 0 }].paths),
            Some(Form::FoldAll(_) | Form::SortBy) => self.read_texts(&args[1].paths),
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
    fn paths_of(ty: Type, args: &[Checked]) -> Vec<Path> {
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
}
