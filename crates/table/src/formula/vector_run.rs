//! The machine that runs a formula of numbers over a chunk of rows.

use crate::{
    chunk::{CHUNK, WORDS},
    formula::{
        ast::Op,
        functions::number,
        vector::{Bool, Chunks, Kernel, Lane, Num, Words},
    },
};

pub(crate) struct Machine<'c> {
    pub(crate) columns: &'c dyn Chunks,
    pub(crate) chunk: usize,
    pub(crate) spare: Vec<Lane>,
}

/// One side of arithmetic, in which nothing is 0.
enum Side<'c> {
    Const(f64),
    Slice(&'c [f64]),
    Lane(Lane),
}

impl<'c> Machine<'c> {
    fn lane(&mut self) -> Lane {
        self.spare.pop().unwrap_or_default()
    }

    /// Numbers into a lane, with a bit where there is one.
    pub(crate) fn number(&mut self, plan: &Num, out: &mut Lane) -> Option<()> {
        match plan {
            Num::Const(number) => {
                out.numbers.fill(*number);
                (*out.bits, *out.left) = ([u64::MAX; WORDS], [0; WORDS]);
            }
            Num::Column(column) => {
                let (numbers, valid) = self.columns.numbers(*column, self.chunk)?;
                let length = numbers.len().min(CHUNK);
                out.numbers[..length].copy_from_slice(&numbers[..length]);
                out.numbers[length..].fill(0.0);
                (*out.bits, *out.left) = (words(valid), [0; WORDS]);
                clear_past(&mut out.bits, length);
            }
            Num::FromBool(of) => {
                self.boolean(of, out)?;
                for (at, number) in out.numbers.iter_mut().enumerate() {
                    *number = f64::from(u8::from(out.bits[at / 64] >> (at % 64) & 1 == 1));
                }
                *out.bits = [u64::MAX; WORDS];
            }
            Num::Plain(of) => self.plain(of, out)?,
            Num::Negative(of) => {
                self.plain(of, out)?;
                out.numbers.iter_mut().for_each(|number| *number = 0.0 - *number);
            }
            Num::Map(kernel, of) => {
                self.plain(of, out)?;
                map(*kernel, &mut out.numbers);
                leave_infinite(out);
            }
            Num::Arith(op, sides) => self.arith(*op, sides, out)?,
            Num::Extreme(larger, sides) => {
                self.number(&sides.0, out)?;
                let mut other = self.lane();
                let done = self.number(&sides.1, &mut other);
                for at in 0..CHUNK {
                    let (word, bit) = (at / 64, at % 64);
                    let (have, offered) = (out.bits[word] >> bit & 1 == 1, other.bits[word] >> bit & 1 == 1);
                    let better = if *larger {
                        other.numbers[at] > out.numbers[at]
                    } else {
                        other.numbers[at] < out.numbers[at]
                    };
                    if offered && (!have || better) {
                        out.numbers[at] = other.numbers[at];
                    }
                }
                for word in 0..WORDS {
                    out.bits[word] |= other.bits[word];
                    out.left[word] |= other.left[word];
                }
                self.spare.push(other);
                done?;
            }
            Num::If(parts) => {
                let (condition, then, otherwise) = &**parts;
                self.number(then, out)?;
                let (mut test, mut other) = (self.lane(), self.lane());
                let done = self.boolean(condition, &mut test).and(self.number(otherwise, &mut other));
                for (at, number) in out.numbers.iter_mut().enumerate() {
                    if test.bits[at / 64] >> (at % 64) & 1 == 0 {
                        *number = other.numbers[at];
                    }
                }
                choose(out, &test, &other);
                self.spare.extend([test, other]);
                done?;
            }
        }
        Some(())
    }

    /// Numbers into a lane, 0 where there is none.
    fn plain(&mut self, plan: &Num, out: &mut Lane) -> Option<()> {
        self.number(plan, out)?;
        zero_where_none(out);
        *out.bits = [u64::MAX; WORDS];
        Some(())
    }

