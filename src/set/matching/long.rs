//! Long arrays of texts, searched and not walked.
//!
//! A query by itself walks an array once. A set may have as many queries that look into one array as it has elements, so here
//! the elements are sorted once for all of them.

use crate::op::Op;
use crate::op::all::All;
use crate::op::membership::Membership;
use crate::value::by_hash::ByHash;
use crate::value::{Datum, key};

/// The elements of a long array, all of them texts.
#[derive(Debug)]
pub(crate) struct LongArray<'v> {
    items: &'v [Datum],
    by_hash: ByHash,
}

/// Arrays with fewer elements are walked sooner than they are sorted.
const LONG: usize = 256;

impl<'v> LongArray<'v> {
    /// Of an array, if it is one.
    #[inline]
    pub(crate) fn of(items: &'v [Datum]) -> Option<Self> {
        if items.len() < LONG {
            return None;
        }
        Self::sorted(items)
    }

    fn sorted(items: &'v [Datum]) -> Option<Self> {
        if items.iter().any(|item| item.as_text().is_none()) {
            return None;
        }
        let text = |at: u32| text_at(items, at);
        // More elements than a `u32` counts would not fit in memory.
        let hashes = (0..).zip(items).map(|(at, _)| (key::hash(text(at)), at));
        let by_hash = ByHash::new(hashes, |a, b| text(a).cmp(text(b)));
        Some(Self { items, by_hash })
    }

    /// Whether it is this array, and not only one like it.
    pub(crate) fn is_of(&self, items: &[Datum]) -> bool {
        std::ptr::eq(self.items, items)
    }

    fn has(&self, text: &str) -> bool {
        let order = |at| text_at(self.items, at).cmp(text);
        self.by_hash.find(key::hash(text), order).is_some()
    }

    /// The answer of an operator that asks for elements.
    pub(crate) fn answer(&self, op: &Op) -> Option<bool> {
        match op {
            Op::Is(Datum::Text(text)) => Some(self.has(text)),
            Op::In(op) => self.has_any(op),
            Op::NotIn(op) => self.has_any(op).map(|has| !has),
            Op::All(op) => self.has_all(op),
            Op::Is(_) => None,
            Op::PointsTo(_)
            | Op::Like(_)
            | Op::Order(_)
            | Op::Equal(_)
            | Op::NotEqual(_)
            | Op::ContainedBy(_) => None,
            Op::Exists(_)
            | Op::Regex(_)
            | Op::Near(_)
            | Op::Within(_)
            | Op::Polygon(_)
            | Op::Circle(_) => None,
            Op::Intersects(_) | Op::Always | Op::Never | Op::Fault => None,
        }
    }

    /// Whether an operator is one that [`answer`](Self::answer) may know of.
    #[inline]
    pub(crate) fn may_answer(op: &Op) -> bool {
        matches!(op, Op::Is(_) | Op::In(_) | Op::NotIn(_) | Op::All(_))
    }

    /// What the [answer](Self::answer) takes: a look-up for each text that is asked for.
    pub(crate) fn steps(&self, op: &Op) -> Option<u64> {
        const LOOK_UP: u64 = 6;
        let asked = match op {
            Op::Is(Datum::Text(_)) => 1,
            Op::In(op) | Op::NotIn(op) => self.asked_by(op)?.len(),
            Op::All(op) => self.required_by(op)?.len(),
            Op::Is(_) => return None,
            Op::PointsTo(_)
            | Op::Like(_)
            | Op::Order(_)
            | Op::Equal(_)
            | Op::NotEqual(_)
            | Op::ContainedBy(_) => return None,
            Op::Exists(_)
            | Op::Regex(_)
            | Op::Near(_)
            | Op::Within(_)
            | Op::Polygon(_)
            | Op::Circle(_) => return None,
            Op::Intersects(_) | Op::Always | Op::Never | Op::Fault => return None,
        };
        Some(LOOK_UP.saturating_mul(asked as u64))
    }

    /// The members of a list, if they are no more than the elements: otherwise these are looked for among those.
    fn asked_by<'o>(&self, op: &'o Membership) -> Option<&'o [Datum]> {
        match op {
            Membership::List(list) => self.no_more(list.items()),
            Membership::Text(_) | Membership::Other(_) => None,
        }
    }

    fn required_by<'o>(&self, op: &'o All) -> Option<&'o [Datum]> {
        match op {
            All::List(required) => self.no_more(required.items()),
            All::ListLike(_) | All::Nothing | All::Fault => None,
        }
    }

    fn no_more<'o>(&self, asked: &'o [Datum]) -> Option<&'o [Datum]> {
        (asked.len() <= self.items.len()).then_some(asked)
    }

    /// Whether an element is a member of a list: of its members, only texts can be.
    fn has_any(&self, op: &Membership) -> Option<bool> {
        let mut texts = self.asked_by(op)?.iter().filter_map(Datum::as_text);
        Some(texts.any(|text| self.has(text)))
    }

    fn has_all(&self, op: &All) -> Option<bool> {
        let has = |item: &Datum| item.as_text().is_some_and(|text| self.has(text));
        Some(self.required_by(op)?.iter().all(has))
    }
}

fn text_at(items: &[Datum], at: u32) -> &str {
    let item = items.get(at as usize);
    item.and_then(Datum::as_text).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Query;
    use crate::value::{Val, read_str};

    #[test]
    fn a_long_array_answers_as_the_rule_has_it() {
        let items: Vec<String> = (0..LONG).map(|i| format!("\"t{i}\"")).collect();
        let array: Datum = read_str(&format!("[{}]", items.join(","))).expect("JSON");
        let items = match &array {
            Datum::Array(items) => &items[..],
            _ => &[],
        };
        let long = LongArray::of(items).expect("a long array");
        let operands = [
            r#""t7""#,
            r#""t""#,
            r#"{"$in":["x","t9"]}"#,
            r#"{"$in":["x",5,null,["t9"]]}"#,
            r#"{"$in":[{"__type":"Pointer","className":"A","objectId":"t1"}]}"#,
            r#"{"$in":[]}"#,
            r#"{"$nin":["t0"]}"#,
            r#"{"$nin":["y"]}"#,
            r#"{"$all":["t0","t255"]}"#,
            r#"{"$all":["t0","t256"]}"#,
            r#"{"$all":["t0",5]}"#,
            r#"{"$all":[["t0"]]}"#,
            r#"{"$all":[]}"#,
        ];
        for operand in operands {
            let query: Query = format!(r#"{{"f":{operand}}}"#).parse().expect(operand);
            for step in &query.plan().live().expect("a plan").code {
                let rule = step.op.answer(Val::from(&array));
                if let Some(answer) = long.answer(&step.op) {
                    assert_eq!(Ok(answer), rule, "{operand}");
                }
            }
        }
        assert!(LongArray::of(&items[1..]).is_none());
    }
}
