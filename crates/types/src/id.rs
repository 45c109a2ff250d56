//! Prefixed, time-ordered ids: `rec_01j9…`, 26 characters of Crockford base 32 after the prefix.
//!
//! The first 48 of 128 bits are milliseconds since 1970, so ids sort by creation; within one
//! [`Ids`] source they are strictly increasing, which keeps imported rows in file order.

use std::{
    cmp::Ordering,
    fmt,
    hash::{Hash, Hasher},
    marker::PhantomData,
    str::FromStr,
    sync::Arc,
};

use parking_lot::Mutex;
use rand::{Rng, SeedableRng, rngs::StdRng};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::{Clock, hex};

/// What an id names; gives the prefix.
pub trait IdKind: 'static + Send + Sync {
    /// Three letters before the underscore.
    const PREFIX: &'static str;
}

/// The kinds of things that have ids.
pub mod kind {
    use super::IdKind;
    macro_rules! kinds {
        ($($name:ident $prefix:literal,)*) => {$(
            /// Marker for ids with this prefix.
            pub enum $name {}
            impl IdKind for $name { const PREFIX: &'static str = $prefix; }
        )*};
    }
    kinds! {
        Org "org", Member "mem", Department "dep", Group "grp", Session "ses", Token "tok",
        Invitation "inv", Link "lnk", Resource "res", Table "tbl", Field "fld", View "viw",
        Record "rec", Choice "opt", Import "imp", Job "job", File "fil", Comment "cmt",
        Fault "err", Image "img", Dashboard "dsh", Widget "wdg",
    }
}

/// A 128-bit id of one kind. `Id<kind::Record>` and `Id<kind::Table>` do not mix.
pub struct Id<K>(u128, PhantomData<fn() -> K>);

impl<K> Id<K> {
    /// The id with these bits.
    pub const fn from_bits(bits: u128) -> Self {
        Self(bits, PhantomData)
    }
    /// The bits, for compact storage.
    pub const fn bits(self) -> u128 {
        self.0
    }
    /// The bits, big endian: the order of bytes is the order of ids.
    pub const fn to_bytes(self) -> [u8; 16] {
        self.0.to_be_bytes()
    }
    /// The inverse of [`Id::to_bytes`].
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self::from_bits(u128::from_be_bytes(bytes))
    }
}

impl<K> Clone for Id<K> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<K> Copy for Id<K> {}
impl<K> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<K> Eq for Id<K> {}
impl<K> PartialOrd for Id<K> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl<K> Ord for Id<K> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }
}
impl<K> Hash for Id<K> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

impl<K: IdKind> fmt::Display for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = [0u8; 26];
        let mut bits = self.0;
        for slot in text.iter_mut().rev() {
            *slot = ALPHABET[(bits & 31) as usize];
            bits >>= 5;
        }
        write!(f, "{}_{}", K::PREFIX, std::str::from_utf8(&text).expect("the alphabet is ASCII"))
    }
}

impl<K: IdKind> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The text is not an id of the expected kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an id of the form {prefix}_ followed by 26 characters")]
pub struct ParseIdError {
    /// The prefix that was expected.
    pub prefix: &'static str,
}

impl<K: IdKind> FromStr for Id<K> {
    type Err = ParseIdError;
    fn from_str(text: &str) -> Result<Self, ParseIdError> {
        let error = ParseIdError { prefix: K::PREFIX };
        let digits =
            text.strip_prefix(K::PREFIX).and_then(|rest| rest.strip_prefix('_')).ok_or(error.clone())?;
        if digits.len() != 26 || digits.as_bytes()[0] > b'7' {
            return Err(error);
        }
        let mut bits = 0u128;
        for byte in digits.bytes() {
            let value = ALPHABET.iter().position(|&c| c == byte).ok_or(error.clone())?;
            bits = bits << 5 | value as u128;
        }
        Ok(Self::from_bits(bits))
    }
}

impl<K: IdKind> Serialize for Id<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de, K: IdKind> Deserialize<'de> for Id<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

impl<K: IdKind> utoipa::PartialSchema for Id<K> {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        String::schema()
    }
}
impl<K: IdKind> utoipa::ToSchema for Id<K> {
    fn name() -> std::borrow::Cow<'static, str> {
        "Id".into()
    }
}

/// Makes ids and secrets. Cloning shares the source; a seed makes a test repeatable.
#[derive(Clone)]
pub struct Ids {
    clock: Arc<dyn Clock>,
    state: Arc<Mutex<(StdRng, u128)>>,
}

impl Ids {
    /// A source seeded by the operating system.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, state: Arc::new(Mutex::new((rand::make_rng(), 0))) }
    }
    /// A source that repeats itself, for tests.
    pub fn seeded(clock: Arc<dyn Clock>, seed: u64) -> Self {
        Self { clock, state: Arc::new(Mutex::new((StdRng::seed_from_u64(seed), 0))) }
    }
    /// A new id, greater than every id this source made before.
    pub fn make<K: IdKind>(&self) -> Id<K> {
        let millis = self.clock.now().as_millisecond().max(0) as u128;
        let mut state = self.state.lock();
        let fresh =
            (millis << 80) | u128::from(state.0.next_u64()) << 16 | u128::from(state.0.next_u32() >> 16);
        // Same or earlier millisecond than the last id: continue from it by a random step.
        let id = if fresh > state.1 && fresh >> 80 > state.1 >> 80 {
            fresh
        } else {
            let step = u128::from(state.0.next_u32()) + 1;
            state.1 + step
        };
        state.1 = id;
        Id::from_bits(id)
    }
    /// A secret of 32 random bytes, in hexadecimal.
    pub fn secret(&self) -> String {
        let mut bytes = [0u8; 32];
        self.state.lock().0.fill_bytes(&mut bytes);
        hex(&bytes)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{ManualClock, RecordId, TableId};

    #[test]
    fn ids_of_one_source_increase_even_when_the_clock_goes_back() {
        let clock = ManualClock::at("2026-11-20T08:00:00Z");
        let ids = Ids::seeded(clock.clone(), 7);
        let mut last: RecordId = ids.make();
        for step in 0..10_000 {
            if step == 5_000 {
                clock.set("2026-11-20T07:00:00Z".parse().unwrap());
            }
            let next = ids.make();
            assert!(next > last);
            last = next;
        }
    }

    #[test]
    fn text_that_is_no_id_of_the_kind_is_refused() {
        let table = TableId::from_bits(5).to_string();
        for bad in
            ["", "rec_", "rec_1", &table, "rec_8zzzzzzzzzzzzzzzzzzzzzzzzz", "rec_0000000000000000000000000u"]
        {
            assert!(bad.parse::<RecordId>().is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn an_id_reads_back_and_sorts_as_its_text(a: u128, b: u128) {
            let (a, b) = (RecordId::from_bits(a), RecordId::from_bits(b));
            prop_assert_eq!(a.to_string().parse(), Ok(a));
            prop_assert_eq!(a.cmp(&b), a.to_string().cmp(&b.to_string()));
            prop_assert_eq!(RecordId::from_bytes(a.to_bytes()), a);
        }
    }
}
