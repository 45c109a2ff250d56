//! Changes of large tables that take long, while others write.

use serde_json::{Value as Json, json};
use skein_base::{
    BaseError, Command, JobJson, JobState, Receipt,
    live::{BaseFeed, BaseMessage},
};
use skein_table::Value;
use skein_testkit::{TestDb, on_each_database, until};
use skein_types::FieldId;

use crate::world::{Sheet, World, contents, number, text};

/// More records than are converted at once.
const ROWS: usize = 51_000;

async fn large(test: TestDb) -> (World, Sheet) {
    let world = World::new(test).await;
    let owner = world.member("Ada").await;
    let sheet = world.base(owner).await;
    for start in (0..ROWS).step_by(5_000) {
        let rows: Vec<(String, f64)> =
            (start..ROWS.min(start + 5_000)).map(|n| (format!(" {n}"), n as f64)).collect();
        let rows: Vec<(&str, f64)> = rows.iter().map(|(name, price)| (name.as_str(), *price)).collect();
        sheet.add(&rows).await;
    }
    (world, sheet)
}

fn retype(sheet: &Sheet, field: FieldId, patch: Json) -> Command {
    Command::UpdateField { table: sheet.table, field, patch: serde_json::from_value(patch).unwrap() }
}

/// Sends a command and waits until it is computed aside.
async fn begin(sheet: &Sheet, command: Command) -> tokio::task::JoinHandle<Result<Receipt, BaseError>> {
    let known = sheet.open().await.jobs().len();
    let (at, there) = (sheet.clone(), sheet.open().await);
    let sent = tokio::spawn(async move { at.run(command).await });
    until("the job is known", async || there.jobs().len() > known).await;
    sent
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_large_field_is_retyped_while_others_write_and_taken_back() {
    on_each_database(async |test: TestDb| {
        let (world, sheet) = large(test).await;
        let table = sheet.table;
        let snapshot = sheet.snapshot().await;
        let ids: Vec<_> = snapshot.table(table).unwrap().rows().take(4).collect();
        let ids: Vec<_> = ids.into_iter().map(|row| snapshot.table(table).unwrap().record_id(row)).collect();
        let sum = json!({"name": "Twice", "type": "formula", "formula": "[Price] * 2"});
        sheet.add_field(sum).await;
        let sent = begin(&sheet, retype(&sheet, sheet.name, json!({"type": "number"}))).await;
        // It is committed after what is written while it is computed, which it converts.
        let edit = sheet.set(ids[0], sheet.name, text("77")).await.unwrap();
        let gone = sheet.delete(&[ids[1]]).await.unwrap();
        let made = sheet.add(&[("88", 5.0)]).await;
        let done = sent.await.unwrap().unwrap();
        assert!(edit.seq < done.seq && gone.seq < done.seq, "{edit:?} {gone:?} {done:?}");
        let job = sheet.open().await.jobs().pop().unwrap();
        assert_eq!((job.state, job.done, job.field), (JobState::Done, job.total, Some(sheet.name)));
        assert_eq!(sheet.get(ids[0], sheet.name).await, number(77.0));
        assert_eq!(sheet.get(made[0], sheet.name).await, number(88.0));
        assert_eq!(sheet.get(ids[2], sheet.name).await, number(2.0));
        sheet.run(Command::Undo).await.unwrap();
        assert_eq!(sheet.get(ids[0], sheet.name).await, text("77"));
        assert_eq!(sheet.get(ids[2], sheet.name).await, text(" 2"));
        assert_eq!(sheet.get(made[0], sheet.name).await, text("88"));
        let fresh = sheet.seen(&world.another_node().await, sheet.ctx.member().unwrap());
        assert_eq!(sheet.contents().await, fresh.contents().await);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_takes_long_can_be_stopped_and_leaves_nothing() {
    on_each_database(async |test: TestDb| {
        let (_world, sheet) = large(test).await;
        let before = sheet.snapshot().await.base.clone();
        let name = before.table(sheet.table).unwrap().def().name.clone();
        let formula = format!("[[{name}]].SUMIF(CurrentValue.[Price] > [Price], CurrentValue.[Price])");
        let long = json!({"name": "Sum", "type": "formula", "formula": formula});
        let create =
            Command::CreateField { table: sheet.table, input: serde_json::from_value(long).unwrap() };
        let sent = begin(&sheet, create).await;
        // The next one waits for its turn, and is stopped before it comes.
        let next = begin(&sheet, retype(&sheet, sheet.price, json!({"type": "text"}))).await;
        let open = sheet.open().await;
        let granted = sheet.ctx.authorize::<skein_platform::access::Edit>(sheet.base).await.unwrap();
        let jobs = open.jobs();
        assert_eq!(jobs[1].state, JobState::Waiting);
        for job in jobs.iter().rev() {
            open.cancel(&granted, job.id).unwrap();
        }
        assert!(matches!(sent.await.unwrap(), Err(BaseError::Cancelled)));
        assert!(matches!(next.await.unwrap(), Err(BaseError::Cancelled)));
        assert!(open.jobs().iter().all(|job| job.state == JobState::Cancelled));
        assert!(matches!(open.cancel(&granted, jobs[0].id), Err(BaseError::JobNotFound)));
        let after = sheet.snapshot().await.base.clone();
        let def = |base: &skein_table::Base| base.table(sheet.table).unwrap().def().clone();
        assert_eq!(def(&before), def(&after));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_names_were_worth_when_a_field_was_retyped_stays_on_all_servers() {
    on_each_database(async |test: TestDb| {
        let world = World::new(test).await;
        let ada = world.member("Ada").await;
        let sheet = world.base(ada).await;
        let records = sheet.add(&[("a", 1.0)]).await;
        let note = sheet.add_field(json!({"name": "Who", "type": "text"})).await;
        sheet.set(records[0], note, text("Ada")).await.unwrap();
        // There, nobody is called so.
        let other = world.another_node().await;
        let there = sheet.seen(&other, ada);
        let sql = "UPDATE members SET name = 'Grace' WHERE id = $1";
        world.execute(sql, skein_store::params![ada]).await;
        there.open().await;
        sheet.run(retype(&sheet, note, json!({"type": "member"}))).await.unwrap();
        assert_eq!(sheet.get(records[0], note).await, Value::Members { u: [ada].into() });
        there.open().await.catch_up().await.unwrap();
        assert_eq!(contents(&*there.snapshot().await), sheet.contents().await);
        let fresh = sheet.seen(&world.another_node().await, ada);
        assert_eq!(fresh.contents().await, sheet.contents().await);
    })
    .await;
}

/// The jobs a subscriber hears of, until none is under way.
async fn heard(mut feed: BaseFeed) -> Vec<JobJson> {
    let mut heard = Vec::new();
    loop {
        if let BaseMessage::Jobs { jobs } = feed.next().await {
            let over = jobs.iter().all(|job| !job.state.is_under_way());
            heard.extend(jobs);
            if over {
                return heard;
            }
        }
    }
}

// S28
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn subscribers_hear_of_what_takes_long_until_it_ends() {
    on_each_database(async |test: TestDb| {
        let (_world, sheet) = large(test).await;
        let view = sheet.ctx.authorize::<skein_platform::access::View>(sheet.base).await.unwrap();
        let subscribe = async || BaseFeed::open(&sheet.node.bases, &view, None).await.unwrap().1;
        let hearing = tokio::spawn(heard(subscribe().await));
        let sent = begin(&sheet, retype(&sheet, sheet.name, json!({"type": "number"}))).await;
        let done = sent.await.unwrap().unwrap();
        let jobs = hearing.await.unwrap();
        let states: Vec<JobState> = jobs.iter().map(|job| job.state).collect();
        let (last, before) = states.split_last().unwrap();
        assert_eq!(*last, JobState::Done);
        assert!(before.iter().all(|state| state.is_under_way()) && !before.is_empty(), "{states:?}");
        assert!(jobs.is_sorted_by_key(|job| job.done), "{jobs:?}");
        assert!(jobs.iter().all(|job| job.field == Some(sheet.name) && !job.by.is_empty()));

        // Whoever comes later hears of nothing that is over, and a visitor of no names.
        let mut late = subscribe().await;
        sheet.add_field(json!({"name": "More", "type": "text"})).await;
        let BaseMessage::Events { events } = late.next().await else { panic!("an event comes first") };
        assert_eq!(events[0].seq, done.seq + 1);
        let hearing = tokio::spawn(heard(subscribe().await.anonymous()));
        sheet.run(Command::Undo).await.unwrap();
        sheet.run(Command::Undo).await.unwrap();
        let jobs = hearing.await.unwrap();
        assert_eq!(jobs.last().unwrap().state, JobState::Done);
        assert!(jobs.iter().all(|job| job.by.is_empty()));
    })
    .await;
}
