//! Backup and restore: L12 to L15.

use std::{
    collections::BTreeMap,
    convert::Infallible,
    io::{Read, Write},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use bytes::Bytes;
use proptest::{
    prelude::*,
    strategy::ValueTree,
    test_runner::{Config, TestRunner},
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use skein_store::{
    BackupError, BlobConfig, Blobs, Db, DbOptions, Expected, FutureExt, MIGRATIONS, RestoreReport,
    StoreError, backup, params, restore,
};
use skein_testkit::{TestDb, clock, databases, on_each_database, on_each_empty_database};
use skein_types::Clock;
use zip::{ZipArchive, ZipWriter, write::SimpleFileOptions};

use crate::{append, event, stream};

/// Something in every kind of column, references forward and backward, and two blobs.
async fn fill(test: &TestDb) {
    let blobs = test.blobs();
    for content in [b"hello".to_vec(), vec![0; 200_000]] {
        let content = futures_util::stream::iter([Ok::<_, Infallible>(Bytes::from(content))]);
        blobs.put(content, 1 << 20, "upload", clock().now()).await.unwrap();
    }
    test.db.write(|tx| fill_tables(tx).boxed()).await.unwrap();
    append(&test.db, &stream("res_2"), Expected::Seq(0), 1201).await.unwrap();
}

async fn fill_tables(tx: &mut skein_store::Tx) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO orgs (id, name, created) VALUES ('o', $1, 1)",
        params!["野雁能源 \"\\\n\u{1f986}"],
    )
    .await?;
    let member = "INSERT INTO members (id, org, email, name, role, active, language, time_zone, created) \
         VALUES ($1, 'o', $1, $1, 'member', $2, 'en', 'UTC', $3)";
    tx.execute(member, params!["m1", true, i64::MAX]).await?;
    tx.execute(member, params!["m2", false, i64::MIN]).await?;
    // Whatever the order of the rows, one of these refers to a row that is not there yet.
    tx.execute("UPDATE members SET supervisor = 'm2' WHERE id = 'm1'", vec![]).await?;
    tx.execute("UPDATE members SET supervisor = 'm1' WHERE id = 'm2'", vec![]).await?;
    let bytes =
        (0..1000i64).map(|n| params!["tbl", n.to_be_bytes().to_vec(), vec![n as u8; n as usize % 90]]);
    tx.insert_many("base_records (table_id, id, data)", "", bytes.collect()).await?;
    tx.append(&stream("res_1"), Expected::Any, vec![event(1), event(2)]).await?;
    Ok(())
}

async fn take(test: &TestDb) -> PathBuf {
    let path = test.folder().join("x.skein-backup");
    let report = backup(&test.db, &test.blobs(), &path, clock().now()).await.unwrap();
    assert_eq!(report.size, std::fs::metadata(&path).unwrap().len());
    path
}

/// The members of a backup; rows in an order that does not depend on the database.
fn members(path: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut zip = ZipArchive::new(std::fs::File::open(path).unwrap()).unwrap();
    let mut found = BTreeMap::new();
    for at in 0..zip.len() {
        let mut member = zip.by_index(at).unwrap();
        let name = member.name().unwrap().into_owned();
        let mut content = Vec::new();
        member.read_to_end(&mut content).unwrap();
        if name.starts_with("tables/") {
            let mut lines: Vec<&[u8]> = content.split_inclusive(|byte| *byte == b'\n').collect();
            lines.sort_unstable();
            content = lines.concat();
        }
        found.insert(name, content);
    }
    found
}

fn content(path: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut all = members(path);
    all.remove("manifest.json");
    all
}

async fn restore_to(test: &TestDb, from: &Path) -> Result<RestoreReport, BackupError> {
    restore(&test.options, &test.blob_config(), from).await
}

