//! Small files for the cells of the demo: pictures of stations, signed contracts, plans.

use std::{convert::Infallible, fmt::Write, io::Cursor};

use bytes::Bytes;
use futures_util::stream;
use image::{ImageFormat, Rgb, RgbImage};
use serde_json::{Value as Json, json};
use skein_platform::{
    Ctx,
    access::{Edit, Granted},
    files,
};
use skein_types::Problem;

use super::{dice::Dice, fault};

/// Files as cells name them.
pub(super) struct Shelf {
    pub(super) photos: Vec<Json>,
    pub(super) contracts: Vec<Json>,
    pub(super) plans: Vec<Json>,
}

impl Shelf {
    /// Makes the files and uploads them to the base.
    pub(super) async fn fill(ctx: &Ctx, granted: &Granted<Edit>) -> Result<Self, Problem> {
        let (mut photos, mut contracts, mut plans) = (Vec::new(), Vec::new(), Vec::new());
        for number in 1..=8 {
            let name = format!("station-{number}.png");
            photos.push(upload(ctx, granted, &name, picture(number).map_err(fault)?).await?);
        }
        for kind in ["Site lease", "Power supply", "Advertising", "Maintenance"] {
            let name = format!("{}-signed.pdf", kind.to_lowercase().replace(' ', "-"));
            contracts.push(upload(ctx, granted, &name, paper(kind)).await?);
        }
        for half in ["first", "second"] {
            let plan =
                format!("quarter,new stations,chargers\n1 of {half} half,4,32\n2 of {half} half,6,54\n");
            plans.push(upload(ctx, granted, &format!("plan-{half}-half.csv"), plan.into_bytes()).await?);
        }
        Ok(Self { photos, contracts, plans })
    }
}

async fn upload(ctx: &Ctx, granted: &Granted<Edit>, name: &str, content: Vec<u8>) -> Result<Json, Problem> {
    let content = stream::iter([Ok::<_, Infallible>(Bytes::from(content))]);
    let file = files::upload(ctx, granted, name, content).await?;
    Ok(json!({"id": file.id, "name": file.name, "size": file.size, "media": file.media}))
}

const WIDTH: u32 = 240;
const HEIGHT: u32 = 160;

/// A PNG of a charging station: sky, ground, a roof and some chargers.
fn picture(number: u64) -> Result<Vec<u8>, image::ImageError> {
    let mut dice = Dice::new(number);
    let hour = dice.part();
    let chargers = dice.whole(3, 6) as u32;
    let accent = dice.pick(&[[52, 120, 246], [32, 160, 120], [232, 120, 40], [150, 90, 220]]);
    let space = WIDTH / chargers;
    let pixel = |x: u32, y: u32| {
        let (roof, ground) = (40..48, 122);
        let within = x % space;
        let middle = space / 2;
        if roof.contains(&y) && (12..WIDTH - 12).contains(&x) {
            return Rgb(accent);
        }
        if (70..ground).contains(&y) && within.abs_diff(middle) < 7 {
            let screen = (78..90).contains(&y) && within.abs_diff(middle) < 4;
            return Rgb(if screen { accent } else { [238, 240, 243] });
        }
        if y >= ground {
            let line = y > 136 && within < 3;
            return Rgb(if line { [230, 230, 226] } else { [92, 96, 104] });
        }
        let low = f64::from(y) / f64::from(ground);
        let mix = |high: f64, horizon: f64| (high + (horizon - high) * low) as u8;
        Rgb([mix(70.0 + 120.0 * hour, 245.0), mix(120.0, 214.0), mix(210.0 - 60.0 * hour, 190.0)])
    };
    let picture = RgbImage::from_fn(WIDTH, HEIGHT, pixel);
    let mut content = Cursor::new(Vec::new());
    picture.write_to(&mut content, ImageFormat::Png)?;
    Ok(content.into_inner())
}

/// A PDF of one page.
fn paper(kind: &str) -> Vec<u8> {
    let lines = [
        format!("(Wild Goose Energy - {kind})"),
        "(This is a sample document of the demo company.)".to_owned(),
        "(Signed by both parties.)".to_owned(),
    ];
    let mut text = String::from("BT /F1 18 Tf 72 760 Td 28 TL");
    for line in &lines {
        let _ = write!(text, " {line} Tj T*");
    }
    text.push_str(" ET");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R \
         /Resources << /Font << /F1 5 0 R >> >> >>"
            .to_owned(),
        format!("<< /Length {} >>\nstream\n{text}\nendstream", text.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    let mut file = String::from("%PDF-1.4\n");
    let mut places = Vec::new();
    for (at, object) in objects.iter().enumerate() {
        places.push(file.len());
        let _ = writeln!(file, "{} 0 obj\n{object}\nendobj", at + 1);
    }
    let table = file.len();
    let _ = write!(file, "xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for place in places {
        let _ = writeln!(file, "{place:010} 00000 n ");
    }
    let _ =
        write!(file, "trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n", objects.len() + 1);
    file.into_bytes()
}
