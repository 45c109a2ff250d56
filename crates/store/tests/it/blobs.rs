//! Blobs in a directory and, where there is one, in an S3 store.

use std::{
    convert::Infallible,
    io::Cursor,
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
    task::Poll,
};

use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream};
use object_store::{
    ObjectStore, ObjectStoreExt,
    aws::{AmazonS3, AmazonS3Builder},
    path::Path as ObjectPath,
};
use skein_store::{Blob, BlobConfig, BlobError, Blobs, FutureExt, StoreError, Swept, params};
use skein_testkit::{TestDb, clock, on_each_database, until};
use skein_types::{Clock, Timestamp};

/// A database with a blob store.
struct Place {
    test: TestDb,
    config: BlobConfig,
}

/// Runs a test on a directory with each kind of database, and on the S3 store when one is named.
async fn on_each_place(body: impl AsyncFn(Place)) {
    on_each_database(async |test| {
        let config = test.blob_config();
        body(Place { test, config }).await;
    })
    .await;
    match skein_testkit::s3() {
        Some(config) => body(Place { test: TestDb::sqlite(true).await, config }).await,
        None => eprintln!("left out S3: SKEIN_TEST_S3 is not set"),
    }
}

impl Place {
    fn blobs(&self) -> Blobs {
        Blobs::open(&self.config, self.test.db.clone()).unwrap()
    }

    /// Everything there is below a folder of the store.
    async fn files(&self, below: &str) -> Vec<String> {
        match &self.config {
            BlobConfig::Local(folder) => files(&folder.join(below)),
            BlobConfig::S3 { prefix, .. } => {
                let folder = ObjectPath::from(format!("{prefix}/{below}"));
                let found: Vec<_> = self.bucket().list(Some(&folder)).try_collect().await.unwrap();
                found.into_iter().map(|object| object.location.to_string()).collect()
            }
        }
    }

    /// The bucket itself.
    fn bucket(&self) -> AmazonS3 {
        let BlobConfig::S3 { endpoint, bucket, region, access_key, secret_key, .. } = &self.config else {
            panic!("this is no bucket");
        };
        let store = AmazonS3Builder::new().with_endpoint(endpoint).with_allow_http(true);
        let store = store.with_bucket_name(bucket).with_region(region);
        store.with_access_key_id(access_key).with_secret_access_key(secret_key).build().unwrap()
    }

