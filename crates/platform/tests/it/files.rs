//! Files over HTTP and as other modules use them.

use std::{convert::Infallible, io::Cursor, net::SocketAddr};

use axum::{
    body::{Body, Bytes},
    extract::ConnectInfo,
    http::{HeaderMap, Request, StatusCode},
};
use futures_util::{StreamExt, stream};
use jiff::SignedDuration;
use serde_json::{Value, json};
use skein_platform::{
    Ctx, Settings,
    access::{Edit, Role},
    drive::{self, FOLDER},
    files::{self, File, FileError, files_stream},
    identity::{self, OrgRole},
};
use skein_store::{FutureExt, StoreError, params};
use skein_testkit::{TestDb, on_each_database};
use skein_types::{FileId, MemberId, ResourceId};
use tower::ServiceExt;
use utoipa_axum::router::OpenApiRouter;

use crate::{
    people::{Answer, Client, House},
    world::{Notes, World, code, folder, grant, note},
};

async fn house(test: TestDb, upload_limit: u64) -> House {
    let house = House::with(test, Settings { upload_limit, ..Settings::default() }).await;
    house.platform.register_kind(std::sync::Arc::new(Notes::default()));
    let (router, _) = OpenApiRouter::new()
        .merge(identity::router())
        .merge(drive::router())
        .merge(files::router())
        .split_for_parts();
    House { router: router.with_state(house.platform.clone()), ..house }
}

async fn make(client: &mut Client, kind: &str) -> String {
    let made = client.post("/resources", json!({ "kind": kind, "name": "Shared", "parent": null })).await;
    made.json["id"].as_str().unwrap().to_owned()
}

async fn upload(client: &mut Client, resource: &str, name: &str, content: &[u8]) -> Answer {
    let path = format!("/resources/{resource}/files?name={name}");
    client.raw("POST", &path, "application/octet-stream", content.to_vec()).await
}

/// The path of what was uploaded.
async fn uploaded(client: &mut Client, resource: &str, name: &str, content: &[u8]) -> String {
    let answer = upload(client, resource, name, content).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{:?}", answer.json);
    answer.json["url"].as_str().unwrap().strip_prefix("/api/v1").unwrap().to_owned()
}

/// Headers of a request.
type Sent<'h> = &'h [(&'static str, &'h str)];

async fn get_with(client: &Client, method: &str, path: &str, headers: Sent<'_>) -> Answer {
    let mut client = client.clone();
    for (name, value) in headers {
        client.headers.insert(*name, value.parse().unwrap());
    }
    client.raw(method, path, "text/plain", Vec::new()).await
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> &'h str {
    headers.get(name).map_or("", |value| value.to_str().unwrap())
}

fn png() -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let image = image::RgbImage::from_pixel(400, 100, image::Rgb([200, 80, 20]));
    image.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

async fn count(test: &TestDb, table: &str) -> i64 {
    let row = test.db.row(&format!("SELECT COUNT(*) AS n FROM {table}"), vec![]).await.unwrap();
    row.unwrap().get("n").unwrap()
}

/// Files that wait in the store to be finished.
fn waiting(test: &TestDb) -> usize {
    std::fs::read_dir(test.folder().join("blobs/incoming")).map_or(0, Iterator::count)
}

#[test]
fn every_endpoint_has_a_row_in_the_policy() {
    let api = serde_json::to_value(files::router().to_openapi()).unwrap();
    let mut described: Vec<(String, String)> = vec![];
    for (path, methods) in api["paths"].as_object().unwrap() {
        described.extend(methods.as_object().unwrap().keys().map(|m| (m.to_uppercase(), path.clone())));
    }
    let mut rows: Vec<(String, String)> =
        files::POLICY.iter().map(|(method, path, _)| ((*method).into(), (*path).into())).collect();
    described.sort();
    rows.sort();
    assert_eq!(described, rows);
}

