//! Which parameter each argument of a call is for.

use crate::formula::{
    functions::{Function, Param, Times},
    mistake::Counts,
};

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

/// How many arguments a function takes.
pub(crate) fn counts(function: &Function) -> Counts {
    let of = |times| function.params.iter().filter(|param| param.times == times).count();
    let (one, optional, together) = (of(Times::One), of(Times::Optional), of(Times::Repeated));
    let most = (together == 0).then_some(one + optional);
    Counts { least: one + together, most, together }
}
