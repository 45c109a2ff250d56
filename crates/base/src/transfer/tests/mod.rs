//! Files through the reader and the guesses, sound ones and hostile ones.

mod files;

use std::{fmt::Write, io::Cursor, ops::ControlFlow};

use proptest::prelude::*;
use skein_table::{NumberFormat, TextFormat};

use super::{
    cell::Row,
    csv::{CsvRows, Dialect},
    error::ReadError,
    guess::{self, Column, Kind},
    read::Source,
    sample::{self, Sample},
};
use files::{text_row, xlsx, zip};

fn rows(bytes: &[u8]) -> Result<Vec<Vec<String>>, ReadError> {
    let mut source = Source::open(Cursor::new(bytes), "file.csv")?;
    let mut rows = Vec::new();
    source.each(0, &mut |row: &Row, _| {
        rows.push(row.cells().map(guess::display).collect());
        ControlFlow::Continue(())
    })?;
    Ok(rows)
}

fn sample(bytes: &[u8]) -> Sample {
    let mut source = Source::open(Cursor::new(bytes), "file.csv").unwrap();
    sample::sheets(&mut source).map_err(|(error, _)| error).unwrap().remove(0)
}

/// What the second column of a table with these cells is guessed to hold.
fn guessed(header: &str, delimiter: &str, cells: &[&str]) -> Column {
    let mut text = format!("Name{delimiter}{header}\n");
    for (at, cell) in cells.iter().enumerate() {
        let _ = writeln!(text, "row {at}{delimiter}\"{cell}\"");
    }
    sample(text.as_bytes()).layout.columns.remove(1)
}

#[test]
fn text_tables_are_read_whatever_their_form() {
    let expected = [["Name", "City"], ["Anna, the first", "Köln"], ["say \"hi\"", "two\nlines"]];
    let cases = [
        ("comma", "Name,City\r\n\"Anna, the first\",Köln\r\n\"say \"\"hi\"\"\",\"two\nlines\"\r\n"),
        ("semicolon", "Name;City\n\"Anna, the first\";Köln\n\"say \"\"hi\"\"\";\"two\nlines\""),
        ("tab", "Name\tCity\nAnna, the first\tKöln\n\"say \"\"hi\"\"\"\t\"two\nlines\"\n"),
        ("pipe", "Name|City\rAnna, the first|Köln\r\"say \"\"hi\"\"\"|\"two\nlines\"\r"),
        ("bom", "\u{feff}Name,City\n\"Anna, the first\",Köln\n\"say \"\"hi\"\"\",\"two\nlines\"\n"),
        ("declared", "sep=;\nName;City\n\"Anna, the first\";Köln\n\"say \"\"hi\"\"\";\"two\nlines\"\n"),
        ("blank lines", "\nName,City\n\n\"Anna, the first\",Köln\n,\n\"say \"\"hi\"\"\",\"two\nlines\"\n\n"),
    ];
    for (name, text) in cases {
        assert_eq!(rows(text.as_bytes()).unwrap(), expected, "{name}");
        for (order, mark) in [("le", [0xff, 0xfe]), ("be", [0xfe, 0xff])] {
            for marked in [true, false] {
                let units = text.trim_start_matches('\u{feff}').encode_utf16();
                let bytes = units
                    .flat_map(|unit| if order == "le" { unit.to_le_bytes() } else { unit.to_be_bytes() });
                let mut all = if marked { mark.to_vec() } else { Vec::new() };
                all.extend(bytes);
                assert_eq!(rows(&all).unwrap(), expected, "{name} as UTF-16 {order}, mark: {marked}");
            }
        }
    }
}

#[test]
fn a_file_of_one_column_is_not_cut_at_its_commas() {
    let read = rows(b"Note\nhello, world\nplain\nsecond; third\nplain\n").unwrap();
    assert_eq!(read, [["Note"], ["hello, world"], ["plain"], ["second; third"], ["plain"]]);
}

#[test]
fn cells_and_quotes_survive_every_cut_of_the_file_into_pieces() {
    // 64 KiB is what is read at a time: the awkward part is moved over that border.
    for shift in 65_500..65_540 {
        let padding = "x".repeat(999) + ",\n";
        let mut text = padding.repeat(shift / 1_001);
        text.push_str(&"y".repeat(shift % 1_001));
        text.push_str("\r\n\"a\"\"b\",站🚀,\r\n\"\",c\r\n");
        let read = rows(text.as_bytes()).unwrap();
        assert_eq!(read[read.len() - 2..], [vec!["a\"b", "站🚀", ""], vec!["", "c"]]);
    }
}

