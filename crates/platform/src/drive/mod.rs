//! Drive: the tree of resources, who may do what in it, share links, and the trash.

mod kind;

pub(crate) use kind::Kinds;
pub use kind::ResourceKind;
