//! Who looks at which base, and where in it (S15). Kept in memory of this node.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
    time::Duration,
};

use parking_lot::Mutex;
use serde_json::Value;
use skein_types::ResourceId;
use tokio::{sync::watch, time::Instant};

use super::protocol::Person;

#[derive(Default)]
pub(crate) struct Presence {
    rooms: Mutex<HashMap<ResourceId, Room>>,
}

struct Room {
    /// By the number of their seat: one connection may have several.
    people: BTreeMap<u64, Person>,
    seats: u64,
    changed: watch::Sender<u64>,
}

/// A place in the room of a base; leaving is dropping it.
pub(super) struct Seat {
    presence: Arc<Presence>,
    base: ResourceId,
    number: u64,
    changed: watch::Receiver<u64>,
    seen: u64,
    rest: Instant,
}

/// The others are told of at most ten times a second.
const PAUSE: Duration = Duration::from_millis(100);

impl Presence {
    pub(super) fn enter(self: &Arc<Self>, base: ResourceId, person: Person) -> Seat {
        let mut rooms = self.rooms.lock();
        let room = rooms.entry(base).or_insert_with(|| Room {
            people: BTreeMap::new(),
            seats: 0,
            changed: watch::Sender::new(0),
        });
        room.seats += 1;
        let number = room.seats;
        let changed = room.changed.subscribe();
        let seen = *changed.borrow();
        room.people.insert(number, person);
        room.changed.send_modify(|version| *version += 1);
        Seat { presence: self.clone(), base, number, changed, seen, rest: Instant::now() }
    }
}

impl Seat {
    pub(super) fn say(&self, state: Option<Value>) {
        let mut rooms = self.presence.rooms.lock();
        if let Some(room) = rooms.get_mut(&self.base)
            && let Some(person) = room.people.get_mut(&self.number)
        {
            person.state = state;
            room.changed.send_modify(|version| *version += 1);
        }
    }

    /// Waits until the room is not as it was last told, and the pause since then is over. A wait that is
    /// given up loses nothing and does not begin the pause anew.
    pub(super) async fn changed(&mut self) {
        if self.changed.wait_for(|version| *version != self.seen).await.is_err() {
            std::future::pending::<()>().await;
        }
        tokio::time::sleep_until(self.rest).await;
    }

    /// The people of the room, each connection once; they count as told.
    pub(super) fn people(&mut self) -> Vec<Person> {
        let rooms = self.presence.rooms.lock();
        self.seen = *self.changed.borrow();
        self.rest = Instant::now() + PAUSE;
        let Some(room) = rooms.get(&self.base) else { return Vec::new() };
        let latest: BTreeMap<&str, &Person> =
            room.people.values().map(|person| (person.connection.as_str(), person)).collect();
        latest.into_values().cloned().collect()
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut rooms = self.presence.rooms.lock();
        if let Some(room) = rooms.get_mut(&self.base) {
            room.people.remove(&self.number);
            room.changed.send_modify(|version| *version += 1);
            if room.people.is_empty() {
                rooms.remove(&self.base);
            }
        }
    }
}
