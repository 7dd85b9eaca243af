//! The wire format of Protocol Buffers: tagged fields, read one after the other and written likewise.

use alloc::vec::Vec;

use crate::Error;

/// What a field holds. Fixed-width numbers and groups have no place in the messages read here: they are
/// read over.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Value<'a> {
    Number(u64),
    Bytes(&'a [u8]),
    Other,
}

const VARINT: u32 = 0;
const FIXED_64: u32 = 1;
const LENGTH: u32 = 2;
const GROUP_START: u32 = 3;
const GROUP_END: u32 = 4;
const FIXED_32: u32 = 5;

/// How deep groups may lie in each other.
const MAX_DEPTH: usize = 100;

/// The fields of a message.
pub(super) struct Fields<'a> {
    rest: &'a [u8],
}

impl<'a> Fields<'a> {
    pub(super) const fn of(message: &'a [u8]) -> Self {
        Self { rest: message }
    }

    /// The next field's number and value; `None` at the end.
    pub(super) fn read(&mut self) -> Result<Option<(u32, Value<'a>)>, Error> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let (number, kind) = self.tag()?;
        if kind == GROUP_START {
            self.skip_group(number)?;
            return Ok(Some((number, Value::Other)));
        }
        self.value(kind).map(|value| Some((number, value)))
    }

    /// A field's number, from 1 on, and how its value is written.
    fn tag(&mut self) -> Result<(u32, u32), Error> {
        let tag = u32::try_from(self.varint()?).map_err(|_| Error::MigrationData)?;
        match tag >> 3 {
            0 => Err(Error::MigrationData),
            number => Ok((number, tag & 7)),
        }
    }

    fn value(&mut self, kind: u32) -> Result<Value<'a>, Error> {
        match kind {
            VARINT => self.varint().map(Value::Number),
            FIXED_64 => self.take(8).map(|_| Value::Other),
            LENGTH => {
                let len = usize::try_from(self.varint()?).map_err(|_| Error::MigrationData)?;
                self.take(len).map(Value::Bytes)
            }
            FIXED_32 => self.take(4).map(|_| Value::Other),
            // The end of a group that was not begun, or what nobody has defined.
            _ => Err(Error::MigrationData),
        }
    }

    /// Reads over a group up to its own end. Groups may lie in groups, so the open ones are kept in a
    /// list: a message must not decide how deep the stack grows.
    fn skip_group(&mut self, number: u32) -> Result<(), Error> {
        let mut open = Vec::from([number]);
        while let Some(innermost) = open.last().copied() {
            match self.tag()? {
                (number, GROUP_START) if open.len() < MAX_DEPTH => open.push(number),
                (number, GROUP_END) if number == innermost => drop(open.pop()),
                (_, kind) => {
                    self.value(kind)?;
                }
            }
        }
        Ok(())
    }

    /// Seven bits per byte, the lowest first, in ten bytes at most.
    fn varint(&mut self) -> Result<u64, Error> {
        let mut value = 0;
        for shift in (0..u64::BITS).step_by(7) {
            let [byte] = *self.take(1)? else { return Err(Error::MigrationData) };
            let bits = u64::from(byte & 0x7f);
            let shifted = bits << shift;
            if shifted >> shift != bits {
                return Err(Error::MigrationData);
            }
            value |= shifted;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(Error::MigrationData)
    }

    fn take(&mut self, len: usize) -> Result<&'a [u8], Error> {
        let (taken, rest) = self.rest.split_at_checked(len).ok_or(Error::MigrationData)?;
        self.rest = rest;
        Ok(taken)
    }
}

/// Writes a field with a number.
pub(super) fn write_number(field: u32, number: u64, out: &mut Vec<u8>) {
    write_varint(u64::from(field << 3 | VARINT), out);
    write_varint(number, out);
}

/// Writes a field with bytes.
pub(super) fn write_bytes(field: u32, bytes: &[u8], out: &mut Vec<u8>) {
    write_varint(u64::from(field << 3 | LENGTH), out);
    write_varint(bytes.len() as u64, out);
    out.extend_from_slice(bytes);
}

fn write_varint(mut value: u64, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.push((value & 0x7f) as u8);
}

