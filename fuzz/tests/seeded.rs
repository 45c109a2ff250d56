//! All targets on inputs made from seeds: the same ones each time, so that what fails fails again. The
//! variable `SKEIN_FUZZ` says how many inputs each target gets.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    time::{Duration, Instant},
};

use skein_fuzz::{compute, import, query, syntax};

/// What one input may take, in a build without optimisation on a machine with other work.
const LONGEST: Duration = Duration::from_mins(1);

/// A sequence of numbers (`SplitMix64`).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
    fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }
    fn bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.next() as u8).collect()
    }
}

/// A known input, or two, with some of it changed.
fn changed(dice: &mut Dice, seeds: &[Vec<u8>]) -> Vec<u8> {
    let mut input = seeds[dice.below(seeds.len())].clone();
    for _ in 0..dice.below(6) {
        let at = dice.below(input.len() + 1);
        let length = dice.below(8);
        let to = (at + length).min(input.len());
        match dice.below(5) {
            0 => drop(input.drain(at..to)),
            1 => drop(input.splice(at..at, dice.bytes(length))),
            2 => input[at..to].iter_mut().for_each(|byte| *byte = byte.wrapping_add(1 << dice.below(8))),
            3 => {
                let piece = input[at..to].repeat(1 + dice.below(40));
                input.splice(at..at, piece);
            }
            _ => {
                let other = &seeds[dice.below(seeds.len())];
                let from = dice.below(other.len());
                let piece = other[from..].iter().take(40).copied();
                input.splice(at..at, piece);
            }
        }
    }
    input
}

/// Inputs that fail, at most, before a target is given up.
const MOST: usize = 10;

fn try_all(usual: usize, run: fn(&[u8]), seeds: &[Vec<u8>]) {
    let count = std::env::var("SKEIN_FUZZ").ok().and_then(|text| text.parse().ok()).unwrap_or(usual);
    let mut failed = Vec::new();
    for seed in 0..count as u64 {
        let mut dice = Dice(seed);
        let input = if seeds.is_empty() || dice.below(4) == 0 {
            let length = 16 + dice.below(1_200);
            dice.bytes(length)
        } else {
            changed(&mut dice, seeds)
        };
        let began = Instant::now();
        let tried = catch_unwind(AssertUnwindSafe(|| run(&input)));
        let took = began.elapsed();
        if tried.is_err() || took > LONGEST {
            failed.push(format!("seed {seed}, {took:?}: {:?}", String::from_utf8_lossy(&input)));
        }
        assert!(failed.len() < MOST, "these inputs failed:\n{}", failed.join("\n"));
    }
    assert!(failed.is_empty(), "these inputs failed:\n{}", failed.join("\n"));
}

#[test]
fn every_text_is_parsed_or_refused() {
    try_all(20_000, syntax::run, &syntax::seeds());
}

#[test]
fn every_formula_is_computed_the_same_whatever_changes() {
    try_all(600, compute::run, &[]);
}

#[test]
fn every_query_is_answered_or_refused() {
    try_all(2_000, query::run, &[]);
    try_all(1_000, query::run, &query::seeds());
}

#[test]
fn every_file_is_read_or_refused() {
    try_all(1_500, import::run, &import::seeds());
}