#[test]
fn columns_get_the_type_that_all_their_cells_fit() {
    let amount = |precision, thousands, format, currency: &str| Kind::Number {
        precision,
        thousands,
        format,
        currency: currency.into(),
    };
    let number = |precision, thousands| amount(precision, thousands, NumberFormat::Plain, "");
    let text = |format| Kind::Text(format);
    let plain = text(TextFormat::Plain);
    let date = |time| Kind::Date { time };
    let select = |names: &[&str]| Kind::Select(names.iter().map(|&name| name.into()).collect());
    let multi = |names: &[&str]| Kind::MultiSelect(names.iter().map(|&name| name.into()).collect());
    let fuels: Vec<&str> = ["Gas, Diesel", "Gas", "Diesel", "Gas, LPG"].repeat(5);
    let cases: &[(&str, &str, &[&str], Kind)] = &[
        ("n", ",", &["1", "-2", "3.25", ""], number(2, false)),
        ("n", ",", &["1,234", "2", "1,000,000.5"], number(1, true)),
        ("n", ";", &["1.234,50", "2,5", "7"], number(1, true)),
        ("n", ";", &["1,5", "2,25", "N/A"], number(2, false)),
        ("n", ",", &["$1,200.00", "$5", "-$3.10"], amount(2, true, NumberFormat::Currency, "$")),
        ("n", ",", &["12 €", "3,50 €"], amount(2, false, NumberFormat::Currency, "€")),
        ("n", ",", &["￥12", "¥3"], amount(0, false, NumberFormat::Currency, "¥")),
        ("n", ",", &["$1", "€2"], number(0, false)),
        ("n", ",", &["12.5%", "7%", "100%"], amount(1, false, NumberFormat::Percent, "")),
        ("n", ",", &["12.5%", "7"], number(3, false)),
        ("m", ",", &["a@b.example", "c.d@e.example"], text(TextFormat::Email)),
        ("u", ",", &["https://a.example", "http://b.example/c"], text(TextFormat::Url)),
        ("Tel", ",", &["+49 (30) 123-456", "030 1234567"], text(TextFormat::Phone)),
        ("n", ",", &["1", "2", "three"], plain.clone()),
        ("n", ",", &["-", "-", "-", "1"], plain.clone()),
        ("id", ",", &["007", "012", "100"], plain.clone()),
        ("id", ",", &["1234567890123456", "2345678901234567"], plain.clone()),
        ("Phone", ",", &["4930123456", "4930123457"], text(TextFormat::Phone)),
        ("n", ",", &["13800138000", "13900139000"], text(TextFormat::Phone)),
        ("n", ",", &["+4930123456", "+4930123457"], text(TextFormat::Phone)),
        ("ZIP code", ",", &["10115", "80331"], plain.clone()),
        ("Hotel", ",", &["1", "2"], number(0, false)),
        ("d", ",", &["2026-11-20", "2026-01-02"], date(false)),
        ("d", ",", &["2026/11/20", "2026/1/2", ""], date(false)),
        ("d", ",", &["20.11.2026", "1.2.2026"], date(false)),
        ("d", ",", &["11/20/2026", "1/2/2026"], date(false)),
        ("d", ",", &["20/11/2026", "1/2/2026"], date(false)),
        ("d", ",", &["20/11/2026", "11/20/2026"], plain.clone()),
        ("d", ",", &["2026年11月20日", "2026年1月2日"], date(false)),
        ("d", ",", &["2026-11-20 08:30", "2026-01-02"], date(true)),
        ("d", ",", &["2026-11-20T08:30:00Z", "2026-01-02T00:00:00+08:00"], date(true)),
        ("d", ",", &["Nov 20, 2026", "Jan 2, 2026"], date(false)),
        ("Start date", ",", &["20261120", "20260102"], date(false)),
        ("n", ",", &["20261120", "20260102"], number(0, false)),
        ("t", ",", &["08:30", "09:15"], plain.clone()),
        ("b", ",", &["true", "FALSE", "True"], Kind::Checkbox),
        ("b", ",", &["yes", "no"], Kind::Checkbox),
        ("b", ",", &["是", "否", "是"], Kind::Checkbox),
        ("b", ",", &["はい", "いいえ"], Kind::Checkbox),
        ("b", ",", &["✓", "", "✓"], Kind::Checkbox),
        ("b", ",", &["yes", "no", "", "yes", "no", "yes", "no", "no", "yes"], select(&["no", "yes"])),
        ("s", ",", &["A", "B", "A", "A", "B", "A", "B", "B"], Kind::Select(vec!["A".into(), "B".into()])),
        ("s", ",", &["A", "B", "C", "D"], plain.clone()),
        ("m", ",", &fuels, multi(&["Gas", "Diesel", "LPG"])),
        (
            "s",
            ",",
            &["Berlin, Germany", "Tokyo, Japan"].repeat(4),
            select(&["Berlin, Germany", "Tokyo, Japan"]),
        ),
        ("e", ",", &["", "", ""], plain.clone()),
    ];
    for (header, delimiter, cells, expected) in cases {
        let found = guessed(header, delimiter, cells).kind;
        assert_eq!(found, *expected, "{header}: {cells:?}");
    }
}

