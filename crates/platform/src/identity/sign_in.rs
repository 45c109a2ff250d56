//! Setting up, signing in, joining.

use std::collections::HashMap;

use jiff::SignedDuration;
use parking_lot::Mutex;
use serde::Deserialize;
use serde_json::json;
use skein_store::{FutureExt, StoreError, Tx, params};
use skein_types::{MemberId, OrgId, StreamId, Timestamp};
use utoipa::ToSchema;

use super::{
    IdentityError, Language, Meta, OrgRole, model as rules,
    sessions::{self, SignedIn},
    verify_password,
};
use crate::{
    Platform,
    audit::By,
    directory::{self, DirectoryError, Joining, NewMember, Prepared, append, lock},
    limits::{Limit, Throttle},
    security_stream,
};

/// Attempts to sign in: by account and network, by account, and by network.
pub(crate) struct Throttles {
    /// Strict: who guesses from elsewhere does not shut the member out.
    accounts_at: Throttle,
    /// Looser: bounds who guesses from many networks.
    accounts: Throttle,
    addresses: Throttle,
    /// When a wrong sign-in of a member was last written to the audit log.
    told: Mutex<HashMap<MemberId, Timestamp>>,
}

impl Default for Throttles {
    fn default() -> Self {
        let limit = |attempts| Limit {
            attempts,
            window: SignedDuration::from_mins(15),
            first_wait: SignedDuration::from_secs(30),
            longest_wait: SignedDuration::from_mins(15),
        };
        Self {
            accounts_at: Throttle::new(limit(10)),
            accounts: Throttle::new(limit(100)),
            addresses: Throttle::new(limit(50)),
            told: Mutex::default(),
        }
    }
}

impl Throttles {
    /// Counts an attempt for an account from an address.
    pub(super) fn attempt(&self, account: &str, ip: &str, now: Timestamp) -> Result<(), IdentityError> {
        let too_many = |retry_after| IdentityError::TooMany { retry_after };
        self.addresses.attempt(&network(ip), now).map_err(too_many)?;
        self.accounts_at.attempt(&at(account, ip), now).map_err(too_many)?;
        self.accounts.attempt(account, now).map_err(too_many)
    }

    /// The attempt was a good one.
    pub(super) fn succeeded(&self, account: &str, ip: &str) {
        self.accounts_at.clear(&at(account, ip));
        // What others guessed meanwhile stays counted.
        self.accounts.take_back(account);
        self.addresses.take_back(&network(ip));
    }

    /// Whether a wrong sign-in of a member should be told: once a minute.
    fn tells(&self, member: MemberId, now: Timestamp) -> bool {
        let mut told = self.told.lock();
        let minute = SignedDuration::from_mins(1);
        if told.get(&member).is_some_and(|last| now.duration_since(*last) < minute) {
            return false;
        }
        told.retain(|_, last| now.duration_since(*last) < minute);
        told.insert(member, now);
        true
    }
}

/// The key of an account at a network. No address of a network has a space in it.
fn at(account: &str, ip: &str) -> String {
    format!("{} {account}", network(ip))
}

/// What stands for an address where tries are counted: one who has an IPv6 address has all 2^64 of its network.
pub fn network(ip: &str) -> String {
    match ip.parse() {
        Ok(std::net::IpAddr::V6(address)) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
        _ => ip.to_owned(),
    }
}

/// The first owner of an organisation.
#[derive(Clone, Debug)]
pub struct NewOwner {
    /// 1 to 100 characters.
    pub name: String,
    /// The address they sign in with.
    pub email: String,
    /// 8 to 256 characters.
    pub password: String,
    /// The language of their interface.
    pub language: Language,
    /// IANA name.
    pub time_zone: String,
}

/// An organisation to be set up.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewOrganization {
    /// The name of the organisation.
    pub organization: String,
    /// The name of its owner.
    pub name: String,
    /// The address they will sign in with.
    pub email: String,
    /// 8 to 256 characters.
    pub password: String,
    /// The language of their interface.
    pub language: Language,
    /// IANA name.
    pub time_zone: String,
}

/// Whether there is no organisation yet.
pub(super) async fn setup_needed(platform: &Platform) -> Result<bool, StoreError> {
    Ok(platform.db.row("SELECT id FROM orgs LIMIT 1", vec![]).await?.is_none())
}

/// Makes an organisation with its owner: for the command line and the demo company.
pub async fn create_organization(
    platform: &Platform,
    name: &str,
    owner: NewOwner,
) -> Result<(OrgId, MemberId), IdentityError> {
    make_organization(platform, name, owner, None).await
}

