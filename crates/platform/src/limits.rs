//! Limits on how often something may be tried, kept in memory.
//!
//! An attempt counts when it begins, so that many at the same moment gain nothing; who succeeds takes it
//! back. After the allowed number within the window every further one must wait twice as long.

use std::collections::{HashMap, VecDeque};

use jiff::SignedDuration;
use parking_lot::Mutex;
use skein_types::Timestamp;

/// How many keys are remembered at most.
const KEYS: usize = 10_000;

/// How often is too often.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    /// Attempts within the window before the first wait.
    pub attempts: usize,
    /// The window.
    pub window: SignedDuration,
    /// The first wait; doubled after every further attempt.
    pub first_wait: SignedDuration,
    /// The longest wait.
    pub longest_wait: SignedDuration,
}

/// Counts attempts by key.
pub struct Throttle {
    limit: Limit,
    keys: Mutex<HashMap<String, Attempts>>,
}

#[derive(Default)]
struct Attempts {
    at: VecDeque<Timestamp>,
    wait_until: Option<Timestamp>,
}

impl Throttle {
    /// Nothing was tried yet.
    pub fn new(limit: Limit) -> Self {
        Self { limit, keys: Mutex::default() }
    }

    /// Counts an attempt. `Err` is how many seconds to wait before it is worth trying again.
    pub fn attempt(&self, key: &str, now: Timestamp) -> Result<(), u64> {
        let mut keys = self.keys.lock();
        if keys.len() >= KEYS && !keys.contains_key(key) {
            self.make_room(&mut keys, now);
        }
        let attempts = keys.entry(key.to_owned()).or_default();
        attempts.forget_old(&self.limit, now);
        if let Some(until) = attempts.wait_until.filter(|until| *until > now) {
            let left = until.duration_since(now);
            return Err(left.as_secs().max(0) as u64 + u64::from(left.subsec_nanos() > 0));
        }
        attempts.at.push_back(now);
        if let Some(over) = attempts.at.len().checked_sub(self.limit.attempts) {
            let wait = self.limit.first_wait * 2i32.saturating_pow(over.min(20) as u32);
            let wait = wait.min(self.limit.longest_wait);
            attempts.wait_until = now.checked_add(wait).ok();
        }
        Ok(())
    }

    /// Takes back the newest attempt: it was a good one.
    pub fn take_back(&self, key: &str) {
        let mut keys = self.keys.lock();
        if let Some(attempts) = keys.get_mut(key) {
            attempts.at.pop_back();
            if attempts.at.len() < self.limit.attempts {
                attempts.wait_until = None;
            }
            if attempts.at.is_empty() {
                keys.remove(key);
            }
        }
    }

    /// Forgets every attempt.
    pub fn clear(&self, key: &str) {
        self.keys.lock().remove(key);
    }

    /// Drops keys whose attempts are all old; when there are none, the one tried least lately.
    fn make_room(&self, keys: &mut HashMap<String, Attempts>, now: Timestamp) {
        keys.retain(|_, attempts| {
            attempts.forget_old(&self.limit, now);
            !attempts.at.is_empty()
        });
        if keys.len() >= KEYS {
            let oldest = keys.iter().min_by_key(|(_, attempts)| attempts.at.back().copied());
            if let Some(key) = oldest.map(|(key, _)| key.clone()) {
                keys.remove(&key);
            }
        }
    }
}

impl Attempts {
    fn forget_old(&mut self, limit: &Limit, now: Timestamp) {
        while self.at.front().is_some_and(|at| now.duration_since(*at) >= limit.window) {
            self.at.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn throttle() -> Throttle {
        Throttle::new(Limit {
            attempts: 3,
            window: SignedDuration::from_mins(15),
            first_wait: SignedDuration::from_secs(30),
            longest_wait: SignedDuration::from_secs(100),
        })
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + seconds).unwrap()
    }

    #[test]
    fn waits_double_up_to_the_longest_and_end_with_the_window() {
        let throttle = throttle();
        let cases = [
            (0, Ok(())),
            (1, Ok(())),
            (2, Ok(())),
            (3, Err(29)),
            (32, Ok(())),
            (33, Err(59)),
            (92, Ok(())),
            (93, Err(99)),
            (192, Ok(())),
            (291, Err(1)),
            (292, Ok(())),
            (293, Err(99)),
            (292 + 900, Ok(())),
            (292 + 901, Ok(())),
        ];
        for (seconds, expected) in cases {
            assert_eq!(throttle.attempt("a", at(seconds)), expected, "at {seconds}");
        }
        assert_eq!(throttle.attempt("b", at(3)), Ok(()), "keys do not disturb each other");
    }

    #[test]
    fn a_good_attempt_does_not_count() {
        let throttle = throttle();
        for second in 0..20 {
            assert_eq!(throttle.attempt("a", at(second)), Ok(()));
            throttle.take_back("a");
        }
        assert!(throttle.keys.lock().is_empty());
    }

    #[test]
    fn memory_is_bounded() {
        let throttle = throttle();
        for key in 0..KEYS as i64 + 50 {
            let _ = throttle.attempt(&key.to_string(), at(key / 1_000));
        }
        assert_eq!(throttle.keys.lock().len(), KEYS);
    }
}