#[test]
fn what_a_date_or_a_comma_means_is_decided_by_the_other_columns_too() {
    use super::{dates::Order, numbers::Decimal};
    let formats = |text: &str| -> Vec<(Decimal, Order)> {
        let columns = sample(text.as_bytes()).layout.columns;
        columns.iter().skip(1).map(|column| (column.format.decimal, column.format.order)).collect()
    };
    assert_eq!(formats("Name,A,B\nx,1/2/2026,20/11/2026\ny,3/4/2026,1/1/2026\n")[0].1, Order::Dmy);
    assert_eq!(formats("Name,A,B\nx,1/2/2026,11/20/2026\ny,3/4/2026,1/1/2026\n")[0].1, Order::Mdy);
    assert_eq!(formats("Name,A\nx,1/2/2026\n")[0].1, Order::Mdy);
    assert_eq!(formats("Name;A\nx;1/2/2026\n")[0].1, Order::Dmy);
    assert_eq!(formats("Name,A\nx,1.2.2026\n")[0].1, Order::Dmy);
    assert_eq!(formats("Name;A;B\nx;1.234;0,5\n")[0].0, Decimal::Comma);
    assert_eq!(formats("Name;A;B\nx;1.234;0.51\n")[0].0, Decimal::Point);
    assert_eq!(formats("Name,A\nx,\"1,234\"\n")[0].0, Decimal::Point);
}

#[test]
fn headers_and_titles_are_told_from_data() {
    let cases = [
        ("Name,Age\nAnna,3\nBen,4\n", 1, true, vec!["Name", "Age"]),
        ("Anna,3\nBen,4\n", 1, false, vec!["Column 1", "Column 2"]),
        ("Name,name,,Name\na,b,c,d\n", 1, true, vec!["Name", "name 2", "Column 3", "Name 3"]),
        ("Country,2019,2020\nA,1,2\n", 1, true, vec!["Country", "2019", "2020"]),
        ("Report 2026,,\n\nName,Age,City\nA,1,B\nC,2,D\nE,3,F\n", 3, true, vec!["Name", "Age", "City"]),
        ("red,x\nred,y\nblue,x\nred,z\n", 1, false, vec!["Column 1", "Column 2"]),
        ("Name\n", 1, true, vec!["Name"]),
    ];
    for (text, first_row, header, names) in cases {
        let layout = sample(text.as_bytes()).layout;
        let found: Vec<&str> = layout.columns.iter().map(|column| column.name.as_str()).collect();
        assert_eq!((layout.first_row, layout.header, found), (first_row, header, names), "{text}");
    }
}

#[test]
fn a_preview_shows_the_beginning_and_about_how_many_rows_there_are() {
    let mut text = String::from("Name,Number\n");
    for n in 0..50_000 {
        let _ = writeln!(text, "name {n:06},{:06}", 900_000 - n);
    }
    let sample = sample(text.as_bytes());
    assert_eq!((sample.preview.len(), sample.preview[1][0].as_str()), (20, "name 000000"));
    assert!((49_000..55_000).contains(&sample.rows), "{}", sample.rows);
    assert_eq!(sample.layout.columns[1].samples.len(), 5);
}

