//! A small base for formulas: customers, their orders, products.

use std::sync::Arc;

use skein_table::{
    RowIx,
    formula::{
        Column, Datum, Env, ErrorCode, Evaluator, Item, Names, Program, Source, Type, check,
        coerce::{Cx, Texts, equal, text_of},
    },
};
use skein_types::{FieldId, RecordId, TableId};

/// A field of a table of the world.
#[derive(Clone, Debug)]
pub struct Known {
    pub id: FieldId,
    pub name: String,
    pub ty: Type,
    pub link: bool,
}

/// A table of the world.
#[derive(Clone, Debug)]
pub struct Tab {
    pub id: TableId,
    pub name: String,
    pub fields: Vec<Known>,
    pub rows: Vec<Vec<Datum>>,
}

/// All tables, and whether cells are found by index.
#[derive(Clone, Debug, Default)]
pub struct World {
    pub tables: Vec<Tab>,
    pub env: Env,
    pub indexed: bool,
}

pub fn table(n: u128) -> TableId {
    TableId::from_bits(n)
}
pub fn field(n: u128) -> FieldId {
    FieldId::from_bits(n)
}

pub const CUSTOMERS: u128 = 1;
pub const ORDERS: u128 = 2;
pub const PRODUCTS: u128 = 3;

impl World {
    fn tab(&self, id: TableId) -> Option<&Tab> {
        self.tables.iter().find(|tab| tab.id == id)
    }
    pub fn check(&self, of: u128, source: &str) -> Program {
        check(source, table(of), self).unwrap_or_else(|mistakes| panic!("{source}: {mistakes:?}"))
    }
    /// The value of a formula for a row.
    pub fn compute(&self, of: u128, source: &str, row: RowIx) -> Datum {
        Evaluator::new(&self.check(of, source), self).cell(row)
    }
    /// The same as a text: lists in brackets, texts in quotes.
    pub fn shown(&self, of: u128, source: &str, row: RowIx) -> String {
        let program = self.check(of, source);
        let value = Evaluator::new(&program, self).cell(row);
        show(&value, &Cx::new(&self.env, self, program.ty))
    }
}

fn show(value: &Datum, cx: &Cx<'_>) -> String {
    match value {
        Datum::Null => "null".into(),
        Datum::Text(text) => format!("{text:?}"),
        Datum::Error(code) => code.text().into(),
        Datum::List(items) => {
            let items: Vec<String> = items.iter().map(|item| show(item, cx)).collect();
            format!("[{}]", items.join(", "))
        }
        Datum::Record(row) => format!("#{row} {}", text_of(value, cx).unwrap()),
        value => text_of(value, cx).unwrap().to_string(),
    }
}

impl Names for World {
    fn tables(&self) -> Vec<TableId> {
        self.tables.iter().map(|tab| tab.id).collect()
    }
    fn table_name(&self, table: TableId) -> Option<&str> {
        self.tab(table).map(|tab| tab.name.as_str())
    }
    fn table_named(&self, name: &str) -> Option<TableId> {
        self.tables.iter().find(|tab| tab.name.eq_ignore_ascii_case(name)).map(|tab| tab.id)
    }
    fn table_slot(&self, table: TableId) -> Option<u32> {
        self.tables.iter().position(|tab| tab.id == table).map(|at| at as u32)
    }
    fn fields(&self, table: TableId) -> Vec<FieldId> {
        self.tab(table).map(|tab| tab.fields.iter().map(|field| field.id).collect()).unwrap_or_default()
    }
    fn field(&self, table: TableId, field: FieldId) -> Option<Column<'_>> {
        let fields = &self.tab(table)?.fields;
        let slot = fields.iter().position(|known| known.id == field)?;
        let Known { name, ty, link, .. } = &fields[slot];
        Some(Column { name, ty: *ty, link: *link, slot: slot as u32 })
    }
    fn field_named(&self, table: TableId, name: &str) -> Option<FieldId> {
        let fields = &self.tab(table)?.fields;
        fields.iter().find(|known| known.name.eq_ignore_ascii_case(name)).map(|known| known.id)
    }
}

impl Texts for World {
    fn record(&self, table: TableId, row: RowIx) -> Arc<str> {
        match self.tab(table).and_then(|tab| tab.rows.get(row as usize)).map(|cells| &cells[0]) {
            Some(Datum::Text(text)) => text.clone(),
            _ => Arc::from(""),
        }
    }
}