/// With the head of a request it is the setup of the server, which is done once.
async fn make_organization(
    platform: &Platform,
    name: &str,
    owner: NewOwner,
    setup: Option<&Meta>,
) -> Result<(OrgId, MemberId), IdentityError> {
    let name = rules::name("organization", name)?;
    let NewOwner { name: own_name, email, password, language, time_zone } = owner;
    let owner = NewMember {
        email,
        name: own_name,
        password,
        role: OrgRole::Owner,
        language,
        time_zone,
        title: String::new(),
        departments: Vec::new(),
        supervisor: None,
    };
    let owner = Prepared::from(platform, owner).await?;
    let (org, id, now) = (platform.ids.make(), owner.id, platform.clock.now());
    let once = setup.is_some();
    let by = match setup {
        Some(meta) => By { actor: id.to_string(), origin: meta.origin(), now },
        None => By::system(now),
    };
    platform
        .db
        .write(move |tx| {
            async move {
                // Two setups at the same moment: the second waits here and then finds the first's.
                lock(tx, &StreamId::from_stored("setup".into())).await?;
                if once && tx.row("SELECT id FROM orgs LIMIT 1", vec![]).await?.is_some() {
                    return Err(IdentityError::AlreadySetUp);
                }
                insert_organization(tx, org, &name, &owner, &by).await?;
                Ok((org, id))
            }
            .boxed()
        })
        .await
}

async fn insert_organization(
    tx: &mut Tx,
    org: OrgId,
    name: &str,
    owner: &Prepared,
    by: &By,
) -> Result<(), DirectoryError> {
    let insert = "INSERT INTO orgs (id, name, created) VALUES ($1, $2, $3)";
    tx.execute(insert, params![org, name, by.now]).await?;
    let data = json!({ "organization": org, "name": name });
    let event = by.event("organization.created", &data);
    append(tx, org, vec![event], vec![by.audit("organization.created", &data)]).await?;
    directory::insert_member(tx, org, owner, by, "member.created").await
}

/// Sets the server up and signs its owner in.
pub(super) async fn set_up(
    platform: &Platform,
    new: NewOrganization,
    meta: &Meta,
) -> Result<SignedIn, IdentityError> {
    if !setup_needed(platform).await? {
        return Err(IdentityError::AlreadySetUp);
    }
    let NewOrganization { organization, name, email, password, language, time_zone } = new;
    let owner = NewOwner { name, email, password, language, time_zone };
    let (org, member) = make_organization(platform, &organization, owner, Some(meta)).await?;
    sessions::begin(platform, org, member, None, meta).await
}

/// Makes somebody who was invited a member and signs them in.
pub(super) async fn join(
    platform: &Platform,
    secret: &str,
    joining: Joining,
    meta: &Meta,
) -> Result<SignedIn, IdentityError> {
    let (org, member) = directory::join(platform, secret, joining, meta).await?;
    sessions::begin(platform, org, member, None, meta).await
}

struct Account {
    member: MemberId,
    org: OrgId,
    active: bool,
    hash: Option<String>,
}

async fn account(platform: &Platform, email: &str) -> Result<Option<Account>, StoreError> {
    let sql = "SELECT id, org, active, password FROM members WHERE email = $1";
    let Some(row) = platform.db.row(sql, params![email]).await? else { return Ok(None) };
    let (member, org) = (row.get("id")?, row.get("org")?);
    Ok(Some(Account { member, org, active: row.get("active")?, hash: row.get("password")? }))
}

/// Signs a member in. Wrong address, wrong password and deactivated are one answer after one time.
pub(super) async fn sign_in(
    platform: &Platform,
    email: &str,
    password: &str,
    meta: &Meta,
) -> Result<SignedIn, IdentityError> {
    let now = platform.clock.now();
    // No stored address is longer: what is cut off can make no difference.
    let email: String = rules::email_key(email).chars().take(255).collect();
    let throttles = &platform.identity.throttles;
    throttles.attempt(&email, &meta.ip, now)?;
    let account = account(platform, &email).await?;
    let hash = account.as_ref().and_then(|account| account.hash.clone());
    let good = verify_password(platform, password, hash.clone()).await?;
    match account {
        Some(account) if good && account.active => {
            let signed_in = sessions::begin(platform, account.org, account.member, hash, meta).await?;
            throttles.succeeded(&email, &meta.ip);
            Ok(signed_in)
        }
        Some(account) => {
            if throttles.tells(account.member, now) {
                tell_failure(platform, &account, meta, now);
            }
            Err(IdentityError::WrongCredentials)
        }
        None => Err(IdentityError::WrongCredentials),
    }
}

/// Written beside the answer: the time a write takes would tell that the address exists.
fn tell_failure(platform: &Platform, account: &Account, meta: &Meta, now: Timestamp) {
    let by = By { origin: meta.origin(), ..By::system(now) };
    let event = by.audit("auth.sign_in_failed", &json!({ "member": account.member }));
    let (db, stream) = (platform.db.clone(), security_stream(account.org));
    tokio::spawn(async move {
        let written = db
            .write(move |tx| {
                async move { tx.append(&stream, skein_store::Expected::Any, vec![event]).await }.boxed()
            })
            .await;
        if let Err(error) = written {
            tracing::warn!(%error, "a failed sign-in could not be written to the audit log");
        }
    });
}

#[cfg(test)]
mod tests {
    use super::network;

    #[test]
    fn addresses_of_one_ipv6_network_count_as_one() {
        let cases = [
            ("10.0.0.1", "10.0.0.1"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
            ("", ""),
        ];
        for (ip, expected) in cases {
            assert_eq!(network(ip), expected);
        }
    }
}