#[test]
fn workbooks_give_typed_cells_cached_formulas_and_errors() {
    let data = [
        text_row(1, &["Name", "Amount", "Day", "When", "Time", "Share", "Done", "Formula", "Wrong"]),
        r#"<row r="2"><c r="A2" t="inlineStr"><is><t>A &amp; B</t></is></c><c r="B2"><v>12.5</v></c><c r="C2" s="1"><v>46346</v></c><c r="D2" s="2"><v>46346.25</v></c><c r="E2" s="3"><v>0.354166667</v></c><c r="F2" s="4"><v>0.125</v></c><c r="G2" t="b"><v>1</v></c><c r="H2"><f>B2*2</f><v>25</v></c><c r="I2" t="e"><v>#DIV/0!</v></c></row>"#.into(),
        r#"<row r="5"><c r="A5" t="str"><f>"x"</f><v>x</v></c><c r="C5" s="1"><v>1</v></c></row>"#.into(),
    ];
    let bytes = xlsx(&[("Stations", &data.concat()), ("Empty", "")]);
    let mut source = Source::open(Cursor::new(&bytes[..]), "book.xlsx").unwrap();
    assert_eq!(source.sheets(), ["Stations", "Empty"]);
    let samples = sample::sheets(&mut source).map_err(|(error, _)| error).unwrap();
    assert_eq!(
        samples[0].preview[1..],
        [
            vec![
                "A & B",
                "12.5",
                "2026-11-20",
                "2026-11-20 06:00:00",
                "8:30:00",
                "0.125",
                "true",
                "25",
                "#DIV/0!"
            ],
            vec!["x", "", "1900-01-01", "", "", "", "", "", ""],
        ]
    );
    let kinds: Vec<&Kind> = samples[0].layout.columns.iter().map(|column| &column.kind).collect();
    assert_eq!(
        kinds[1..4],
        [
            &Kind::Number {
                precision: 1,
                thousands: false,
                format: NumberFormat::Plain,
                currency: String::new()
            },
            &Kind::Date { time: false },
            &Kind::Date { time: true }
        ]
    );
    assert_eq!(
        kinds[5..8],
        [
            &Kind::Number {
                precision: 3,
                thousands: false,
                format: NumberFormat::Plain,
                currency: String::new()
            },
            &Kind::Checkbox,
            &Kind::Number {
                precision: 0,
                thousands: false,
                format: NumberFormat::Plain,
                currency: String::new()
            }
        ]
    );
    assert!(samples[1].layout.columns.is_empty());
}

/// Letters that do not compress well.
fn noise(length: usize) -> String {
    let mut state = 7u32;
    let letter = |_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        char::from(b'a' + (state >> 24) as u8 % 26)
    };
    (0..length).map(letter).collect()
}

#[test]
fn hostile_and_broken_files_are_refused_by_their_place() {
    let wide = "a,".repeat(99_999) + "a\n";
    let long = format!("Name,B\nx,y\nz,{}\n", "b".repeat(10 << 20));
    let long_quoted = format!("Name,B\nx,\"{}\"\n", "b\n".repeat(5 << 20));
    let big_cell = text_row(3, &["x", &noise(10 << 20)]);
    let beyond = r#"<row r="7"><c r="A7"><v>1</v></c><c r="XFD7"><v>1</v></c></row>"#;
    let bomb = zip(&[("xl/workbook.xml", b"<a/>"), ("xl/worksheets/sheet1.xml", &vec![b' '; 8 << 20])]);
    let sst = br#"<sst uniqueCount="100000000000000"><si><t>a</t></si></sst>"#;
    let promise = zip(&[("xl/workbook.xml", b"<a/>"), ("XL\\SharedStrings.xml", sst)]);
    let many: Vec<String> = (0..10_001).map(|at| format!("p{at}")).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|name| (name.as_str(), &b""[..])).collect();
    let sound = xlsx(&[("S", &text_row(1, &["a", "b"]))]);
    let mut flipped = sound.clone();
    let middle = flipped.len() / 3;
    flipped[middle..middle + 40].fill(0x55);
    let cases: Vec<(&str, Vec<u8>, &str, &str)> = vec![
        ("empty", vec![], "import.empty", "file"),
        ("blank", b" \n,,\n".to_vec(), "import.empty", "file"),
        ("wide", wide.into(), "row 1 has 100,000 columns, at most 1,000", "file.rows[1]"),
        (
            "wide by semicolons",
            "a;".repeat(50_000).into(),
            "row 1 has 50,001 columns, at most 1,000",
            "file.rows[1]",
        ),
        ("long", long.into(), "import.cell_too_long", "file.rows[3].columns[2]"),
        ("long in quotes", long_quoted.into(), "import.cell_too_long", "file.rows[2].columns[2]"),
        ("open quote", b"a,b\nc,\"d\ne,f\n".to_vec(), "import.open_quote", "file.rows[2].columns[2]"),
        ("nul", b"a,b\nc,d\0e\n".to_vec(), "import.nul", "file.rows[2].columns[2]"),
        ("pdf", b"%PDF-1.7 ...".to_vec(), "import.not_a_table", "file"),
        ("xls", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec(), "import.not_a_table", "file"),
        (
            "html",
            b"<!DOCTYPE html><html><table><tr><td>1</td></tr></table>".to_vec(),
            "import.not_a_table",
            "file",
        ),
        (
            "binary",
            (1..=255u8).cycle().map(|byte| byte.wrapping_mul(7).max(1)).take(9_000).collect(),
            "import.not_a_table",
            "file",
        ),
        ("other zip", zip(&[("readme.txt", b"hello")]), "import.damaged", "file"),
        ("bomb", bomb, "import.unpacks_to_too_much", "file"),
        ("promise", promise, "import.unpacks_to_too_much", "file"),
        ("many parts", zip(&many), "import.unpacks_to_too_much", "file"),
        ("truncated", sound[..sound.len() / 2].to_vec(), "import.damaged", "file"),
        ("flipped", flipped, "import.damaged", "file"),
        ("xlsx cell", xlsx(&[("S", &big_cell)]), "import.cell_too_long", "file.rows[3].columns[2]"),
        ("xlsx wide", xlsx(&[("S", beyond)]), "row 7 has 16,384 columns, at most 1,000", "file.rows[7]"),
        (
            "xlsx order",
            xlsx(&[("S", &(text_row(4, &["x"]) + &text_row(2, &["y"])))]),
            "import.damaged",
            "file.rows[2]",
        ),
    ];
    for (name, bytes, expected, place) in cases {
        let error = match Source::open(Cursor::new(bytes), "file.csv") {
            Err(error) => error,
            Ok(mut source) => match sample::sheets(&mut source) {
                Err((error, _)) => error,
                Ok(samples) => panic!("{name} was taken: {:?}", samples[0].layout),
            },
        };
        let problem = skein_types::Problem::from(error);
        assert!(problem.code == expected || problem.detail == expected, "{name}: {problem:?}");
        assert_eq!((problem.status, problem.field.as_deref()), (422, Some(place)), "{name}");
    }
}