/// One empty database of each kind.
async fn empty() -> Vec<TestDb> {
    let mut all = vec![TestDb::sqlite(false).await];
    all.extend(TestDb::postgres(false).await);
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_of_either_database_restores_into_either() {
    for source in databases().await {
        fill(&source).await;
        let path = take(&source).await;
        for target in empty().await {
            let report = restore_to(&target, &path).await.unwrap();
            let from_to = format!("{} to {}", source.name(), target.name());
            assert_eq!((report.position, report.blobs, report.rows), (1203, 2, 1203 + 1003 + 5), "{from_to}");
            assert_eq!(report.created, clock().now());
            assert_eq!(content(&take(&target).await), content(&path), "{from_to}");
            // The restored database serves: it goes on where the log was, and references are checked.
            assert_eq!(append(&target.db, &stream("res_2"), Expected::Seq(1201), 1).await.unwrap(), 1202);
            assert_eq!(target.db.position().await.unwrap(), 1204);
            let orphan = target
                .db
                .write(|tx| {
                    async move { tx.execute("UPDATE members SET supervisor = 'nobody'", vec![]).await }
                        .boxed()
                })
                .await;
            assert!(orphan.is_err(), "{from_to}");
            assert_eq!(target.db.migrate().await.unwrap(), Vec::<i64>::new());
        }
    }
}

/// L12: a backup taken while writers commit shows one moment.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_while_serving_is_consistent() {
    on_each_database(async |test| {
        let finished = Arc::new(AtomicBool::new(false));
        let writers: Vec<_> = (0..4)
            .map(|writer| tokio::spawn(write_until(test.db.clone(), writer, finished.clone())))
            .collect();
        for _ in 0..3 {
            let before = test.db.position().await.unwrap();
            let path = take(&test).await;
            for target in empty().await {
                let report = restore_to(&target, &path).await.unwrap();
                assert!(report.position >= before, "what was acknowledged before is in it");
                assert_eq!(target.db.position().await.unwrap(), report.position);
                let sql = "SELECT position FROM consumers WHERE name = 'appends'";
                let counted = target.db.row(sql, vec![]).await.unwrap();
                let counted: i64 = counted.map_or(0, |row| row.get("position").unwrap());
                assert_eq!(counted, report.position, "the row was written with the events");
                let heads = "SELECT CAST(COALESCE(SUM(seq), 0) AS BIGINT) AS total FROM stream_heads";
                let heads: i64 = target.db.row(heads, vec![]).await.unwrap().unwrap().get("total").unwrap();
                assert_eq!(heads, report.position);
            }
        }
        finished.store(true, Ordering::Release);
        for writer in writers {
            assert!(writer.await.unwrap() > 0);
        }
    })
    .await;
}

/// Appends and counts what it appends in the same transaction.
async fn write_until(db: Db, writer: i64, finished: Arc<AtomicBool>) -> i64 {
    let mut written = 0;
    while !finished.load(Ordering::Acquire) {
        db.write(move |tx| {
            async move {
                let sql = "INSERT INTO consumers (name, position) VALUES ('appends', 2) \
                     ON CONFLICT (name) DO UPDATE SET position = consumers.position + 2";
                tx.execute(sql, vec![]).await?;
                tx.append(&stream(&format!("res_{writer}")), Expected::Any, vec![event(1), event(2)]).await
            }
            .boxed()
        })
        .await
        .unwrap();
        written += 2;
    }
    written
}

/// L13: a lost or damaged blob does not keep anybody from taking a backup, and is told.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unreadable_blob_is_named_and_left_out() {
    on_each_database(async |test| {
        fill(&test).await;
        let rows = test.db.rows("SELECT hash FROM blobs ORDER BY hash", vec![]).await.unwrap();
        let hashes: Vec<String> = rows.iter().map(|row| row.get("hash").unwrap()).collect();
        let file = |hash: &str| test.folder().join("blobs/blobs").join(&hash[..2]).join(hash);
        std::fs::write(file(&hashes[0]), "other content").unwrap();
        let path = test.folder().join("one.skein-backup");
        let report = backup(&test.db, &test.blobs(), &path, clock().now()).await.unwrap();
        assert_eq!((report.blobs, report.unreadable.as_slice()), (1, &hashes[..1]));
        std::fs::remove_file(file(&hashes[1])).unwrap();
        let report = backup(&test.db, &test.blobs(), &path, clock().now()).await.unwrap();
        assert_eq!((report.blobs, &report.unreadable), (0, &hashes));
        let target = TestDb::sqlite(false).await;
        let report = restore_to(&target, &path).await.unwrap();
        assert_eq!((report.blobs, &report.unreadable), (0, &hashes));
        assert!(target.blobs().bytes(&hashes[0]).await.is_err());
    })
    .await;
}

#[tokio::test]
async fn a_database_with_tables_is_not_restored_into() {
    let source = TestDb::sqlite(true).await;
    fill(&source).await;
    let path = take(&source).await;
    on_each_database(async |test| {
        append(&test.db, &stream("mine"), Expected::Any, 1).await.unwrap();
        let error = restore_to(&test, &path).await.unwrap_err();
        assert!(matches!(error, BackupError::NotEmpty(_)), "{error}");
        assert_eq!(test.db.position().await.unwrap(), 1);
        assert!(!test.folder().join("blobs/blobs").exists());
    })
    .await;
}

