//! The pure rules of the directory: who may change whom, and trees without cycles.

use crate::identity::OrgRole;

/// Why a change of somebody is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The one who acts manages nobody.
    #[error("only admins of the organisation may do this")]
    NotAdmin,
    /// The one to be changed stands higher.
    #[error("nobody may change somebody of a higher role")]
    HigherRole,
    /// A role above one's own.
    #[error("only owners make owners")]
    AboveOwn,
    /// The organisation would be without an owner.
    #[error("the last owner must stay; make somebody else an owner first")]
    LastOwner,
    /// One cannot shut oneself out.
    #[error("somebody else must do this to you")]
    Yourself,
}

impl Refusal {
    pub(super) fn status(self) -> u16 {
        match self {
            Self::NotAdmin | Self::HigherRole | Self::AboveOwn => 403,
            Self::LastOwner | Self::Yourself => 409,
        }
    }

    pub(super) fn code(self) -> &'static str {
        match self {
            Self::NotAdmin => "access.admins_only",
            Self::HigherRole => "member.higher_role",
            Self::AboveOwn => "member.owners_only",
            Self::LastOwner => "member.last_owner",
            Self::Yourself => "member.yourself",
        }
    }
}

/// Whether somebody may change another.
pub(super) fn may_manage(actor: OrgRole, target: OrgRole) -> Result<(), Refusal> {
    if !actor.is_admin() {
        Err(Refusal::NotAdmin)
    } else if target > actor {
        Err(Refusal::HigherRole)
    } else {
        Ok(())
    }
}

/// Whether somebody may give another a role. `last_owner`: the other is the only active owner.
pub(super) fn may_set_role(
    actor: OrgRole,
    from: OrgRole,
    to: OrgRole,
    last_owner: bool,
) -> Result<(), Refusal> {
    may_manage(actor, from)?;
    if to > actor {
        return Err(Refusal::AboveOwn);
    }
    if last_owner && to != OrgRole::Owner { Err(Refusal::LastOwner) } else { Ok(()) }
}

/// Whether somebody may deactivate another.
pub(super) fn may_deactivate(
    actor: OrgRole,
    target: OrgRole,
    own: bool,
    last_owner: bool,
) -> Result<(), Refusal> {
    may_manage(actor, target)?;
    match (last_owner, own) {
        (true, _) => Err(Refusal::LastOwner),
        (_, true) => Err(Refusal::Yourself),
        _ => Ok(()),
    }
}

/// Whether somebody may give another a new password. One's own is changed by who knows the present one.
pub(super) fn may_reset_password(actor: OrgRole, target: OrgRole, own: bool) -> Result<(), Refusal> {
    may_manage(actor, target)?;
    if own { Err(Refusal::Yourself) } else { Ok(()) }
}

/// Whether somebody may invite others to a role. Owners are made, not invited.
pub(super) fn may_invite(actor: OrgRole, role: OrgRole) -> Result<(), Refusal> {
    if !actor.is_admin() {
        Err(Refusal::NotAdmin)
    } else if role > OrgRole::Admin {
        Err(Refusal::AboveOwn)
    } else {
        Ok(())
    }
}

/// Whether `node` would stand above itself if its parent became `parent`.
pub(super) fn makes_cycle<T: Copy + PartialEq>(
    node: T,
    parent: T,
    parent_of: impl Fn(T) -> Option<T>,
) -> bool {
    std::iter::successors(Some(parent), |at| parent_of(*at)).any(|at| at == node)
}

#[cfg(test)]
mod tests {
    use OrgRole::{Admin, Guest, Member, Owner};
    use Refusal::{AboveOwn, HigherRole, LastOwner, NotAdmin, Yourself};

    use super::*;

    #[test]
    fn roles_are_given_by_those_who_have_them() {
        let cases = [
            (Owner, Member, Owner, false, Ok(())),
            (Owner, Owner, Admin, false, Ok(())),
            (Owner, Owner, Admin, true, Err(LastOwner)),
            (Owner, Owner, Owner, true, Ok(())),
            (Admin, Member, Admin, false, Ok(())),
            (Admin, Admin, Guest, false, Ok(())),
            (Admin, Member, Owner, false, Err(AboveOwn)),
            (Admin, Owner, Member, false, Err(HigherRole)),
            (Member, Guest, Member, false, Err(NotAdmin)),
            (Member, Member, Admin, false, Err(NotAdmin)),
            (Guest, Guest, Guest, false, Err(NotAdmin)),
        ];
        for (actor, from, to, last, expected) in cases {
            assert_eq!(may_set_role(actor, from, to, last), expected, "{actor}: {from} to {to}");
        }
    }

    #[test]
    fn deactivation() {
        let cases = [
            (Owner, Owner, false, false, Ok(())),
            (Owner, Owner, true, true, Err(LastOwner)),
            (Owner, Owner, true, false, Err(Yourself)),
            (Admin, Admin, true, false, Err(Yourself)),
            (Admin, Admin, false, false, Ok(())),
            (Admin, Owner, false, false, Err(HigherRole)),
            (Member, Guest, false, false, Err(NotAdmin)),
        ];
        for (actor, target, own, last, expected) in cases {
            assert_eq!(may_deactivate(actor, target, own, last), expected, "{actor} {target} {own} {last}");
        }
    }

    #[test]
    fn passwords_are_reset_for_others() {
        let cases = [
            (Owner, Owner, false, Ok(())),
            (Owner, Owner, true, Err(Yourself)),
            (Admin, Admin, true, Err(Yourself)),
            (Admin, Member, false, Ok(())),
            (Admin, Owner, false, Err(HigherRole)),
            (Member, Member, true, Err(NotAdmin)),
        ];
        for (actor, target, own, expected) in cases {
            assert_eq!(may_reset_password(actor, target, own), expected, "{actor} {target} {own}");
        }
    }

    #[test]
    fn invitations_are_made_by_admins_and_make_no_owners() {
        let cases = [
            (Owner, Admin, Ok(())),
            (Admin, Admin, Ok(())),
            (Admin, Guest, Ok(())),
            (Owner, Owner, Err(AboveOwn)),
            (Member, Guest, Err(NotAdmin)),
        ];
        for (actor, role, expected) in cases {
            assert_eq!(may_invite(actor, role), expected, "{actor} {role}");
        }
    }

    #[test]
    fn cycles() {
        // 1 is above 2, 2 above 3; 4 stands alone.
        let parent_of = |node| match node {
            2 => Some(1),
            3 => Some(2),
            _ => None,
        };
        let cases = [
            (1, 1, true),
            (1, 2, true),
            (1, 3, true),
            (3, 1, false),
            (2, 4, false),
            (4, 3, false),
            (1, 4, false),
        ];
        for (node, parent, expected) in cases {
            assert_eq!(makes_cycle(node, parent, parent_of), expected, "{node} under {parent}");
        }
    }
}
