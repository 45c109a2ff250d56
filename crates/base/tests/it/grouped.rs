//! Windows onto grouped views: rules S23 to S27 and S33 of docs/spec/socket.md.

use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
};

use serde_json::{Value as Json, json};
use skein_base::{
    Command, Snapshot,
    live::{Look, Source, WindowFeed, WindowMessage},
};
use skein_platform::access::View;
use skein_store::FutureExt;
use skein_table::{GroupTree, Query, Record, Value, Viewer, groups, select, write_record_json};
use skein_testkit::{TestDb, on_each_database, until, within};
use skein_types::{FieldId, RecordId};

use crate::{
    windows::{Dice, edit, first_view, set_view},
    world::{Sheet, World, number, text},
};

/// What a client makes of the messages.
#[derive(Debug, Default, PartialEq)]
struct Client {
    total: usize,
    records: Option<usize>,
    tells: Json,
    summaries: Json,
    order: Vec<Json>,
    rows: BTreeMap<String, Json>,
    groups: BTreeMap<String, Json>,
}

impl Client {
    /// The sequence number of the message.
    fn apply(&mut self, message: &WindowMessage) -> i64 {
        let json = serde_json::to_value(message).unwrap();
        assert_eq!(json["op"], "window", "{json}");
        self.total = json["total"].as_u64().unwrap() as usize;
        self.records = json.get("records").map(|count| count.as_u64().unwrap() as usize);
        if let Some(tells) = json.get("tells") {
            self.tells = tells.clone();
        }
        if let Some(summaries) = json.get("summaries") {
            self.summaries = summaries.clone();
        }
        if let Some(order) = json.get("order") {
            self.order = serde_json::from_value(order.clone()).unwrap();
        }
        for (id, cells) in json["rows"].as_object().unwrap() {
            self.rows.insert(id.clone(), cells.clone());
        }
        for group in json.get("groups").and_then(Json::as_array).into_iter().flatten() {
            self.groups.insert(group["path"].to_string(), group.clone());
        }
        let lines: HashSet<String> = self.order.iter().map(name).collect();
        self.rows.retain(|id, _| lines.contains(id));
        self.groups.retain(|path, _| lines.contains(path));
        let held = |line: &Json| {
            self.rows.contains_key(&name(line))
                || self.groups.contains_key(&name(line))
                || line.get("end").is_some()
        };
        assert!(self.order.iter().all(held), "the client holds every line of the window");
        json["seq"].as_i64().unwrap()
    }
}

/// By what rows and groups are held.
fn name(line: &Json) -> String {
    match line.get("group") {
        Some(path) => path.to_string(),
        None => line.as_str().unwrap_or_default().to_owned(),
    }
}

/// What a subscriber says of how it looks.
#[derive(Clone, Debug, Default)]
struct Said {
    offset: usize,
    limit: usize,
    all: bool,
    except: Vec<Json>,
    ends: bool,
    hold: Vec<(RecordId, usize)>,
    within: Option<Vec<Json>>,
}

impl Said {
    fn look(&self) -> Look {
        let hold = self.hold.iter().map(|(record, at)| json!({"record": record, "at": at}));
        serde_json::from_value(json!({
            "offset": self.offset,
            "limit": self.limit,
            "folds": {"all": self.all, "except": self.except, "ends": self.ends},
            "hold": hold.collect::<Json>(),
            "within": self.within,
        }))
        .unwrap()
    }

    fn folded(&self, path: &[Json]) -> bool {
        self.all != self.except.iter().any(|other| *other == json!(path))
    }
}

/// The lines of a snapshot, from scratch.
struct Lines<'a> {
    said: &'a Said,
    rows: Vec<String>,
    all: Vec<(Json, Option<Json>)>,
}