/// A browser in which a link to the resource was opened.
async fn visitor(house: &House, owner: &mut Client, resource: &str, role: &str) -> Client {
    let link = owner.send("PUT", &format!("/resources/{resource}/link"), json!({ "role": role })).await;
    let token = link.json["url"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    let mut visitor = house.browser();
    assert_eq!(visitor.post(&format!("/links/{token}/open"), json!({})).await.status, 200);
    visitor
}

async fn granted(house: &House, owner: &mut Client, resource: &str, name: &str, role: &str) -> Client {
    let member: MemberId = house.member(name, OrgRole::Member).await;
    let grant = json!({ "subject": { "kind": "member", "id": member }, "role": role });
    assert_eq!(owner.send("PUT", &format!("/resources/{resource}/grants"), grant).await.status, 204);
    house.signed_in(&name.to_lowercase()).await
}

#[tokio::test]
async fn who_may_do_what_with_files() {
    on_each_database(async |test| {
        let house = house(test, 1 << 20).await;
        let mut olga = house.signed_in("olga").await;
        let resource = make(&mut olga, "note").await;
        let path = uploaded(&mut olga, &resource, "a.png", &png()).await;
        house.member("Strange", OrgRole::Admin).await;
        house.member("Guest", OrgRole::Guest).await;
        let reads = olga.token(&["read"]).await;
        let cases = [
            ("its owner", olga.clone(), (201, 200)),
            ("manages", granted(&house, &mut olga, &resource, "Mia", "manage").await, (201, 200)),
            ("edits", granted(&house, &mut olga, &resource, "Eva", "edit").await, (201, 200)),
            ("comments", granted(&house, &mut olga, &resource, "Cleo", "comment").await, (403, 200)),
            ("views", granted(&house, &mut olga, &resource, "Vera", "view").await, (403, 200)),
            ("an admin it is not shared with", house.signed_in("strange").await, (404, 404)),
            ("a guest it is not shared with", house.signed_in("guest").await, (404, 404)),
            ("nobody", house.browser(), (401, 401)),
            ("a token that reads", house.program(&reads), (403, 200)),
        ];
        for (who, mut client, (uploads, reads)) in cases {
            allowed(who, &mut client, &resource, &path, uploads, reads).await;
        }
        let mut edits = visitor(&house, &mut olga, &resource, "edit").await;
        allowed("who opened a link to edit", &mut edits, &resource, &path, 201, 200).await;
        let mut views = visitor(&house, &mut olga, &resource, "view").await;
        allowed("who opened a link to view", &mut views, &resource, &path, 403, 200).await;
        allowed("whose link was changed", &mut edits, &resource, &path, 401, 401).await;
        let other = make(&mut olga, "note").await;
        let mut elsewhere = visitor(&house, &mut olga, &other, "edit").await;
        allowed("who opened another link", &mut elsewhere, &resource, &path, 404, 404).await;
        olga.post(&format!("/resources/{resource}/trash"), Value::Null).await;
        allowed("its owner, in the trash", &mut olga, &resource, &path, 410, 410).await;
        olga.send("DELETE", &format!("/resources/{resource}"), Value::Null).await;
        allowed("its owner, deleted for good", &mut olga, &resource, &path, 404, 404).await;
    })
    .await;
}

async fn allowed(who: &str, client: &mut Client, resource: &str, path: &str, uploads: u16, reads: u16) {
    assert_eq!(upload(client, resource, "b.txt", b"b").await.status, uploads, "{who} uploads");
    for (method, path) in [("GET", path), ("HEAD", path), ("GET", &format!("{path}/thumbnail"))] {
        let answer = get_with(client, method, path, &[]).await;
        assert_eq!(answer.status, reads, "{who}: {method} {path}");
        let expected = if reads == 404 { "file.not_found" } else { answer.code() };
        assert!(method == "HEAD" || answer.code() == expected, "{who}: {}", answer.code());
    }
}

#[tokio::test]
async fn a_file_comes_back_whole_and_in_parts() {
    on_each_database(async |test| {
        let house = house(test, 1 << 20).await;
        let mut olga = house.signed_in("olga").await;
        let resource = make(&mut olga, "note").await;
        let content: Vec<u8> = (0..100_000u32).map(|n| (n % 251) as u8).collect();
        let told = upload(&mut olga, &resource, "numbers.bin", &content).await.json;
        let url = told["url"].as_str().unwrap();
        assert_eq!(
            (&told["name"], &told["size"], &told["media"]),
            (&json!("numbers.bin"), &json!(100_000), &json!("application/octet-stream"))
        );
        assert_eq!(url, format!("/api/v1/files/{}", told["id"].as_str().unwrap()));
        let path = url.strip_prefix("/api/v1").unwrap();

        let whole = olga.get(path).await;
        assert_eq!((whole.status.as_u16(), &whole.bytes), (200, &content));
        let etag = text(&whole.headers, "etag").to_owned();
        for (name, value) in [
            ("content-length", "100000"),
            ("content-type", "application/octet-stream"),
            ("accept-ranges", "bytes"),
            ("cache-control", "private, no-cache"),
            ("x-content-type-options", "nosniff"),
            ("content-security-policy", "sandbox; default-src 'none'"),
            ("content-disposition", "attachment; filename=\"numbers.bin\"; filename*=UTF-8''numbers.bin"),
        ] {
            assert_eq!(text(&whole.headers, name), value, "{name}");
        }
        let head = get_with(&olga, "HEAD", path, &[("range", "bytes=0-9")]).await;
        assert_eq!((head.status.as_u16(), head.bytes.len()), (200, 0));
        assert_eq!(text(&head.headers, "content-length"), "100000");

        let cases: [(Sent, u16, &[u8], &str); 11] = [
            (&[("range", "bytes=0-0")], 206, &content[..1], "bytes 0-0/100000"),
            (&[("range", "bytes=99-70000")], 206, &content[99..=70_000], "bytes 99-70000/100000"),
            (&[("range", "bytes=99990-")], 206, &content[99_990..], "bytes 99990-99999/100000"),
            (&[("range", "bytes=-5")], 206, &content[99_995..], "bytes 99995-99999/100000"),
            (&[("range", "bytes=5-999999")], 206, &content[5..], "bytes 5-99999/100000"),
            (&[("range", "bytes=0-1,4-5")], 200, &content, ""),
            (&[("range", "bytes=9-8")], 200, &content, ""),
            (&[("range", "bytes=1-2"), ("if-range", &etag)], 206, &content[1..3], "bytes 1-2/100000"),
            (&[("range", "bytes=1-2"), ("if-range", "\"other\"")], 200, &content, ""),
            (&[("if-none-match", "\"other\"")], 200, &content, ""),
            (&[("if-none-match", &format!("\"other\", W/{etag}"))], 304, b"", ""),
        ];
        for (headers, status, body, range) in cases {
            let answer = get_with(&olga, "GET", path, headers).await;
            assert_eq!(
                (answer.status.as_u16(), text(&answer.headers, "content-range")),
                (status, range),
                "{headers:?}"
            );
            assert_eq!(answer.bytes, body, "{headers:?}");
            assert_eq!(text(&answer.headers, "etag"), etag);
        }
        let outside = get_with(&olga, "GET", path, &[("range", "bytes=100000-")]).await;
        assert_eq!(outside.told(), (416, "file.range"));
        assert_eq!(text(&outside.headers, "content-range"), "bytes */100000");
    })
    .await;
}

#[tokio::test]
async fn an_empty_file_is_a_file() {
    on_each_database(async |test| {
        let house = house(test, 100).await;
        let mut olga = house.signed_in("olga").await;
        let resource = make(&mut olga, "note").await;
        let path = uploaded(&mut olga, &resource, "empty", b"").await;
        let answer = olga.get(&path).await;
        assert_eq!((answer.status.as_u16(), text(&answer.headers, "content-length")), (200, "0"));
        assert_eq!(get_with(&olga, "GET", &path, &[("range", "bytes=0-")]).await.told(), (416, "file.range"));
    })
    .await;
}

#[tokio::test]
async fn hostile_names_stay_names() {
    let house = house(TestDb::sqlite(true).await, 100).await;
    let mut olga = house.signed_in("olga").await;
    let resource = make(&mut olga, "note").await;
    let cases = [
        (
            "a%0D%0ASet-Cookie:%20x=1.txt",
            "aSet-Cookie: x=1.txt",
            "aSet-Cookie_ x_1.txt",
            "aSet-Cookie%3A%20x%3D1.txt",
        ),
        ("..%2F..%5Cetc%2Fpasswd", ".._.._etc_passwd", ".._.._etc_passwd", ".._.._etc_passwd"),
        (
            "a%22;%20filename=%22b.exe",
            "a\"; filename=\"b.exe",
            "a__ filename__b.exe",
            "a%22%3B%20filename%3D%22b.exe",
        ),
        ("photo%E2%80%AEgpj.exe", "photogpj.exe", "photogpj.exe", "photogpj.exe"),
        ("%E7%AB%99%E7%82%B9.csv", "站点.csv", "__.csv", "%E7%AB%99%E7%82%B9.csv"),
        ("%F0%9F%A6%86%00.txt", "🦆.txt", "_.txt", "%F0%9F%A6%86.txt"),
    ];
    for (sent, kept, plain, encoded) in cases {
        let told = upload(&mut olga, &resource, sent, b"x").await.json;
        assert_eq!(told["name"], kept);
        let path = told["url"].as_str().unwrap().strip_prefix("/api/v1").unwrap();
        let answer = olga.get(path).await;
        assert_eq!(
            text(&answer.headers, "content-disposition"),
            format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}")
        );
        assert!(!answer.headers.contains_key("set-cookie"));
    }
    for refused in ["", "%20", "..", "%0A", &"x".repeat(256)] {
        let answer = upload(&mut olga, &resource, refused, b"x").await;
        assert_eq!((answer.told(), &answer.json["field"]), ((422, "file.name"), &json!("name")));
    }
    let answer = olga.raw("POST", &format!("/resources/{resource}/files"), "text/plain", vec![1]).await;
    assert_eq!(answer.told(), (422, "request.invalid"), "a name must be given");
    assert_eq!(waiting(&house.test), 0);
}

