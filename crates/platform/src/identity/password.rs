//! Passwords: which are refused, and how they are kept (Argon2id, 19 MiB, 2 passes, 1 lane).

use std::{
    collections::HashSet,
    sync::{Arc, LazyLock},
};

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier},
};
use skein_types::{Ids, Problem};
use tokio::sync::Semaphore;

use crate::Platform;

/// See NOTICE for where it is from. Shorter passwords than 8 characters are refused anyway.
static COMMON: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| include_str!("common_passwords.txt").lines().collect());

/// Checked in place of the hash of somebody who does not exist, so that it takes as long.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$c2tlaW4tbm8tb25lLWhlcmU$MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY";

/// How many passwords are hashed at the same moment: each takes 19 MiB and a core.
const AT_ONCE: usize = 2;

/// Longer input is no password of anybody and not hashed as a whole.
const LONGEST: usize = 256 * 4;

/// Why a password is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Fewer than 8 characters.
    #[error("a password has at least 8 characters")]
    TooShort,
    /// More than 256 characters.
    #[error("a password has at most 256 characters")]
    TooLong,
    /// Many people have it.
    #[error("this password is one of the 10,000 most common; choose another")]
    Common,
    /// It is their name or address.
    #[error("a password must not be one's own name or e-mail address")]
    Personal,
}

impl PasswordError {
    fn code(self) -> &'static str {
        match self {
            Self::TooShort => "password.too_short",
            Self::TooLong => "password.too_long",
            Self::Common => "password.common",
            Self::Personal => "password.personal",
        }
    }

    /// As a problem with the field it came in.
    pub fn at(self, field: &str) -> Problem {
        Problem::invalid(self.code(), field, self.to_string())
    }
}

/// Whether somebody may have this password.
pub fn check(password: &str, email: &str, name: &str) -> Result<(), PasswordError> {
    match password.chars().count() {
        0..8 => return Err(PasswordError::TooShort),
        8..=256 => {}
        _ => return Err(PasswordError::TooLong),
    }
    let plain = password.trim().to_lowercase();
    if COMMON.contains(plain.as_str()) {
        return Err(PasswordError::Common);
    }
    let squeezed = |text: &str| text.split_whitespace().collect::<String>().to_lowercase();
    let local = email.split('@').next().unwrap_or_default();
    let own = [email.to_lowercase(), local.to_lowercase(), squeezed(name)];
    if own.contains(&squeezed(&plain)) { Err(PasswordError::Personal) } else { Ok(()) }
}

/// A password nobody chose: 20 characters that are not mistaken for others, 100 bits.
pub(crate) fn make(ids: &Ids) -> String {
    const ALPHABET: &[u8; 32] = b"23456789abcdefghijkmnpqrstuvwxyz";
    let secret = ids.secret();
    let letters: Vec<char> = secret
        .as_bytes()
        .chunks(2)
        .take(20)
        .map(|digits| {
            let value =
                digits.iter().fold(0, |value, digit| value * 16 + (*digit as char).to_digit(16).unwrap_or(0));
            char::from(ALPHABET[value as usize % ALPHABET.len()])
        })
        .collect();
    letters.chunks(5).map(|part| part.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

/// Bounds how many passwords are hashed at once.
pub(crate) struct Hashing(Arc<Semaphore>);

impl Default for Hashing {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(AT_ONCE)))
    }
}

impl Hashing {
    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Problem> {
        let failed = |error: &dyn std::fmt::Display| Problem::new(500, "internal", error.to_string());
        let permit = self.0.clone().acquire_owned().await.map_err(|error| failed(&error))?;
        // The thread goes on when nobody waits for it any more; its permit ends with it.
        let permitted = move || {
            let _permit = permit;
            work()
        };
        tokio::task::spawn_blocking(permitted).await.map_err(|error| failed(&error))
    }
}

/// The hash of a password, for storing. For people and for share links.
pub async fn hash_password(platform: &Platform, password: &str) -> Result<String, Problem> {
    let (password, salt) = (password.to_owned(), platform.ids.secret());
    let hashed = platform.identity.hashing.run(move || {
        // 128 bits of the secret.
        Argon2::default().hash_password_with_salt(password.as_bytes(), &salt.as_bytes()[..32])
    });
    let hash = hashed.await?.map_err(|error| Problem::new(500, "internal", error.to_string()))?;
    Ok(hash.to_string())
}

/// Whether a password is the one of a stored hash. Without a hash: no, after the same time.
pub async fn verify_password(
    platform: &Platform,
    password: &str,
    hash: Option<String>,
) -> Result<bool, Problem> {
    let exists = hash.is_some();
    let hash = hash.unwrap_or_else(|| NOBODY.to_owned());
    let mut password = password.as_bytes().to_vec();
    password.truncate(LONGEST + 1);
    let good =
        platform.identity.hashing.run(move || Argon2::default().verify_password(&password, hash.as_str()));
    Ok(good.await?.is_ok() && exists)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_has_ten_thousand_passwords() {
        assert_eq!(COMMON.len(), 10_000);
    }

    #[test]
    fn passwords() {
        let (long, longer) = ("é".repeat(256), "é".repeat(257));
        let cases = [
            ("", Err(PasswordError::TooShort)),
            ("ünïcödé", Err(PasswordError::TooShort)),
            ("goose-in-flight", Ok(())),
            (long.as_str(), Ok(())),
            (longer.as_str(), Err(PasswordError::TooLong)),
            ("password", Err(PasswordError::Common)),
            ("Sunshine", Err(PasswordError::Common)),
            ("1qaz2wsx", Err(PasswordError::Common)),
            ("ana.maria@example.com", Err(PasswordError::Personal)),
            ("Ana.Maria", Err(PasswordError::Personal)),
            ("Ana Maria Silva", Err(PasswordError::Personal)),
            ("anamariasilva", Err(PasswordError::Personal)),
        ];
        for (password, expected) in cases {
            assert_eq!(check(password, "ana.maria@example.com", "Ana Maria Silva"), expected, "{password:?}");
        }
    }

    #[test]
    fn nobody_has_a_hash_that_takes_as_long_as_others() {
        let fresh = Argon2::default().hash_password_with_salt(b"x", b"0123456789abcdef").unwrap().to_string();
        let settings = |hash: &str| hash.split('$').take(4).map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(settings(NOBODY), settings(&fresh));
        assert_eq!(NOBODY.len(), fresh.len() + NOBODY.split('$').nth(4).unwrap().len() - 22);
        // The hash is read, not refused for its form.
        let refused = Argon2::default().verify_password(b"x", NOBODY).unwrap_err();
        assert_eq!(refused, argon2::password_hash::Error::PasswordInvalid);
    }
}
