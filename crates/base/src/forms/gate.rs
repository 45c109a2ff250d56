//! How often forms may be filled in, searched and opened.

use jiff::SignedDuration;
use skein_platform::{
    identity::network,
    limits::{Limit, Throttle},
};
use skein_types::{LinkId, Timestamp};

use super::FormError;

/// Submissions of one network, or one member, within ten minutes.
const BY_ONE: usize = 120;
/// Submissions of one form within ten seconds.
const BY_FORM: usize = 20_000;
/// Searches and looks of one network within a minute.
const LOOKS: usize = 600;
/// Wrong passwords of one network within a quarter of an hour.
const WRONG: usize = 10;
/// The same of all networks together: bounds who guesses from many.
const WRONG_OF_ALL: usize = 200;

/// Counts, in the memory of this server.
pub(crate) struct Gate {
    by_one: Throttle,
    by_form: Throttle,
    looks: Throttle,
    guesses: Throttle,
    guesses_of_all: Throttle,
}

impl Default for Gate {
    fn default() -> Self {
        let limit = |attempts, window: i64, first: i64, longest: i64| {
            let seconds = SignedDuration::from_secs;
            let (first_wait, longest_wait) = (seconds(first), seconds(longest));
            Throttle::new(Limit { attempts, window: seconds(window), first_wait, longest_wait })
        };
        Self {
            by_one: limit(BY_ONE, 600, 5, 300),
            by_form: limit(BY_FORM, 10, 1, 10),
            looks: limit(LOOKS, 60, 1, 60),
            guesses: limit(WRONG, 900, 30, 900),
            guesses_of_all: limit(WRONG_OF_ALL, 900, 30, 900),
        }
    }
}

impl Gate {
    /// A submission by a member, or from an address.
    pub(super) fn submission(&self, form: LinkId, who: &Caller, now: Timestamp) -> Result<(), FormError> {
        let one = who.key();
        self.by_one.attempt(&one, now).map_err(throttled)?;
        self.by_form.attempt(&form.to_string(), now).map_err(|seconds| {
            self.by_one.take_back(&one);
            throttled(seconds)
        })
    }
    /// The form is looked at or something searched for it.
    pub(crate) fn look(&self, who: &Caller, now: Timestamp) -> Result<(), FormError> {
        self.looks.attempt(&who.key(), now).map_err(throttled)
    }
    /// A password is tried. It is taken back when it was right.
    pub(super) fn guess(&self, form: LinkId, ip: &str, now: Timestamp) -> Result<(), FormError> {
        self.guesses.attempt(&network(ip), now).map_err(throttled)?;
        self.guesses_of_all.attempt(&form.to_string(), now).map_err(throttled)
    }
    pub(super) fn guessed(&self, form: LinkId, ip: &str) {
        self.guesses.take_back(&network(ip));
        self.guesses_of_all.take_back(&form.to_string());
    }
}

fn throttled(seconds: u64) -> FormError {
    FormError::Throttled { seconds }
}

/// Who is counted as one: a member, or all of a network.
#[derive(Clone, Debug)]
pub(crate) enum Caller {
    Member(String),
    Network(String),
}

impl Caller {
    fn key(&self) -> String {
        match self {
            Self::Member(id) => id.clone(),
            Self::Network(ip) => network(ip),
        }
    }
}