#[test]
fn an_archive_that_lies_about_its_size_is_measured() {
    let mut bomb = zip(&[("xl/worksheets/sheet1.xml", &vec![b' '; 8 << 20])]);
    // The uncompressed size stands in the central directory, 24 bytes after its signature.
    let at = bomb.windows(4).rposition(|window| window == b"PK\x01\x02").unwrap();
    bomb[at + 24..at + 28].copy_from_slice(&1_000u32.to_le_bytes());
    assert!(Source::open(Cursor::new(bomb), "book.xlsx").is_err());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..2_000)) {
        if let Ok(mut source) = Source::open(Cursor::new(bytes), "x") {
            let _ = sample::sheets(&mut source);
        }
    }

    #[test]
    fn no_text_makes_the_guesses_panic(text in "[-0-9a-zA-Z,;:./ \"\n年月日%$€é+']{0,400}") {
        if let Ok(mut source) = Source::open(Cursor::new(text.into_bytes()), "x") {
            let _ = sample::sheets(&mut source);
        }
    }

    #[test]
    fn no_damage_to_a_workbook_makes_the_reader_panic(at in 0.0..1.0f64, byte: u8, cut in 0.5..1.0f64) {
        let mut bytes = xlsx(&[("S", &(text_row(1, &["a", "b"]) + r#"<row r="2"><c s="1"><v>5</v></c></row>"#))]);
        let at = ((bytes.len() - 1) as f64 * at) as usize;
        bytes[at] = byte;
        bytes.truncate((bytes.len() as f64 * cut) as usize + usize::from(cut > 0.75) * bytes.len());
        if let Ok(mut source) = Source::open(Cursor::new(bytes), "x") {
            let _ = sample::sheets(&mut source);
        }
    }

    #[test]
    fn a_table_written_as_csv_reads_back(
        table in prop::collection::vec(prop::collection::vec("[a-z,;\"\n\r é站]{0,6}x", 3..4), 2..20)
    ) {
        let mut writer = csv::Writer::from_writer(Vec::new());
        for row in &table {
            writer.write_record(row).unwrap();
        }
        let bytes = writer.into_inner().unwrap();
        let dialect = Dialect { encoding: encoding_rs::UTF_8, delimiter: b',', declared: false };
        let mut read = Vec::new();
        CsvRows::new(&bytes[..], dialect)
            .each(&mut |row, _| {
                read.push(row.cells().map(guess::display).collect::<Vec<_>>());
                ControlFlow::Continue(())
            })
            .unwrap();
        prop_assert_eq!(read, table);
    }
}
