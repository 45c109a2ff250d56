//! The people of the demo company.

use skein_platform::identity::{Language, OrgRole};

/// A department: its name, and the index of the one above it.
pub(super) const DEPARTMENTS: &[(&str, Option<usize>)] = &[
    ("北京总部", None),
    ("数据平台", Some(0)),
    ("财务与行政", Some(0)),
    ("上海运营", None),
    ("Berlin", None),
    ("Field service", Some(4)),
    ("San Francisco", None),
    ("Network planning", Some(6)),
    ("東京", None),
];

pub(super) struct Person {
    pub(super) email: &'static str,
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    pub(super) role: OrgRole,
    pub(super) language: Language,
    pub(super) time_zone: &'static str,
    /// Index into [`DEPARTMENTS`].
    pub(super) department: usize,
    /// Index into [`PEOPLE`]; always an earlier one.
    pub(super) supervisor: Option<usize>,
}

const fn person(
    (email, name, title): (&'static str, &'static str, &'static str),
    role: OrgRole,
    (language, time_zone): (Language, &'static str),
    department: usize,
    supervisor: Option<usize>,
) -> Person {
    Person { email, name, title, role, language, time_zone, department, supervisor }
}

const BEIJING: (Language, &str) = (Language::Chinese, "Asia/Shanghai");
const BERLIN: (Language, &str) = (Language::English, "Europe/Berlin");
const SAN_FRANCISCO: (Language, &str) = (Language::English, "America/Los_Angeles");
const TOKYO: (Language, &str) = (Language::Japanese, "Asia/Tokyo");

use OrgRole::{Admin, Guest, Member, Owner};

/// Supervisors stand before those they supervise.
pub(super) const PEOPLE: &[Person] = &[
    person(("lin.xiao@wildgoose.example", "林晓", "首席执行官"), Owner, BEIJING, 0, None),
    person(("chen.siyuan@wildgoose.example", "陈思远", "数据平台负责人"), Admin, BEIJING, 1, Some(0)),
    person(("zhou.yu@wildgoose.example", "周雨", "数据工程师"), Member, BEIJING, 1, Some(1)),
    person(("li.na@wildgoose.example", "李娜", "数据分析师"), Member, BEIJING, 1, Some(1)),
    person(("wang.lei@wildgoose.example", "王磊", "财务总监"), Member, BEIJING, 2, Some(0)),
    person(("zhao.min@wildgoose.example", "赵敏", "行政主管"), Member, BEIJING, 2, Some(4)),
    person(("sun.hao@wildgoose.example", "孙浩", "会计"), Member, BEIJING, 2, Some(4)),
    person(("wu.jing@wildgoose.example", "吴静", "华东运营总监"), Member, BEIJING, 3, Some(0)),
    person(("xu.ming@wildgoose.example", "徐明", "站点运营"), Member, BEIJING, 3, Some(7)),
    person(("he.yan@wildgoose.example", "何燕", "客户成功经理"), Member, BEIJING, 3, Some(7)),
    person(
        ("anna.krause@wildgoose.example", "Anna Krause", "Managing director Europe"),
        Admin,
        BERLIN,
        4,
        Some(0),
    ),
    person(
        ("jonas.weber@wildgoose.example", "Jonas Weber", "Head of field service"),
        Member,
        BERLIN,
        5,
        Some(10),
    ),
    person(("elif.yilmaz@wildgoose.example", "Elif Yılmaz", "Service engineer"), Member, BERLIN, 5, Some(11)),
    person(("marek.novak@wildgoose.example", "Marek Novák", "Service engineer"), Member, BERLIN, 5, Some(11)),
    person(("claire.dubois@wildgoose.example", "Claire Dubois", "Partnerships"), Member, BERLIN, 4, Some(10)),
    person(("maya.okafor@wildgoose.example", "Maya Okafor", "VP Network"), Admin, SAN_FRANCISCO, 6, Some(0)),
    person(
        ("daniel.reyes@wildgoose.example", "Daniel Reyes", "Network planner"),
        Member,
        SAN_FRANCISCO,
        7,
        Some(15),
    ),
    person(
        ("priya.raman@wildgoose.example", "Priya Raman", "Network planner"),
        Member,
        SAN_FRANCISCO,
        7,
        Some(15),
    ),
    person(
        ("sam.whitaker@wildgoose.example", "Sam Whitaker", "Site inspector"),
        Member,
        SAN_FRANCISCO,
        7,
        Some(16),
    ),
    person(("grace.lee@wildgoose.example", "Grace Lee", "Permits"), Member, SAN_FRANCISCO, 6, Some(15)),
    person(("sato.misaki@wildgoose.example", "佐藤 美咲", "日本支社長"), Member, TOKYO, 8, Some(0)),
    person(("tanaka.ken@wildgoose.example", "田中 健", "ステーション運用"), Member, TOKYO, 8, Some(20)),
    person(("suzuki.yui@wildgoose.example", "鈴木 結衣", "カスタマーサクセス"), Member, TOKYO, 8, Some(20)),
    person(("tom.becker@wildgoose.example", "Tom Becker", "Auditor"), Guest, BERLIN, 4, Some(10)),
];
