//! The parts of a workbook other than its sheets, and how texts stand in XML.

use std::{collections::HashSet, fmt::Write};

use skein_table::{DateFormat, NumberFormat, NumberStyle};

use crate::transfer::{
    export::column::{Column, Kind},
    words,
};

/// The style of cells of the header.
pub(super) const HEADER: usize = 1;
/// The style of the first column; the others follow.
pub(super) const FIRST_COLUMN: usize = 2;

const XML: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
const MEDIA: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml";
/// Number formats below this are built in.
const FIRST_FORMAT: usize = 164;

/// What every sheet begins with: its first row stays in sight.
pub(super) const SHEET_HEAD: &str = concat!(
    "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n",
    "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\">",
    "<sheetViews><sheetView workbookViewId=\"0\">",
    "<pane ySplit=\"1\" topLeftCell=\"A2\" activePane=\"bottomLeft\" state=\"frozen\"/>",
    "</sheetView></sheetViews>"
);

/// The parts that are known before any row, by their names.
pub(super) fn fixed(sheets: &[String], columns: &[Column]) -> [(&'static str, String); 5] {
    let (mut types, mut listed, mut relations) = (String::new(), String::new(), String::new());
    for (number, name) in (1..).zip(sheets) {
        let mut escaped = String::new();
        escape(name, &mut escaped);
        let _ = write!(
            types,
            "<Override PartName=\"/xl/worksheets/sheet{number}.xml\" ContentType=\"{MEDIA}.worksheet+xml\"/>"
        );
        let _ = write!(listed, "<sheet name=\"{escaped}\" sheetId=\"{number}\" r:id=\"rId{number}\"/>");
        let _ = write!(
            relations,
            "<Relationship Id=\"rId{number}\" Type=\"{OFFICE}/worksheet\" Target=\"worksheets/sheet{number}.xml\"/>"
        );
    }
    let styles = sheets.len() + 1;
    [
        (
            "[Content_Types].xml",
            format!(
                "{XML}<Types xmlns=\"{PACKAGE}/content-types\"><Default Extension=\"rels\" \
                 ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
                 <Override PartName=\"/xl/workbook.xml\" ContentType=\"{MEDIA}.sheet.main+xml\"/>\
                 <Override PartName=\"/xl/styles.xml\" ContentType=\"{MEDIA}.styles+xml\"/>{types}</Types>"
            ),
        ),
        (
            "_rels/.rels",
            format!(
                "{XML}<Relationships xmlns=\"{PACKAGE}/relationships\"><Relationship Id=\"rId1\" \
                 Type=\"{OFFICE}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/workbook.xml",
            format!(
                "{XML}<workbook xmlns=\"{MAIN}\" xmlns:r=\"{OFFICE}\"><sheets>{listed}</sheets></workbook>"
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!(
                "{XML}<Relationships xmlns=\"{PACKAGE}/relationships\">{relations}<Relationship \
                 Id=\"rId{styles}\" Type=\"{OFFICE}/styles\" Target=\"styles.xml\"/></Relationships>"
            ),
        ),
        ("xl/styles.xml", style_sheet(columns)),
    ]
}

fn style_sheet(columns: &[Column]) -> String {
    let (mut formats, mut styles) = (String::new(), String::new());
    for (id, column) in (FIRST_FORMAT..).zip(columns) {
        let mut code = String::new();
        escape(&number_format(column), &mut code);
        let _ = write!(formats, "<numFmt numFmtId=\"{id}\" formatCode=\"{code}\"/>");
        let _ = write!(
            styles,
            "<xf numFmtId=\"{id}\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\"/>"
        );
    }
    let formats = match columns.len() {
        0 => String::new(),
        count => format!("<numFmts count=\"{count}\">{formats}</numFmts>"),
    };
    format!(
        "{XML}<styleSheet xmlns=\"{MAIN}\">{formats}\
         <fonts count=\"2\"><font><sz val=\"11\"/><name val=\"Calibri\"/></font>\
         <font><b/><sz val=\"11\"/><name val=\"Calibri\"/></font></fonts>\
         <fills count=\"2\"><fill><patternFill patternType=\"none\"/></fill>\
         <fill><patternFill patternType=\"gray125\"/></fill></fills>\
         <borders count=\"1\"><border><left/><right/><top/><bottom/><diagonal/></border></borders>\
         <cellStyleXfs count=\"1\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\"/></cellStyleXfs>\
         <cellXfs count=\"{}\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\"/>\
         <xf numFmtId=\"49\" fontId=\"1\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\" \
         applyFont=\"1\"/>{styles}</cellXfs>\
         <cellStyles count=\"1\"><cellStyle name=\"Normal\" xfId=\"0\" builtinId=\"0\"/></cellStyles></styleSheet>",
        columns.len() + FIRST_COLUMN
    )
}

/// How a spreadsheet shows the cells of a column. Texts have the format of texts, so that editing one does
/// not make a formula of it.
fn number_format(column: &Column) -> String {
    match column.kind {
        Kind::Text | Kind::Texts => "@".into(),
        Kind::Bool => "General".into(),
        Kind::Number => column.number_style().map_or_else(|| "General".into(), number_code),
        Kind::Day | Kind::Instant => {
            let format = column.date_style().map(|style| style.format).unwrap_or_default();
            let day = match format {
                DateFormat::Local | DateFormat::Iso => "yyyy\\-mm\\-dd",
                DateFormat::YearFirst => "yyyy\\/mm\\/dd",
                DateFormat::DayFirst => "dd\\/mm\\/yyyy",
                DateFormat::MonthFirst => "mm\\/dd\\/yyyy",
                DateFormat::DayDots => "dd\\.mm\\.yyyy",
                DateFormat::Long => "d\\ mmmm\\ yyyy",
            };
            if column.kind == Kind::Instant { format!("{day}\\ hh:mm") } else { day.into() }
        }
    }
}

fn number_code(style: &NumberStyle) -> String {
    let precision = usize::from(style.precision.min(10));
    let mut code = String::from(if style.thousands { "#,##0" } else { "0" });
    if precision > 0 {
        code.push('.');
        code.push_str(&"0".repeat(precision));
    }
    match style.format {
        // Decimals beyond those of the field are shown, as the field does.
        NumberFormat::Plain if precision == 0 && !style.thousands => "General".into(),
        NumberFormat::Plain | NumberFormat::Rating => code,
        NumberFormat::Percent | NumberFormat::Progress => code + "%",
        NumberFormat::Duration => "[h]:mm:ss".into(),
        NumberFormat::Currency => {
            let sign: String = style.currency.chars().filter(|c| *c != '"' && !c.is_control()).collect();
            if sign.is_empty() { code } else { format!("\"{sign}\"\\ {code}") }
        }
    }
}

/// Names a workbook may have for its sheets: at most 31 characters, unique.
pub(super) fn sheet_names(name: &str, count: usize) -> Vec<String> {
    let sound: String = name.chars().map(|c| if r"[]:*?/\".contains(c) { ' ' } else { c }).collect();
    let sound = words::one_line(&sound);
    let sound = sound.trim_matches('\'').trim();
    let mut taken = HashSet::new();
    let short =
        |room: usize| -> String { sound.chars().take(room).collect::<String>().trim_end().to_owned() };
    (0..count)
        .map(|at| {
            let base =
                if sound.is_empty() { "Sheet".to_owned() } else { short(if at == 0 { 31 } else { 25 }) };
            words::unique(&base, &mut taken)
        })
        .collect()
}

/// `A`, `B` … `Z`, `AA` …
pub(super) fn column_name(at: usize) -> String {
    let mut name = Vec::new();
    let mut rest = at + 1;
    while rest > 0 {
        name.push(b'A' + ((rest - 1) % 26) as u8);
        rest = (rest - 1) / 26;
    }
    name.iter().rev().copied().map(char::from).collect()
}

/// Appends a text as it stands in XML. What XML cannot hold stands as spreadsheets write it, `_x0007_`, and
/// what only looks like that is kept from being read so.
pub(super) fn escape(text: &str, out: &mut String) {
    for (at, c) in text.char_indices() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '_' if is_escape(&text[at..]) => out.push_str("_x005F_"),
            '\n' | '\t' => out.push(c),
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c if c < ' ' => {
                let _ = write!(out, "_x{:04X}_", c as u32);
            }
            c => out.push(c),
        }
    }
}

fn is_escape(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= 7 && bytes[1] == b'x' && bytes[6] == b'_' && bytes[2..6].iter().all(u8::is_ascii_hexdigit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_texts_stand_as_workbooks_have_them() {
        assert_eq!([0, 25, 26, 701, 702].map(column_name), ["A", "Z", "AA", "ZZ", "AAA"]);
        assert_eq!(sheet_names("Q1/Q2: [sum]", 1), ["Q1 Q2 sum"]);
        assert_eq!(sheet_names("", 2), ["Sheet", "Sheet 2"]);
        let long = sheet_names(&"站".repeat(60), 3);
        assert!(long.iter().all(|name| name.chars().count() <= 31), "{long:?}");
        let mut out = String::new();
        escape("a<b>&\"_x0041_ _x_ \u{7}\u{ffff}", &mut out);
        assert_eq!(out, "a&lt;b&gt;&amp;&quot;_x005F_x0041_ _x_ _x0007_\u{fffd}");
    }

    #[test]
    fn numbers_keep_how_they_are_shown() {
        let style = |format, precision, thousands, currency: &str| {
            let currency = currency.to_owned();
            number_code(&NumberStyle { format, precision, thousands, currency, ..NumberStyle::default() })
        };
        assert_eq!(style(NumberFormat::Plain, 2, true, ""), "#,##0.00");
        assert_eq!(style(NumberFormat::Percent, 1, false, ""), "0.0%");
        assert_eq!(style(NumberFormat::Currency, 0, true, "€\""), "\"€\"\\ #,##0");
        assert_eq!(style(NumberFormat::Duration, 0, false, ""), "[h]:mm:ss");
    }
}
