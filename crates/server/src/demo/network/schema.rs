//! The tables of the network and their fields, as the API takes them. `@Table`, `@Table/Field` and
//! `@Table/Field/Choice` stand for ids.

use serde_json::{Value as Json, json};

/// What inspections find, in the order of [`super::places::notes`].
pub(super) const FINDINGS: [&str; 6] =
    ["Cable", "Payment terminal", "Cooling", "Signage", "Lighting", "Drainage"];

fn choices(named: &[(&str, &str)]) -> Json {
    named.iter().map(|(name, color)| json!({"name": name, "color": color})).collect()
}

fn euros() -> Json {
    json!({"format": "currency", "currency": "EUR", "thousands": true})
}

fn share() -> Json {
    json!({"format": "percent", "precision": 1})
}

/// An amount of money in a field that is filled in.
fn amount(name: &str, description: &str) -> Json {
    json!({"name": name, "type": "number", "format": "currency", "currency": "EUR", "thousands": true,
        "description": description})
}

/// Tables with the fields that name no others: those are made first.
pub(super) fn tables() -> Vec<(&'static str, Json)> {
    vec![("Regions", regions()), ("Stations", stations()), ("Contracts", contracts()), ("Visits", visits())]
}

fn regions() -> Json {
    json!([
        {"name": "Region", "type": "text", "required": true, "unique": true},
        {"name": "Country", "type": "select", "choices": choices(&[
            ("China", "red"), ("Germany", "yellow"), ("Netherlands", "orange"), ("United States", "blue"),
            ("Japan", "pink")])},
        {"name": "Manager", "type": "member"},
        amount("Target", "Revenue wanted of a year."),
        {"name": "Plans", "type": "attachment"},
    ])
}

fn stations() -> Json {
    json!([
        {"name": "Station", "type": "text", "required": true},
        {"name": "Code", "type": "auto_number", "pattern": "WG-{n:4}"},
        {"name": "Status", "type": "select", "default": "Planned", "choices": choices(&[
            ("Planned", "gray"), ("Building", "orange"), ("Live", "green"), ("Paused", "yellow"),
            ("Closed", "red")])},
        {"name": "Kind", "type": "select", "choices": choices(&[
            ("City", "blue"), ("Airport", "indigo"), ("Shopping", "pink"), ("Business park", "teal"),
            ("Motorway", "orange")])},
        {"name": "Place", "type": "location"},
        {"name": "Opened", "type": "date"},
        {"name": "Chargers", "type": "number"},
        {"name": "Power", "type": "number", "description": "Kilowatts of all chargers.", "thousands": true},
        {"name": "Services", "type": "multi_select", "choices": choices(&[
            ("Café", "orange"), ("Toilets", "blue"), ("Shop", "pink"), ("Wi-Fi", "cyan"), ("Roof", "gray"),
            ("Trucks", "purple")])},
        {"name": "Lead", "type": "member", "description": "Who answers for the station."},
        amount("Revenue", "Of the last twelve months."),
        amount("Cost", "Of the last twelve months: power, rent and upkeep."),
        {"name": "Hotline", "type": "text", "format": "phone"},
        {"name": "Photos", "type": "attachment"},
    ])
}

fn contracts() -> Json {
    json!([
        {"name": "Contract", "type": "auto_number", "pattern": "C-{n:4}"},
        {"name": "Kind", "type": "select", "choices": choices(&[
            ("Site lease", "blue"), ("Power supply", "yellow"), ("Advertising", "pink"),
            ("Maintenance", "teal")])},
        {"name": "Partner", "type": "text", "required": true},
        {"name": "Contact", "type": "text", "format": "email"},
        {"name": "Owner", "type": "member"},
        {"name": "Starts", "type": "date"},
        {"name": "Ends", "type": "date", "required": true},
        amount("Per year", "What it costs us in a year."),
        {"name": "Renews itself", "type": "checkbox"},
        {"name": "Signed copy", "type": "attachment"},
        {"name": "Terms", "type": "text", "format": "long"},
    ])
}

