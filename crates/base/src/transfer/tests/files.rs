//! Makes files for tests, sound ones and hostile ones.

use std::io::{Cursor, Write};

use zip::{ZipWriter, write::SimpleFileOptions};

/// A ZIP archive of these parts.
pub fn zip(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// A workbook whose sheets hold this XML inside `<sheetData>`. Style 1 is a date, style 2 a date with a
/// time, style 3 a time, style 4 a percentage.
pub fn xlsx(sheets: &[(&str, &str)]) -> Vec<u8> {
    let names = sheets.iter().enumerate();
    let list: Vec<String> = names
        .clone()
        .map(|(at, (name, _))| format!(r#"<sheet name="{name}" sheetId="{0}" r:id="rId{0}"/>"#, at + 1))
        .collect();
    let links: Vec<String> = names
        .map(|(at, _)| {
            format!(
                r#"<Relationship Id="rId{0}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet{0}.xml"/>"#,
                at + 1
            )
        })
        .collect();
    let workbook = format!(
        r#"<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>{}</sheets></workbook>"#,
        list.concat()
    );
    let links = format!(
        r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>"#,
        links.concat()
    );
    let styles = r#"<?xml version="1.0"?><styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><cellXfs count="5"><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="22"/><xf numFmtId="20"/><xf numFmtId="10"/></cellXfs></styleSheet>"#;
    let package = r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
    let types = r#"<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>"#;
    let mut parts: Vec<(String, Vec<u8>)> = vec![
        ("[Content_Types].xml".into(), types.into()),
        ("_rels/.rels".into(), package.into()),
        ("xl/workbook.xml".into(), workbook.into()),
        ("xl/_rels/workbook.xml.rels".into(), links.into()),
        ("xl/styles.xml".into(), styles.into()),
    ];
    for (at, (_, data)) in sheets.iter().enumerate() {
        let sheet = format!(
            r#"<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{data}</sheetData></worksheet>"#
        );
        parts.push((format!("xl/worksheets/sheet{}.xml", at + 1), sheet.into()));
    }
    let parts: Vec<(&str, &[u8])> =
        parts.iter().map(|(name, data)| (name.as_str(), data.as_slice())).collect();
    zip(&parts)
}

/// A row of text cells as XML.
pub fn text_row(number: u32, cells: &[&str]) -> String {
    let cells = cells.iter().enumerate().map(|(at, text)| {
        let column = char::from(b'A' + at as u8);
        format!(r#"<c r="{column}{number}" t="inlineStr"><is><t>{text}</t></is></c>"#)
    });
    format!(r#"<row r="{number}">{}</row>"#, cells.collect::<String>())
}