/// Files come from a bucket and go to another.
#[tokio::test]
async fn files_in_a_bucket_are_backed_up_and_restored() {
    let (Some(from), Some(to)) = (skein_testkit::s3(), skein_testkit::s3()) else { return };
    let test = TestDb::sqlite(true).await;
    let source = Blobs::open(&from, test.db.clone()).unwrap();
    let large = Bytes::from(vec![7; 12 << 20]);
    let content = futures_util::stream::iter([Ok::<_, Infallible>(large.clone())]);
    let hash = source.put(content, 1 << 30, "upload", clock().now()).await.unwrap().hash;
    let path = test.folder().join("x.skein-backup");
    assert_eq!(backup(&test.db, &source, &path, clock().now()).await.unwrap().blobs, 1);
    let target = TestDb::sqlite(false).await;
    assert_eq!(restore(&target.options, &to, &path).await.unwrap().blobs, 1);
    let restored = Blobs::open(&to, target.db.clone()).unwrap();
    assert_eq!(restored.bytes(&hash).await.unwrap(), large);
}

/// A backup of an older version comes up to date.
#[tokio::test]
async fn a_backup_of_an_older_schema_is_brought_up_to_date() {
    on_each_empty_database(async |test| {
        test.db.migrate_to(1).await.unwrap();
        append(&test.db, &stream("res_1"), Expected::Any, 3).await.unwrap();
        let path = take(&test).await;
        for target in empty().await {
            restore_to(&target, &path).await.unwrap();
            assert_eq!(target.db.head(&stream("res_1")).await.unwrap(), 3);
            assert_eq!(target.db.migrate().await.unwrap(), Vec::<i64>::new());
        }
    })
    .await;
}

/// Where a refused backup must leave no trace.
struct Untouched {
    folder: tempfile::TempDir,
}

impl Untouched {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }
    async fn refuses(&self, from: &Path) -> BackupError {
        let options = DbOptions::new(format!("sqlite:{}", self.folder.path().join("new.db").display()));
        let blobs = BlobConfig::Local(self.folder.path().join("blobs"));
        let error = restore(&options, &blobs, from).await.expect_err("it must be refused");
        assert_eq!(std::fs::read_dir(self.folder.path()).unwrap().count(), 0, "{error}");
        error
    }
}

async fn small_backup() -> (TestDb, PathBuf) {
    let test = TestDb::sqlite(true).await;
    let content = futures_util::stream::iter([Ok::<_, Infallible>(Bytes::from_static(b"a blob"))]);
    test.blobs().put(content, 100, "upload", clock().now()).await.unwrap();
    append(&test.db, &stream("res_1"), Expected::Any, 3).await.unwrap();
    let path = take(&test).await;
    (test, path)
}

/// L15: whatever bit of the file flips, it is refused and nothing is touched.
#[tokio::test]
async fn a_flipped_bit_anywhere_is_refused() {
    let (_source, path) = small_backup().await;
    let whole = std::fs::read(&path).unwrap();
    let untouched = Untouched::new();
    let damaged = path.with_extension("damaged");
    let mut runner = TestRunner::new(Config { failure_persistence: None, ..Config::default() });
    let places = (0..whole.len(), 0..8u32);
    for _ in 0..400 {
        let (at, bit) = places.new_tree(&mut runner).unwrap().current();
        let mut bytes = whole.clone();
        bytes[at] ^= 1 << bit;
        std::fs::write(&damaged, &bytes).unwrap();
        let error = untouched.refuses(&damaged).await;
        assert!(matches!(error, BackupError::Damaged { .. }), "byte {at}, bit {bit}: {error}");
    }
}