    async fn sql(&self, sql: &'static str, values: Vec<skein_store::Param>) {
        let done =
            self.test.db.write(move |tx| async move { tx.execute(sql, values).await.map(|_| ()) }.boxed());
        done.await.unwrap_or_else(|error: StoreError| panic!("{sql}: {error}"));
    }
}

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
    on_each_place(async |place| {
        let blobs = place.blobs();
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
    on_each_place(async |place| {
        let blobs = place.blobs();
        let (one, two) = (put(&blobs, b"the same").await.unwrap(), put(&blobs, b"the same").await.unwrap());
        assert_eq!(one, two);
        assert_eq!(stored(&place.test).await, 1);
        assert_eq!(place.files("").await.len(), 1);
        let empty = put(&blobs, b"").await.unwrap();
        assert_eq!((empty.size, get(&blobs, &empty.hash, None).await.unwrap()), (0, vec![]));
    })
    .await;
}

#[tokio::test]
async fn an_upload_that_ends_badly_leaves_nothing() {
    on_each_place(async |place| {
        let blobs = place.blobs();
        let now = clock().now();
        let large = stream::repeat_with(|| Ok::<_, Infallible>(Bytes::from(vec![7; 100_000])));
        let result = blobs.put(Box::pin(large), 1 << 20, "a", now).await;
        assert!(matches!(result, Err(BlobError::TooLarge { limit }) if limit == 1 << 20));
        let broken = stream::iter([Ok(Bytes::from_static(b"half")), Err("the line is dead")]);
        let result = blobs.put(broken, 1 << 20, "b", now).await;
        assert!(matches!(result, Err(BlobError::Upload(why)) if why == "the line is dead"));
        let begun = AtomicBool::new(false);
        let silence = stream::poll_fn(|_| {
            begun.store(true, Ordering::Relaxed);
            Poll::Pending
        });
        let endless = stream::iter([Ok::<_, Infallible>(Bytes::from(vec![7; 100_000]))]).chain(silence);
        tokio::select! {
            _ = blobs.put(endless, 1 << 20, "c", now) => unreachable!("it never ends"),
            () = until("it is begun", async || begun.load(Ordering::Relaxed)) => {}
        }
        until("no file is left", async || place.files("").await.is_empty()).await;
        assert_eq!(stored(&place.test).await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_name_that_is_no_hash_finds_nothing() {
    on_each_place(async |place| {
        let blobs = place.blobs();
        std::fs::write(place.test.folder().join("secret"), "x").unwrap();
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
    on_each_place(async |place| {
        let blobs = place.blobs();
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
    on_each_place(async |place| {
        let blobs = place.blobs();
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
    on_each_place(async |place| {
        let blobs = place.blobs();
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
        assert!(place.files("thumbnails").await.is_empty());
    })
    .await;
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg()))
    })
}

/// A picture that was taken with the camera on its side is shown upright.
#[tokio::test]
async fn a_thumbnail_stands_upright() {
    on_each_place(async |place| {
        let mut jpeg = Vec::new();
        image::RgbImage::from_pixel(80, 40, image::Rgb([200, 30, 30]))
            .write_to(&mut Cursor::new(&mut jpeg), image::ImageFormat::Jpeg)
            .unwrap();
        // After the start of the image: an APP1 segment whose only entry, orientation, is 6.
        let exif = b"\xff\xe1\x00\x22Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
        jpeg.splice(2..2, exif.iter().copied());
        let blobs = place.blobs();
        let hash = put(&blobs, &jpeg).await.unwrap().hash;
        let drawn = image::load_from_memory(&blobs.thumbnail(&hash, 20).await.unwrap()).unwrap();
        assert_eq!((drawn.width(), drawn.height()), (10, 20));
    })
    .await;
}

/// So many days after the clock of these tests.
fn day(number: u8) -> Timestamp {
    format!("2026-11-{}T08:00:00Z", 20 + number).parse().unwrap()
}

/// Every reference there is in these tests.
const REFERENCES: &[(&str, &str)] = &[("members", "avatar"), ("kept", "hash")];

#[tokio::test]
async fn a_sweep_removes_what_is_old_and_not_referred_to() {
    on_each_place(async |place| {
        let blobs = place.blobs();
        place.sql("CREATE TABLE kept (hash TEXT)", vec![]).await;
        let (used, unused) = (put(&blobs, &png(9, 9)).await.unwrap(), put(&blobs, &png(8, 8)).await.unwrap());
        let again = put(&blobs, b"stored once more today").await.unwrap();
        place.sql("INSERT INTO kept (hash) VALUES ($1), (NULL)", params![&used.hash]).await;
        for blob in [&used, &unused] {
            blobs.thumbnail(&blob.hash, 64).await.unwrap();
            blobs.thumbnail(&blob.hash, 128).await.unwrap();
        }
        assert_eq!(blobs.sweep(REFERENCES, day(0)).await.unwrap(), Swept::default(), "nothing is older");

        let content = stream::iter([Ok::<_, Infallible>(Bytes::from_static(b"stored once more today"))]);
        blobs.put(content, 100, "later", day(1)).await.unwrap();
        assert_eq!(blobs.sweep(REFERENCES, day(1)).await.unwrap(), Swept { blobs: 1, incoming: 0 });
        assert!(matches!(blobs.info(&unused.hash).await, Err(BlobError::NotFound)));
        assert!(blobs.bytes(&unused.hash).await.is_err());
        assert_eq!(get(&blobs, &used.hash, None).await.unwrap(), png(9, 9));
        assert_eq!(get(&blobs, &again.hash, None).await.unwrap(), b"stored once more today");
        assert_eq!((place.files("blobs").await.len(), place.files("thumbnails").await.len()), (2, 2));

        // A blob whose content is lost goes as well.
        let lost = put(&blobs, b"lost").await.unwrap();
        assert_eq!(put(&blobs, b"lost").await.unwrap(), lost);
        if let BlobConfig::Local(folder) = &place.config {
            std::fs::remove_file(folder.join(format!("blobs/{}/{}", &lost.hash[..2], lost.hash))).unwrap();
        }
        assert_eq!(blobs.sweep(REFERENCES, day(2)).await.unwrap().blobs, 2);
        assert_eq!(stored(&place.test).await, 1);
    })
    .await;
}

/// Uploads of a content and sweeps of the same, all at once: whoever was told that it is stored finds it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sweep_takes_nothing_that_is_uploaded_meanwhile() {
    on_each_place(async |place| {
        let blobs = place.blobs();
        for round in 0..20u32 {
            let content = format!("round {round}").into_bytes();
            // Of old, and unused.
            put(&blobs, &content).await.unwrap();
            let upload = |name: &'static str| {
                let part = stream::iter([Ok::<_, Infallible>(Bytes::from(content.clone()))]);
                let blobs = blobs.clone();
                async move { blobs.put(part, 100, name, day(2)).await.unwrap() }
            };
            let (one, two, _, _) = tokio::join!(
                tokio::spawn(upload("one")),
                tokio::spawn(upload("two")),
                blobs.sweep(&[], day(1)),
                blobs.sweep(&[], day(1)),
            );
            let blob = one.unwrap();
            assert_eq!(blob, two.unwrap());
            assert_eq!(blobs.info(&blob.hash).await.unwrap(), blob, "round {round}");
            assert_eq!(get(&blobs, &blob.hash, None).await.unwrap(), content, "round {round}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_sweep_removes_what_old_uploads_left() {
    on_each_database(async |test| {
        let blobs = test.blobs();
        let folder = test.folder().join("blobs/incoming");
        std::fs::create_dir_all(&folder).unwrap();
        for name in ["whole", "half#1"] {
            std::fs::write(folder.join(name), "left by a server that was killed").unwrap();
        }
        let written = std::fs::metadata(folder.join("half#1")).unwrap().modified().unwrap();
        let second = std::time::Duration::from_secs(1);
        let (before, after) = (written - second, written + second);
        let swept = blobs.sweep(&[], before.try_into().unwrap()).await.unwrap();
        assert_eq!((swept.incoming, files(&folder).len()), (0, 2), "they may still go on");
        let swept = blobs.sweep(&[], after.try_into().unwrap()).await.unwrap();
        assert_eq!((swept.incoming, files(&folder).len()), (2, 0));
    })
    .await;
}

#[tokio::test]
async fn a_sweep_removes_what_old_uploads_left_in_a_bucket() {
    let Some(config) = skein_testkit::s3() else { return };
    let place = Place { test: TestDb::sqlite(true).await, config };
    let BlobConfig::S3 { prefix, .. } = &place.config else { panic!("this is no bucket") };
    let blobs = place.blobs();
    let left = ObjectPath::from(format!("{prefix}/incoming/left"));
    place.bucket().put(&left, "left by a server that was killed".into()).await.unwrap();
    let written = place.bucket().head(&left).await.unwrap().last_modified.timestamp();
    for (second, removed) in [(written - 1, 0), (written + 1, 1)] {
        let before = Timestamp::from_second(second).unwrap();
        assert_eq!(blobs.sweep(&[], before).await.unwrap().incoming, removed);
        assert_eq!(place.files("incoming").await.len(), 1 - removed);
    }
}