/// What is shown in place, and that nothing of what is shown can run.
#[tokio::test]
async fn nothing_active_is_shown_in_place() {
    let house = house(TestDb::sqlite(true).await, 1 << 20).await;
    let mut olga = house.signed_in("olga").await;
    let resource = make(&mut olga, "note").await;
    let plain = "text/plain; charset=utf-8";
    let cases: [(&str, &[u8], &str, &str); 8] = [
        ("a.html", b"<!DOCTYPE html><script>alert(1)</script>", plain, "inline"),
        ("a.svg", b"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>", plain, "inline"),
        (
            "a.xhtml",
            b"<?xml version=\"1.0\"?><html xmlns=\"http://www.w3.org/1999/xhtml\"/>",
            plain,
            "inline",
        ),
        ("a.png", &png(), "image/png", "inline"),
        ("a.pdf", b"%PDF-1.7\n", "application/pdf", "inline"),
        ("a.mp3", b"ID3\x03\x00\x00", "audio/mpeg", "inline"),
        ("a.zip", b"PK\x03\x04", "application/zip", "attachment"),
        ("a.html", b"\0<script>alert(1)</script>", "application/octet-stream", "attachment"),
    ];
    for (name, content, media, how) in cases {
        let path = uploaded(&mut olga, &resource, name, content).await;
        for (query, how) in [("?inline=1", how), ("?inline=0", "attachment"), ("", "attachment")] {
            let answer = olga.get(&format!("{path}{query}")).await;
            assert_eq!(text(&answer.headers, "content-type"), media, "{name}");
            assert!(text(&answer.headers, "content-disposition").starts_with(how), "{name}{query}");
            assert_eq!(text(&answer.headers, "x-content-type-options"), "nosniff");
            let policy = match (media, query) {
                ("audio/mpeg", "?inline=1") => {
                    "sandbox allow-same-origin; default-src 'none'; media-src 'self'"
                }
                _ => "sandbox; default-src 'none'",
            };
            assert_eq!(text(&answer.headers, "content-security-policy"), policy);
        }
    }
}

