//! The saved views of the network, as the API takes them, with `@Table/Field` and
//! `@Table/Field/Choice` for ids.

use serde_json::{Value as Json, json};

fn shown(table: &str, fields: &[(&str, u16)], hidden: &[&str]) -> Json {
    let field = |name: &str| format!("@{table}/{name}");
    let shown = fields.iter().map(|(name, width)| json!({"field": field(name), "width": width}));
    shown.chain(hidden.iter().map(|name| json!({"field": field(name), "hidden": true}))).collect()
}

fn summaries(table: &str, some: &[(&str, &str)]) -> Json {
    some.iter().map(|(name, what)| json!({"field": format!("@{table}/{name}"), "function": what})).collect()
}

/// A rule that colours what a text condition holds for: a bar at the row, or the cell of the field itself.
fn color(field: &str, value: &str, color: &str, cell: bool) -> Json {
    let target = if cell { json!({"cell": field}) } else { json!("bar") };
    json!({"filter": {"field": field, "op": "is", "value": value}, "color": color, "target": target})
}

fn sorted(table: &str, name: &str, descending: bool) -> Json {
    json!([{"field": format!("@{table}/{name}"), "descending": descending}])
}

/// What becomes of the grid each table begins with.
pub(super) fn first() -> Vec<(&'static str, Json)> {
    vec![
        (
            "Regions",
            json!({"name": "All regions", "summaries": summaries("Regions", &[("Own revenue", "sum"),
                ("Live stations", "sum")]), "fields": shown("Regions",
                &[("Region", 180), ("Part of", 140), ("Country", 130), ("Manager", 150), ("Target", 130),
                    ("Revenue", 150), ("Of target", 110), ("State", 100), ("Margin", 90), ("Live stations", 110),
                    ("Open contracts", 130), ("Last visit", 120), ("Areas", 220), ("Plans", 120)],
                &["Own revenue", "Own cost"])}),
        ),
        (
            "Stations",
            json!({"name": "All stations", "frozen": 2, "colors": [
                color("@Stations/Health", "Visit overdue", "orange", true),
                color("@Stations/Health", "Losing money", "red", true),
                color("@Stations/Health", "Poor condition", "yellow", true)], "summaries": summaries("Stations", &[("Revenue", "sum"),
                ("Margin", "average"), ("Chargers", "sum")]), "fields": shown("Stations",
                &[("Station", 220), ("Code", 100), ("Region", 150), ("Status", 110), ("Health", 130),
                    ("Kind", 130), ("Revenue", 120), ("Margin", 90), ("Last visit", 140),
                    ("Days since visit", 130), ("Condition", 110), ("Open contracts", 130), ("Lead", 150),
                    ("Chargers", 100), ("Power", 100), ("Services", 200), ("Place", 180), ("Photos", 120)],
                &["Backup"])}),
        ),
        (
            "Contracts",
            json!({"name": "All contracts", "colors": [
                color("@Contracts/State", "Renew now", "red", false),
                color("@Contracts/State", "Renews soon", "yellow", false)], "summaries": summaries("Contracts", &[("Per year", "sum")]),
                "fields": shown("Contracts",
                &[("Contract", 110), ("For", 220), ("Kind", 130), ("Partner", 220), ("State", 120),
                    ("Days to renewal", 130), ("Ends", 120), ("Per year", 120), ("Owner", 150)], &[])}),
        ),
        (
            "Visits",
            json!({"name": "All visits", "sort": sorted("Visits", "When", true),
                "summaries": summaries("Visits", &[("Cost", "sum"), ("Condition", "average")]),
                "fields": shown("Visits",
                &[("Visit", 110), ("Station", 220), ("When", 160), ("Kind", 130), ("By", 150), ("Result", 110),
                    ("State", 130), ("Findings", 200), ("Condition", 120), ("On site", 100), ("Cost", 100),
                    ("Notes", 280)], &[])}),
        ),
    ]
}

/// Further views; those that say nothing of fields show them as the first view of their table does.
pub(super) fn more() -> Vec<(&'static str, Json)> {
    let mut all = Vec::new();
    all.extend(of_regions().into_iter().map(|view| ("Regions", view)));
    all.extend(of_stations().into_iter().map(|view| ("Stations", view)));
    all.extend(of_contracts().into_iter().map(|view| ("Contracts", view)));
    all.extend(of_visits().into_iter().map(|view| ("Visits", view)));
    for (table, first) in first() {
        for (_, view) in all.iter_mut().filter(|(of, view)| *of == table && view.get("fields").is_none()) {
            view["fields"] = first["fields"].clone();
        }
    }
    all
}

