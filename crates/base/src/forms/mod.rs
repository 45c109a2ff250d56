//! Forms: views that ask for records, for people who may see nothing of the base.
//!
//! A form that is shared has an address of its own. Whoever is let in by it ([`admit`]) gets what the form shows and
//! nothing else, and adds a record by the right of the form: see [`right`]. A submission is an ordinary command of the
//! base, so it is in the log, starts what follows from a record and is seen by live views like any other.
//!
//! The record of a submission follows from the key it was sent with, so sending it again adds nothing, and who has
//! the key can come back to it.
//!
//! Emits `form.shared` and `form.unshared` to the security stream.

mod admit;
mod answer;
mod error;
mod gate;
mod offer;
pub(crate) mod right;
mod share;
mod show;

pub use admit::{Admitted, Asks, admit, open_password};
pub use answer::{Answers, Submitted, read, revise, submit};
pub use error::FormError;
pub(crate) use gate::Gate;
pub use offer::{Offer, offers};
pub(crate) use share::purge_base;
pub use share::{Audience, FormLink, FormLinkChange, get_link, put_link, remove_link};
pub use show::{FormState, ShownForm, may_be_framed, shown};
