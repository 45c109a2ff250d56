//! Writes Thrift's compact protocol, of which Parquet's metadata is made.
//! <https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md>

/// A value of a field.
#[derive(Clone, Debug)]
pub(super) enum Thrift {
    Bool(bool),
    Int(i32),
    Long(i64),
    Text(String),
    Struct(Vec<(i16, Thrift)>),
    /// Items of one type.
    List(Vec<Thrift>),
}

/// A struct of fields by ascending number.
pub(super) fn encoded(fields: &[(i16, Thrift)]) -> Vec<u8> {
    let mut out = Vec::new();
    put_struct(fields, &mut out);
    out
}

fn put_struct(fields: &[(i16, Thrift)], out: &mut Vec<u8>) {
    let mut last = 0;
    for (number, value) in fields {
        let step = number - last;
        last = *number;
        // Numbers that follow closely stand beside the type.
        if (1..=15).contains(&step) {
            out.push((step as u8) << 4 | value.kind());
        } else {
            out.push(value.kind());
            put_varint(zigzag(i64::from(*number)), out);
        }
        value.put(out);
    }
    out.push(0);
}

fn zigzag(n: i64) -> u64 {
    ((n << 1) ^ (n >> 63)) as u64
}

/// Seven bits a byte, the lowest first.
pub(super) fn put_varint(mut n: u64, out: &mut Vec<u8>) {
    while n > 0x7f {
        out.push(n as u8 | 0x80);
        n >>= 7;
    }
    out.push(n as u8);
}

impl Thrift {
    fn kind(&self) -> u8 {
        match self {
            Self::Bool(true) => 1,
            Self::Bool(false) => 2,
            Self::Int(_) => 5,
            Self::Long(_) => 6,
            Self::Text(_) => 8,
            Self::List(_) => 9,
            Self::Struct(_) => 12,
        }
    }

    fn put(&self, out: &mut Vec<u8>) {
        match self {
            // In a field its type says it all.
            Self::Bool(_) => {}
            Self::Int(n) => put_varint(zigzag(i64::from(*n)), out),
            Self::Long(n) => put_varint(zigzag(*n), out),
            Self::Text(text) => {
                put_varint(text.len() as u64, out);
                out.extend_from_slice(text.as_bytes());
            }
            Self::Struct(fields) => put_struct(fields, out),
            Self::List(items) => {
                let kind = items.first().map_or(12, Self::kind);
                if items.len() < 15 {
                    out.push((items.len() as u8) << 4 | kind);
                } else {
                    out.push(0xf0 | kind);
                    put_varint(items.len() as u64, out);
                }
                for item in items {
                    item.put(out);
                }
            }
        }
    }
}