impl Source for World {
    fn cell(&self, table: u32, column: u32, row: RowIx) -> Datum {
        let cells = self.tables[table as usize].rows.get(row as usize);
        cells.and_then(|cells| cells.get(column as usize)).cloned().unwrap_or(Datum::Null)
    }
    fn rows(&self, table: u32) -> Vec<RowIx> {
        (0..self.tables[table as usize].rows.len() as u32).collect()
    }
    fn record_id(&self, table: u32, row: RowIx) -> RecordId {
        RecordId::from_bits(u128::from(table) << 64 | u128::from(row))
    }
    fn matching(&self, table: u32, column: u32, key: &Datum) -> Option<Vec<RowIx>> {
        let of = self.tables[table as usize].fields[column as usize].ty;
        let cx = Cx::new(&self.env, self, of);
        let equals = |row: &RowIx| equal(&self.cell(table, column, *row), key, &cx);
        // As an index does, it finds some that are not meant, too.
        self.indexed.then(|| self.rows(table).into_iter().filter(|row| equals(row) || *row == 0).collect())
    }
    fn env(&self) -> &Env {
        &self.env
    }
}

pub fn text(text: &str) -> Datum {
    Datum::Text(text.into())
}
fn number(number: f64) -> Datum {
    Datum::Number(number)
}
fn day(day: i64) -> Datum {
    Datum::Date { at: day * 86_400_000, time: false }
}
fn records(rows: &[u32]) -> Datum {
    Datum::List(rows.iter().map(|&row| Datum::Record(row)).collect())
}

/// Customers Ada (orders 0, 1) and Bob (order 2), and one without name or orders.
#[expect(clippy::too_many_lines, reason = "a table of cells")]
pub fn world() -> World {
    let known = |n: u128, name: &str, ty: Type, link| Known { id: field(n), name: name.into(), ty, link };
    let link = |to| Item::Record(table(to));
    let choice = |code: u32, name: &str| Datum::Choice { code, name: name.into() };
    let customers = Tab {
        id: table(CUSTOMERS),
        name: "Customer".into(),
        fields: vec![
            known(10, "Name", Item::Text.one(), false),
            known(11, "City", Item::Text.one(), false),
            known(12, "Orders", link(ORDERS).many(), true),
            known(13, "Rating", Item::Number.one(), false),
            known(14, "Boss", Item::Member.one(), false),
        ],
        rows: vec![
            vec![text("Ada"), text("Rome"), records(&[0, 1]), number(5.0), Datum::Null],
            vec![text("Bob"), text("Oslo"), records(&[2]), Datum::Null, Datum::Null],
            vec![Datum::Null, text("Rome"), records(&[]), number(0.0), Datum::Null],
        ],
    };
    let orders = Tab {
        id: table(ORDERS),
        name: "Orders".into(),
        fields: vec![
            known(20, "Title", Item::Text.one(), false),
            known(21, "Customer", link(CUSTOMERS).one(), true),
            known(22, "Amount", Item::Number.one(), false),
            known(23, "Paid", Item::Bool.one(), false),
            known(24, "Due", Item::Date { time: false }.one(), false),
            known(25, "Lines", link(PRODUCTS).many(), true),
            known(26, "Status", Item::Choice(table(ORDERS), field(26)).one(), false),
            known(27, "Town", Item::Text.one(), false),
            known(28, "a]b", Item::Number.one(), false),
            known(29, "Products", Item::Number.one(), false),
            known(30, "Bad", Item::Number.one(), false),
        ],
        rows: vec![
            vec![
                text("O-1"),
                Datum::Record(0),
                number(100.0),
                Datum::Bool(true),
                day(20_000),
                records(&[0, 1]),
                choice(0, "Open"),
                text("Rome"),
                number(7.0),
                number(2.0),
                Datum::Error(ErrorCode::Div0),
            ],
            vec![
                text("O-2"),
                Datum::Record(0),
                number(50.0),
                Datum::Bool(false),
                Datum::Null,
                records(&[1]),
                choice(1, "Closed"),
                text("Oslo"),
                number(8.0),
                number(3.0),
                number(1.0),
            ],
            vec![
                text("O-3"),
                Datum::Record(1),
                Datum::Null,
                Datum::Bool(true),
                day(20_010),
                records(&[]),
                Datum::Null,
                text("rome"),
                Datum::Null,
                Datum::Null,
                Datum::Null,
            ],
            vec![
                text("O-4"),
                Datum::Null,
                number(7.5),
                Datum::Bool(false),
                day(20_020),
                records(&[2]),
                choice(0, "Open"),
                Datum::Null,
                Datum::Null,
                Datum::Null,
                Datum::Null,
            ],
        ],
    };
    let products = Tab {
        id: table(PRODUCTS),
        name: "Products".into(),
        fields: vec![
            known(40, "Name", Item::Text.one(), false),
            known(41, "Price", Item::Number.one(), false),
            known(42, "Picture", Item::File.many(), false),
        ],
        rows: vec![
            vec![text("Pen"), number(2.0), Datum::Null],
            vec![text("Ink"), number(3.5), Datum::Null],
            vec![text("Pad"), Datum::Null, Datum::Null],
        ],
    };
    World { tables: vec![customers, orders, products], env: Env::default(), indexed: false }
}
