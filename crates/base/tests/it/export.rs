//! Exports of tables with fields of every type, in every format.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use jiff::tz::TimeZone;
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};
use skein_base::{
    Command,
    transfer::{Export, Format},
};
use skein_table::{Place, Record, Value, Viewer};
use skein_testkit::TestDb;
use skein_types::FieldId;

use crate::world::{Sheet, World, number, text};

/// Records whose texts are what exports stumble on.
async fn filled(world: &World) -> Sheet {
    let ada = world.member("Ada, Countess").await;
    let sheet = world.base(ada).await;
    let mut fields: Vec<FieldId> = Vec::new();
    for input in [
        json!({"name": "Share", "type": "number", "format": "percent", "precision": 1}),
        json!({"name": "Cost", "type": "number", "format": "currency", "currency": "€", "precision": 2, "thousands": true}),
        json!({"name": "Took", "type": "number", "format": "duration"}),
        json!({"name": "Day", "type": "date"}),
        json!({"name": "At", "type": "date", "time": true}),
        json!({"name": "Open", "type": "checkbox"}),
        json!({"name": "Tags", "type": "multi_select", "choices": [{"name": "a, b"}, {"name": "c"}]}),
        json!({"name": "Who", "type": "member", "multiple": true}),
        json!({"name": "Where", "type": "location"}),
        json!({"name": "Next", "type": "link", "table": sheet.table, "multiple": true}),
        json!({"name": "Twice", "type": "formula", "formula": "[Price] * 2"}),
        json!({"name": "Bad", "type": "formula", "formula": "1 / ([Price] - [Price])"}),
    ] {
        fields.push(sheet.add_field(input).await);
    }
    let first = sheet.add(&[("=HYPERLINK(\"http://evil\")", 1.5)]).await[0];
    let snapshot = sheet.snapshot().await;
    let table = snapshot.table(sheet.table).unwrap();
    let tag = table.field(fields[6]).unwrap().kind.choices()[0].id;
    let kind = table.field(sheet.kind).unwrap().kind.choices()[0].id;
    let place = Place { name: "Hof".into(), longitude: 11.9, latitude: 50.3 };
    let at = 1_795_161_600_123; // 2026-11-20T08:00:00.123Z
    let cells = vec![
        (sheet.name, text("two\nlines, \"quoted\" <b>&_x0041_ 站🚀")),
        (sheet.price, number(-0.1)),
        (sheet.kind, Value::Choice { c: kind }),
        (fields[0], number(0.125)),
        (fields[1], number(1234.5)),
        (fields[2], number(5_400.0)),
        (fields[3], Value::Date { d: 1_795_132_800_000 }),
        (fields[4], Value::Date { d: at }),
        (fields[5], Value::Bool { b: true }),
        (fields[6], Value::Choices { m: [tag].into() }),
        (fields[7], Value::Members { u: [ada].into() }),
        (fields[8], Value::Place { p: place.into() }),
        (fields[9], Value::Links { l: [first].into() }),
    ];
    let records = vec![Record::new(world.node.platform.ids.make(), cells)];
    sheet.run(Command::CreateRecords { table: sheet.table, records }).await.unwrap();
    sheet
}

async fn export(sheet: &Sheet, format: Format, zone: &str) -> Vec<u8> {
    let viewer = Viewer { zone: TimeZone::get(zone).unwrap(), ..Viewer::default() };
    let export = Export::new(sheet.snapshot().await, sheet.table, None, &viewer).unwrap();
    let mut bytes = Vec::new();
    export.write(format, &mut bytes).unwrap();
    if let Some(folder) = std::env::var_os("SKEIN_TEST_EXPORTS") {
        std::fs::write(std::path::Path::new(&folder).join(format!("all.{}", format.extension())), &bytes)
            .unwrap();
    }
    bytes
}

