//! Whatever text is typed as a formula, the parser answers; what it reads is printed as text that it reads
//! as the same (F6, F8).

use skein_table::formula::{functions, parse, print};

/// The bytes are the formula.
pub fn run(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    match parse(&text) {
        Ok(expr) => {
            let printed = print(&expr);
            let read = parse(&printed);
            assert_eq!(read.as_ref(), Ok(&expr), "{text:?} is printed as {printed:?}");
            assert_eq!(print(&expr), printed);
        }
        Err(mistake) => {
            let at = mistake.utf16(&text);
            assert!(at.start <= at.end && at.end <= text.encode_utf16().count(), "{text:?}: {mistake}");
        }
    }
}

/// Formulas to begin from: the examples of all functions, and of all signs.
pub fn seeds() -> Vec<Vec<u8>> {
    let odd = [
        "=-2 ^ 2 % 3 & “a” || !TRUE && 1 <> .5e-3",
        "[Sites].FILTER(CurrentValue.[Rate] ≥ [Amount]).[Rate].SUM() // end",
        "LET(x, 1, /* y */ x + {fld_01m7z373gx3j10mksfefxj2xn9}) × 2",
        "[[Regions]].[Na\\]me]、（１ ＋ ２）",
        "\"\\d+\\n\"\"\" & 'it''s'",
    ];
    let examples = functions::all().iter().map(|function| function.example.0);
    examples.chain(odd).map(|text| text.as_bytes().to_vec()).collect()
}
