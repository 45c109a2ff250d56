//! Windows and pages of trees: rules S29 to S32 of docs/spec/socket.md.

use serde_json::{Value as Json, json};
use skein_base::{
    ListQuery,
    live::{Look, Source, WindowFeed},
};
use skein_platform::access::View;
use skein_table::{Value, Viewer};
use skein_testkit::{TestDb, on_each_database, within};
use skein_types::{FieldId, RecordId, ViewId};

use crate::{
    windows::{first_view, set_view},
    world::{Sheet, World, number},
};

/// Five stations with prices 1 to 5; the second and the third stand under the first, the fourth under the second.
struct Tree {
    _world: World,
    sheet: Sheet,
    view: ViewId,
    parent: FieldId,
    ids: Vec<RecordId>,
}

impl Tree {
    async fn new(test: TestDb) -> Self {
        let world = World::new(test).await;
        let sheet = world.base(world.member("Ada").await).await;
        let ids = sheet.add(&[("a", 1.0), ("b", 2.0), ("c", 3.0), ("d", 4.0), ("e", 5.0)]).await;
        let input = json!({"name": "Parent", "type": "link", "table": sheet.table, "multiple": false});
        let parent = sheet.add_field(input).await;
        let view = first_view(&sheet).await;
        let tree = Self { _world: world, sheet, view, parent, ids };
        for (child, of) in [(1, 0), (2, 0), (3, 1)] {
            tree.put(child, &[of]).await;
        }
        set_view(&tree.sheet, view, json!({"tree": parent})).await;
        tree
    }

    async fn put(&self, child: usize, parents: &[usize]) {
        let l: Vec<RecordId> = parents.iter().map(|&at| self.ids[at]).collect();
        let value = if l.is_empty() { Value::Null } else { Value::Links { l: l.into() } };
        self.sheet.set(self.ids[child], self.parent, value).await.unwrap();
    }

    async fn open(&self, look: Json) -> WindowFeed {
        let granted = self.sheet.ctx.authorize::<View>(self.sheet.base).await.unwrap();
        let (bases, source) = (&self.sheet.node.bases, Source::View(self.view));
        WindowFeed::open(bases, &granted, self.sheet.table, source, Viewer::default(), asked(look))
            .await
            .unwrap()
    }

    fn twig(&self, at: usize, depth: usize, parent: bool, folded: bool) -> Json {
        let mut line = json!({"record": self.ids[at]});
        if depth > 0 {
            line["depth"] = json!(depth);
        }
        if parent {
            line["parent"] = json!(true);
        }
        if folded {
            line["folded"] = json!(true);
        }
        line
    }

    fn whole(&self) -> Json {
        let (a, b) = (self.twig(0, 0, true, false), self.twig(1, 1, true, false));
        json!([a, b, self.twig(3, 2, false, false), self.twig(2, 1, false, false), self.ids[4]])
    }
}

fn asked(look: Json) -> Look {
    serde_json::from_value(look).unwrap()
}

async fn next(feed: &mut WindowFeed) -> Json {
    let message = within("a window", feed.next()).await;
    serde_json::to_value(message).unwrap()
}

#[tokio::test]
async fn s30_a_window_onto_a_tree_says_where_each_record_stands() {
    on_each_database(async |test| {
        let tree = Tree::new(test).await;
        let mut feed = tree.open(json!({"offset": 0, "limit": 20})).await;
        let first = next(&mut feed).await;
        assert_eq!(
            (&first["order"], &first["total"], &first["records"]),
            (&tree.whole(), &json!(5), &json!(5))
        );
        assert_eq!(first["tells"]["tree"], json!(tree.parent));
        // The second goes under the last, with the fourth.
        tree.put(1, &[4]).await;
        let moved = next(&mut feed).await;
        let order = json!([
            tree.twig(0, 0, true, false),
            tree.twig(2, 1, false, false),
            tree.twig(4, 0, true, false),
            tree.twig(1, 1, true, false),
            tree.twig(3, 2, false, false),
        ]);
        assert_eq!(moved["order"], order);
        // S29: what stands under one that is filtered out rises.
        set_view(
            &tree.sheet,
            tree.view,
            json!({"filter": {"field": tree.sheet.price, "op": "lt", "value": 5}}),
        )
        .await;
        let filtered = next(&mut feed).await;
        assert_eq!(
            filtered["order"].as_array().unwrap()[2..],
            [tree.twig(1, 0, true, false), tree.twig(3, 1, false, false)]
        );
        // S11: without the link it is a list again.
        set_view(&tree.sheet, tree.view, json!({"tree": null, "filter": null})).await;
        assert_eq!(next(&mut feed).await["order"], json!(tree.ids));
    })
    .await;
}