fn of_regions() -> Vec<Json> {
    let tree = json!({"name": "Tree", "description": "Areas below what they are part of.",
        "tree": "@Regions/Part of"});
    let target = json!({"name": "Against target", "locked": true,
        "description": "How far each area is on its way to what is wanted of it.",
        "filter": {"field": "@Regions/Part of", "op": "not_empty"},
        "group": [{"field": "@Regions/Part of"}], "sort": sorted("Regions", "Of target", true),
        "summaries": summaries("Regions", &[("Revenue", "sum"), ("Target", "sum"), ("Margin", "average")]),
        "fields": shown("Regions", &[("Region", 180), ("Manager", 150), ("Target", 130), ("Revenue", 150),
            ("Of target", 130), ("State", 100), ("Margin", 90)], &["Country", "Plans", "Areas"])});
    vec![tree, target]
}

fn of_stations() -> Vec<Json> {
    vec![
        json!({"name": "By region", "group": [{"field": "@Stations/Region"}],
            "sort": sorted("Stations", "Revenue", true),
            "summaries": summaries("Stations", &[("Revenue", "sum"), ("Margin", "average"),
                ("Chargers", "sum")]),
            "fields": shown("Stations", &[("Station", 220), ("Status", 110), ("Health", 130), ("Revenue", 140),
                ("Margin", 90), ("Chargers", 100), ("Open contracts", 130)], &[])}),
        json!({"name": "Needs a visit",
            "filter": {"and": [{"field": "@Stations/Status", "op": "is", "value": "@Stations/Status/Live"},
                {"field": "@Stations/Days since visit", "op": "gt", "value": 60}]},
            "sort": sorted("Stations", "Days since visit", true)}),
        json!({"name": "My stations",
            "filter": {"field": "@Stations/Lead", "op": "any_of", "value": ["me"]},
            "sort": sorted("Stations", "Station", false)}),
        json!({"name": "Losing money",
            "filter": {"field": "@Stations/Margin", "op": "lt", "value": 0},
            "sort": sorted("Stations", "Margin", false),
            "summaries": summaries("Stations", &[("Revenue", "sum"), ("Cost", "sum")])}),
        json!({"name": "Coming up",
            "filter": {"field": "@Stations/Status", "op": "any_of",
                "value": ["@Stations/Status/Planned", "@Stations/Status/Building"]},
            "group": [{"field": "@Stations/Status"}], "sort": sorted("Stations", "Opened", false)}),
    ]
}

fn of_contracts() -> Vec<Json> {
    vec![
        json!({"name": "To renew in 60 days",
            "filter": {"and": [{"field": "@Contracts/Ends", "op": "is",
                "value": {"next": 60, "unit": "days"}},
                {"field": "@Contracts/Renews itself", "op": "is", "value": false}]},
            "sort": sorted("Contracts", "Ends", false),
            "summaries": summaries("Contracts", &[("Per year", "sum")])}),
        json!({"name": "My contracts",
            "filter": {"field": "@Contracts/Owner", "op": "any_of", "value": ["me"]},
            "group": [{"field": "@Contracts/State"}], "sort": sorted("Contracts", "Ends", false)}),
        json!({"name": "By kind and partner",
            "group": [{"field": "@Contracts/Kind"}, {"field": "@Contracts/Partner"}],
            "sort": sorted("Contracts", "Ends", false),
            "summaries": summaries("Contracts", &[("Per year", "sum"), ("Days to renewal", "min")])}),
        json!({"name": "Expired",
            "filter": {"and": [{"field": "@Contracts/Days to renewal", "op": "lt", "value": 0},
                {"field": "@Contracts/Followed by", "op": "empty"}]},
            "sort": sorted("Contracts", "Ends", true)}),
    ]
}

fn of_visits() -> Vec<Json> {
    vec![
        json!({"name": "My visits", "filter": {"field": "@Visits/By", "op": "any_of", "value": ["me"]},
            "sort": sorted("Visits", "When", true)}),
        json!({"name": "This week",
            "filter": {"field": "@Visits/When", "op": "is", "value": {"relative": "this_week"}},
            "sort": sorted("Visits", "When", false)}),
        json!({"name": "Follow-ups",
            "filter": {"field": "@Visits/Follow-up", "op": "is", "value": true},
            "group": [{"field": "@Visits/By"}], "sort": sorted("Visits", "When", false),
            "summaries": summaries("Visits", &[("Visit", "count")])}),
        json!({"name": "By month",
            "filter": {"field": "@Visits/When", "op": "is", "value": {"last": 12, "unit": "months"}},
            "group": [{"field": "@Visits/When", "by": "month", "descending": true}, {"field": "@Visits/Result"}],
            "sort": sorted("Visits", "When", true),
            "summaries": summaries("Visits", &[("Cost", "sum"), ("Condition", "average")])}),
        json!({"name": "Planned",
            "filter": {"and": [{"field": "@Visits/Result", "op": "empty"},
                {"field": "@Visits/When", "op": "gte", "value": {"relative": "today"}}]},
            "sort": sorted("Visits", "When", false)}),
    ]
}