#[tokio::test]
async fn a_truncated_or_extended_file_is_refused() {
    let (_source, path) = small_backup().await;
    let whole = std::fs::read(&path).unwrap();
    let untouched = Untouched::new();
    let other = path.with_extension("other");
    for length in [0, 1, 29, 41, 42, 43, 1000, whole.len() / 2, whole.len() - 65, whole.len() - 1] {
        std::fs::write(&other, &whole[..length]).unwrap();
        let error = untouched.refuses(&other).await;
        let foreign = matches!(error, BackupError::Foreign);
        assert!(matches!(error, BackupError::Damaged { .. }) || foreign && length < 42, "{length}: {error}");
    }
    std::fs::write(&other, [&whole[..], b"\n"].concat()).unwrap();
    assert!(matches!(untouched.refuses(&other).await, BackupError::Damaged { .. }));
    std::fs::write(
        &other,
        "a table, comma separated, of one line that is longer than a seal is; not a backup at all",
    )
    .unwrap();
    assert!(matches!(untouched.refuses(&other).await, BackupError::Foreign));
    assert!(matches!(untouched.refuses(Path::new("/nowhere/x")).await, BackupError::Io { .. }));
}

/// A backup made by hand, with everything that was checked about it right unless a test says so.
struct Crafted {
    members: Vec<(String, Vec<u8>)>,
    manifest: Value,
    path: PathBuf,
    _source: TestDb,
}

impl Crafted {
    async fn new() -> Self {
        let (source, path) = small_backup().await;
        let mut members = members(&path);
        let manifest = serde_json::from_slice(&members.remove("manifest.json").unwrap()).unwrap();
        let first = members.remove_entry("skein-backup").unwrap();
        let members = std::iter::once(first).chain(members).collect();
        Self { members, manifest, path, _source: source }
    }

    fn content(&mut self, name: &str) -> &mut Vec<u8> {
        &mut self.members.iter_mut().find(|(found, _)| found == name).unwrap().1
    }

    /// Puts the true sizes and checksums of the members into the manifest.
    fn describe(&mut self) {
        let members = self.members.iter().map(|(name, content)| {
            json!({ "name": name, "size": content.len(), "sha256": hex(&Sha256::digest(content)) })
        });
        self.manifest["members"] = members.collect();
    }

    fn write(&self) -> &Path {
        let mut zip = ZipWriter::new(std::io::Cursor::new(Vec::new()));
        let manifest = serde_json::to_vec(&self.manifest).unwrap();
        let last = std::iter::once(("manifest.json", &manifest));
        for (name, content) in self.members.iter().map(|(name, content)| (name.as_str(), content)).chain(last)
        {
            zip.start_file(name, SimpleFileOptions::default()).unwrap();
            zip.write_all(content).unwrap();
        }
        let comment = format!("skein backup sha256 {}", "0".repeat(64));
        zip.set_comment(comment).unwrap();
        let mut bytes = zip.finish().unwrap().into_inner();
        let seal = hex(&Sha256::digest(&bytes));
        let at = bytes.len() - 64;
        bytes[at..].copy_from_slice(seal.as_bytes());
        std::fs::write(&self.path, bytes).unwrap();
        &self.path
    }

