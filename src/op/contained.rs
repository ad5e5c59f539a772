//! `$containedBy`: every element of the value is in the operand.

use crate::op::membership::Membership;
use crate::value::{Answer, Fault, Val, every};

/// Walks the elements of an array or the characters of a text; nothing else can be walked, and faults.
///
/// An empty one passes whatever the operand is.
pub(crate) fn answer(operand: &Membership, value: Val<'_>) -> Answer {
    match value {
        Val::Text(text) => every(characters(text), |character| {
            operand.contains(Val::Text(character))
        }),
        Val::Unit(_) => operand.contains(value),
        value => match value.as_list() {
            Some(list) => every(list.iter(), |element| operand.contains(element)),
            None => Err(Fault),
        },
    }
}

/// The characters of a text as texts. JavaScript walks a text by code points, not by units.
fn characters(text: &str) -> impl Iterator<Item = &str> {
    text.char_indices()
        .map(|(at, c)| &text[at..at + c.len_utf8()])
}
