use std::{convert::Infallible, io::Cursor, path::Path};

use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream};
use skein_store::{Blob, BlobError, Blobs};
use skein_testkit::{TestDb, clock, on_each_database, until};
use skein_types::Clock;

async fn put(blobs: &Blobs, content: &[u8]) -> Result<Blob, BlobError> {
    let parts: Vec<_> =
        content.chunks(1000).map(|part| Ok::<_, Infallible>(Bytes::copy_from_slice(part))).collect();
    blobs.put(stream::iter(parts), 1 << 20, "upload-1", clock().now()).await
}

async fn get(blobs: &Blobs, hash: &str, range: Option<std::ops::Range<u64>>) -> Result<Vec<u8>, BlobError> {
    let parts: Vec<Bytes> = blobs.get(hash, range).await?.try_collect().await?;
    Ok(parts.concat())
}

/// Every file below the folder of the blobs.
fn files(folder: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder) else { return vec![] };
    let mut found = vec![];
    for entry in entries.map(Result::unwrap) {
        if entry.path().is_dir() {
            found.extend(files(&entry.path()));
        } else {
            found.push(entry.path().display().to_string());
        }
    }
    found
}

async fn stored(test: &TestDb) -> i64 {
    let row = test.db.row("SELECT COUNT(*) AS n FROM blobs", vec![]).await.unwrap();
    row.unwrap().get("n").unwrap()
}