#[tokio::test]
async fn s31_subscribers_fold_what_stands_under_records() {
    let tree = Tree::new(TestDb::sqlite(true).await).await;
    let mut feed = tree.open(json!({"offset": 0, "limit": 20})).await;
    next(&mut feed).await;
    let cases = [
        (json!({"all": true, "except": []}), json!([tree.twig(0, 0, true, true), tree.ids[4]])),
        (
            json!({"all": true, "except": [tree.ids[0]]}),
            json!([
                tree.twig(0, 0, true, false),
                tree.twig(1, 1, true, true),
                tree.twig(2, 1, false, false),
                tree.ids[4]
            ]),
        ),
        (
            json!({"all": false, "except": [tree.ids[1], tree.ids[2]]}),
            json!([
                tree.twig(0, 0, true, false),
                tree.twig(1, 1, true, true),
                tree.twig(2, 1, false, false),
                tree.ids[4]
            ]),
        ),
        (json!({"all": false, "except": []}), tree.whole()),
    ];
    for (branches, order) in cases {
        feed.look(asked(json!({"folds": {"branches": branches}}))).unwrap();
        let window = next(&mut feed).await;
        assert_eq!(window["order"], order, "{branches}");
        assert_eq!(
            (&window["total"], &window["records"]),
            (&json!(order.as_array().unwrap().len()), &json!(5))
        );
    }
    // The fourth record is in what is folded: the window begins at the one around it.
    feed.look(asked(json!({"folds": {"branches": {"except": [tree.ids[0]]}}, "place": 2, "limit": 1})))
        .unwrap();
    let found = next(&mut feed).await;
    assert_eq!((&found["offset"], &found["order"]), (&json!(0), &json!([tree.twig(0, 0, true, true)])));
    let many: Vec<RecordId> = vec![tree.ids[0]; 2_001];
    assert!(feed.look(asked(json!({"folds": {"branches": {"except": many}}}))).is_err());
}

#[tokio::test]
async fn s31_a_record_is_kept_in_place_unless_others_show_under_it() {
    let tree = Tree::new(TestDb::sqlite(true).await).await;
    set_view(&tree.sheet, tree.view, json!({"sort": [{"field": tree.sheet.price}]})).await;
    let mut feed = tree.open(json!({"offset": 0, "limit": 20})).await;
    next(&mut feed).await;
    // The third would go before the second; it stays where it was, as deep as it is.
    feed.look(asked(json!({"hold": [{"record": tree.ids[2], "at": 3}]}))).unwrap();
    tree.sheet.set(tree.ids[2], tree.sheet.price, number(1.0)).await.unwrap();
    assert_eq!(next(&mut feed).await.get("order"), None);
    // The first has others under it: it goes to the end with them.
    feed.look(asked(json!({"hold": [{"record": tree.ids[0], "at": 0}]}))).unwrap();
    tree.sheet.set(tree.ids[0], tree.sheet.price, number(9.0)).await.unwrap();
    let mut order = Json::Null;
    while order[0] != json!(tree.ids[4]) {
        order = next(&mut feed).await["order"].clone();
    }
    let under = [(0, 0, true), (2, 1, false), (1, 1, true), (3, 2, false)];
    let under = under.map(|(at, depth, parent)| tree.twig(at, depth, parent, false));
    assert_eq!(order.as_array().unwrap()[1..], under);
}

#[tokio::test]
async fn s32_rows_of_groups_are_numbered_from_the_first() {
    let tree = Tree::new(TestDb::sqlite(true).await).await;
    set_view(&tree.sheet, tree.view, json!({"group": [{"field": tree.sheet.kind}]})).await;
    let mut feed = tree.open(json!({"offset": 0, "limit": 2})).await;
    assert_eq!(next(&mut feed).await["before"], 0);
    feed.look(asked(json!({"offset": 3}))).unwrap();
    assert_eq!(next(&mut feed).await["before"], 2);
    feed.look(asked(json!({"folds": {"branches": {"except": [tree.ids[1]]}}}))).unwrap();
    let folded = next(&mut feed).await;
    assert_eq!((&folded["before"], &folded["order"][0]), (&json!(2), &tree.twig(2, 1, false, false)));
}

#[tokio::test]
async fn pages_of_a_view_follow_its_tree() {
    let tree = Tree::new(TestDb::sqlite(true).await).await;
    let snapshot = tree.sheet.snapshot().await;
    let list = |wanted: ListQuery| snapshot.list(tree.sheet.table, wanted, Viewer::default());
    let (mut seen, mut cursor) = (Vec::new(), None);
    loop {
        let page = list(ListQuery { view: Some(tree.view), limit: Some(2), cursor, ..ListQuery::default() })
            .await
            .unwrap();
        seen.extend(page.items.iter().map(|item| (item.id, item.depth.unwrap())));
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    let expected = [(0, 0), (1, 1), (3, 2), (2, 1), (4, 0)].map(|(at, depth)| (tree.ids[at], depth));
    assert_eq!(seen, expected);
    let sorted = ListQuery { view: Some(tree.view), sort: Some(Vec::new()), ..ListQuery::default() };
    let flat: Vec<_> =
        list(sorted).await.unwrap().items.into_iter().map(|item| (item.id, item.depth)).collect();
    assert_eq!(flat, tree.ids.iter().map(|&id| (id, None)).collect::<Vec<_>>());
}
