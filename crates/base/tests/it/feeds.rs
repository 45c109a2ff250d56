//! The events of a base: rules S6 and S7 of docs/spec/socket.md.

use serde_json::json;
use skein_base::live::{BaseFeed, BaseMessage};
use skein_platform::access::View;
use skein_store::FutureExt;
use skein_testkit::{TestDb, on_each_database, within};

use crate::world::{Node, Sheet, World, number};

async fn follow(sheet: &Sheet, since: Option<i64>) -> (i64, BaseFeed) {
    let granted = sheet.ctx.authorize::<View>(sheet.base).await.unwrap();
    BaseFeed::open(&sheet.node.bases, &granted, since).await.unwrap()
}

async fn events(feed: &mut BaseFeed, until: i64) -> Vec<i64> {
    let mut seqs = Vec::new();
    while seqs.last().is_none_or(|last| *last < until) {
        match within("events", feed.next()).await {
            BaseMessage::Events { events } => seqs.extend(events.iter().map(|event| event.seq)),
            other => panic!("{other:?}"),
        }
    }
    seqs
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_come_in_order_without_gap_or_repeat() {
    on_each_database(async |test: TestDb| {
        let world = World::new(test).await;
        let owner = world.member("Ada").await;
        let sheet = world.base(owner).await;
        let records = sheet.add(&[("a", 1.0)]).await;
        let start = sheet.snapshot().await.seq;
        let writer = tokio::spawn({
            let sheet = sheet.clone();
            async move {
                for step in 0..60u32 {
                    sheet.set(records[0], sheet.price, number(f64::from(step) + 100.0)).await.unwrap();
                }
            }
        });
        let (_, mut old) = follow(&sheet, Some(0)).await;
        let (from, mut new) = follow(&sheet, None).await;
        writer.await.unwrap();
        let end = sheet.snapshot().await.seq;
        assert_eq!(end, start + 60);
        assert_eq!(events(&mut old, end).await, (1..=end).collect::<Vec<_>>());
        if from < end {
            assert_eq!(events(&mut new, end).await, (from + 1..=end).collect::<Vec<_>>());
        }
        // And the same after a restart, from the log.
        let restarted = Node::new(&world.test, world.test.another().await, world.clock.clone());
        let (seq, mut again) = follow(&sheet.seen(&restarted, owner), Some(0)).await;
        assert_eq!(seq, end);
        assert_eq!(events(&mut again, end).await, (1..=end).collect::<Vec<_>>());
    })
    .await;
}

#[tokio::test]
async fn an_event_says_what_changed_and_not_the_cells() {
    let world = World::new(TestDb::sqlite(true).await).await;
    let owner = world.member("Ada").await;
    let sheet = world.base(owner).await;
    let (_, mut feed) = follow(&sheet, None).await;
    sheet.add(&[("secret", 1.0)]).await;
    let message = serde_json::to_value(within("the event", feed.next()).await).unwrap();
    let event = &message["events"][0];
    assert_eq!(message["op"], "events");
    assert_eq!(event["kind"], "base.changed");
    assert_eq!(event["actor"], json!(owner));
    assert_eq!(event["tables"], json!([sheet.table]));
    assert_eq!(event["schema"], false);
    assert_eq!(event["at"], "2026-11-20T08:00:00Z");
    assert!(!message.to_string().contains("secret"));
}

#[tokio::test]
async fn a_client_too_far_behind_or_ahead_reloads_and_goes_on() {
    let world = World::new(TestDb::sqlite(true).await).await;
    let owner = world.member("Ada").await;
    let sheet = world.base(owner).await;
    let records = sheet.add(&[("a", 1.0)]).await;
    let (_, mut slow) = follow(&sheet, None).await;
    for step in 0..1_010u32 {
        sheet.set(records[0], sheet.price, number(f64::from(step) + 100.0)).await.unwrap();
    }
    let end = sheet.snapshot().await.seq;
    for since in [Some(0), Some(end + 5), Some(-3)] {
        let (seq, mut feed) = follow(&sheet, since).await;
        assert_eq!(seq, end);
        assert!(matches!(feed.next().await, BaseMessage::Reload { seq } if seq == end));
        assert!(feed.next().now_or_never().is_none());
    }
    assert!(matches!(slow.next().await, BaseMessage::Reload { seq } if seq == end));
    sheet.set(records[0], sheet.price, number(1.0)).await.unwrap();
    assert_eq!(events(&mut slow, end + 1).await, [end + 1]);
}

#[tokio::test]
async fn an_anonymous_feed_does_not_tell_who_acted() {
    let world = World::new(TestDb::sqlite(true).await).await;
    let owner = world.member("Ada").await;
    let sheet = world.base(owner).await;
    let mut feed = follow(&sheet, Some(0)).await.1.anonymous();
    let message = serde_json::to_value(within("the events", feed.next()).await).unwrap();
    assert_eq!(message["events"][0]["actor"], "");
    assert!(!message.to_string().contains(&owner.to_string()));
}