#[tokio::test]
async fn a_picture_has_thumbnails_of_a_few_sizes() {
    let house = house(TestDb::sqlite(true).await, 1 << 20).await;
    let mut olga = house.signed_in("olga").await;
    let resource = make(&mut olga, "note").await;
    let path = uploaded(&mut olga, &resource, "a.png", &png()).await;
    for (size, width) in [("", 256), ("?size=1", 64), ("?size=65", 128), ("?size=4294967295", 400)] {
        let answer = olga.get(&format!("{path}/thumbnail{size}")).await;
        assert_eq!(text(&answer.headers, "content-type"), "image/png");
        assert_eq!(image::load_from_memory(&answer.bytes).unwrap().width(), width, "{size}");
        let etag = text(&answer.headers, "etag").to_owned();
        let known = [("if-none-match", etag.as_str())];
        assert_eq!(get_with(&olga, "GET", &format!("{path}/thumbnail{size}"), &known).await.status, 304);
    }
    let text = uploaded(&mut olga, &resource, "a.png", b"no picture").await;
    assert_eq!(olga.get(&format!("{text}/thumbnail")).await.told(), (422, "file.not_an_image"));
}

#[tokio::test]
async fn what_is_too_large_or_breaks_off_leaves_nothing() {
    on_each_database(async |test| {
        let house = house(test, 1_000).await;
        let mut olga = house.signed_in("olga").await;
        let resource = make(&mut olga, "note").await;
        assert_eq!(upload(&mut olga, &resource, "a", &[1; 1_000]).await.status, 201);
        let before = count(&house.test, "blobs").await;
        let parts = |last: Result<Vec<u8>, &'static str>| {
            let parts =
                [Ok(vec![2; 600]), last].map(|part| part.map(Bytes::from).map_err(std::io::Error::other));
            Body::from_stream(stream::iter(parts))
        };
        let announced = Request::builder().header("content-length", "1001");
        let cases = [
            ("announced", announced, Body::empty(), 413, "file.too_large"),
            ("not announced", Request::builder(), parts(Ok(vec![3; 401])), 413, "file.too_large"),
            ("broken off", Request::builder(), parts(Err("reset")), 400, "file.upload_broken"),
        ];
        for (case, request, body, status, code) in cases {
            let uri = format!("/resources/{resource}/files?name=b");
            let mut request = request.method("POST").uri(uri).body(body).unwrap();
            request.headers_mut().extend(olga.headers.clone());
            request.extensions_mut().insert(ConnectInfo(SocketAddr::from((olga.ip, 40_000))));
            let response = olga.router.clone().oneshot(request).await.unwrap();
            assert_eq!(response.status(), status, "{case}");
            let bytes = axum::body::to_bytes(response.into_body(), 10_000).await.unwrap();
            let problem: Value = serde_json::from_slice(&bytes).unwrap();
            assert_eq!(problem["code"], code, "{case}");
            assert_eq!(problem.get("limit"), (status == 413).then_some(&json!(1_000)), "{problem}");
            assert_eq!((count(&house.test, "blobs").await, waiting(&house.test)), (before, 0), "{case}");
        }
        let folder = make(&mut olga, FOLDER).await;
        assert_eq!(upload(&mut olga, &folder, "a", b"x").await.told(), (422, "file.folder"));
        assert_eq!(count(&house.test, "files").await, 1);
    })
    .await;
}

