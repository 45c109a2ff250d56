//! Files in cells: a record may only name files that were uploaded to its base.

use std::{collections::HashMap, sync::Arc};

use skein_platform::{Platform, files};
use skein_table::{File, Record, Value};
use skein_types::{FileId, ResourceId};

use crate::BaseError;

/// Puts in what is known of the files that cells name: their size and type are not for the client to say.
pub(crate) async fn resolve(
    platform: &Platform,
    base: ResourceId,
    records: &mut [Record],
) -> Result<(), BaseError> {
    let mut ids: Vec<FileId> = Vec::new();
    for (_, value) in records.iter().flat_map(|record| &record.cells) {
        if let Value::Files { f } = value {
            ids.extend(f.iter().map(|file| file.id));
        }
    }
    if ids.is_empty() {
        return Ok(());
    }
    ids.sort_unstable();
    ids.dedup();
    let known = files::find(&platform.db, base, &ids).await?;
    for (at, record) in records.iter_mut().enumerate() {
        for (field, value) in &mut record.cells {
            let Value::Files { f } = value else { continue };
            let resolved = f.iter().map(|file| of(file, &known)).collect::<Option<Arc<[File]>>>();
            *f = resolved.ok_or_else(|| {
                let detail = "name files that were uploaded to this base: POST /resources/{base}/files";
                BaseError::invalid("file.unknown", format!("records[{at}].fields.{field}"), detail)
            })?;
        }
    }
    Ok(())
}

/// The file as it was uploaded; people may call it otherwise in a cell.
fn of(file: &File, known: &HashMap<FileId, files::File>) -> Option<File> {
    let upload = known.get(&file.id)?;
    let named = !file.name.trim().is_empty()
        && file.name.chars().count() <= 255
        && !file.name.chars().any(|c| c.is_control() || c == '/' || c == '\\');
    let name = if named { file.name.trim().to_owned() } else { upload.name.clone() };
    Some(File { id: file.id, name, size: upload.size, media: upload.media.clone() })
}
