//! What the evaluator computes itself: functions that decide which of their arguments are computed, and how often.

use crate::formula::functions::{
    Function, Gives, Group,
    Takes::{Lazy, List, Number, PerItem},
    row::{BOOL, In, NUMBER, TEXT, many, one, opt},
};

const LOGIC: In = In(Group::Logic);
const LIST: In = In(Group::List);
const STATISTICS: In = In(Group::Statistics);
const RECORD: In = In(Group::Record);

pub(super) const ROWS: &[Function] = &[
    LOGIC.special(
        "IF",
        &[one("condition", Lazy), one("then", Lazy), opt("otherwise", Lazy)],
        Gives::Common(1),
        "One value when the condition holds and another when it does not; FALSE when no other is given.",
        (r#"IF(2 > 1, "more", "less")"#, r#""more""#),
    ),
    LOGIC.special(
        "IFS",
        &[many("condition", Lazy), many("value", Lazy)],
        Gives::Common(0),
        "The value after the first condition that holds; the error #N/A when none does.",
        (r#"IFS(1 > 2, "more", TRUE, "less")"#, r#""less""#),
    ),
    LOGIC.special(
        "SWITCH",
        &[one("value", Lazy), many("case", Lazy), many("result", Lazy), opt("otherwise", Lazy)],
        Gives::Common(2),
        "The result after the first case that equals the value, or what comes last when none does.",
        (r#"SWITCH("b", "a", 1, "b", 2, 0)"#, "2"),
    ),
    LOGIC.special(
        "IFERROR",
        &[one("value", Lazy), one("otherwise", Lazy)],
        Gives::Common(0),
        "The value, or another when it is an error.",
        ("IFERROR(1 / 0, 0)", "0"),
    ),
    LOGIC.special(
        "IFNA",
        &[one("value", Lazy), one("otherwise", Lazy)],
        Gives::Common(0),
        "The value, or another when it is the error #N/A: when nothing was found.",
        ("IFNA(NA(), 0)", "0"),
    ),
    LOGIC.special(
        "IFBLANK",
        &[one("value", Lazy), one("otherwise", Lazy)],
        Gives::Common(0),
        "The value, or another when there is nothing: null, an empty text or an empty list.",
        (r#"IFBLANK("", "none")"#, r#""none""#),
    ),
    LOGIC.special(
        "AND",
        &[many("condition", Lazy)],
        BOOL,
        "Whether all conditions hold; of a list, all its items.",
        ("AND(2 > 1, 1 > 2)", "FALSE"),
    ),
    LOGIC.special(
        "OR",
        &[many("condition", Lazy)],
        BOOL,
        "Whether any of the conditions holds; of a list, any of its items.",
        ("OR(2 > 1, 1 > 2)", "TRUE"),
    ),
    LIST.special(
        "FILTER",
        &[one("list", List), one("condition", PerItem)],
        Gives::ListOf(0),
        "The items for which the condition holds; CurrentValue is the item.",
        ("FILTER(LIST(1, 5, 9), CurrentValue > 3)", "LIST(5, 9)"),
    ),
    LIST.special(
        "MAP",
        &[one("list", List), one("value", PerItem)],
        Gives::ListOf(1),
        "A value for each item, computed from CurrentValue.",
        ("MAP(LIST(1, 2), CurrentValue * 10)", "LIST(10, 20)"),
    ),
    LIST.special(
        "SORTBY",
        &[one("list", List), one("key", PerItem), opt("ascending", Number)],
        Gives::ListOf(0),
        "The items in the order of a key computed from CurrentValue; FALSE or -1 as ascending turns it round.",
        (r#"SORTBY(LIST("ccc", "a", "bb"), LEN(CurrentValue))"#, r#"LIST("a", "bb", "ccc")"#),
    ),
    LIST.special(
        "ANY",
        &[one("list", List), one("condition", PerItem)],
        BOOL,
        "Whether the condition holds for at least one item.",
        ("ANY(LIST(1, 5), CurrentValue > 3)", "TRUE"),
    ),
    LIST.special(
        "ALL",
        &[one("list", List), one("condition", PerItem)],
        BOOL,
        "Whether the condition holds for every item; true of an empty list.",
        ("ALL(LIST(1, 5), CurrentValue > 3)", "FALSE"),
    ),
    STATISTICS.special(
        "COUNTIF",
        &[one("list", List), one("condition", PerItem)],
        NUMBER,
        "How many items the condition holds for.",
        ("COUNTIF(LIST(1, 5, 9), CurrentValue > 3)", "2"),
    ),
    STATISTICS.special(
        "SUMIF",
        &[one("list", List), one("condition", PerItem), opt("value", PerItem)],
        NUMBER,
        "The sum of the items the condition holds for, or of a value computed from each.",
        ("SUMIF(LIST(1, 5, 9), CurrentValue > 3)", "14"),
    ),
    STATISTICS.special(
        "AVERAGEIF",
        &[one("list", List), one("condition", PerItem), opt("value", PerItem)],
        NUMBER,
        "The average of the items the condition holds for, or of a value computed from each.",
        ("AVERAGEIF(LIST(1, 5, 9), CurrentValue > 3)", "7"),
    ),
    STATISTICS.special(
        "MAXIF",
        &[one("list", List), one("condition", PerItem), opt("value", PerItem)],
        NUMBER,
        "The largest of the items the condition holds for, or of a value computed from each.",
        ("MAXIF(LIST(1, 5, 9), CurrentValue < 9)", "5"),
    ),
    STATISTICS.special(
        "MINIF",
        &[one("list", List), one("condition", PerItem), opt("value", PerItem)],
        NUMBER,
        "The smallest of the items the condition holds for, or of a value computed from each.",
        ("MINIF(LIST(1, 5, 9), CurrentValue > 3)", "5"),
    ),
    STATISTICS.special(
        "COUNTIFS",
        &[one("list", List), many("condition", PerItem)],
        NUMBER,
        "How many items all conditions hold for.",
        ("COUNTIFS(LIST(1, 5, 9), CurrentValue > 3, CurrentValue < 9)", "1"),
    ),
    STATISTICS.special(
        "SUMIFS",
        &[one("list", List), one("value", PerItem), many("condition", PerItem)],
        NUMBER,
        "The sum of a value computed from each item that all conditions hold for.",
        ("SUMIFS(LIST(1, 5, 9), CurrentValue * 2, CurrentValue > 3, CurrentValue < 9)", "10"),
    ),
    STATISTICS.special(
        "AVERAGEIFS",
        &[one("list", List), one("value", PerItem), many("condition", PerItem)],
        NUMBER,
        "The average of a value computed from each item that all conditions hold for.",
        ("AVERAGEIFS(LIST(1, 5, 9), CurrentValue, CurrentValue > 3)", "7"),
    ),
    STATISTICS.special(
        "MAXIFS",
        &[one("list", List), one("value", PerItem), many("condition", PerItem)],
        NUMBER,
        "The largest value computed from items that all conditions hold for.",
        ("MAXIFS(LIST(1, 5, 9), CurrentValue, CurrentValue < 9)", "5"),
    ),
    STATISTICS.special(
        "MINIFS",
        &[one("list", List), one("value", PerItem), many("condition", PerItem)],
        NUMBER,
        "The smallest value computed from items that all conditions hold for.",
        ("MINIFS(LIST(1, 5, 9), CurrentValue, CurrentValue > 3)", "5"),
    ),
    RECORD.special(
        "RECORD_ID",
        &[],
        TEXT,
        "The identifier of this record, which never changes.",
        ("LEFT(RECORD_ID(), 4)", r#""rec_""#),
    ),
];
