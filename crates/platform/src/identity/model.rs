//! The pure rules of people: roles, scopes, and what a name, an address or a time zone may be.

use std::fmt;

use serde::{Deserialize, Serialize};
use skein_store::{FromColumn, Row, StoreError};
use skein_types::Problem;
use utoipa::ToSchema;

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident $text:literal,)* })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $text)] $variant,)* }

        impl $name {
            /// All of them, lowest first.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// As stored and sent.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }
            /// The one of this name.
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)* _ => None }
            }
        }

        impl FromColumn for $name {
            fn from_column(row: &Row, column: &str) -> Result<Self, StoreError> {
                let text: String = row.get(column)?;
                Self::parse(&text).ok_or_else(|| StoreError::Column {
                    column: column.to_owned(),
                    reason: format!("no {} {text:?}", stringify!($name)),
                })
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    )*};
}
words! {
    /// What a member is in the organisation; each includes those before it. It gives no access to
    /// contents: grants do.
    OrgRole {
        /// From outside: sees what was shared with them by name.
        Guest "guest",
        /// Of the organisation.
        Member "member",
        /// Manages people.
        Admin "admin",
        /// And makes owners.
        Owner "owner",
    }
    /// Languages the interface is in.
    Language {
        /// English.
        English "en",
        /// Chinese.
        Chinese "zh",
        /// Japanese.
        Japanese "ja",
    }
    /// How the interface looks.
    Theme {
        /// Light.
        Light "light",
        /// Dark.
        Dark "dark",
        /// As the system of the person.
        System "system",
    }
    /// What an API token may do; each includes those before it.
    Scope {
        /// Read what its member may read.
        Read "read",
        /// And change what its member may change.
        Write "write",
        /// And manage people, when its member may.
        Admin "admin",
    }
}

impl OrgRole {
    /// Whether it manages people.
    pub fn is_admin(self) -> bool {
        self >= Self::Admin
    }
}

/// The scopes of an API token, lowest first, each once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scopes(Vec<Scope>);

impl Scopes {
    /// From a list in any order; none when it is empty.
    pub fn new(mut scopes: Vec<Scope>) -> Option<Self> {
        scopes.sort_unstable();
        scopes.dedup();
        (!scopes.is_empty()).then_some(Self(scopes))
    }
    /// As stored: words separated by spaces. An unknown word, of a newer server, gives nothing.
    pub fn stored(text: &str) -> Self {
        Self(text.split(' ').filter_map(Scope::parse).collect())
    }
    /// For storing.
    pub fn to_stored(&self) -> String {
        self.0.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(" ")
    }
    /// The scopes.
    pub fn list(&self) -> &[Scope] {
        &self.0
    }
    /// Whether changes are allowed.
    pub fn write(&self) -> bool {
        self.0.iter().any(|scope| *scope >= Scope::Write)
    }
    /// Whether managing people is allowed.
    pub fn admin(&self) -> bool {
        self.0.contains(&Scope::Admin)
    }
}

/// Input about people that cannot be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    /// A name of nothing, too long, or with control characters.
    #[error("a name has 1 to 100 characters, without line breaks")]
    Name(&'static str),
    /// A text that may be empty but not that long.
    #[error("at most {max} characters, without line breaks")]
    Text {
        /// The field.
        field: &'static str,
        /// Characters.
        max: usize,
    },
    /// No e-mail address.
    #[error("this is no e-mail address")]
    Email,
    /// No time zone.
    #[error("this is no time zone; use a name like Europe/Berlin")]
    TimeZone,
    /// A number outside its range.
    #[error("between {least} and {most}")]
    Number {
        /// The field.
        field: &'static str,
        /// The least.
        least: u32,
        /// The most.
        most: u32,
    },
    /// A token that may do nothing.
    #[error("choose at least one of read, write and admin")]
    NoScope,
    /// A token that may do more than its member.
    #[error("only admins can make tokens that manage people")]
    AdminScope,
}

impl From<Invalid> for Problem {
    fn from(error: Invalid) -> Self {
        let (code, field) = match &error {
            Invalid::Name(field) => ("input.name", *field),
            Invalid::Text { field, .. } => ("input.text", *field),
            Invalid::Email => ("input.email", "email"),
            Invalid::TimeZone => ("input.time_zone", "time_zone"),
            Invalid::Number { field, .. } => ("input.number", *field),
            Invalid::NoScope => ("token.no_scope", "scopes"),
            Invalid::AdminScope => ("token.admin_scope", "scopes"),
        };
        Self::invalid(code, field, error.to_string())
    }
}

/// A name of a person or a thing: trimmed, 1 to 100 characters.
pub fn name(field: &'static str, text: &str) -> Result<String, Invalid> {
    let text = text.trim();
    let good = !text.is_empty() && text.chars().count() <= 100 && !text.chars().any(char::is_control);
    if good { Ok(text.to_owned()) } else { Err(Invalid::Name(field)) }
}

