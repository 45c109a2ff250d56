use futures_util::FutureExt as _;
use skein_store::Expected;
use skein_testkit::{on_each_database, within};

use crate::{append, stream};

/// L6: what is not done comes again, in this process and in the next; what is done does not.
#[tokio::test]
async fn a_consumer_sees_every_event_at_least_once() {
    on_each_database(async |test| {
        append(&test.db, &stream("res_1"), Expected::Any, 3).await.unwrap();
        let mut consumer = test.db.consumer("search").await.unwrap();
        assert_eq!(consumer.next().await.unwrap().len(), 3);
        assert_eq!(consumer.next().await.unwrap().len(), 3, "it was not done");
        let mut restarted = test.another().await.consumer("search").await.unwrap();
        assert_eq!(restarted.next().await.unwrap().len(), 3, "it was not done");
        restarted.done().await.unwrap();
        append(&test.db, &stream("res_2"), Expected::Any, 1).await.unwrap();
        assert_eq!(restarted.next().await.unwrap()[0].position, 4);
        let mut again = test.db.consumer("search").await.unwrap();
        assert_eq!((again.position(), again.next().await.unwrap()[0].position), (3, 4));
        let mut other = test.db.consumer("webhooks").await.unwrap();
        assert_eq!(other.next().await.unwrap()[0].position, 1, "each name has its own cursor");
    })
    .await;
}

/// L6: a node that is behind does not set back the cursor of one that is further.
#[tokio::test]
async fn a_slow_consumer_does_not_set_back_the_cursor() {
    on_each_database(async |test| {
        append(&test.db, &stream("res_1"), Expected::Any, 1).await.unwrap();
        let mut slow = test.db.consumer("search").await.unwrap();
        slow.next().await.unwrap();
        append(&test.db, &stream("res_1"), Expected::Any, 4).await.unwrap();
        let mut fast = test.db.consumer("search").await.unwrap();
        fast.next().await.unwrap();
        fast.done().await.unwrap();
        slow.done().await.unwrap();
        assert_eq!(test.db.consumer("search").await.unwrap().position(), 5);
    })
    .await;
}

#[tokio::test]
async fn a_consumer_waits_for_a_commit_and_is_woken_by_it() {
    on_each_database(async |test| {
        let mut consumer = test.db.consumer("search").await.unwrap();
        assert!(consumer.next().now_or_never().is_none(), "there is nothing yet");
        let (db, name) = (test.db.clone(), stream("res_1"));
        let (events, appended) =
            tokio::join!(within("the event", consumer.next()), append(&db, &name, Expected::Any, 1));
        appended.unwrap();
        assert_eq!(events.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_long_log_comes_in_parts() {
    on_each_database(async |test| {
        append(&test.db, &stream("res_1"), Expected::Any, 1201).await.unwrap();
        let mut consumer = test.db.consumer("search").await.unwrap();
        let mut seen = 0;
        while seen < 1201 {
            for event in consumer.next().await.unwrap() {
                assert_eq!(event.position, seen + 1);
                seen = event.position;
            }
            consumer.done().await.unwrap();
        }
        assert_eq!(consumer.position(), 1201);
    })
    .await;
}
