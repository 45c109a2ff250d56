//! Files through the real binary: in a folder and, where there is one, in an S3 store.

use std::io::Cursor;

use reqwest::Method;
use serde_json::{Value, json};

use crate::{client::Client, process::Home};

/// More than one part of an upload in parts.
const LARGE: usize = 12 << 20;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_in_a_folder_live_through_backup_and_restore() {
    files_live_through_backup_and_restore(&Home::new(), &Home::new()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_in_a_bucket_live_through_backup_and_restore() {
    let (Some(from), Some(to)) = (skein_testkit::s3(), skein_testkit::s3()) else {
        eprintln!("left out S3: SKEIN_TEST_S3 is not set");
        return;
    };
    let (from, to) = (Home::with_bucket(from), Home::with_bucket(to));
    files_live_through_backup_and_restore(&from, &to).await;
    for home in [from, to] {
        let local = std::fs::read_dir(home.folder().join("data/files")).map_or(0, Iterator::count);
        assert_eq!(local, 0, "everything is in the bucket");
    }
}

async fn files_live_through_backup_and_restore(home: &Home, other: &Home) {
    let process = home.start().await;
    let client = process.set_up().await;
    let base = client.make_base(1).await.id;
    let content: Vec<u8> = (0..LARGE).map(|at| (at / 1_000 % 251) as u8).collect();
    let file = upload(&client, &base, "large.bin", content.clone()).await;
    let picture = upload(&client, &base, "goose.png", png()).await;
    let notes = upload(&client, &base, "notes.txt", "goose ".repeat(1_000).into_bytes()).await;
    let (status, _, told) = client.bytes(Method::PUT, "/me/avatar", &[], png()).await;
    assert_eq!(status, 200, "{}", String::from_utf8_lossy(&told));
    let me: Value = serde_json::from_slice(&told).expect("JSON");
    let avatar = me["avatar"].as_str().expect("an address").replace("/api/v1", "");
    check(&client, &content, [&file, &picture, &notes, &avatar]).await;

    let copy = home.folder().join("copy.skein-backup").display().to_string();
    let backup = home.run(&["backup", &copy], "");
    let words = String::from_utf8_lossy(&backup.stdout).into_owned();
    assert!(backup.status.success() && words.contains("3 files"), "{backup:?}");
    assert_eq!(process.terminate().await, Some(0));
    let restored = other.run(&["restore", &copy], "");
    assert!(restored.status.success(), "{restored:?}");
    let process = other.start().await;
    let client = process.sign_in("owner@test.example").await;
    check(&client, &content, [&file, &picture, &notes, &avatar]).await;
}

async fn upload(client: &Client, base: &str, name: &str, content: Vec<u8>) -> String {
    let (status, _, told) =
        client.bytes(Method::POST, &format!("/resources/{base}/files?name={name}"), &[], content).await;
    assert_eq!(status, 201, "{}", String::from_utf8_lossy(&told));
    let told: Value = serde_json::from_slice(&told).expect("JSON");
    assert_eq!(told["name"], json!(name));
    told["url"].as_str().expect("an address").replace("/api/v1", "")
}

fn png() -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let image = image::RgbImage::from_pixel(600, 300, image::Rgb([200, 80, 20]));
    image.write_to(&mut bytes, image::ImageFormat::Png).expect("it is drawn");
    bytes.into_inner()
}

async fn check(client: &Client, content: &[u8], [file, picture, notes, avatar]: [&str; 4]) {
    let get = async |path: &str, headers: &[(&'static str, &str)]| {
        client.bytes(Method::GET, path, headers, Vec::new()).await
    };
    let (status, _, whole) = get(file, &[]).await;
    assert!(status == 200 && whole == content, "{status}, {} bytes", whole.len());
    let (status, headers, part) = get(file, &[("range", "bytes=6000000-6000999")]).await;
    assert_eq!((status, part.as_slice()), (206, &content[6_000_000..6_001_000]));
    assert_eq!(headers["content-range"], format!("bytes 6000000-6000999/{LARGE}"));
    let (status, headers, nothing) = client.bytes(Method::HEAD, file, &[], Vec::new()).await;
    assert_eq!((status, nothing.len()), (200, 0));
    assert_eq!(headers["content-length"], LARGE.to_string());
    for path in [&format!("{picture}/thumbnail?size=256"), avatar] {
        let (status, headers, small) = get(path, &[]).await;
        assert_eq!((status, headers["content-type"].as_bytes()), (200, b"image/png".as_slice()), "{path}");
        assert_eq!(image::load_from_memory(&small).expect("a picture").width(), 256, "{path}");
    }
    // Text would be worth compressing, but a part of it could then not be asked for.
    let (status, headers, text) = get(&format!("{notes}?inline=1"), &[("accept-encoding", "gzip, br")]).await;
    assert_eq!((status, text.len(), headers.get("content-encoding")), (200, 6_000, None));
    assert_eq!(headers["content-security-policy"], "sandbox; default-src 'none'");
    assert_eq!(headers["cache-control"], "private, no-cache");
}