impl Lines<'_> {
    fn level(&mut self, trees: &[GroupTree], above: &[Json]) {
        for tree in trees {
            let path: Vec<Json> = above.iter().cloned().chain([tree.value.clone()]).collect();
            let folded = self.said.folded(&path);
            let mut head = json!({"path": path, "label": tree.label, "count": tree.count, "folded": folded});
            if !tree.summaries.is_empty() {
                head["summaries"] = json!(tree.summaries);
            }
            self.all.push((json!({"group": path}), Some(head)));
            if folded {
                continue;
            }
            self.level(&tree.groups, &path);
            if tree.groups.is_empty() {
                let rows = &self.rows[tree.first..tree.first + tree.count];
                self.all.extend(rows.iter().map(|id| (json!(id), None)));
                if self.said.ends {
                    self.all.push((json!({"end": path}), None));
                }
            }
        }
    }

    /// Rule S26, the plain way.
    fn hold(&mut self, known: &dyn Fn(RecordId) -> bool) {
        let mut hold: Vec<(usize, String)> = self
            .said
            .hold
            .iter()
            .filter(|(id, _)| known(*id))
            .map(|(id, at)| (*at, id.to_string()))
            .collect();
        hold.sort_by_key(|(at, _)| *at);
        let mut taken = HashSet::new();
        for (at, id) in &hold {
            let places = self.all.iter().enumerate().filter(|(_, (line, _))| line == id);
            taken.extend(places.map(|(place, _)| place).min_by_key(|place| place.abs_diff(*at)));
        }
        let mut place = 0..;
        self.all.retain(|_| !taken.contains(&place.next().unwrap()));
        for (at, id) in hold {
            self.all.insert(at.min(self.all.len()), (json!(id), None));
        }
    }
}

/// The first row of a group and how many it has; none when there is no such group.
fn group_at(trees: &[GroupTree], path: &[Json]) -> (usize, usize) {
    let Some((value, rest)) = path.split_first() else { return (0, 0) };
    match trees.iter().find(|tree| tree.value == *value) {
        Some(tree) if rest.is_empty() => (tree.first, tree.count),
        Some(tree) => group_at(&tree.groups, rest),
        None => (0, 0),
    }
}

/// The path of any group there is.
fn some_path(dice: &mut Dice, snapshot: &Snapshot, sheet: &Sheet, query: &Query) -> Vec<Json> {
    let told = groups(&snapshot.base, snapshot.table(sheet.table).unwrap(), query, &Viewer::default());
    let (mut path, mut trees) = (Vec::new(), &told.groups);
    while !trees.is_empty() && (path.is_empty() || dice.roll(2) == 0) {
        let tree = &trees[dice.roll(trees.len())];
        path.push(tree.value.clone());
        trees = &tree.groups;
    }
    if path.is_empty() { vec![Json::Null] } else { path }
}

fn expected(snapshot: &Snapshot, sheet: &Sheet, query: &Query, said: &Said) -> Client {
    let table = snapshot.table(sheet.table).unwrap();
    let viewer = Viewer::default();
    let told = groups(&snapshot.base, table, query, &viewer);
    let rows = select(&snapshot.base, table, query, &viewer);
    let rows: Vec<String> = rows.iter().map(|&row| table.record_id(row).to_string()).collect();
    let mut lines = Lines { said, rows: rows.clone(), all: Vec::new() };
    if query.group.is_empty() {
        lines.all = rows.into_iter().map(|id| (json!(id), None)).collect();
    }
    let mut count = told.count;
    if let Some(path) = &said.within {
        let (first, in_it) = group_at(&told.groups, path);
        lines.all = lines.rows[first..first + in_it].iter().map(|id| (json!(id), None)).collect();
        count = in_it;
    } else {
        lines.level(&told.groups, &[]);
        lines.hold(&|id| table.row(id).is_some_and(|row| table.is_live(row)));
    }
    let total = lines.all.len();
    let window: Vec<_> = lines.all.into_iter().skip(said.offset).take(said.limit).collect();
    let fields: Vec<FieldId> = table.def().fields.iter().map(|field| field.id).collect();
    let cells = |id: &str| {
        let mut json = String::new();
        let row = table.row(id.parse().unwrap()).unwrap();
        write_record_json(&snapshot.base, table, row, &fields, &mut json);
        (id.to_owned(), serde_json::from_str(&json).unwrap())
    };
    Client {
        total,
        records: (!query.group.is_empty()).then_some(count),
        tells: json!({"group": query.group, "summaries": query.summaries}),
        summaries: json!(told.summaries),
        rows: window.iter().filter_map(|(line, _)| line.as_str()).map(cells).collect(),
        groups: window
            .iter()
            .filter_map(|(_, head)| head.clone())
            .map(|h| (h["path"].to_string(), h))
            .collect(),
        order: window.into_iter().map(|(line, _)| line).collect(),
    }
}

async fn open(sheet: &Sheet, source: Source, look: impl Into<Look>) -> WindowFeed {
    let granted = sheet.ctx.authorize::<View>(sheet.base).await.unwrap();
    WindowFeed::open(&sheet.node.bases, &granted, sheet.table, source, Viewer::default(), look).await.unwrap()
}

