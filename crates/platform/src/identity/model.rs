//! The pure rules of people: roles, scopes, and what a name, an address or a time zone may be.

use std::fmt;

use serde::{Deserialize, Serialize};
use skein_store::{Row, StoreError};
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
            pub(crate) fn read(row: &Row, column: &str) -> Result<Self, StoreError> {
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
