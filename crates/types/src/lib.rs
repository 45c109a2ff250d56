//! Ids, time, problems and events: what every crate of Skein names.
//!
//! Knows nothing of async, SQL or HTTP frameworks.

mod event;
mod hex;
mod id;
mod problem;
mod time;

pub use event::{Event, NewEvent, StreamId};
pub use hex::hex;
pub use id::{Id, IdKind, Ids, ParseIdError, kind};
pub use problem::Problem;
pub use time::{Clock, ManualClock, SystemClock};

/// An instant in UTC with microseconds, as the whole of Skein uses it.
pub use jiff::Timestamp;

macro_rules! id_aliases {
    ($($(#[$doc:meta])* $alias:ident = $kind:ident;)*) => {
        $($(#[$doc])* pub type $alias = Id<kind::$kind>;)*
    };
}

id_aliases! {
    /// An organisation.
    OrgId = Org;
    /// A member of an organisation: a person, a bot or an API client.
    MemberId = Member;
    /// A department.
    DepartmentId = Department;
    /// A group of members.
    GroupId = Group;
    /// A signed-in session, or an opened share link.
    SessionId = Session;
    /// A personal API token.
    TokenId = Token;
    /// An invitation to the organisation.
    InvitationId = Invitation;
    /// A share link on a resource.
    LinkId = Link;
    /// Any node of the resource tree: folder, base and, later, documents, chats, calendars.
    ResourceId = Resource;
    /// A table of a base.
    TableId = Table;
    /// A field (column) of a table.
    FieldId = Field;
    /// A saved view of a table.
    ViewId = View;
    /// A record (row) of a table.
    RecordId = Record;
    /// A comment on a record.
    CommentId = Comment;
    /// An option of a select field.
    ChoiceId = Choice;
    /// An import job.
    ImportId = Import;
    /// A change of a base that takes long.
    JobId = Job;
    /// An uploaded file.
    FileId = File;
    /// An internal fault, as shown to the user it happened to.
    FaultId = Fault;
    /// A state of a base as it is stored for a quick start.
    ImageId = Image;
    /// A dashboard of a base.
    DashboardId = Dashboard;
    /// A part of a dashboard.
    WidgetId = Widget;
}
