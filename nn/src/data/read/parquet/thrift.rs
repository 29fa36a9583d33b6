//! Thrift's compact protocol, the encoding of a file's metadata.
//!
//! Values are parsed without a schema, as structs with numbered fields:
//! <https://github.com/apache/thrift>, "Thrift compact protocol". Memory is allocated for what is
//! present, not for what a length announces.

/// Deepest nesting of values.
const DEEPEST: usize = 16;

/// One value.
#[derive(Debug)]
pub(super) enum Value<'b> {
    Whole(i64),
    Flag(bool),
    /// A float, which no field here needs.
    Number,
    Bytes(&'b [u8]),
    List(Vec<Value<'b>>),
    Fields(Vec<(i16, Value<'b>)>),
}

impl<'b> Value<'b> {
    /// The field with this number, if present.
    pub(super) fn field(&self, number: i16) -> Option<&Value<'b>> {
        match self {
            Value::Fields(fields) => {
                fields.iter().find(|field| field.0 == number).map(|field| &field.1)
            }
            _ => None,
        }
    }

    /// The integer in this field.
    pub(super) fn whole(&self, number: i16) -> Option<i64> {
        match self.field(number)? {
            Value::Whole(whole) => Some(*whole),
            _ => None,
        }
    }

    /// The nonnegative integer in this field.
    pub(super) fn size(&self, number: i16) -> Option<usize> {
        self.whole(number)?.try_into().ok()
    }

    /// The list in this field.
    pub(super) fn list(&self, number: i16) -> Option<&[Value<'b>]> {
        match self.field(number)? {
            Value::List(list) => Some(list),
            _ => None,
        }
    }

    /// The text in this field.
    pub(super) fn text(&self, number: i16) -> Option<&'b str> {
        match self.field(number)? {
            Value::Bytes(bytes) => std::str::from_utf8(bytes).ok(),
            _ => None,
        }
    }
}

/// The struct at the beginning of `bytes`, and the bytes after it. `None` if there is none.
pub(super) fn parse(bytes: &[u8]) -> Option<(Value<'_>, &[u8])> {
    let mut reader = Reader { rest: bytes };
    let value = reader.fields(0)?;
    Some((value, reader.rest))
}

struct Reader<'b> {
    rest: &'b [u8],
}

impl<'b> Reader<'b> {
    fn byte(&mut self) -> Option<u8> {
        self.rest.split_off_first().copied()
    }

    fn bytes(&mut self, count: usize) -> Option<&'b [u8]> {
        self.rest.split_off(..count)
    }

    fn varint(&mut self) -> Option<u64> {
        varint(&mut self.rest)
    }

    /// An integer in zigzag encoding: the last bit is the sign.
    fn whole(&mut self) -> Option<i64> {
        let coded = self.varint()?;
        Some((coded >> 1) as i64 ^ -((coded & 1) as i64))
    }

    fn length(&mut self) -> Option<usize> {
        self.varint()?.try_into().ok()
    }

    fn fields(&mut self, depth: usize) -> Option<Value<'b>> {
        let (mut fields, mut number) = (Vec::new(), 0_i16);
        loop {
            let header = self.byte()?;
            if header == 0 {
                return Some(Value::Fields(fields));
            }
            number = match header >> 4 {
                0 => self.whole()?.try_into().ok()?,
                more => number.checked_add(i16::from(more))?,
            };
            let value = match header & 15 {
                1 => Value::Flag(true),
                2 => Value::Flag(false),
                kind => self.value(kind, depth)?,
            };
            fields.push((number, value));
        }
    }

    fn value(&mut self, kind: u8, depth: usize) -> Option<Value<'b>> {
        if depth == DEEPEST {
            return None;
        }
        Some(match kind {
            1 | 2 => Value::Flag(self.byte()? == 1),
            3 => Value::Whole(i64::from(self.byte()? as i8)),
            4..=6 => Value::Whole(self.whole()?),
            7 => self.bytes(8).map(|_| Value::Number)?,
            8 => {
                let length = self.length()?;
                Value::Bytes(self.bytes(length)?)
            }
            9 | 10 => {
                let header = self.byte()?;
                let length = match header >> 4 {
                    15 => self.length()?,
                    length => usize::from(length),
                };
                self.values(length, &[header & 15], depth)?
            }
            11 => match self.length()? {
                0 => Value::List(Vec::new()),
                length => {
                    let kinds = self.byte()?;
                    self.values(length, &[kinds >> 4, kinds & 15], depth)?
                }
            },
            12 => self.fields(depth + 1)?,
            13 => Value::Bytes(self.bytes(16)?),
            _ => return None,
        })
    }

    /// `length` times values of these kinds.
    fn values(&mut self, length: usize, kinds: &[u8], depth: usize) -> Option<Value<'b>> {
        let mut list = Vec::new();
        for _ in 0..length {
            for &kind in kinds {
                list.push(self.value(kind, depth + 1)?);
            }
        }
        Some(Value::List(list))
    }
}

/// Splits off a number of seven bits per byte, lowest first.
pub(super) fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let byte = *bytes.split_off_first()?;
        number |= u64::from(byte & 127) << shift;
        if byte < 128 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_found_by_their_numbers() {
        // 1: −3, 3: true, 20: "ab", 21: [1, −1]
        let bytes = [0x15, 5, 0x21, 0x08, 40, 2, b'a', b'b', 0x19, 0x25, 2, 1, 0, 9];
        let (value, rest) = parse(&bytes).unwrap();
        assert_eq!((value.whole(1), value.text(20), rest), (Some(-3), Some("ab"), &[9][..]));
        assert!(matches!(value.field(3), Some(Value::Flag(true))));
        assert!(matches!(value.list(21), Some([Value::Whole(1), Value::Whole(-1)])));
        assert!(value.size(1).is_none() && value.field(2).is_none());
        for length in 0..bytes.len() - 1 {
            assert!(parse(&bytes[..length]).is_none(), "{length}");
        }
    }

    #[test]
    fn a_length_makes_no_room() {
        // A list of 2⁶² values, and endlessly nested values.
        let list = [0x19, 0xf5, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x3f, 1, 1];
        assert!(parse(&list).is_none());
        assert!(parse(&[0x1c; 1000]).is_none());
    }
}