#[tokio::test(flavor = "multi_thread")]
async fn every_type_is_written_as_text_that_starts_no_formula() {
    let world = World::new(TestDb::sqlite(true).await).await;
    let sheet = filled(&world).await;
    let csv = String::from_utf8(export(&sheet, Format::Csv, "Asia/Tokyo").await).unwrap();
    assert_eq!(
        csv,
        "\u{feff}Name,Notes,Date,Price,Kind,Share,Cost,Took,Day,At,Open,Tags,Who,Where,Next,Twice,Bad\r\n\
         \"'=HYPERLINK(\"\"http://evil\"\")\",,,1.5,,,,,,,false,,,,,3,#DIV/0\r\n\
         \"two\nlines, \"\"quoted\"\" <b>&_x0041_ 站🚀\",,,-0.1,Gas,0.125,1234.5,5400,2026-11-20,\
         2026-11-20 17:00:00,true,\"\"\"a, b\"\"\",\"\"\"Ada, Countess\"\"\",\"Hof (11.9, 50.3)\",\
         \"\"\"=HYPERLINK(\"\"\"\"http://evil\"\"\"\")\"\"\",-0.2,#DIV/0\r\n"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_of_json_hold_values_of_their_type() {
    let world = World::new(TestDb::sqlite(true).await).await;
    let sheet = filled(&world).await;
    let text = String::from_utf8(export(&sheet, Format::Jsonl, "Asia/Tokyo").await).unwrap();
    let lines: Vec<Json> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[0]["Name"], json!("=HYPERLINK(\"http://evil\")"));
    let mut second = lines[1].clone();
    second.as_object_mut().unwrap().remove("Name");
    assert_eq!(
        second,
        json!({"Notes": null, "Date": null, "Price": -0.1, "Kind": "Gas", "Share": 0.125, "Cost": 1234.5,
            "Took": 5400, "Day": "2026-11-20", "At": "2026-11-20T08:00:00.123Z", "Open": true,
            "Tags": ["a, b"], "Who": ["Ada, Countess"],
            "Where": {"name": "Hof", "longitude": 11.9, "latitude": 50.3},
            "Next": ["=HYPERLINK(\"http://evil\")"], "Twice": -0.2, "Bad": null})
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workbook_has_typed_cells_and_no_formula() {
    let world = World::new(TestDb::sqlite(true).await).await;
    let sheet = filled(&world).await;
    let bytes = export(&sheet, Format::Xlsx, "Asia/Tokyo").await;
    let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(bytes)).unwrap();
    let formulas = book.worksheet_formula("Table 1").unwrap();
    assert_eq!(formulas.used_cells().count(), 0);
    let range = book.worksheet_range("Table 1").unwrap();
    let rows: Vec<&[Data]> = range.rows().collect();
    assert_eq!(rows.len(), 3);
    assert_eq!(rows[1][0], Data::String("=HYPERLINK(\"http://evil\")".into()));
    assert_eq!(rows[2][3], Data::Float(-0.1));
    assert_eq!(rows[2][5], Data::Float(0.125));
    assert!(
        matches!(&rows[2][7], Data::DateTime(span) if span.is_duration() && (span.as_f64() - 0.0625).abs() < 1e-12)
    );
    assert!(
        matches!(&rows[2][9], Data::DateTime(at) if (at.as_f64() - 46_346.708_334_756_94).abs() < 1e-8),
        "{:?}",
        rows[2][9]
    );
    assert!(
        matches!(&rows[2][8], Data::DateTime(day) if (day.as_f64() - 46_346.0).abs() < 1e-9),
        "{:?}",
        rows[2][8]
    );
    assert_eq!(rows[2][10], Data::Bool(true));
    assert_eq!(rows[2][16], Data::String("#DIV/0".into()));
}

/// The bytes were checked with `pyarrow` and `DuckDB` when they were last changed.
#[tokio::test(flavor = "multi_thread")]
async fn columnar_files_are_the_same_bytes_as_were_checked() {
    let world = World::new(TestDb::sqlite(true).await).await;
    let sheet = filled(&world).await;
    let mut found = Vec::new();
    for format in [Format::Arrow, Format::Parquet] {
        let hash = Sha256::digest(export(&sheet, format, "Asia/Tokyo").await);
        found.push(u64::from_be_bytes(hash[..8].try_into().unwrap()));
    }
    assert_eq!(found, [0xbe77_ac5e_6419_d0a8, 0x60f9_5a81_3451_d4f9]);
}
