//! Which parameter each argument of a call is for.

use crate::formula::functions::{Function, Param, Times};

/// The parameter of each of so many arguments; none when there cannot be so many. Of optional parameters and
/// of rounds of repeated ones as many are taken as fit.
pub(crate) fn params(function: &'static Function, count: usize) -> Option<Vec<&'static Param>> {
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
pub(crate) fn counts(function: &Function) -> String {
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
