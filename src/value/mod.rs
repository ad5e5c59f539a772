//! The values that operators see, with JavaScript's rules for them.
//!
//! [`Datum`] is the owned tree (operands, objects read from text), [`Val`] the borrowed view of either
//! that tree or a `serde_json::Value`. [`convert`] and [`compare`] hold JavaScript's conversions and
//! comparisons, [`builtin`] the few names that every JavaScript value answers to.

pub(crate) mod builtin;
pub(crate) mod by_hash;
pub(crate) mod compare;
pub(crate) mod convert;
pub(crate) mod date;
pub(crate) mod dated;
pub(crate) mod datum;
mod disguise;
pub(crate) mod fields;
mod gather;
mod guess;
pub(crate) mod key;
pub(crate) mod member;
mod names;
mod read;
mod size;
pub(crate) mod text;
pub(crate) mod val;
mod write;

use serde_json::Number;

pub(crate) use self::datum::{Datum, Instance, Species};
pub(crate) use self::disguise::{MAGIC_NUMBER, NumberOrIgnored};
pub(crate) use self::fields::Fields;
pub(crate) use self::guess::Guess;
pub(crate) use self::member::Member;
pub(crate) use self::names::{ForMessages, Names};
pub(crate) use self::read::{Kept, KeptObject, read_kept, read_slice, read_str, read_text};
pub(crate) use self::size::{Scope, tree_nodes};
pub(crate) use self::val::Val;
/// Text of an operand or an object; up to 24 bytes need no memory beside the value.
pub(crate) use compact_str::CompactString as Text;

pub(crate) use self::write::{serialize_fields, write_fields, write_json, write_text};

/// Parse Server's matcher throws here: the subscription gets nothing for this change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fault;

/// The answer of a test: yes, no, or a fault.
pub(crate) type Answer = Result<bool, Fault>;

/// How deep arrays may nest before a conversion gives up with a fault.
///
/// JSON text nests at most 128 levels here; only an object that a host builds by hand goes deeper.
/// The original overflows its stack some thousands of levels down and throws, which is a fault too.
pub(crate) const MAX_DEPTH: u32 = 512;

/// The double that JavaScript reads a number as.
#[inline]
pub(crate) fn double(number: &Number) -> f64 {
    number.as_f64().unwrap_or_else(|| infinite(number))
}

/// Of a number beyond the range of a double, which only `arbitrary_precision` keeps.
#[cold]
fn infinite(number: &Number) -> f64 {
    if number.to_string().starts_with('-') {
        f64::NEG_INFINITY
    } else {
        f64::INFINITY
    }
}

/// Heap bytes of a text.
pub(crate) fn text_memory(text: &Text) -> usize {
    if text.is_heap_allocated() {
        text.capacity()
    } else {
        0
    }
}

/// Bytes of the counts that stand before what is shared.
pub(crate) const COUNTS: usize = 2 * size_of::<usize>();

/// Whether a test holds for every item; it ends at the first no and at the first fault.
pub(crate) fn every<T>(
    items: impl IntoIterator<Item = T>,
    mut test: impl FnMut(T) -> Answer,
) -> Answer {
    for item in items {
        if !test(item)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether a test holds for some item; it ends at the first yes and at the first fault.
pub(crate) fn some<T>(
    items: impl IntoIterator<Item = T>,
    mut test: impl FnMut(T) -> Answer,
) -> Answer {
    for item in items {
        if test(item)? {
            return Ok(true);
        }
    }
    Ok(false)
}
