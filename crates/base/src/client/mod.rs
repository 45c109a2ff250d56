//! A typed TypeScript client of one base: its tables and fields by name, and what reads and writes them.

use std::fmt::Write;

use serde_json::{Value as Json, json};
use skein_table::{Base, FieldKind};
use skein_types::ResourceId;

use crate::describe::{self, FieldJson};

/// What is the same for all bases. It expects `BASE`, `TABLES` and `Tables`, which follow from the base.
const RUNTIME: &str = include_str!("runtime.ts");

/// The module for a base of a name.
pub(crate) fn module(base: &Base, id: ResourceId, name: &str) -> String {
    let name: String = name.chars().filter(|c| !c.is_control() && !"\u{2028}\u{2029}".contains(*c)).collect();
    let mut text = format!(
        "// Typed access to the base “{name}”, made by Skein. Ask for it again when its tables change.\n\n\
         const BASE = '{id}';\n\n/** The fields of each table as they are read and as they are written. */\n\
         export interface Tables {{\n"
    );
    let mut tables = Vec::new();
    for table in base.tables() {
        let described = describe::table(base, table, None);
        let _ = writeln!(text, "  {}: {{\n    read: {{", json!(described.name));
        for field in &described.fields {
            let _ = writeln!(text, "      {}?: {};", json!(field.field.name), read_type(base, field));
        }
        text.push_str("    };\n    write: {\n");
        for field in described.fields.iter().filter(|field| field.field.kind.is_writable()) {
            let needed = field.field.required && field.field.default.is_none();
            let (optional, null) = if needed { ("", "") } else { ("?", " | null") };
            let _ =
                writeln!(text, "      {}{optional}: {}{null};", json!(field.field.name), write_type(field));
        }
        text.push_str("    };\n  };\n");
        let fields: Vec<Json> = described.fields.iter().map(|field| info(base, field)).collect();
        tables.push(json!([described.name, described.id, fields]));
    }
    text.push_str("}\n\nconst TABLES: readonly TableInfo[] = [\n");
    for table in tables {
        let _ = writeln!(text, "  {table},");
    }
    text.push_str("];\n\n");
    text + RUNTIME
}

/// Name, id and choices of a field.
fn info(base: &Base, field: &FieldJson) -> Json {
    let choices: Vec<Json> = choices(base, field).into_iter().map(|(name, id)| json!([name, id])).collect();
    if choices.is_empty() {
        json!([field.field.name, field.field.id])
    } else {
        json!([field.field.name, field.field.id, choices])
    }
}

/// The choices that cells of a field hold, be it their own or those of the field they come from.
fn choices(base: &Base, field: &FieldJson) -> Vec<(String, String)> {
    let value = field.computed.as_ref().map(|computed| &computed.value);
    let source = value.and_then(|value| base.table(value.table?)?.field(value.field?));
    let list = source.map_or_else(|| field.field.kind.choices(), |source| source.kind.choices());
    list.iter().map(|choice| (choice.name.clone(), choice.id.to_string())).collect()
}

fn one_of(choices: &[(String, String)]) -> String {
    if choices.is_empty() {
        return "string".into();
    }
    choices.iter().map(|(name, _)| json!(name).to_string()).collect::<Vec<_>>().join(" | ")
}

fn read_type(base: &Base, field: &FieldJson) -> String {
    let choices = choices(base, field);
    if let Some(computed) = &field.computed {
        let item = match computed.value.kind {
            "number" | "duration" => "number".to_owned(),
            "text" | "date" | "member" | "group" => "string".to_owned(),
            "bool" => "boolean".to_owned(),
            "choice" => one_of(&choices),
            "record" => "Linked".to_owned(),
            "file" => "Attachment".to_owned(),
            "place" => "Place".to_owned(),
            _ => "unknown".to_owned(),
        };
        let listed =
            computed.value.list || matches!(computed.value.kind, "member" | "group" | "record" | "file");
        let listed = listed || matches!(field.field.kind, FieldKind::Backlink { .. });
        return if listed { format!("({item})[] | Failed") } else { format!("{item} | Failed") };
    }
    match &field.field.kind {
        FieldKind::Link { .. } | FieldKind::Backlink { .. } => "Linked[]".into(),
        FieldKind::Member { .. } | FieldKind::Group { .. } | FieldKind::CreatedBy | FieldKind::UpdatedBy => {
            "string[]".into()
        }
        FieldKind::AutoNumber { .. } => "number | string".into(),
        FieldKind::CreatedAt(_) | FieldKind::UpdatedAt(_) => "string".into(),
        FieldKind::Select { .. } => one_of(&choices),
        FieldKind::MultiSelect { .. } => format!("({})[]", one_of(&choices)),
        FieldKind::Button { .. } => "unknown".into(),
        _ => write_type(field),
    }
}

fn write_type(field: &FieldJson) -> String {
    let own: Vec<(String, String)> =
        field.field.kind.choices().iter().map(|c| (c.name.clone(), String::new())).collect();
    match &field.field.kind {
        FieldKind::Number(_) => "number".into(),
        FieldKind::Checkbox => "boolean".into(),
        FieldKind::Select { .. } => one_of(&own),
        FieldKind::MultiSelect { .. } => format!("({})[]", one_of(&own)),
        FieldKind::Attachment => "Pick<Attachment, 'id' | 'name'>[]".into(),
        FieldKind::Location => "Place".into(),
        FieldKind::Member { .. }
        | FieldKind::Group { .. }
        | FieldKind::Link { .. }
        | FieldKind::Backlink { .. } => "string | string[]".into(),
        _ => "string".into(),
    }
}