fn visits() -> Json {
    json!([
        {"name": "Visit", "type": "auto_number", "pattern": "V-{n:5}"},
        {"name": "When", "type": "date", "time": true},
        {"name": "Kind", "type": "select", "default": "Inspection", "choices": choices(&[
            ("Inspection", "blue"), ("Repair", "red"), ("Cleaning", "cyan"), ("Partner meeting", "purple")])},
        {"name": "By", "type": "member"},
        {"name": "With", "type": "member", "multiple": true},
        {"name": "Result", "type": "select", "choices": choices(&[
            ("Passed", "green"), ("Repairs", "orange"), ("Closed", "red")])},
        {"name": "Findings", "type": "multi_select", "choices":
            choices(&FINDINGS.map(|finding| (finding, "gray")))},
        {"name": "Condition", "type": "number", "format": "rating"},
        {"name": "On site", "type": "number", "format": "duration"},
        amount("Cost", "Travel, parts and hours."),
        {"name": "Follow-up", "type": "checkbox"},
        {"name": "Notes", "type": "text", "format": "long"},
        {"name": "Photos", "type": "attachment"},
    ])
}

/// The links between tables, made before there are records.
pub(super) fn links() -> Vec<(&'static str, Json)> {
    let to = |name: &str, table: &str, other: &str, many: bool| {
        json!({"name": name, "type": "link", "table": table, "multiple": many, "position": 1,
            "mirror": {"name": other, "multiple": true}})
    };
    vec![
        ("Regions", to("Part of", "@Regions", "Areas", false)),
        ("Stations", to("Region", "@Regions", "Stations", false)),
        (
            "Stations",
            json!({"name": "Backup", "type": "link", "table": "@Stations",
                "description": "Where drivers are sent when this one is down.",
                "filter": {"field": "@Stations/Status", "op": "is", "value": "@Stations/Status/Live"}}),
        ),
        ("Contracts", to("For", "@Stations", "Contracts", true)),
        (
            "Contracts",
            json!({"name": "Follows", "type": "link", "table": "@Contracts",
                "description": "The contract this one took the place of.",
                "mirror": {"name": "Followed by", "multiple": false}}),
        ),
        ("Visits", to("Station", "@Stations", "Visits", false)),
    ]
}

fn formula(name: &str, text: &str) -> Json {
    json!({"name": name, "type": "formula", "formula": text})
}

fn styled(name: &str, text: &str, number: &Json) -> Json {
    json!({"name": name, "type": "formula", "formula": text, "style": {"number": number}})
}

fn rollup(name: &str, link: &str, field: &str, aggregate: &str) -> Json {
    json!({"name": name, "type": "rollup", "from": {"link": link}, "field": field, "aggregate": aggregate})
}

fn with(mut field: Json, option: &str, value: Json) -> Json {
    field[option] = value;
    field
}

/// What is computed, in an order in which each names only earlier ones.
pub(super) fn computed() -> Vec<(&'static str, Json)> {
    let mut all = Vec::new();
    all.extend(of_contracts().into_iter().map(|field| ("Contracts", field)));
    all.extend(of_visits().into_iter().map(|field| ("Visits", field)));
    all.extend(of_stations().into_iter().map(|field| ("Stations", field)));
    all.extend(of_regions().into_iter().map(|field| ("Regions", field)));
    all
}

fn of_contracts() -> Vec<Json> {
    let lookup = json!({"name": "Regions", "type": "lookup", "from": {"link": "@Contracts/For"},
        "field": "@Stations/Region"});
    vec![
        lookup,
        styled("Days to renewal", "DAYS([Ends], TODAY())", &json!({})),
        formula(
            "State",
            "IFS([Days to renewal] < 0, IF(ISBLANK([Followed by]), \"Expired\", \"Followed\"),\n  \
             [Days to renewal] <= 60, IF([Renews itself], \"Renews soon\", \"Renew now\"),\n  \
             TRUE, \"Running\")",
        ),
        styled("In total", "ROUND([Per year] * DAYS([Ends], [Starts]) / 365)", &euros()),
        with(
            rollup("Revenue behind it", "@Contracts/For", "@Stations/Revenue", "sum"),
            "style",
            json!({"number": euros()}),
        ),
        styled(
            "Share of revenue",
            "IF([Revenue behind it] > 0, [Per year] / [Revenue behind it], NULL)",
            &share(),
        ),
        formula("Others with partner", "[Contracts].COUNTIF(CurrentValue.[Partner] = [Partner]) - 1"),
    ]
}