    async fn refused(&self) -> BackupError {
        Untouched::new().refuses(self.write()).await
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

fn assert_damaged(error: &BackupError, member: &str, reason: &str) {
    match error {
        BackupError::Damaged { member: found, reason: why } => {
            assert_eq!(found, member, "{error}");
            assert!(why.contains(reason), "{error}");
        }
        _ => panic!("{error}"),
    }
}

#[tokio::test]
async fn what_the_tests_craft_is_a_backup() {
    let mut crafted = Crafted::new().await;
    crafted.describe();
    let target = TestDb::sqlite(false).await;
    assert_eq!(restore_to(&target, crafted.write()).await.unwrap().position, 3);
}

#[tokio::test]
async fn a_newer_backup_is_refused() {
    let mut crafted = Crafted::new().await;
    let known = MIGRATIONS.len() as i64;
    crafted.manifest["migration"] = json!(known + 1);
    let error = crafted.refused().await;
    assert!(
        matches!(error, BackupError::TooNew { what: "migration", found, .. } if found == known + 1),
        "{error}"
    );
    crafted.manifest = json!({ "format": 2, "shape": "nobody knows yet" });
    let error = crafted.refused().await;
    assert!(matches!(error, BackupError::TooNew { what: "format", found: 2, known: 1 }), "{error}");
}

/// L15: the message names the member that is wrong.
#[tokio::test]
async fn a_member_that_is_not_as_it_was_is_named() {
    let mut crafted = Crafted::new().await;
    let log = "tables/log.jsonl";
    crafted.content(log)[10] ^= 1;
    assert_damaged(&crafted.refused().await, log, "checksum");
    let good = crafted.content(log).clone();
    crafted.content(log).pop();
    assert_damaged(&crafted.refused().await, log, "shorter");
    *crafted.content(log) = good;
    crafted.members.retain(|(name, _)| name != log);
    assert_damaged(&crafted.refused().await, log, "");
    crafted.describe();
    assert_damaged(&crafted.refused().await, log, "missing");
}

#[tokio::test]
async fn names_that_no_backup_has_are_refused() {
    for name in ["../../etc/passwd", "/etc/passwd", "blobs/../../x", "blobs/ABC", "tables/nothing.jsonl", "x"]
    {
        let mut crafted = Crafted::new().await;
        crafted.members.push((name.to_owned(), b"x".to_vec()));
        assert_damaged(&crafted.refused().await, "manifest.json", "does not name");
        crafted.describe();
        assert_damaged(&crafted.refused().await, name, "no such member");
    }
}

#[tokio::test]
async fn a_blob_under_a_false_name_is_refused() {
    let mut crafted = Crafted::new().await;
    let (name, content) = crafted.members.iter_mut().find(|(name, _)| name.starts_with("blobs/")).unwrap();
    content.push(b'!');
    let name = name.clone();
    crafted.describe();
    assert_damaged(&crafted.refused().await, &name, "hash");
}

/// A member that unpacks to far more than the manifest says is not unpacked beyond that.
#[tokio::test]
async fn a_zip_bomb_is_refused() {
    let mut crafted = Crafted::new().await;
    crafted.describe();
    *crafted.content("tables/log.jsonl") = vec![b' '; 200 << 20];
    let error = crafted.refused().await;
    assert!(std::fs::metadata(&crafted.path).unwrap().len() < 1 << 20);
    assert_damaged(&error, "tables/log.jsonl", "longer");
}

type Change = Box<dyn Fn(&mut Vec<u8>)>;

/// Checksums that are right do not help rows that are wrong; nothing of them stays.
#[tokio::test]
async fn rows_that_do_not_fit_are_refused_and_nothing_stays() {
    let log = "tables/log.jsonl";
    let without_last = |content: &mut Vec<u8>| {
        content.pop();
        let start = content.iter().rposition(|byte| *byte == b'\n').unwrap() + 1;
        content.truncate(start);
    };
    let cases: [(&str, &str, Change); 6] = [
        (log, "row 1", Box::new(|content| content[0] = b'[')),
        (log, "row 4: column position is missing", Box::new(|content| content.extend(b"{}\n"))),
        (log, "whole rows, not 3", Box::new(|content| content.extend(b"{}"))),
        (log, "whole rows, not 3", Box::new(without_last)),
        (log, "type", Box::new(|content| replace(content, "\"system\"", "7"))),
        ("tables/log_head.jsonl", "", Box::new(|content| replace(content, "3", "4"))),
    ];
    for (member, reason, change) in cases {
        let mut crafted = Crafted::new().await;
        change(crafted.content(member));
        crafted.describe();
        let path = crafted.write().to_owned();
        let member = if member == log { member } else { "tables/log.jsonl" };
        for target in empty().await {
            let error = restore_to(&target, &path).await.unwrap_err();
            assert_damaged(&error, member, reason);
            let fresh = target.another().await;
            assert_eq!(fresh.migrate().await.unwrap().len(), MIGRATIONS.len(), "nothing was there");
        }
    }
}

fn replace(content: &mut Vec<u8>, from: &str, to: &str) {
    *content = String::from_utf8(std::mem::take(content)).unwrap().replace(from, to).into_bytes();
}

/// A backup that cannot be written says so and leaves no half of a file.
#[tokio::test]
async fn a_backup_to_nowhere_fails() {
    on_each_database(async |test| {
        let nowhere = test.folder().join("missing/x.skein-backup");
        let error = backup(&test.db, &test.blobs(), &nowhere, clock().now()).await.unwrap_err();
        assert!(matches!(error, BackupError::Io { .. }), "{error}");
    })
    .await;
}

/// A backup replaces an older one under the same name, and leaves nothing else in the folder.
#[tokio::test]
async fn a_backup_is_written_in_one_step() {
    on_each_database(async |test| {
        let folder = test.folder().join("backups");
        std::fs::create_dir(&folder).unwrap();
        let path = folder.join("x.skein-backup");
        std::fs::write(&path, "older").unwrap();
        backup(&test.db, &test.blobs(), &path, clock().now()).await.unwrap();
        let names: Vec<_> =
            std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names, ["x.skein-backup"]);
        assert!(std::fs::read(&path).unwrap().starts_with(b"PK"));
    })
    .await;
}