    fn side(&mut self, plan: &Num) -> Option<Side<'c>> {
        let columns: &'c dyn Chunks = self.columns;
        match plan {
            Num::Const(number) => return Some(Side::Const(*number)),
            Num::Column(column) => {
                let (numbers, valid) = columns.numbers(*column, self.chunk)?;
                let full = numbers.len() == CHUNK && valid.len() == WORDS;
                if full && valid.iter().all(|&word| word == u64::MAX) {
                    return Some(Side::Slice(numbers));
                }
            }
            _ => {}
        }
        let mut lane = self.lane();
        if self.plain(plan, &mut lane).is_some() {
            return Some(Side::Lane(lane));
        }
        self.spare.push(lane);
        None
    }

    fn both(&mut self, sides: &(Num, Num)) -> Option<(Side<'c>, Side<'c>)> {
        let left = self.side(&sides.0)?;
        let Some(right) = self.side(&sides.1) else {
            self.done(left);
            return None;
        };
        Some((left, right))
    }
    fn done(&mut self, side: Side<'c>) {
        if let Side::Lane(lane) = side {
            self.spare.push(lane);
        }
    }

    fn arith(&mut self, op: Op, sides: &(Num, Num), out: &mut Lane) -> Option<()> {
        let (left, right) = self.both(sides)?;
        let numbers = &mut out.numbers;
        // Plus zero takes the sign from 0. Division by 0 gives what is not finite.
        match op {
            Op::Add => zip(numbers, &left, &right, |a, b| a + b + 0.0),
            Op::Sub => zip(numbers, &left, &right, |a, b| a - b + 0.0),
            Op::Mul => zip(numbers, &left, &right, |a, b| a * b + 0.0),
            Op::Div => zip(numbers, &left, &right, |a, b| a / b + 0.0),
            Op::Rem => zip(numbers, &left, &right, |a, b| number::modulo(a, b) + 0.0),
            _ => zip(numbers, &left, &right, |a, b| a.powf(b) + 0.0),
        }
        (*out.bits, *out.left) = ([u64::MAX; WORDS], left_of(&left, &right));
        leave_infinite(out);
        self.done(left);
        self.done(right);
        Some(())
    }

    /// Yes or no into a lane, as bits.
    pub(crate) fn boolean(&mut self, plan: &Bool, out: &mut Lane) -> Option<()> {
        match plan {
            Bool::Const(yes) => {
                (*out.bits, *out.left) = ([if *yes { u64::MAX } else { 0 }; WORDS], [0; WORDS]);
            }
            Bool::Column(column) => {
                (*out.bits, *out.left) = (words(self.columns.booleans(*column, self.chunk)?), [0; WORDS]);
            }
            Bool::NonZero(of) => {
                self.plain(of, out)?;
                *out.bits = gather(|at| out.numbers[at] != 0.0);
            }
            Bool::Not(of) => {
                self.boolean(of, out)?;
                out.bits.iter_mut().for_each(|word| *word = !*word);
            }
            Bool::All(parts) => self.fold(parts, out, |all, part| all & part)?,
            Bool::Any(parts) => self.fold(parts, out, |any, part| any | part)?,
            Bool::Compare(op, sides) if matches!(op, Op::Eq | Op::Ne) => self.equal(*op, sides, out)?,
            Bool::Compare(op, sides) => {
                let (left, right) = self.both(sides)?;
                *out.bits = match op {
                    Op::Lt => test(&left, &right, |a, b| a < b),
                    Op::Le => test(&left, &right, |a, b| a <= b),
                    Op::Gt => test(&left, &right, |a, b| a > b),
                    _ => test(&left, &right, |a, b| a >= b),
                };
                *out.left = left_of(&left, &right);
                self.done(left);
                self.done(right);
            }
            Bool::If(parts) => {
                let (condition, then, otherwise) = &**parts;
                self.boolean(then, out)?;
                let (mut test, mut other) = (self.lane(), self.lane());
                let done =
                    self.boolean(condition, &mut test).and_then(|()| self.boolean(otherwise, &mut other));
                choose(out, &test, &other);
                self.spare.extend([test, other]);
                done?;
            }
        }
        Some(())
    }

    fn fold(&mut self, parts: &[Bool], out: &mut Lane, of: fn(u64, u64) -> u64) -> Option<()> {
        let (first, rest) = parts.split_first()?;
        self.boolean(first, out)?;
        let mut next = self.lane();
        for part in rest {
            if self.boolean(part, &mut next).is_none() {
                self.spare.push(next);
                return None;
            }
            for word in 0..WORDS {
                out.bits[word] = of(out.bits[word], next.bits[word]);
                // What was settled before might as well be left to the evaluator.
                out.left[word] |= next.left[word];
            }
        }
        self.spare.push(next);
        Some(())
    }

    /// Nothing equals nothing, and no number.
    fn equal(&mut self, op: Op, sides: &(Num, Num), out: &mut Lane) -> Option<()> {
        self.number(&sides.0, out)?;
        let mut other = self.lane();
        let done = self.number(&sides.1, &mut other);
        // Where there is no number at all, neither order holds, but such rows are left.
        let more = gather(|at| out.numbers[at] > other.numbers[at]);
        let less = gather(|at| out.numbers[at] < other.numbers[at]);
        for (word, differ) in more.iter().zip(&less).map(|(more, less)| more | less).enumerate() {
            let (a, b) = (out.bits[word], other.bits[word]);
            let equal = a & b & !differ | !a & !b;
            out.bits[word] = if op == Op::Eq { equal } else { !equal };
            out.left[word] |= other.left[word];
        }
        self.spare.push(other);
        done
    }
}

