//! Who is let in to a form.

use sha2::{Digest, Sha256};
use skein_platform::{Ctx, Principal, identity};
use skein_types::{MemberId, Timestamp, hex};

use super::{Audience, FormError, gate::Caller, share::Share};
use crate::Bases;

/// Proof that somebody may fill in a form; made by [`admit`] alone.
pub struct Admitted {
    pub(super) share: Share,
    /// The member who fills it in; none for a visitor.
    pub(super) member: Option<MemberId>,
    pub(super) caller: Caller,
    pub(super) now: Timestamp,
}

impl Admitted {
    /// How the log names the one who fills it in.
    pub(super) fn actor(&self) -> String {
        self.member.map_or_else(|| self.share.id.to_string(), |member| member.to_string())
    }
}

/// Who asks: with a session or a token, or a stranger from an address.
pub struct Asks<'a> {
    /// Whoever is signed in.
    pub ctx: Option<&'a Ctx>,
    /// From where.
    pub ip: &'a str,
    /// What opening a form with its password gave.
    pub pass: Option<&'a str>,
    /// Whether they want to write.
    pub writes: bool,
}

/// Lets somebody in to a form, or says why not.
pub async fn admit(bases: &Bases, token: &str, asks: Asks<'_>) -> Result<Admitted, FormError> {
    let platform = bases.platform();
    let now = platform.clock.now();
    let member = asks.ctx.and_then(|ctx| match ctx.who {
        Principal::Member { id, guest, .. } => Some((id, guest, ctx.org)),
        Principal::Visitor { .. } => None,
    });
    let caller = match member {
        Some((id, ..)) => Caller::Member(id.to_string()),
        None => Caller::Network(asks.ip.to_owned()),
    };
    bases.gate().look(&caller, now)?;
    let share = Share::by_token(&platform.db, token).await?;
    let member = member.filter(|(_, _, org)| *org == share.org);
    if share.trashed || share.audience == Audience::Nobody {
        return Err(FormError::Closed);
    }
    if share.audience == Audience::Members {
        match member {
            None => return Err(FormError::SignIn),
            Some((_, true, _)) => return Err(FormError::MembersOnly),
            Some(_) => {}
        }
    }
    if share.password.is_some() && asks.pass.is_none_or(|pass| Some(pass) != pass_of(&share).as_deref()) {
        return Err(FormError::NeedsPassword);
    }
    if share.closes.is_some_and(|closes| closes <= now) {
        return Err(FormError::Closed);
    }
    if asks.writes && asks.ctx.is_some_and(|ctx| ctx.origin.read_only) {
        return Err(skein_platform::access::AccessError::ReadOnlyToken.into());
    }
    Ok(Admitted { share, member: member.map(|(id, ..)| id), caller, now })
}

/// What stands for the password from then on: nobody can make it who does not know what is stored, and it ends with
/// the password.
fn pass_of(share: &Share) -> Option<String> {
    let stored = share.password.as_ref()?;
    Some(hex(&Sha256::digest(format!("form pass {} {stored}", share.id).as_bytes())))
}

/// Checks the password of a form; what to send with what follows.
pub async fn open_password(
    bases: &Bases,
    token: &str,
    (ip, password): (&str, &str),
) -> Result<String, FormError> {
    let (platform, gate) = (bases.platform(), bases.gate());
    let share = Share::by_token(&platform.db, token).await?;
    if share.trashed || share.audience == Audience::Nobody {
        return Err(FormError::Closed);
    }
    let now = platform.clock.now();
    gate.guess(share.id, ip, now)?;
    let right = identity::verify_password(platform, password, share.password.clone()).await?;
    match pass_of(&share) {
        // One without a password is open to any.
        None => {
            gate.guessed(share.id, ip);
            Ok(String::new())
        }
        Some(pass) if right => {
            gate.guessed(share.id, ip);
            Ok(pass)
        }
        Some(_) => Err(FormError::WrongPassword),
    }
}