fn of_visits() -> Vec<Json> {
    vec![
        json!({"name": "Region", "type": "lookup", "from": {"link": "@Visits/Station"},
            "field": "@Stations/Region"}),
        json!({"name": "Station lead", "type": "lookup", "from": {"link": "@Visits/Station"},
            "field": "@Stations/Lead"}),
        styled("Cost per hour", "IF([On site] > 0, [Cost] / ([On site] / 3600), NULL)", &euros()),
        formula(
            "State",
            "IF(ISBLANK([Result]), IF([When] < TODAY(), \"Missed\", \"Planned\"),\n  \
             IF([Follow-up], \"Follow-up open\", \"Done\"))",
        ),
        json!({"name": "Settle", "type": "button", "label": "Settle", "color": "green",
            "description": "Takes the follow-up off the list.",
            "action": {"do": "set", "cells": [["@Visits/Follow-up", {"b": false}]]}}),
        json!({"name": "Changed", "type": "updated_at", "time": true}),
    ]
}

fn of_stations() -> Vec<Json> {
    let done = json!({"field": "@Visits/Result", "op": "not_empty"});
    let open = json!({"field": "@Contracts/Days to renewal", "op": "gte", "value": 0});
    vec![
        styled("Margin", "IF([Revenue] > 0, ([Revenue] - [Cost]) / [Revenue], NULL)", &share()),
        json!({"name": "Manager", "type": "lookup", "from": {"link": "@Stations/Region"},
            "field": "@Regions/Manager"}),
        with(rollup("Last visit", "@Stations/Visits", "@Visits/When", "max"), "filter", done),
        formula(
            "Days since visit",
            "IF(ISBLANK([Last visit]), NULL, MAX(0, INT(DAYS(TODAY(), [Last visit]))))",
        ),
        with(
            rollup("Condition", "@Stations/Visits", "@Visits/Condition", "average"),
            "style",
            json!({"number": {"precision": 1}}),
        ),
        with(
            rollup("Open contracts", "@Stations/Contracts", "@Contracts/Contract", "count_all"),
            "filter",
            open,
        ),
        formula(
            "Health",
            "IF([Status] != \"Live\", \"Not in service\", IFS(\n  \
             [Days since visit] > 90, \"Visit overdue\",\n  \
             [Margin] < 0, \"Losing money\",\n  \
             AND(NOT(ISBLANK([Condition])), [Condition] < 3), \"Poor condition\",\n  \
             [Open contracts] = 0, \"Without contract\",\n  \
             TRUE, \"Good\"))",
        ),
    ]
}

fn of_regions() -> Vec<Json> {
    let live = json!({"field": "@Stations/Status", "op": "is", "value": "@Stations/Status/Live"});
    let money = || json!({"number": euros()});
    vec![
        with(rollup("Live stations", "@Regions/Stations", "@Stations/Station", "count_all"), "filter", live),
        with(rollup("Own revenue", "@Regions/Stations", "@Stations/Revenue", "sum"), "style", money()),
        with(rollup("Own cost", "@Regions/Stations", "@Stations/Cost", "sum"), "style", money()),
        styled("Revenue", "[Own revenue] + SUM([Areas].[Own revenue])", &euros()),
        styled("Cost", "[Own cost] + SUM([Areas].[Own cost])", &euros()),
        styled("Margin", "IF([Revenue] > 0, ([Revenue] - [Cost]) / [Revenue], NULL)", &share()),
        styled(
            "Of target",
            "IF([Target] > 0, ROUND([Revenue] / [Target], 2), NULL)",
            &json!({"format": "progress"}),
        ),
        formula(
            "State",
            "IFS([Of target] >= 1, \"Ahead\", [Of target] >= 0.9, \"On track\", TRUE, \"Behind\")",
        ),
        json!({"name": "Last visit", "type": "formula",
            "formula": "MAX([Stations].[Last visit], [Areas].[Stations].[Last visit])",
            "style": {"date": {"time": false}}}),
        formula("Open contracts", "SUM([Stations].[Open contracts], [Areas].[Stations].[Open contracts])"),
    ]
}
