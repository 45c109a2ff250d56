//! How formulas are read and written. Rules: docs/spec/formula.md.

use proptest::prelude::*;
use skein_table::formula::{
    ast::{Expr, Kind, Op, Reference, Sign, Span, Word},
    parse, print,
};
use skein_types::{FieldId, TableId};

/// What is typed and what it is in plain form.
#[test]
fn forms() {
    let cases = [
        // F1: values
        ("1", "1"),
        (".5", "0.5"),
        ("1e3", "1000"),
        ("1.50", "1.5"),
        ("true", "TRUE"),
        ("Null", "NULL"),
        ("= 1 + 2", "1 + 2"),
        // F2: texts
        (r#""a""b""#, r#""a\"b""#),
        (r#"'it''s "it"'"#, r#""it's \"it\"""#),
        (r#""\d+\\\n\t""#, "\"\\\\d+\\\\\\n\t\""),
        ("“你好”＆“世界”", r#""你好" & "世界""#),
        // F3: operators
        ("1+2*3", "1 + 2 * 3"),
        ("(1+2)*3", "(1 + 2) * 3"),
        ("1-(2-3)", "1 - (2 - 3)"),
        ("(1-2)-3", "(1 - 2) - 3"),
        ("2^3^4", "2 ^ 3 ^ 4"),
        ("(2^3)^4", "(2 ^ 3) ^ 4"),
        ("-2^2", "-2 ^ 2"),
        ("-(2^2)", "-(2 ^ 2)"),
        ("1==2", "1 = 2"),
        ("1<>2", "1 != 2"),
        ("1≠2", "1 != 2"),
        ("a||b&&c=d&e+f*g^-h", "a || b && c = d & e + f * g ^ -h"),
        ("!a", "!a"),
        ("- - 1", "--1"),
        // F4: calls
        ("sum( 1 , 2 )", "sum(1, 2)"),
        ("[x].SUM()", "[x].SUM()"),
        ("1.ROUND(2)", "1.ROUND(2)"),
        ("(-1).ABS()", "(-1).ABS()"),
        ("-1.ABS()", "-1.ABS()"),
        ("IF（[a]＞1，“x”、“y”）", r#"IF([a] > 1, "x", "y")"#),
        ("[T].FILTER(currentvalue.[x]>1).[y]", "[T].FILTER(CurrentValue.[x] > 1).[y]"),
        ("1 // one\n + /* two */ 2", "1 + 2"),
        // F5: references
        (r"[a \] b \\]", r"[a \] b \\]"),
        ("[[Orders]].[x]", "[[Orders]].[x]"),
        (r"[\[a\]]", r"[\[a\]]"),
        ("{fld_00000000000000000000000001}", "{fld_00000000000000000000000001}"),
        ("{tbl_00000000000000000000000001}.[y]", "{tbl_00000000000000000000000001}.[y]"),
    ];
    for (typed, plain) in cases {
        let expr = parse(typed).unwrap_or_else(|mistake| panic!("{typed}: {mistake}"));
        assert_eq!(print(&expr), plain, "{typed}");
    }
}

/// What is wrong, and where in UTF-16 code units. F8
#[test]
fn mistakes() {
    let deep = "(".repeat(200);
    let cases = [
        ("", "formula.expected", 0..0, "expected a value, found the end"),
        ("1 +", "formula.expected", 3..3, "expected a value, found the end"),
        ("1 2", "formula.expected", 2..3, "expected an operator or the end, found “2”"),
        ("\"a", "formula.unclosed", 0..2, "this text is not closed: \" is missing"),
        ("\"😀\" + [x", "formula.unclosed", 7..9, "this name is not closed: ] is missing"),
        ("SUM(1", "formula.unclosed", 3..4, "this parenthesis is not closed: ) is missing"),
        ("SUM(1 2)", "formula.expected", 6..7, "expected “,” or “)”, found “2”"),
        ("SUM(1,)", "formula.expected", 6..7, "expected a value, found “)”"),
        ("[x].1", "formula.expected", 3..5, "expected an operator or the end, found “.1”"),
        ("[x].SUM", "formula.expected", 7..7, "expected “(” after the name of a function, found the end"),
        ("1e999", "formula.number", 0..5, "this number is too large"),
        ("{rec_1}", "formula.expected", 0..7, "expected the id of a field or a table, found “{rec_1}”"),
        ("1 # 2", "formula.expected", 2..3, "expected a value or an operator, found “#”"),
        ("/* 1", "formula.unclosed", 0..4, "this comment is not closed: / is missing"),
        (&deep, "formula.too_deep", 100..101, "expressions are nested more than 100 deep"),
    ];
    for (typed, code, at, message) in cases {
        let mistake = parse(typed).unwrap_err();
        assert_eq!((mistake.code(), mistake.utf16(typed)), (code, at), "{typed}: {mistake}");
        assert_eq!(mistake.to_string(), message, "{typed}");
    }
    let long = "1".repeat(50_001);
    assert_eq!(parse(&long).unwrap_err().code(), "formula.too_long");
}

/// F7
#[test]
fn long_chains_are_not_deep() {
    let sum = vec!["1"; 20_000].join("+");
    assert!(parse(&sum).is_ok());
    let methods = format!("1{}", ".ABS()".repeat(200));
    assert_eq!(parse(&methods).unwrap_err().code(), "formula.too_deep");
    let signs = format!("{}1", "-".repeat(200));
    assert_eq!(parse(&signs).unwrap_err().code(), "formula.too_deep");
}

fn at(kind: Kind) -> Expr {
    Expr::new(kind, Span::default())
}

fn name() -> impl Strategy<Value = std::sync::Arc<str>> {
    prop_oneof![
        "[a-z\\[\\]\\\\]{1,4}".prop_map(Into::into),
        Just("金额".into()),
        Just("a b]c".into()),
        Just("\"quoted\"".into())
    ]
}

fn reference() -> impl Strategy<Value = Reference> {
    prop_oneof![
        name().prop_map(Reference::Name),
        name().prop_map(Reference::Table),
        any::<u128>().prop_map(|bits| Reference::FieldId(FieldId::from_bits(bits))),
        any::<u128>().prop_map(|bits| Reference::TableId(TableId::from_bits(bits))),
    ]
}

fn leaf() -> impl Strategy<Value = Expr> {
    let kind = prop_oneof![
        any::<bool>().prop_map(Kind::Bool),
        (0.0..1e300f64).prop_map(Kind::Number),
        (0u32..100).prop_map(|n| Kind::Number(f64::from(n))),
        "\\PC{0,5}|[\"'\\\\nt\n]{0,6}".prop_map(|text| Kind::Text(text.into())),
        Just(Kind::Null),
        Just(Kind::Current),
        "[a-z]{1,3}".prop_map(|word| Kind::Word(word.into())),
        reference().prop_map(Kind::Ref),
    ];
    kind.prop_map(at)
}

fn word<T>(is: T) -> Word<T> {
    Word { is, span: Span::default() }
}

/// Operators by level.
const LEVELS: [&[Op]; 7] = [
    &[Op::Or],
    &[Op::And],
    &[Op::Eq, Op::Ne, Op::Lt, Op::Le, Op::Gt, Op::Ge],
    &[Op::Join],
    &[Op::Add, Op::Sub],
    &[Op::Mul, Op::Div, Op::Rem],
    &[Op::Pow],
];

fn expr() -> impl Strategy<Value = Expr> {
    leaf().prop_recursive(6, 60, 4, |inner| {
        let chain = (inner.clone(), prop::collection::vec((any::<u8>(), inner.clone()), 1..4), 0..7usize)
            .prop_map(|(first, rest, level)| {
                let ops = LEVELS[level];
                let mut rest: Vec<_> = rest
                    .into_iter()
                    .map(|(op, operand)| (word(ops[op as usize % ops.len()]), operand))
                    .collect();
                rest.truncate(if level == 6 { 1 } else { 4 });
                at(Kind::Chain(Box::new(first), rest))
            });
        let sign = prop_oneof![Just(Sign::Minus), Just(Sign::Plus), Just(Sign::Not)];
        prop_oneof![
            chain,
            (sign, inner.clone()).prop_map(|(sign, of)| at(Kind::Unary(sign, Box::new(of)))),
            (inner.clone(), reference()).prop_map(|(of, field)| at(Kind::Member(Box::new(of), word(field)))),
            ("[A-Z]{1,3}", prop::collection::vec(inner, 0..4), any::<bool>()).prop_map(
                |(name, args, method)| {
                    let method = method && !args.is_empty();
                    at(Kind::Call { name: word(name.as_str().into()), args, method })
                }
            ),
        ]
    })
}

/// What formulas are made of, to be thrown together.
const PIECES: [&str; 40] = [
    "1",
    ".5",
    "1e3",
    "\"",
    "'",
    "“",
    "”",
    "\"a\"",
    "[",
    "]",
    "[[",
    "]]",
    "[x]",
    "{",
    "}",
    "{fld_00000000000000000000000001}",
    "(",
    ")",
    "（",
    "）",
    ",",
    "，",
    ".",
    "+",
    "-",
    "^",
    "%",
    "!",
    "＝",
    "&&",
    "|",
    "||",
    "<>",
    "//",
    "/*",
    "*/",
    "SUM",
    "CurrentValue",
    "\\",
    "\n",
];

proptest! {
    /// F6: what is printed reads as the same.
    #[test]
    fn printed_formulas_read_back(expr in expr()) {
        let text = print(&expr);
        let read = parse(&text);
        prop_assert_eq!(read.as_ref(), Ok(&expr), "{}", text);
        prop_assert_eq!(print(&expr), text);
    }

    /// F8: whatever is typed, the parser answers, and points into the text.
    #[test]
    fn any_text_is_answered(text in "\\PC{0,40}", pieces in prop::collection::vec(0..PIECES.len(), 0..30)) {
        let thrown: String = pieces.iter().map(|&piece| PIECES[piece]).collect();
        for text in [text, thrown] {
            match parse(&text) {
                Ok(expr) => prop_assert_eq!(parse(&print(&expr)), Ok(expr)),
                Err(mistake) => {
                    let at = mistake.utf16(&text);
                    prop_assert!(at.start <= at.end && at.end <= text.encode_utf16().count());
                }
            }
        }
    }
}