async fn put(ctx: &Ctx, resource: ResourceId, name: &str, content: &'static [u8]) -> Result<File, FileError> {
    let now = Ctx { now: ctx.platform.clock.now(), ..ctx.clone() };
    let granted = now.authorize::<Edit>(resource).await?;
    files::upload(&now, &granted, name, stream::iter([Ok::<_, Infallible>(Bytes::from_static(content))]))
        .await
}

#[tokio::test]
async fn who_loses_access_while_they_upload_is_refused() {
    on_each_database(async |test| {
        let world = World::new(test).await;
        let (owner, asks) = (world.person("Owner", "member").await, world.person("Asks", "member").await);
        let resource = note(&owner, "Note", None).await;
        for (before, expected) in [(Role::Edit, "access.forbidden"), (Role::Edit, "resource.trashed")] {
            grant(&owner, resource, &asks, before).await;
            let granted = asks.authorize::<Edit>(resource).await.unwrap();
            let (owner, asked) = (owner.clone(), asks.clone());
            let revoke = stream::once(async move {
                match expected {
                    "access.forbidden" => grant(&owner, resource, &asked, Role::View).await,
                    _ => drive::trash(&owner, resource).await.unwrap(),
                }
                Ok::<_, Infallible>(Bytes::from_static(b"late"))
            });
            let result = files::upload(&asks, &granted, "late.txt", revoke.boxed()).await;
            assert_eq!(code(result), expected);
        }
        assert_eq!(count(&world.test, "files").await, 0);
        assert!(world.kinds(&files_stream(world.org)).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn files_are_found_where_they_belong_copied_and_purged_with_it() {
    on_each_database(async |test| {
        let world = World::new(test).await;
        let owner = world.person("Owner", "member").await;
        let above = folder(&owner, "Above", None).await;
        let (one, other) = (note(&owner, "One", Some(above)).await, note(&owner, "Other", None).await);
        let mut ids: Vec<FileId> = vec![];
        for name in ["a", "b", "c"] {
            ids.push(put(&owner, one, name, b"the same").await.unwrap().id);
        }
        let foreign = put(&owner, other, "d", b"another").await.unwrap();
        let unknown: FileId = world.ids.make();
        // More than are asked for in one statement.
        let asked: Vec<FileId> =
            std::iter::repeat_n(unknown, 1_200).chain([foreign.id, ids[2], ids[0]]).collect();
        let found = files::find(&world.test.db, one, &asked).await.unwrap();
        let mut names: Vec<_> =
            found.values().map(|file| (file.name.as_str(), file.size, file.resource)).collect();
        names.sort_unstable();
        assert_eq!(names, [("a", 8, one), ("c", 8, one)]);
        assert!(files::find(&world.test.db, one, &[]).await.unwrap().is_empty());

        let (ctx, to) = (owner.clone(), other);
        let copies = world.test.db.write(move |tx| {
            async move {
                let copies = files::copy(tx, &ctx, one, to).await?;
                let new: Vec<FileId> = copies.values().copied().collect();
                assert_eq!(files::find_in(tx, to, &new).await?.len(), 3);
                Ok::<_, StoreError>(copies)
            }
            .boxed()
        });
        let copies = copies.await.unwrap();
        let copied = files::find(&world.test.db, other, &[copies[&ids[1]]]).await.unwrap();
        assert_eq!(copied[&copies[&ids[1]]].name, "b");
        assert_eq!(world.kinds(&files_stream(world.org)).await[3..], ["file.uploaded", "files.copied"]);

        drive::trash(&owner, above).await.unwrap();
        drive::purge(&owner, above).await.unwrap();
        assert!(files::find(&world.test.db, one, &ids).await.unwrap().is_empty());
        assert!(matches!(files::get(&owner, ids[0]).await, Err(FileError::NotFound)));
        assert_eq!(files::get(&owner, copies[&ids[0]]).await.unwrap().name, "a");
    })
    .await;
}

#[tokio::test]
async fn what_nothing_refers_to_is_swept_after_a_day() {
    on_each_database(async |test| {
        let world = World::new(test).await;
        let owner = world.person("Owner", "member").await;
        let (gone, stays) = (note(&owner, "Gone", None).await, note(&owner, "Stays", None).await);
        put(&owner, gone, "a", b"shared by both").await.unwrap();
        let kept = put(&owner, stays, "b", b"shared by both").await.unwrap();
        let lost = put(&owner, gone, "c", b"only here").await.unwrap();
        let face = put(&owner, gone, "d", b"a face").await.unwrap();
        world.sql("UPDATE members SET avatar = $1", params![&face.hash]).await;
        drive::trash(&owner, gone).await.unwrap();
        drive::purge(&owner, gone).await.unwrap();
        let hours = async |hours| {
            world.clock.advance(SignedDuration::from_hours(hours));
            files::sweep(&world.platform).await.unwrap().blobs
        };
        assert_eq!(hours(23).await, 0);
        assert_eq!(hours(2).await, 1);
        assert!(world.platform.blobs.bytes(&lost.hash).await.is_err());
        assert_eq!(world.platform.blobs.bytes(&kept.hash).await.unwrap(), "shared by both");
        assert_eq!(world.platform.blobs.bytes(&face.hash).await.unwrap(), "a face");
        world.sql("UPDATE members SET avatar = NULL", vec![]).await;
        assert_eq!(hours(0).await, 1);
        assert_eq!(count(&world.test, "blobs").await, 1);
        // The same content comes again and stays.
        let again = put(&owner, stays, "e", b"only here").await.unwrap();
        assert_eq!((again.hash, hours(0).await), (lost.hash, 0));
    })
    .await;
}

/// The sweep must know of every table that names blobs.
#[tokio::test]
async fn no_other_table_refers_to_blobs() {
    let test = TestDb::sqlite(true).await;
    let sql = "SELECT m.name || '.' || f.\"from\" AS line FROM sqlite_schema m, pragma_foreign_key_list(m.name) f \
         WHERE f.\"table\" = 'blobs' ORDER BY 1";
    let rows = test.db.rows(sql, vec![]).await.unwrap();
    let lines: Vec<String> = rows.iter().map(|row| row.get("line").unwrap()).collect();
    assert_eq!(lines, ["files.blob"], "add it to files::REFERENCES");
}
