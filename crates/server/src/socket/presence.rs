//! Who looks at which base, and where in it (S15). Kept in memory of this node.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use parking_lot::Mutex;
use skein_types::ResourceId;
use tokio::sync::watch;

use super::protocol::Person;

#[derive(Default)]
pub(crate) struct Presence {
    rooms: Mutex<HashMap<ResourceId, Room>>,
}

struct Room {
    people: BTreeMap<String, Person>,
    changed: watch::Sender<u64>,
}

/// One connection in the room of a base; leaving is dropping it.
pub(super) struct Seat {
    presence: Arc<Presence>,
    base: ResourceId,
    connection: String,
    changed: watch::Receiver<u64>,
    seen: u64,
}

impl Presence {
    pub(super) fn enter(self: &Arc<Self>, base: ResourceId, person: Person) -> Seat {
        let mut rooms = self.rooms.lock();
        let room = rooms
            .entry(base)
            .or_insert_with(|| Room { people: BTreeMap::new(), changed: watch::Sender::new(0) });
        let connection = person.connection.clone();
        let changed = room.changed.subscribe();
        let seen = *changed.borrow();
        room.people.insert(connection.clone(), person);
        room.changed.send_modify(|version| *version += 1);
        Seat { presence: self.clone(), base, connection, changed, seen }
    }
}

impl Seat {
    pub(super) fn say(&self, state: Option<serde_json::Value>) {
        let mut rooms = self.presence.rooms.lock();
        if let Some(room) = rooms.get_mut(&self.base)
            && let Some(person) = room.people.get_mut(&self.connection)
        {
            person.state = state;
            room.changed.send_modify(|version| *version += 1);
        }
    }

    /// Waits until the room is not as it was last seen. A wait that is given up loses nothing.
    pub(super) async fn changed(&mut self) {
        if self.changed.wait_for(|version| *version != self.seen).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    pub(super) fn seen(&mut self) {
        self.seen = *self.changed.borrow();
    }

    pub(super) fn people(&self) -> Vec<Person> {
        let rooms = self.presence.rooms.lock();
        rooms.get(&self.base).map(|room| room.people.values().cloned().collect()).unwrap_or_default()
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut rooms = self.presence.rooms.lock();
        if let Some(room) = rooms.get_mut(&self.base) {
            room.people.remove(&self.connection);
            room.changed.send_modify(|version| *version += 1);
            if room.people.is_empty() {
                rooms.remove(&self.base);
            }
        }
    }
}
