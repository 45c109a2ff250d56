//! Images: what is read back is what was taken, whatever was changed between one image and the next.

use std::{collections::BTreeMap, sync::Arc};

use proptest::prelude::*;
use skein_table::{Base, Image, ImageReader, Op, PartKey, Record, Value};
use skein_types::RecordId;

use crate::{
    dice::Dice,
    state::{NOW, dump},
    world::{World, value},
};

/// Parts as a database has them.
#[derive(Default)]
struct Stored {
    head: Vec<u8>,
    parts: BTreeMap<PartKey, Vec<u8>>,
}

impl Stored {
    fn put(&mut self, image: Image) -> usize {
        self.head = image.head;
        let count = image.parts.len();
        self.parts.extend(image.parts.iter().map(|part| (part.key, part.encode())));
        count
    }
    fn read(&self) -> Base {
        let mut reader = ImageReader::new(&self.head).unwrap();
        for (key, bytes) in &self.parts {
            reader.put(*key, bytes).unwrap();
        }
        reader.build(Arc::default()).unwrap()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn an_image_is_read_as_it_was_taken(seeds in proptest::collection::vec(any::<u64>(), 1..80)) {
        let (mut world, mut base) = (World::default(), Base::new());
        let (mut stored, mut before): (Stored, Option<Base>) = Default::default();
        for seed in &seeds {
            let mut dice = Dice(*seed);
            let _ = base.apply(&world.op(&mut dice, &base), &NOW);
            base.settle();
            if dice.one_in(4) {
                stored.put(base.image(before.as_ref()));
                let read = stored.read();
                prop_assert_eq!(dump(&read), dump(&base));
                // What was read goes on as what was stored, or as what was taken.
                if dice.one_in(2) {
                    base = read;
                }
                before = Some(base.clone());
            }
        }
    }

    #[test]
    fn a_damaged_image_is_refused_without_panic(seed: u64, at: prop::sample::Index, bit in 0..8u8, head: bool) {
        let (mut world, mut base) = (World::default(), Base::new());
        for step in 0..20 {
            let _ = base.apply(&world.op(&mut Dice(seed.wrapping_add(step)), &base), &NOW);
        }
        let image = base.image(None);
        let mut head_bytes = image.head.clone();
        if head {
            let place = at.index(head_bytes.len());
            head_bytes[place] ^= 1 << bit;
        }
        let Ok(mut reader) = ImageReader::new(&head_bytes) else { return Ok(()) };
        let hit = at.index(image.parts.len().max(1));
        for (place, part) in image.parts.iter().enumerate() {
            let mut bytes = part.encode();
            if !head && place == hit {
                let within = at.index(bytes.len());
                bytes[within] ^= 1 << bit;
            }
            if reader.put(part.key, &bytes).is_err() {
                return Ok(());
            }
        }
        if let Ok(read) = reader.build(Arc::default()) {
            read.tables().flat_map(|table| table.rows().map(|row| table.record(row))).for_each(drop);
        }
    }
}

#[test]
fn an_image_after_an_edit_holds_what_it_touched_alone() {
    let mut dice = Dice(1);
    let mut world = World::default();
    let def = world.def(&mut dice);
    let table = def.id;
    let mut base = Base::new();
    base.apply(&Op::CreateTable { table: def.clone(), at: 0 }, &NOW).unwrap();
    let ids: Vec<RecordId> = (0..20_000).map(|_| world.id()).collect();
    for part in ids.chunks(5_000) {
        let cells = |dice: &mut Dice| def.fields.iter().map(|field| (field.id, value(dice, field))).collect();
        let records = part.iter().map(|&id| Record::new(id, cells(&mut dice))).collect();
        base.apply(&Op::CreateRecords { table, records }, &NOW).unwrap();
    }
    let mut stored = Stored::default();
    assert!(stored.put(base.image(None)) > 12);
    let taken = base.clone();
    let text = def.fields.iter().find(|field| field.kind.type_name() == "text").unwrap().id;
    let edited = Record::new(ids[10_000], vec![(text, Value::Text { t: "edited".into() })]);
    let later = skein_table::Stamp { at: NOW.at + 1, by: None };
    base.apply(&Op::UpdateRecords { table, records: vec![edited] }, &later).unwrap();
    let image = base.image(Some(&taken));
    let chunks: Vec<u32> = image.parts.iter().map(|part| part.key.chunk).collect();
    assert_eq!(chunks, [1, 1], "the text and when it was changed");
    stored.put(image);
    assert_eq!(dump(&stored.read()), dump(&base));
}
