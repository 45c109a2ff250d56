//! Places and files.

use crate::formula::{
    Datum, ErrorCode, coerce,
    functions::{
        Call, Function, Group,
        Takes::{Any, List},
        row::{In, NUMBER, Out, TEXT, TEXTS, list, number, one, text},
    },
};

const RECORD: In = In(Group::Record);
/// The mean radius of the earth in kilometres.
const EARTH: f64 = 6_371.008_8;

/// Latitude and longitude in degrees; none where there is nothing. A text says "latitude, longitude".
fn position(call: &Call<'_>, at: usize) -> Result<Option<(f64, f64)>, ErrorCode> {
    let value = match call.arg(at) {
        Datum::List(items) if items.len() == 1 => &items[0],
        other => other,
    };
    if let Datum::Place(place) = value {
        return Ok(Some((place.latitude, place.longitude)));
    }
    if coerce::is_blank(value) {
        return Ok(None);
    }
    let text = coerce::text_of(value, &call.cx(at))?;
    let (latitude, longitude) = text.split_once([',', '，']).ok_or(ErrorCode::Type)?;
    let read = |text: &str, most: f64| {
        let degrees = coerce::read_number(text, '.', ',').ok_or(ErrorCode::Type)?;
        if degrees.abs() <= most { Ok(degrees) } else { Err(ErrorCode::Value) }
    };
    Ok(Some((read(latitude, 90.0)?, read(longitude, 180.0)?)))
}

/// Along the surface of a sphere, by haversines.
fn distance(call: &Call<'_>) -> Out {
    let (Some(a), Some(b)) = (position(call, 0)?, position(call, 1)?) else { return Ok(Datum::Null) };
    let half = |from: f64, to: f64| ((to - from).to_radians() / 2.0).sin().powi(2);
    let along = half(a.0, b.0) + a.0.to_radians().cos() * b.0.to_radians().cos() * half(a.1, b.1);
    number(2.0 * EARTH * along.clamp(0.0, 1.0).sqrt().asin())
}

fn degrees(call: &Call<'_>, of: fn((f64, f64)) -> f64) -> Out {
    position(call, 0)?.map_or(Ok(Datum::Null), |at| number(of(at)))
}

fn file_names(call: &Call<'_>) -> Out {
    let names = call.list(0).iter().filter_map(|item| match item {
        Datum::File(file) => Some(Datum::Text(file.name.as_str().into())),
        _ => None,
    });
    list(names.collect())
}

fn file_size(call: &Call<'_>) -> Out {
    let sizes = call
        .list(0)
        .iter()
        .filter_map(|item| if let Datum::File(file) = item { Some(file.size) } else { None });
    number(sizes.map(|size| size as f64).sum())
}

fn file_type(call: &Call<'_>) -> Out {
    match call.list(0).first() {
        Some(Datum::File(file)) => text(file.media.as_str()),
        _ => text(""),
    }
}

pub(super) const ROWS: &[Function] = &[
    RECORD.strict(
        "DISTANCE",
        &[one("from", Any), one("to", Any)],
        NUMBER,
        "The kilometres from one place to another in a straight line over the ground.",
        (r#"ROUND(DISTANCE("39.9042, 116.4074", "31.2304, 121.4737"))"#, "1067"),
        distance,
    ),
    RECORD.strict(
        "LATITUDE",
        &[one("place", Any)],
        NUMBER,
        "The degrees north of a place.",
        (r#"LATITUDE("39.9, 116.4")"#, "39.9"),
        |c| degrees(c, |at| at.0),
    ),
    RECORD.strict(
        "LONGITUDE",
        &[one("place", Any)],
        NUMBER,
        "The degrees east of a place.",
        (r#"LONGITUDE("39.9, 116.4")"#, "116.4"),
        |c| degrees(c, |at| at.1),
    ),
    RECORD.strict(
        "FILENAMES",
        &[one("files", List)],
        TEXTS,
        "The names of attached files.",
        ("FILENAMES(BLANK())", "LIST()"),
        file_names,
    ),
    RECORD.strict(
        "FILESIZE",
        &[one("files", List)],
        NUMBER,
        "The bytes of attached files together.",
        ("FILESIZE(BLANK())", "0"),
        file_size,
    ),
    RECORD.strict(
        "FILETYPE",
        &[one("files", List)],
        TEXT,
        "The media type of the first attached file, such as application/pdf.",
        ("FILETYPE(BLANK())", r#""""#),
        file_type,
    ),
];