/// Bits of a slice that may be short.
fn words(bits: &[u64]) -> Words {
    let mut words = [0; WORDS];
    let length = bits.len().min(WORDS);
    words[..length].copy_from_slice(&bits[..length]);
    words
}

/// Takes out bits from a row on.
fn clear_past(words: &mut Words, from: usize) {
    for (at, word) in words.iter_mut().enumerate() {
        let kept = from.saturating_sub(at * 64).min(64);
        if kept < 64 {
            *word &= (1u64 << kept) - 1;
        }
    }
}

/// A bit for each row where something holds.
fn gather(holds: impl Fn(usize) -> bool) -> Words {
    let mut words = [0; WORDS];
    for (at, word) in words.iter_mut().enumerate() {
        for bit in 0..64 {
            *word |= u64::from(holds(at * 64 + bit)) << bit;
        }
    }
    words
}

fn zero_where_none(lane: &mut Lane) {
    for (word, numbers) in lane.bits.iter().zip(lane.numbers.chunks_exact_mut(64)) {
        if *word != u64::MAX {
            for (bit, number) in numbers.iter_mut().enumerate() {
                if word >> bit & 1 == 0 {
                    *number = 0.0;
                }
            }
        }
    }
}

/// Rows with numbers that are not finite are left to the evaluator.
fn leave_infinite(lane: &mut Lane) {
    const EXPONENT: u64 = 0x7ff << 52;
    let infinite = |number: f64| number.to_bits() & EXPONENT == EXPONENT;
    for (word, numbers) in lane.left.iter_mut().zip(lane.numbers.chunks_exact(64)) {
        if numbers.iter().fold(false, |any, &number| any | infinite(number)) {
            for (bit, &number) in numbers.iter().enumerate() {
                *word |= u64::from(infinite(number)) << bit;
            }
        }
    }
}

/// Takes the bits of the other lane where the test does not hold.
fn choose(out: &mut Lane, test: &Lane, other: &Lane) {
    for word in 0..WORDS {
        let yes = test.bits[word];
        out.bits[word] = yes & out.bits[word] | !yes & other.bits[word];
        out.left[word] = yes & out.left[word] | !yes & other.left[word] | test.left[word];
    }
}

fn left_of(left: &Side<'_>, right: &Side<'_>) -> Words {
    let mut words = [0; WORDS];
    for side in [left, right] {
        if let Side::Lane(lane) = side {
            words.iter_mut().zip(lane.left.iter()).for_each(|(word, left)| *word |= left);
        }
    }
    words
}

impl Side<'_> {
    fn numbers(&self) -> Result<&[f64], f64> {
        match self {
            Self::Const(number) => Err(*number),
            Self::Slice(numbers) => Ok(numbers),
            Self::Lane(lane) => Ok(&lane.numbers),
        }
    }
}

fn zip(out: &mut [f64], left: &Side<'_>, right: &Side<'_>, of: impl Fn(f64, f64) -> f64) {
    match (left.numbers(), right.numbers()) {
        (Ok(a), Ok(b)) => out.iter_mut().zip(a.iter().zip(b)).for_each(|(out, (a, b))| *out = of(*a, *b)),
        (Ok(a), Err(b)) => out.iter_mut().zip(a).for_each(|(out, a)| *out = of(*a, b)),
        (Err(a), Ok(b)) => out.iter_mut().zip(b).for_each(|(out, b)| *out = of(a, *b)),
        (Err(a), Err(b)) => out.fill(of(a, b)),
    }
}

fn test(left: &Side<'_>, right: &Side<'_>, of: impl Fn(f64, f64) -> bool) -> Words {
    match (left.numbers(), right.numbers()) {
        (Ok(a), Ok(b)) => gather(|at| of(a[at], b[at])),
        (Ok(a), Err(b)) => gather(|at| of(a[at], b)),
        (Err(a), Ok(b)) => gather(|at| of(a, b[at])),
        (Err(a), Err(b)) => gather(|_| of(a, b)),
    }
}

fn map(kernel: Kernel, numbers: &mut [f64]) {
    let each = |numbers: &mut [f64], of: &dyn Fn(f64) -> f64| {
        for number in numbers {
            *number = of(*number) + 0.0;
        }
    };
    match kernel {
        Kernel::Abs => numbers.iter_mut().for_each(|number| *number = number.abs()),
        Kernel::Int => numbers.iter_mut().for_each(|number| *number = number.floor() + 0.0),
        Kernel::Round(digits) => each(numbers, &|n| number::round(n, digits)),
        Kernel::RoundUp(digits) => each(numbers, &|n| number::round_up(n, digits)),
        Kernel::RoundDown(digits) => each(numbers, &|n| number::round_down(n, digits)),
    }
}
