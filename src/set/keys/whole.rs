//! Lists and objects as they are.
//!
//! Two that MongoDB takes for equal begin alike, so that the beginning is enough for a key: a value that is larger than any
//! query asks for takes no longer than a small one.

use std::hash::{Hash, Hasher};

use crate::find::mongo::value::{Kind, Value};

/// So many of the values in it are looked at.
const VALUES: usize = 16;

/// So many bytes of a text, or of a name.
const BYTES: usize = 32;

/// The beginning of a value, to be hashed.
pub(crate) struct Beginning<V>(pub(crate) V);

impl<'v, V: Value<'v>> Hash for Beginning<V> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        walk(self.0, &mut { VALUES }, state);
    }
}

fn walk<'v, V: Value<'v>, H: Hasher>(value: V, left: &mut usize, state: &mut H) {
    let Some(rest) = left.checked_sub(1) else {
        return;
    };
    *left = rest;
    let kind = value.kind();
    state.write_u8(kind.bracket() as u8);
    match kind {
        Kind::Bool(value) => state.write_u8(value.into()),
        Kind::Number(number) | Kind::Date(number) => state.write_u64(one_of_its_kind(number)),
        Kind::Text(text) => beginning(text.bytes(), state),
        Kind::Pointer { class, id } => {
            beginning(class.bytes().chain([b'$']).chain(id.bytes()), state);
        }
        Kind::List => {
            let count = value.len();
            state.write_usize(count);
            for index in 0..count.min(*left) {
                if let Some(item) = value.item(index) {
                    walk(item, left, state);
                }
            }
        }
        Kind::Object => value.each_member(&mut |name, member| {
            beginning(name.bytes(), state);
            walk(member, left, state);
            *left > 0
        }),
        // What may be written in several ways.
        Kind::Null | Kind::Binary { .. } | Kind::Regex { .. } => {}
    }
}

/// The bits that stand for a number: both zeros are one, and so is whatever is none.
pub(crate) fn one_of_its_kind(number: f64) -> u64 {
    let number = if number.is_nan() { f64::NAN } else { number };
    (number + 0.0).to_bits()
}

fn beginning<H: Hasher>(bytes: impl Iterator<Item = u8>, state: &mut H) {
    let mut first = [0; BYTES];
    let mut count = 0;
    for (place, byte) in first.iter_mut().zip(bytes) {
        *place = byte;
        count += 1;
    }
    state.write_usize(count);
    state.write(&first);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::find::mongo::bson::Bson;
    use crate::find::mongo::order::compare;
    use crate::set::keys::feature::{Feature, KeyHasher, Kind as Way};

    fn key(value: &Bson) -> u64 {
        let feature = Feature {
            path: 0,
            kind: Way::Whole,
        };
        KeyHasher::new(1).key(feature, Beginning(value))
    }

    #[test]
    fn equal_values_have_one_key() {
        let object = |members: &[(&str, Bson)]| {
            let members = members.iter().cloned();
            Bson::Object(
                members
                    .map(|(name, member)| (name.into(), member))
                    .collect(),
            )
        };
        let number = Bson::Number;
        let long = Bson::List((0..100).map(|n| number(f64::from(n))).collect());
        let values = [
            object(&[]),
            object(&[("a", number(0.0))]),
            object(&[("a", number(-0.0))]),
            object(&[("a", number(1.0)), ("b", Bson::text("x"))]),
            object(&[("b", Bson::text("x")), ("a", number(1.0))]),
            object(&[("a", Bson::List([].into()))]),
            object(&[("a", object(&[]))]),
            Bson::List([].into()),
            Bson::List([number(1.0)].into()),
            Bson::List([number(1.0), number(2.0)].into()),
            Bson::List([Bson::Date(1.0)].into()),
            Bson::List([Bson::Null].into()),
            object(&[("a", long.clone()), ("b", number(1.0))]),
            long,
        ];
        for one in &values {
            for other in &values {
                let is_equal = compare(one, other).is_eq();
                assert_eq!(key(one) == key(other), is_equal, "{one:?} {other:?}");
            }
        }
    }
}