/// Views of one to three levels with summaries of each kind.
fn some_query(sheet: &Sheet, seed: u64) -> Query {
    let levels = [
        json!([{"field": sheet.kind}, {"field": sheet.name, "descending": true}]),
        json!([{"field": sheet.price, "size": 10.0}]),
        json!([{"field": sheet.kind, "descending": true}, {"field": sheet.price, "size": 20.0}, {"field": sheet.name}]),
    ];
    serde_json::from_value(json!({
        "filter": {"field": sheet.price, "op": "gt", "value": 2},
        "group": levels[(seed % 3) as usize],
        "sort": [{"field": sheet.price, "descending": seed.is_multiple_of(2)}],
        "summaries": [
            {"field": sheet.price, "function": "sum"},
            {"field": sheet.price, "function": "median"},
            {"field": sheet.kind, "function": "percent_filled"},
        ],
    }))
    .unwrap()
}

/// Folds something else, moves, keeps other records in place.
fn say(dice: &mut Dice, said: &mut Said, records: &[RecordId], client: &Client) {
    match dice.roll(5) {
        0 => (said.offset, said.limit) = (dice.roll(20), 1 + dice.roll(30)),
        1 => said.all = !said.all,
        2 => said.except = client.groups.values().map(|head| head["path"].clone()).collect(),
        3 => {
            said.except.retain(|_| dice.roll(2) == 0);
            said.ends = dice.roll(2) == 0;
        }
        _ => {
            let held = (0..dice.roll(4)).map(|_| (records[dice.roll(records.len())], dice.roll(40)));
            let mut seen = HashSet::new();
            let mut lines = HashSet::new();
            said.hold = held.filter(|(id, at)| seen.insert(*id) && lines.insert(*at)).collect();
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s23_messages_applied_in_order_give_each_subscriber_its_own_lines() {
    on_each_database(async |test| {
        let world = World::new(test).await;
        for seed in 1..=6u64 {
            let sheet = world.base(world.member("Ada").await).await;
            let mut records =
                sheet.add(&[("a", 1.0), ("b", 12.0), ("c", 13.0), ("a", 30.0), ("b", 7.0)]).await;
            let query = some_query(&sheet, seed);
            let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
            let mut history: BTreeMap<i64, Arc<Snapshot>> = BTreeMap::new();
            let now = sheet.snapshot().await;
            history.insert(now.seq, now);
            let mut clients = Vec::new();
            for (ends, within) in [(false, None), (true, None), (false, Some(vec![Json::Null]))] {
                let said = Said { limit: 15, ends, within, ..Said::default() };
                let feed = open(&sheet, Source::Query(query.clone()), said.look()).await;
                clients.push((feed, said, Client::default()));
            }
            for _ in 0..60 {
                edit(&sheet, &mut dice, &mut records).await;
                let now = sheet.snapshot().await;
                history.insert(now.seq, now);
                for (feed, said, client) in &mut clients {
                    if dice.roll(4) == 0 {
                        say(&mut dice, said, &records, client);
                        if said.within.is_some() && dice.roll(2) == 0 {
                            let now = history.last_key_value().unwrap().1;
                            said.within = Some(some_path(&mut dice, now, &sheet, &query));
                        }
                        feed.look(said.look()).unwrap();
                    }
                    // Some messages are left to be merged with later ones.
                    while dice.roll(3) > 0 {
                        let Some(message) = feed.next().now_or_never() else { break };
                        // Of two changes at once only the state after both is known.
                        let Some(then) = history.get(&client.apply(&message)) else { continue };
                        assert_eq!(*client, expected(then, &sheet, &query, said), "seed {seed} {said:?}");
                    }
                }
            }
            let last = sheet.snapshot().await;
            for (feed, said, client) in &mut clients {
                let goal = expected(&last, &sheet, &query, said);
                until("the window is the newest", async || {
                    while let Some(message) = feed.next().now_or_never() {
                        client.apply(&message);
                    }
                    *client == goal
                })
                .await;
            }
        }
    })
    .await;
}

/// Stations in two groups of kinds, in a saved view that tells sums of prices.
struct Stations {
    _world: World,
    sheet: Sheet,
    view: skein_types::ViewId,
    records: Vec<RecordId>,
    gas: String,
    power: String,
}

impl Stations {
    async fn new(test: TestDb) -> Self {
        let world = World::new(test).await;
        let sheet = world.base(world.member("Ada").await).await;
        let records = sheet.add(&[("a", 1.0), ("b", 2.0), ("c", 3.0), ("d", 4.0)]).await;
        let view = first_view(&sheet).await;
        let def = sheet.snapshot().await.table(sheet.table).unwrap().field(sheet.kind).unwrap().kind.clone();
        let [gas, power] = def.choices() else { panic!("two kinds") };
        for (at, choice) in [gas, gas, power, power].into_iter().enumerate() {
            sheet.set(records[at], sheet.kind, Value::Choice { c: choice.id }).await.unwrap();
        }
        set_view(
            &sheet,
            view,
            json!({
                "group": [{"field": sheet.kind}],
                "summaries": [{"field": sheet.price, "function": "sum"}],
            }),
        )
        .await;
        let (gas, power) = (gas.id.to_string(), power.id.to_string());
        Self { _world: world, sheet, view, records, gas, power }
    }

    async fn open(&self, look: Json) -> WindowFeed {
        let look: Look = serde_json::from_value(look).unwrap();
        open(&self.sheet, Source::View(self.view), look).await
    }
}

async fn next(feed: &mut WindowFeed) -> Json {
    serde_json::to_value(within("a message", feed.next()).await).unwrap()
}

#[tokio::test]
async fn s24_a_grouped_window_tells_only_what_differs() {
    let all = Stations::new(TestDb::sqlite(true).await).await;
    let Stations { sheet, records, gas, power, view, .. } = &all;
    let mut feed = all.open(json!({"limit": 100})).await;
    let whole = next(&mut feed).await;
    let lines = json!([{"group": [gas]}, records[0], records[1], {"group": [power]}, records[2], records[3]]);
    assert_eq!((&whole["order"], &whole["total"], &whole["records"]), (&lines, &json!(6), &json!(4)));
    let head = json!({"path": [gas], "label": "Gas", "count": 2, "folded": false, "summaries": [3]});
    assert_eq!((&whole["groups"][0], &whole["summaries"]), (&head, &json!([10])));
    assert_eq!(whole["tells"]["group"], json!([{"field": sheet.kind, "descending": false}]));
    assert_eq!(whole["tells"]["summaries"], json!([{"field": sheet.price, "function": "sum"}]));

    sheet.set(records[3], sheet.price, number(9.0)).await.unwrap();
    let one = next(&mut feed).await;
    assert_eq!((one.get("order"), one.get("tells")), (None, None));
    let head = json!({"path": [power], "label": "Power", "count": 2, "folded": false, "summaries": [12]});
    assert_eq!((&one["groups"], &one["summaries"]), (&json!([head]), &json!([15])));
    assert_eq!(one["rows"].as_object().unwrap().keys().collect::<Vec<_>>(), [&records[3].to_string()]);

    // A text that nothing is told of changes no group.
    sheet.set(records[3], sheet.name, text("e")).await.unwrap();
    let other = next(&mut feed).await;
    assert_eq!((other.get("groups"), other.get("summaries")), (None, None));

    // The last record of a group takes the group along.
    sheet.delete(&records[2..]).await.unwrap();
    let less = next(&mut feed).await;
    assert_eq!(less["order"], json!([{"group": [gas]}, records[0], records[1]]));
    assert_eq!(less.get("groups"), None);

    let kind = sheet.snapshot().await.table(sheet.table).unwrap().field(sheet.kind).unwrap().clone();
    let choices: Vec<Json> = kind
        .kind
        .choices()
        .iter()
        .map(|choice| json!({"id": choice.id, "name": format!("{}!", choice.name), "color": "red"}))
        .collect();
    let patch = serde_json::from_value(json!({"choices": choices})).unwrap();
    sheet.run(Command::UpdateField { table: sheet.table, field: sheet.kind, patch }).await.unwrap();
    let renamed = next(&mut feed).await;
    assert_eq!((renamed.get("order"), &renamed["groups"][0]["label"]), (None, &json!("Gas!")));

    // The groups go with their field, and with what the view says.
    sheet.run(Command::DeleteField { table: sheet.table, field: sheet.kind }).await.unwrap();
    let plain = next(&mut feed).await;
    assert_eq!((&plain["order"], plain.get("records")), (&json!(records[..2]), None));
    assert_eq!(plain["tells"]["group"], json!([]));
    set_view(sheet, *view, json!({"summaries": []})).await;
    assert_eq!(next(&mut feed).await["tells"], json!({"group": [], "summaries": []}));
}

#[tokio::test]
async fn s25_folds_are_of_the_subscriber() {
    on_each_database(async |test| {
        let all = Stations::new(test).await;
        let Stations { sheet, records, gas, power, .. } = &all;
        let mut ada = all.open(json!({"limit": 100, "folds": {"except": [[gas]], "ends": true}})).await;
        let mut ben = all.open(json!({"limit": 100})).await;
        let first = next(&mut ada).await;
        let lines = json!([{"group": [gas]}, {"group": [power]}, records[2], records[3], {"end": [power]}]);
        assert_eq!((&first["order"], &first["groups"][0]["folded"]), (&lines, &json!(true)));
        assert_eq!((&first["total"], &first["records"]), (&json!(5), &json!(4)));
        assert_eq!(next(&mut ben).await["total"], 6);

        // Where the rows are not shown, only their group tells of them.
        sheet.set(records[0], sheet.price, number(5.0)).await.unwrap();
        let folded = next(&mut ada).await;
        assert_eq!((folded.get("order"), &folded["rows"]), (None, &json!({})));
        assert_eq!(folded["groups"][0]["summaries"], json!([7]));
        assert_eq!(next(&mut ben).await["rows"].as_object().unwrap().len(), 1);

        let look = |look: Json| serde_json::from_value::<Look>(look).unwrap();
        ada.look(look(json!({"folds": {"all": true}}))).unwrap();
        let none = next(&mut ada).await;
        assert_eq!(none["order"], json!([{"group": [gas]}, {"group": [power]}]));
        assert_eq!((&none["rows"], none["groups"].as_array().unwrap().len()), (&json!({}), 1));
        ada.look(look(json!({"folds": {"all": true, "except": [[gas]]}, "offset": 1}))).unwrap();
        let some = next(&mut ada).await;
        assert_eq!(some["order"], json!([records[0], records[1], {"group": [power]}]));
        assert_eq!((&some["above"], none.get("above")), (&json!([gas]), None));
        assert_eq!(some["rows"].as_object().unwrap().len(), 2);
        assert!(ben.next().now_or_never().is_none(), "nothing changed for the other one");

        // The line of a record by its place among all records, or of the group that hides it.
        for (place, folds, offset) in
            [(2, json!({}), 4), (2, json!({"except": [[power]]}), 3), (9, json!({}), 5)]
        {
            ben.look(look(json!({"place": place, "folds": folds, "limit": 1}))).unwrap();
            assert_eq!(next(&mut ben).await["offset"], offset);
        }
    })
    .await;
}

#[tokio::test]
async fn s33_a_window_within_a_group_has_its_records_alone() {
    let all = Stations::new(TestDb::sqlite(true).await).await;
    let Stations { sheet, records, gas, power, .. } = &all;
    let mut feed = all.open(json!({"limit": 100, "within": [gas]})).await;
    let first = next(&mut feed).await;
    assert_eq!(first["order"], json!([records[0], records[1]]));
    assert_eq!((&first["total"], &first["records"]), (&json!(2), &json!(2)));
    assert_eq!((&first["above"], &first["before"]), (&json!([gas]), &json!(0)));
    // What comes in and goes out, and nothing of the other group.
    let of = |id: &String| Value::Choice { c: id.parse().unwrap() };
    sheet.set(records[3], sheet.kind, of(gas)).await.unwrap();
    let more = next(&mut feed).await;
    assert_eq!(more["order"], json!([records[0], records[1], records[3]]));
    assert_eq!(more["rows"].as_object().unwrap().len(), 1);
    for record in [0, 1, 3] {
        sheet.set(records[record], sheet.kind, of(power)).await.unwrap();
        assert_eq!(next(&mut feed).await["total"], if record == 3 { 0 } else { 2 - record });
    }
    // A group that there is none of has no records; the place of one among all is where the window begins.
    let look = |look: Json| serde_json::from_value::<Look>(look).unwrap();
    for (said, offset, total) in [
        (json!({"within": [power], "offset": 3}), 3, 4),
        (json!({"place": 1, "limit": 2}), 1, 4),
        (json!({"place": 40, "limit": 2}), 3, 4),
        (json!({"within": ["opt_00000000000000000000000009"], "offset": 0}), 0, 0),
        (json!({"within": [power, power]}), 0, 0),
    ] {
        feed.look(look(said.clone())).unwrap();
        let told = next(&mut feed).await;
        assert_eq!((&told["offset"], &told["total"]), (&json!(offset), &json!(total)), "{said}");
    }
}

#[tokio::test]
async fn s26_a_record_is_kept_in_its_place_until_it_is_let_go() {
    let all = Stations::new(TestDb::sqlite(true).await).await;
    let Stations { sheet, records, gas, power, view, .. } = &all;
    set_view(sheet, *view, json!({"filter": {"field": sheet.price, "op": "lt", "value": 10}})).await;
    let look = |look: Json| serde_json::from_value::<Look>(look).unwrap();
    let mut feed = all.open(json!({"limit": 100})).await;
    next(&mut feed).await;
    // It would leave the view.
    feed.look(look(json!({"hold": [{"record": records[1], "at": 2}]}))).unwrap();
    assert!(feed.next().now_or_never().is_none(), "it is there");
    sheet.set(records[1], sheet.price, number(20.0)).await.unwrap();
    let kept = next(&mut feed).await;
    assert_eq!((kept.get("order"), &kept["total"], &kept["records"]), (None, &json!(6), &json!(3)));
    assert_eq!(kept["rows"][records[1].to_string()][sheet.price.to_string()], 20);
    assert_eq!(kept["groups"][0]["count"], 1);
    feed.look(look(json!({"hold": []}))).unwrap();
    let gone = next(&mut feed).await;
    assert_eq!(
        gone["order"],
        json!([{"group": [gas]}, records[0], {"group": [power]}, records[2], records[3]])
    );

    // One that is not there yet, and one that would go to another group.
    let new: RecordId = sheet.node.platform.ids.make();
    let hold = json!([{"record": new, "at": 4}, {"record": records[0], "at": 1}]);
    feed.look(look(json!({"hold": hold}))).unwrap();
    let created = vec![Record::new(new, vec![(sheet.price, number(50.0))])];
    sheet.run(Command::CreateRecords { table: sheet.table, records: created }).await.unwrap();
    let lines = json!([{"group": [gas]}, records[0], {"group": [power]}, records[2], new, records[3]]);
    assert_eq!(next(&mut feed).await["order"], lines);
    // Another filter is another list, in which nothing is kept.
    set_view(sheet, *view, json!({"filter": null})).await;
    let other = next(&mut feed).await;
    assert_eq!(other["total"], 8);
    assert_eq!(other["order"][7], json!(new));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s27_hundreds_look_at_one_view_each_with_its_own_folds() {
    let all = Stations::new(TestDb::sqlite(true).await).await;
    let Stations { sheet, records, gas, power, .. } = &all;
    let mut feeds = Vec::new();
    for at in 0..300 {
        let except = [json!([]), json!([[gas]]), json!([[power]]), json!([[gas], [power]])][at % 4].clone();
        let mut feed = all.open(json!({"limit": 1 + at % 9, "folds": {"except": except}})).await;
        next(&mut feed).await;
        feeds.push(feed);
    }
    sheet.set(records[0], sheet.price, number(100.0)).await.unwrap();
    for feed in &mut feeds {
        // The group stands first for everybody.
        assert_eq!(next(feed).await["groups"][0]["summaries"], json!([102]));
    }
}

#[tokio::test]
async fn looks_that_are_too_much_are_refused() {
    let all = Stations::new(TestDb::sqlite(true).await).await;
    let mut feed = all.open(json!({"limit": 10})).await;
    let id = |_| sheet_id(&all.sheet);
    let cases = [
        (json!({"limit": 1_001}), "limit"),
        (json!({"folds": {"except": vec![json!(["x"]); 2_001]}}), "folds"),
        (
            json!({"hold": (0..101).map(id).map(|r| json!({"record": r, "at": 1})).collect::<Vec<_>>()}),
            "hold",
        ),
    ];
    for (look, field) in cases {
        let look: Look = serde_json::from_value(look).unwrap();
        let problem = skein_types::Problem::from(feed.look(look).unwrap_err());
        assert_eq!((problem.field.as_deref(), problem.code.as_ref()), (Some(field), "view.limit"));
    }
    // What was refused changed nothing.
    assert_eq!(next(&mut feed).await["total"], 6);
}

fn sheet_id(sheet: &Sheet) -> RecordId {
    sheet.node.platform.ids.make()
}
