//! Writes `FlatBuffers`, of which Arrow's metadata is made: just tables, strings, and vectors of tables or of
//! structs. Every object is written before those it points to, so offsets point forward as they must.

/// A field of a table by its place in the schema; those left out have their default.
pub(super) enum Slot {
    Byte(u8),
    Short(i16),
    Long(i64),
    To(Node),
}

/// What an offset points to.
pub(super) enum Node {
    Table(Vec<Option<Slot>>),
    Text(String),
    Tables(Vec<Node>),
    /// Structs of eight bytes or multiples of them, as bytes, and how many.
    Structs(Vec<u8>, u32),
}

/// A buffer whose root is a table.
pub(super) fn finish(root: &Node) -> Vec<u8> {
    let mut flat = Flat { out: vec![0; 4] };
    let at = flat.node(root);
    flat.point(0, at);
    flat.align(8);
    flat.out
}

struct Flat {
    out: Vec<u8>,
}

impl Flat {
    fn align(&mut self, to: usize) {
        self.out.resize(self.out.len().next_multiple_of(to), 0);
    }
    fn put(&mut self, at: usize, bytes: &[u8]) {
        self.out[at..at + bytes.len()].copy_from_slice(bytes);
    }
    fn point(&mut self, from: usize, to: usize) {
        self.put(from, &((to - from) as u32).to_le_bytes());
    }

    /// Writes a node; where it begins.
    fn node(&mut self, node: &Node) -> usize {
        match node {
            Node::Table(slots) => self.table(slots),
            Node::Text(text) => {
                self.align(4);
                let at = self.out.len();
                self.out.extend_from_slice(&(text.len() as u32).to_le_bytes());
                self.out.extend_from_slice(text.as_bytes());
                self.out.push(0);
                at
            }
            Node::Tables(items) => {
                self.align(4);
                let at = self.out.len();
                self.out.extend_from_slice(&(items.len() as u32).to_le_bytes());
                self.out.resize(at + 4 + items.len() * 4, 0);
                for (place, item) in items.iter().enumerate() {
                    let to = self.node(item);
                    self.point(at + 4 + place * 4, to);
                }
                at
            }
            Node::Structs(bytes, count) => {
                // The structs, not their count, begin at a multiple of eight.
                self.align(4);
                if self.out.len().is_multiple_of(8) {
                    self.out.extend_from_slice(&[0; 4]);
                }
                let at = self.out.len();
                self.out.extend_from_slice(&count.to_le_bytes());
                self.out.extend_from_slice(bytes);
                at
            }
        }
    }

    fn table(&mut self, slots: &[Option<Slot>]) -> usize {
        // Offsets of the fields from the beginning of the table, which begins at a multiple of eight.
        let mut size = 4usize;
        let places: Vec<usize> = slots
            .iter()
            .map(|slot| {
                let width = match slot {
                    None => return 0,
                    Some(Slot::Byte(_)) => 1,
                    Some(Slot::Short(_)) => 2,
                    Some(Slot::Long(_)) => 8,
                    Some(Slot::To(_)) => 4,
                };
                let place = size.next_multiple_of(width);
                size = place + width;
                place
            })
            .collect();
        self.align(2);
        let vtable = self.out.len();
        self.out.extend_from_slice(&((4 + slots.len() * 2) as u16).to_le_bytes());
        self.out.extend_from_slice(&(size as u16).to_le_bytes());
        for place in &places {
            self.out.extend_from_slice(&(*place as u16).to_le_bytes());
        }
        self.align(8);
        let at = self.out.len();
        self.out.extend_from_slice(&((at - vtable) as i32).to_le_bytes());
        self.out.resize(at + size, 0);
        for (slot, place) in slots.iter().zip(places) {
            match slot {
                None => {}
                Some(Slot::Byte(byte)) => self.put(at + place, &[*byte]),
                Some(Slot::Short(short)) => self.put(at + place, &short.to_le_bytes()),
                Some(Slot::Long(long)) => self.put(at + place, &long.to_le_bytes()),
                Some(Slot::To(node)) => {
                    let to = self.node(node);
                    self.point(at + place, to);
                }
            }
        }
        at
    }
}
