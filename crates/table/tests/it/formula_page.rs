//! The page of functions for people says what the table of functions says.

use std::{env, fmt::Write, fs, path::Path};

use skein_table::formula::functions::{self, Function, Group, Times};

const HEAD: &str = "\
# Functions

Every function formulas know, by group. `[x]` may be left out; `…` may be repeated. `F(a, b)` and `a.F(b)` are the same.
The formula editor shows the same table while you type. What holds for all of them is in [Formulas](formulas.md).

<!-- Made from the program: UPDATE=1 cargo nextest run --workspace -E 'test(page_of_functions)' -->
";

const GROUPS: [(Group, &str); 8] = [
    (Group::Logic, "Logic"),
    (Group::Number, "Numbers"),
    (Group::Statistics, "Statistics"),
    (Group::Finance, "Money"),
    (Group::Text, "Text"),
    (Group::Date, "Dates"),
    (Group::List, "Lists"),
    (Group::Record, "Records, people, files and places"),
];

fn call(function: &Function) -> String {
    let param = |param: &functions::Param| match param.times {
        Times::One => param.name.to_owned(),
        Times::Optional => format!("[{}]", param.name),
        Times::Repeated => format!("{} …", param.name),
    };
    let params: Vec<String> = function.params.iter().map(param).collect();
    format!("{}({})", function.name, params.join(", "))
}

/// Code in a cell of a table: bars would end the cell, and backticks the code.
fn code(text: &str) -> String {
    let text = text.replace('|', "\\|").replace('\n', " ");
    if text.contains('`') { format!("`` {text} ``") } else { format!("`{text}`") }
}

fn page() -> String {
    let mut page = HEAD.to_owned();
    for (group, title) in GROUPS {
        let _ = write!(page, "\n## {title}\n\n| function | what it gives | example |\n|---|---|---|\n");
        for function in functions::all().iter().filter(|function| function.group == group) {
            let (formula, result) = function.example;
            let help = function.help.replace('|', "\\|");
            let _ = writeln!(
                page,
                "| {} | {help} | {} → {} |",
                code(&call(function)),
                code(formula),
                code(result)
            );
        }
    }
    page
}

#[test]
fn the_page_of_functions_is_the_table_of_functions() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/user/functions.md");
    let page = page();
    assert_eq!(page.lines().filter(|line| line.contains(" → ")).count(), functions::all().len());
    if env::var_os("UPDATE").is_some() {
        fs::write(&path, &page).unwrap();
    }
    let known = fs::read_to_string(&path).unwrap_or_default();
    let stale = "docs/user/functions.md is stale: UPDATE=1 cargo nextest run --workspace -E 'test(page_of_functions)'";
    assert!(known == page, "{stale}");
}
