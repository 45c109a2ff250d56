//! What the API says of a formula that is being written.

use axum::http::Method;
use serde_json::json;

use crate::http::setting;

/// Clients make their sentence of the pieces, so these are as stable as the codes.
#[tokio::test]
async fn a_mistake_is_told_in_a_sentence_and_in_its_pieces() {
    let (_world, _sheet, client) = setting().await;
    let cases = [
        ("1 +", "formula.expected", json!({"expected": "value", "found": {"kind": "end"}})),
        (
            "SUM(1 2)",
            "formula.expected",
            json!({"expected": "comma_or_close", "found": {"kind": "source", "text": "2"}}),
        ),
        ("SUM(1", "formula.unclosed", json!({"what": "parenthesis", "close": ")"})),
        ("Pric", "formula.word_unknown", json!({"name": "Pric"})),
        ("SUMM(1)", "formula.function_unknown", json!({"name": "SUMM"})),
        ("[Cuont]", "formula.name_unknown", json!({"name": "Cuont"})),
        ("ABS()", "formula.arguments", json!({"function": "ABS", "count": 0, "least": 1, "most": 1})),
        ("IFS(TRUE)", "formula.arguments", json!({"function": "IFS", "count": 1, "least": 2, "together": 2})),
        (
            "TODAY() * 2",
            "formula.type",
            json!({
                "operator": "*",
                "expected": "number",
                "found": {"kind": "value", "type": "date", "list": false, "time": false},
            }),
        ),
        (
            "SECOND(TRUE)",
            "formula.type",
            json!({
                "function": "SECOND",
                "param": "date",
                "expected": "date",
                "found": {"kind": "value", "type": "bool", "list": false},
            }),
        ),
        ("CurrentValue", "formula.no_current", json!({})),
        ("[Table 1].[None]", "formula.field_unknown", json!({"name": "None", "table": "Table 1"})),
    ];
    for (formula, code, about) in cases {
        let answer = client.ok(Method::POST, "/formula-check", json!({ "formula": formula })).await;
        let error = &answer["error"];
        assert_eq!((&error["code"], &error["about"]), (&json!(code), &about), "{formula}: {answer}");
        assert!(error["message"].as_str().is_some_and(|message| !message.is_empty()), "{formula}");
    }
    let fine = client.ok(Method::POST, "/formula-check", json!({"formula": "1 + 1"})).await;
    assert_eq!((&fine["ok"], &fine["errors"]), (&json!(true), &json!([])));
}
