//! The directory: members, departments, groups, invitations.
//!
//! Invariants: an organisation has an active owner; nobody changes somebody of a higher role; the chains
//! of supervisors and of departments have no cycle; an address is one person. Every change holds the
//! directory stream, so that these rules are checked one change after the other, and is told to it;
//! what concerns security is told to the security stream too. Guests see names and faces, no more.

mod departments;
mod error;
mod groups;
pub mod http;
mod invitations;
mod members;
mod model;
mod names;
mod sql;

pub use departments::{Department, DepartmentChange, NewDepartment, create_department};
pub use error::DirectoryError;
pub use groups::{Group, GroupChange};
pub use http::router;
pub use invitations::{Invitation, Joining, NewInvitation, Welcome};
pub(crate) use invitations::{join, welcome};
pub use members::{
    Member, MemberChange, NewMember, create_member, reset_password, search_members, update_member,
};
pub(crate) use members::{Prepared, get as get_member, insert as insert_member};
pub use names::{Contacts, Names, Standing, contacts, emails, names, standing};
pub(crate) use sql::{append, lock};
