//! The table engine: fields, records, filters, sorts, live views and operations, computed in memory on
//! immutable columnar snapshots.
//!
//! Knows nothing of databases, networks, async or the time of day.

mod arrange;
mod base;
mod branches;
mod calendar;
mod check;
mod chunk;
mod collate;
mod coloring;
mod column;
mod compile;
mod condition;
mod convert;
mod copied;
mod cube;
mod dashboard;
mod date_text;
mod error;
mod errors;
mod exact;
mod fields;
mod filter;
mod find;
mod forest;
mod form;
mod form_rules;
pub mod formula;
mod graph;
mod group;
mod groups;
mod image;
mod item_test;
mod json;
mod kernel;
mod kin;
mod lanes;
mod leaves;
mod lines;
mod links;
mod live;
mod live_tree;
mod matching;
mod number;
mod op;
mod order;
mod outline;
mod packed;
mod packing;
mod pending;
mod position;
mod program;
mod prune;
mod query;
mod radix;
mod read;
mod relative;
mod resolved;
mod retype;
mod roster;
mod rules;
pub mod schedule;
mod schema;
mod shape;
mod shown;
mod sort;
mod sort_key;
mod stored;
mod summary;
mod table;
mod text;
mod text_match;
mod totals;
mod value;
mod view_fields;
mod view_kind;
mod watch;
mod written;

pub use base::{Applied, Base, Change};
pub use coloring::{ColorRule, ColorTarget};
pub use convert::Named;
pub use copied::{StoredRows, copied};
pub use cube::{
    Cube, CubeAxis, CubeCell, CubeGroup, CubeMeasure, CubePick, CubeQuery, Dimension, cube, cube_dependence,
    cube_records, validate_cube,
};
pub use dashboard::{
    ChartForm, ChartLook, ControlField, Dashboard, GRID, NumberQuery, Period, Picked, Widget, WidgetKind,
    narrowed,
};
pub use error::{DecodeError, OpError, QueryError, Thing, ValueError};
pub use filter::{Condition, Filter, Operator};
pub use find::{Finds, Hit, Wanted, find};
pub use form::{FormCover, FormHeading, FormItem, FormPage, FormQuestion, FormThanks, FormView};
pub use graph::{Checked, Computed, Dependency, Explained, until_tomorrow};
pub use group::{GroupBy, GroupKey};
pub use groups::{GroupTree, Groups, groups};
pub use image::{Image, ImageError, ImageReader, Part, PartKey, TableParts};
pub use json::{datum_to_json, value_from_json, value_to_json, write_record_json};
pub use lines::{Around, Branching, Folds, Group, Line, Outline, Twig};
pub use live::{LiveView, Moved, Touched};
pub use matching::{KeyIndex, first_repeat};
pub use number::{Number, number, number_cube};
pub use op::{Op, Record, Stamp};
pub use position::{Position, page, position};
pub use query::{Dependence, Query, Viewer, colors, count, dependence, depths, select, top, validate_query};
pub use resolved::Resolved;
pub use retype::{Again, converts_by_cell, there_and_back};
pub use rules::{Converted, fits};
pub use schema::{
    Aggregate, ButtonAction, Choice, Color, DateFormat, DateStyle, Field, FieldKind, Lookup, LookupFrom,
    NumberFormat, NumberStyle, Retired, RowHeight, Separators, SortKey, Style, TableDef, TextFormat, View,
    ViewField,
};
pub use shape::Choices;
pub use summary::{Summary, SummaryFunction};
pub use table::{RowIx, Table};
pub use text::{TextValue, quoted, split_names, value_from_text, value_to_text};
pub use value::{File, Place, Value};
pub use view_kind::{
    CalendarScale, CalendarView, CardSize, ColumnValue, CoverFit, GalleryView, GanttView, KanbanColumn,
    KanbanView, MapView, TimeScale, TimelineView, ViewKind, Waiting, WaitingException, WaitingKind,
};
pub use watch::Watch;
