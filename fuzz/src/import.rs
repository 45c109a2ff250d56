//! Whatever file is imported, its look-through ends with what it holds or with what is wrong.

use std::io::Cursor;

use skein_base::transfer::look;

/// The bytes are the file.
pub fn run(data: &[u8]) {
    for name in ["file.csv", "file.xlsx"] {
        if let Ok(sheets) = look(Cursor::new(data), name) {
            assert!(!sheets.is_empty());
        }
    }
}

/// Files to begin from.
pub fn seeds() -> Vec<Vec<u8>> {
    let texts = [
        "Name,Amount,Day\nA,1.5,2026-11-20\nB,\"1,234\",20.11.2026\n",
        "名称;价格;日期\n北京;¥12,5;2026年11月20日\n\"a\"\"b\";;\n",
        "a\tb\n1\tyes\n2\tno\n",
        "\u{feff}x,y\r\n\"multi\nline\",€ 3.50\r\n",
    ];
    let mut seeds: Vec<Vec<u8>> = texts.iter().map(|text| text.as_bytes().to_vec()).collect();
    let utf16 = texts[1].encode_utf16().flat_map(u16::to_le_bytes);
    seeds.push([0xff, 0xfe].into_iter().chain(utf16).collect());
    seeds.push(include_bytes!("../../e2e/files/meters.xlsx").to_vec());
    seeds
}