/// A line that may be empty: trimmed.
pub fn line(field: &'static str, text: &str, max: usize) -> Result<String, Invalid> {
    let text = text.trim();
    let good = text.chars().count() <= max && !text.chars().any(char::is_control);
    if good { Ok(text.to_owned()) } else { Err(Invalid::Text { field, max }) }
}

/// A number of days, uses and the like.
pub fn number(field: &'static str, value: u32, least: u32, most: u32) -> Result<u32, Invalid> {
    if (least..=most).contains(&value) { Ok(value) } else { Err(Invalid::Number { field, least, most }) }
}

/// An e-mail address as it is compared: trimmed, in lower case.
pub fn email_key(text: &str) -> String {
    text.trim().to_lowercase()
}

/// An e-mail address in lower case. Only what would never arrive anywhere is refused.
pub fn email(text: &str) -> Result<String, Invalid> {
    let text = email_key(text);
    let (local, domain) = text.rsplit_once('@').ok_or(Invalid::Email)?;
    let local_char = |c: char| c.is_alphanumeric() || "!#$%&'*+/=?^_`{|}~.-".contains(c);
    let good_local = (1..=64).contains(&local.len())
        && local.chars().all(local_char)
        && local.split('.').all(|part| !part.is_empty());
    let good_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let good_domain = domain.contains('.') && domain.split('.').all(good_label);
    if text.len() <= 254 && good_local && good_domain { Ok(text) } else { Err(Invalid::Email) }
}

/// An IANA time zone in its usual spelling.
pub fn time_zone(text: &str) -> Result<String, Invalid> {
    let zone = jiff::tz::TimeZone::get(text.trim()).map_err(|_| Invalid::TimeZone)?;
    zone.iana_name().map(str::to_owned).ok_or(Invalid::TimeZone)
}

/// What somebody says they are doing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Status {
    /// One emoji; may be empty.
    #[serde(default)]
    pub emoji: String,
    /// At most 100 characters.
    #[serde(default)]
    pub text: String,
}

impl Status {
    /// Trimmed; none when nothing is left.
    pub fn checked(&self) -> Result<Option<Self>, Invalid> {
        let emoji = line("status.emoji", &self.emoji, 16)?;
        let text = line("status.text", &self.text, 100)?;
        Ok((!emoji.is_empty() || !text.is_empty()).then_some(Self { emoji, text }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        let cases = [
            (" Ana@Example.COM ", Some("ana@example.com")),
            ("a.b+c@sub.example.org", Some("a.b+c@sub.example.org")),
            ("李雷@例子.公司", Some("李雷@例子.公司")),
            ("", None),
            ("ana", None),
            ("@example.com", None),
            ("ana@", None),
            ("ana@localhost", None),
            ("a b@example.com", None),
            ("a..b@example.com", None),
            (".a@example.com", None),
            ("a@b@example.com", None),
            ("a@-example.com", None),
            ("a@example..com", None),
            ("a@exa mple.com", None),
            ("<a@example.com>", None),
            ("a\r\nbcc:x@example.com", None),
        ];
        for (text, expected) in cases {
            assert_eq!(email(text).ok().as_deref(), expected, "{text:?}");
        }
        assert!(email(&format!("{}@example.com", "a".repeat(65))).is_err());
        assert!(email(&format!("a@{}.com", "b".repeat(64))).is_err());
    }

    #[test]
    fn names() {
        let long = "字".repeat(100);
        let cases = [
            ("  Ana ", Some("Ana")),
            (long.as_str(), Some(long.as_str())),
            ("", None),
            ("   ", None),
            ("a\nb", None),
            ("a\u{0}", None),
        ];
        for (text, expected) in cases {
            assert_eq!(name("name", text).ok().as_deref(), expected, "{text:?}");
        }
        assert!(name("name", &format!("{long}字")).is_err());
    }

    #[test]
    fn time_zones() {
        let cases = [
            ("Asia/Shanghai", Some("Asia/Shanghai")),
            ("europe/berlin", Some("Europe/Berlin")),
            ("UTC", Some("UTC")),
            ("Mars/Base", None),
            ("+08:00", None),
            ("../../etc/passwd", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(time_zone(text).ok().as_deref(), expected, "{text:?}");
        }
    }

    #[test]
    fn scopes_include_those_before_them() {
        let cases = [
            (vec![], None),
            (vec![Scope::Read], Some((false, false))),
            (vec![Scope::Write, Scope::Read, Scope::Write], Some((true, false))),
            (vec![Scope::Admin], Some((true, true))),
        ];
        for (list, expected) in cases {
            let scopes = Scopes::new(list.clone());
            assert_eq!(scopes.as_ref().map(|s| (s.write(), s.admin())), expected, "{list:?}");
            if let Some(scopes) = scopes {
                assert_eq!(Scopes::stored(&scopes.to_stored()), scopes);
            }
        }
        assert_eq!(Scopes::stored("read fly").list(), [Scope::Read]);
    }
}
