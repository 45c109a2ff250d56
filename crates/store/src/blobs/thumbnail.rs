//! Small pictures of images, made once and kept beside the blobs.

use bytes::Bytes;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};
use object_store::{ObjectStoreExt, path::Path};

use super::{BlobError, Blobs, is_hash};

/// Thumbnails are made of images up to this many pixels a side: a small file can claim to be huge.
const MAX_SIDE: u32 = 12_000;
const MAX_PIXELS_MEMORY: u64 = 256 << 20;
/// And of files up to this many bytes.
const MAX_IMAGE: u64 = 64 << 20;
/// No thumbnail has a longer side.
const MAX_THUMBNAIL: u32 = 2_048;

impl Blobs {
    /// A PNG of an image blob that fits into a square of `side` pixels, which are brought into 1 to
    /// 2,048. It is made once and kept; a smaller image stays as it is. It stands upright.
    pub async fn thumbnail(&self, hash: &str, side: u32) -> Result<Bytes, BlobError> {
        if !is_hash(hash) {
            return Err(BlobError::NotFound);
        }
        let side = side.clamp(1, MAX_THUMBNAIL);
        let kept = Path::from(format!("{}/{side}", folder(hash)));
        match self.store.get(&kept).await {
            Ok(found) => return Ok(found.bytes().await?),
            Err(object_store::Error::NotFound { .. }) => {}
            Err(error) => return Err(error.into()),
        }
        let info = self.info(hash).await?;
        if !info.media_type.starts_with("image/") {
            return Err(BlobError::NotAnImage(format!("its type is {}", info.media_type)));
        }
        if info.size > MAX_IMAGE {
            return Err(BlobError::NotAnImage(format!("it has more than {MAX_IMAGE} bytes")));
        }
        let turn = self.drawing.clone().acquire_owned().await;
        let content = self.bytes(hash).await?;
        // The thread goes on when nobody waits for it any more; its turn ends with it.
        let drawn = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            draw(&content, side)
        })
        .await
        .map_err(|error| BlobError::NotAnImage(error.to_string()))??;
        self.store.put(&kept, drawn.clone().into()).await?;
        Ok(drawn)
    }
}

/// Where the thumbnails of a blob are.
pub(super) fn folder(hash: &str) -> String {
    format!("thumbnails/{}/{hash}", &hash[..2])
}

fn draw(content: &[u8], side: u32) -> Result<Bytes, BlobError> {
    let bad = |error: &dyn std::fmt::Display| BlobError::NotAnImage(error.to_string());
    let mut reader =
        ImageReader::new(std::io::Cursor::new(content)).with_guessed_format().map_err(|error| bad(&error))?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(MAX_PIXELS_MEMORY);
    reader.limits(limits.clone());
    let mut decoder = reader.into_decoder().map_err(|error| bad(&error))?;
    limits.reserve(decoder.total_bytes()).map_err(|error| bad(&error))?;
    // A picture whose orientation cannot be told is shown as it is stored.
    let orientation = decoder.orientation().ok();
    let image = DynamicImage::from_decoder(decoder).map_err(|error| bad(&error))?;
    let fits = image.width() <= side && image.height() <= side;
    let mut image = if fits { image } else { image.thumbnail(side, side) };
    if let Some(orientation) = orientation {
        image.apply_orientation(orientation);
    }
    let mut png = Vec::new();
    image.write_to(&mut std::io::Cursor::new(&mut png), ImageFormat::Png).map_err(|error| bad(&error))?;
    Ok(png.into())
}