#[tokio::test]
async fn content_reads_back_whole_and_in_parts() {
    on_each_database(async |test| {
        let blobs = test.blobs();
        let content: Vec<u8> = (0..100_000u32).flat_map(u32::to_le_bytes).collect();
        let blob = put(&blobs, &content).await.unwrap();
        assert_eq!(blob.size, 400_000);
        assert_eq!(blobs.info(&blob.hash).await.unwrap(), blob);
        assert_eq!(get(&blobs, &blob.hash, None).await.unwrap(), content);
        assert_eq!(blobs.bytes(&blob.hash).await.unwrap(), content);
        for (range, part) in [
            (0..1, &content[..1]),
            (99..70_001, &content[99..70_001]),
            (399_999..400_000, &content[399_999..]),
            (399_990..999_999, &content[399_990..]),
        ] {
            assert_eq!(get(&blobs, &blob.hash, Some(range)).await.unwrap(), part);
        }
        #[expect(clippy::reversed_empty_ranges, reason = "that is the case")]
        for range in [400_000..400_001, 5..5, 7..3, u64::MAX - 1..u64::MAX] {
            let error = get(&blobs, &blob.hash, Some(range)).await.unwrap_err();
            assert!(matches!(error, BlobError::Range { size: 400_000, .. }), "{error}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_same_content_is_stored_once() {
    on_each_database(async |test| {
        let blobs = test.blobs();
        let (one, two) = (put(&blobs, b"the same").await.unwrap(), put(&blobs, b"the same").await.unwrap());
        assert_eq!(one, two);
        assert_eq!(stored(&test).await, 1);
        assert_eq!(files(&test.folder().join("blobs")).len(), 1);
        let empty = put(&blobs, b"").await.unwrap();
        assert_eq!((empty.size, get(&blobs, &empty.hash, None).await.unwrap()), (0, vec![]));
    })
    .await;
}

#[tokio::test]
async fn an_upload_that_ends_badly_leaves_nothing() {
    on_each_database(async |test| {
        let blobs = test.blobs();
        let now = clock().now();
        let large = stream::repeat_with(|| Ok::<_, Infallible>(Bytes::from(vec![7; 100_000])));
        let result = blobs.put(Box::pin(large), 1 << 20, "a", now).await;
        assert!(matches!(result, Err(BlobError::TooLarge { limit }) if limit == 1 << 20));
        let broken = stream::iter([Ok(Bytes::from_static(b"half")), Err("the line is dead")]);
        let result = blobs.put(broken, 1 << 20, "b", now).await;
        assert!(matches!(result, Err(BlobError::Upload(why)) if why == "the line is dead"));
        let endless =
            stream::iter([Ok::<_, Infallible>(Bytes::from(vec![7; 100_000]))]).chain(stream::pending());
        tokio::select! {
            _ = blobs.put(Box::pin(endless), 1 << 20, "c", now) => unreachable!("it never ends"),
            () = until("a file is begun", async || !files(&test.folder().join("blobs")).is_empty()) => {}
        }
        until("no file is left", async || files(&test.folder().join("blobs")).is_empty()).await;
        assert_eq!(stored(&test).await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_name_that_is_no_hash_finds_nothing() {
    on_each_database(async |test| {
        let blobs = test.blobs();
        std::fs::write(test.folder().join("secret"), "x").unwrap();
        let long = "é".repeat(32);
        for bad in ["", "..", "../secret", "../../secret", "AB", &"g".repeat(64), &"0".repeat(64), &long] {
            assert!(get(&blobs, bad, None).await.is_err(), "{bad}");
            assert!(blobs.bytes(bad).await.is_err(), "{bad}");
            assert!(matches!(blobs.info(bad).await, Err(BlobError::NotFound)), "{bad}");
            assert!(blobs.thumbnail(bad, 64).await.is_err(), "{bad}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_type_is_told_by_the_bytes() {
    on_each_database(async |test| {
        let blobs = test.blobs();
        let chinese = "名称,地点\n".repeat(100);
        let cut = format!("a{chinese}");
        for (content, wanted) in [
            (b"<html><script>alert(1)</script></html>".as_slice(), "text/plain"),
            (b"<?xml version=\"1.0\"?><svg xmlns=\"http://www.w3.org/2000/svg\"/>", "text/plain"),
            (b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script/></svg>", "text/plain"),
            (chinese.as_bytes(), "text/plain"),
            (cut.as_bytes(), "text/plain"),
            (b"%PDF-1.7\n", "application/pdf"),
            (b"PK\x03\x04", "application/zip"),
            (b"\x89PNG\r\n\x1a\n", "image/png"),
            (b"a\0b", "application/octet-stream"),
            (b"\xff\xfe\xfd", "application/octet-stream"),
            (b"", "text/plain"),
        ] {
            let found = put(&blobs, content).await.unwrap().media_type;
            assert_eq!(found, wanted, "{:?}", String::from_utf8_lossy(content));
        }
    })
    .await;
}

fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    image::RgbImage::from_pixel(width, height, image::Rgb([200, 30, 30]))
        .write_to(&mut Cursor::new(&mut bytes), image::ImageFormat::Png)
        .unwrap();
    bytes
}

#[tokio::test]
async fn a_thumbnail_fits_the_square_and_is_kept() {
    on_each_database(async |test| {
        let blobs = test.blobs();
        let hash = put(&blobs, &png(400, 100)).await.unwrap().hash;
        for (side, wanted) in [(64, (64, 16)), (1000, (400, 100)), (u32::MAX, (400, 100)), (0, (1, 1))] {
            let thumbnail = blobs.thumbnail(&hash, side).await.unwrap();
            let drawn = image::load_from_memory(&thumbnail).unwrap();
            assert_eq!((drawn.width(), drawn.height()), wanted, "side {side}");
            assert_eq!(blobs.thumbnail(&hash, side).await.unwrap(), thumbnail);
        }
    })
    .await;
}

/// A few bytes that claim to be an enormous picture.
#[tokio::test]
async fn an_image_bomb_is_refused() {
    on_each_database(async |test| {
        let blobs = test.blobs();
        let mut bomb = png(8, 8);
        // The header's width and height, and its checksum.
        bomb[16..20].copy_from_slice(&2_000_000_000u32.to_be_bytes());
        bomb[20..24].copy_from_slice(&2_000_000_000u32.to_be_bytes());
        let checksum = crc32(&bomb[12..29]);
        bomb[29..33].copy_from_slice(&checksum.to_be_bytes());
        let mut wide = png(8, 8);
        wide[16..20].copy_from_slice(&11_999u32.to_be_bytes());
        wide[20..24].copy_from_slice(&11_999u32.to_be_bytes());
        let checksum = crc32(&wide[12..29]);
        wide[29..33].copy_from_slice(&checksum.to_be_bytes());
        for content in [bomb.as_slice(), &wide, b"\x89PNG\r\n\x1a\n", b"no image", b""] {
            let hash = put(&blobs, content).await.unwrap().hash;
            let result = blobs.thumbnail(&hash, 64).await;
            assert!(matches!(result, Err(BlobError::NotAnImage(_))), "{result:?}");
        }
        assert!(files(&test.folder().join("blobs/thumbnails")).is_empty());
    })
    .await;
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg()))
    })
}
