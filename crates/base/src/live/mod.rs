//! What subscribers hear: the events of a base, and windows onto live views.
//!
//! One task per base keeps the live views that somebody looks at. Views of the same rows are shared, a
//! change costs them what it touches, and a row is written as JSON once for all who see it. Nothing is
//! queued: a feed remembers what it last gave and works out the next message when it is asked.

mod base_feed;
mod dashboard_feed;
mod hub;
mod look;
mod message;
mod rows;
mod view;
mod window;

pub use base_feed::BaseFeed;
pub use dashboard_feed::{DashboardFeed, DashboardMessage};
pub(crate) use hub::{Hub, start};
pub use look::{Hold, Look};
pub use message::{BaseMessage, GroupHead, LineId, RecordColors, RecordRows, Tells, WindowMessage};
pub use view::Source;
pub use window::WindowFeed;