/// A number as an `int32` field holds it: the lower half counts, as in other implementations.
pub(super) const fn int32(number: u64) -> i32 {
    let [a, b, c, d, ..] = number.to_le_bytes();
    i32::from_le_bytes([a, b, c, d])
}

/// An `int32` as a number to write: with its sign in all 64 bits, so a negative one takes ten bytes.
pub(super) const fn from_int32(number: i32) -> u64 {
    (number as i64).cast_unsigned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec;

    fn read_all(message: &[u8]) -> Result<Vec<(u32, Value<'_>)>, Error> {
        let mut fields = Fields::of(message);
        let mut read = Vec::new();
        while let Some(field) = fields.read()? {
            read.push(field);
        }
        Ok(read)
    }

    #[test]
    fn every_kind_is_read() {
        let message = [
            0x08, 0x96, 0x01, // 1: 150
            0x11, 1, 2, 3, 4, 5, 6, 7, 8, // 2: 64 bits
            0x1a, 2, b'h', b'i', // 3: bytes
            0x25, 1, 2, 3, 4, // 4: 32 bits
            0x2b, 0x08, 1, 0x33, 0x0a, 1, 0x34, 0x34, 0x2c, // 5: a group with a group 6
            0xf8, 0xff, 0xff, 0xff, 0x0f, 0, // the last field of all
        ];
        let expected = vec![
            (1, Value::Number(150)),
            (2, Value::Other),
            (3, Value::Bytes(b"hi")),
            (4, Value::Other),
            (5, Value::Other),
            (0x1fff_ffff, Value::Number(0)),
        ];
        assert_eq!(read_all(&message), Ok(expected));
        // Cut anywhere but between two fields, it is none.
        let ends = [0, 3, 12, 16, 21, 30, 36];
        for len in 0..message.len() {
            assert_eq!(read_all(&message[..len]).is_ok(), ends.contains(&len), "{len}");
        }
    }

    #[test]
    fn what_is_written_is_read() {
        let numbers = (0..64).flat_map(|bit| [(1 << bit) - 1, 1_u64 << bit]).chain([u64::MAX]);
        for number in numbers {
            let mut message = Vec::new();
            write_number(7, number, &mut message);
            write_bytes(15, &number.to_be_bytes(), &mut message);
            let bytes = number.to_be_bytes();
            let expected = vec![(7, Value::Number(number)), (15, Value::Bytes(&bytes))];
            assert_eq!(read_all(&message), Ok(expected));
        }
        for number in [i32::MIN, -1, 0, 1, i32::MAX] {
            assert_eq!(int32(from_int32(number)), number);
        }
        let mut message = Vec::new();
        write_number(5, from_int32(-1), &mut message);
        assert_eq!(message.len(), 11);
    }

    #[test]
    fn what_is_malformed_is_refused() {
        let cases: [(&str, &[u8]); 9] = [
            ("field 0", &[0x00, 0]),
            ("a field beyond 29 bits", &[0x80, 0x80, 0x80, 0x80, 0x10, 0]),
            ("wire type 6", &[0x0e, 0]),
            ("wire type 7", &[0x0f, 0]),
            ("a group that ends before it begins", &[0x0c]),
            ("a group that ends as another one", &[0x0b, 0x14]),
            ("more than 64 bits", &[8, 255, 255, 255, 255, 255, 255, 255, 255, 255, 2]),
            ("eleven bytes", &[8, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 0]),
            ("a length of 2^64 - 1", &[10, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1]),
        ];
        for (what, message) in cases {
            assert_eq!(read_all(message), Err(Error::MigrationData), "{what}");
        }
    }

    #[test]
    fn groups_lie_in_each_other_to_a_limit() {
        let nested = |depth| [vec![0x0b; depth], vec![0x0c; depth]].concat();
        assert_eq!(read_all(&nested(MAX_DEPTH)), Ok(vec![(1, Value::Other)]));
        assert_eq!(read_all(&nested(MAX_DEPTH + 1)), Err(Error::MigrationData));
        assert_eq!(read_all(&vec![0x0b; 1_000_000]), Err(Error::MigrationData));
    }
}
