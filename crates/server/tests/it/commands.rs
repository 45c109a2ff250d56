//! The command line, as an administrator uses it.

use crate::process::{Home, PASSWORD};

fn words(output: &std::process::Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_organisation_is_made_used_backed_up_and_restored() {
    let home = Home::new();
    let owner =
        ["admin", "create-org", "--name", "Test", "--email", "owner@test.example", "--owner", "Owner"];
    let made = home.run(&owner, &format!("{PASSWORD}\n"));
    assert!(made.status.success(), "{}", words(&made));
    let again = home.run(&owner, &format!("{PASSWORD}\n"));
    assert!(!again.status.success(), "the address is taken: {}", words(&again));

    let process = home.start().await;
    let client = process.sign_in("owner@test.example").await;
    let base = client.make_base(3).await;
    let file = home.folder().join("sites.csv");
    std::fs::write(&file, "Name,Height\n北京,43\nSão Paulo,760\n").expect("the file is written");
    let file = file.display().to_string();
    // The server is stopped for commands that write; backups are taken while it serves.
    let copy = home.folder().join("copy.skein-backup").display().to_string();
    let backup = home.run(&["backup", &copy], "");
    assert!(backup.status.success(), "{}", words(&backup));
    assert_eq!(process.terminate().await, Some(0));

    let imported = home.run(&["import", "--base", &base.id, "--as", "owner@test.example", &file], "");
    assert!(imported.status.success(), "{}", words(&imported));
    let exported =
        home.run(&["export", "--base", &base.id, "--table", "sites", "--as", "owner@test.example"], "");
    let text = String::from_utf8_lossy(&exported.stdout).into_owned();
    assert!(text.contains("São Paulo,760"), "{text}");

    let other = Home::new();
    let restored = other.run(&["restore", &copy], "");
    assert!(restored.status.success(), "{}", words(&restored));
    let process = other.start().await;
    let client = process.sign_in("owner@test.example").await;
    let page = client.get(&base.records_path()).await.ok();
    assert_eq!(page["total"], 3);
    drop(process);
    let refused = other.run(&["restore", &copy], "");
    assert!(!refused.status.success(), "a database with something in it is not overwritten");
}

#[test]
fn what_is_wrong_is_said_and_ends_with_failure() {
    let home = Home::new();
    let cases: [(&[&str], &str, &str); 5] = [
        (
            &["admin", "reset-password", "--email", "nobody@test.example"],
            "long enough\n",
            "nobody@test.example",
        ),
        (
            &["admin", "create-org", "--name", "T", "--email", "a@b.example", "--owner", "O"],
            "short\n",
            "password",
        ),
        (&["import", "--base", "res_1", "--as", "a@b.example", "none.csv"], "", "res_1"),
        (&["restore", "no-such-file"], "", "no-such-file"),
        (&["--database", "mysql://x", "migrate"], "", "mysql://x"),
    ];
    for (arguments, input, named) in cases {
        // The last case names its own database.
        let output = home.run(arguments, input);
        assert!(!output.status.success(), "{arguments:?}");
        assert!(words(&output).contains(named), "{arguments:?} says: {}", words(&output));
    }
}
