//! Where the members of an object stand in its text.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use memchr::{memchr, memchr2};

use crate::rights::{ByName, Name};

/// A member of an object.
struct Member {
    /// Its name as it is written, without quotes.
    name: Range<usize>,
    /// From its name to the end of its value.
    span: Range<usize>,
}

/// Where the members of an object stand in its text.
pub(super) struct Members {
    /// In the order of the text.
    members: Vec<Member>,
    by_name: HashMap<Name, usize, ByName>,
}

/// The members that are sent: a bit for each, in the order of the text.
struct Kept(Vec<u64>);

impl Members {
    /// Looks through the text of an object that has been written here: compact JSON.
    pub(super) fn of(text: &str) -> Self {
        let mut members = Vec::new();
        let mut at = 1;
        while let Some(member) = Member::at(text, at) {
            at = member.span.end + 1;
            members.push(member);
        }
        let names = members.iter().map(|member: &Member| member.name(text));
        let by_name = names.zip(0..).map(|(name, index)| (Name::of(&name), index));
        Self {
            by_name: by_name.collect(),
            members,
        }
    }

    /// The value of a member, as it is written.
    #[cfg(test)]
    pub(super) fn value<'t>(&self, text: &'t str, name: &str) -> Option<&'t str> {
        let index = self.by_name.get(&Name::of(name))?;
        let member = &self.members[*index];
        let is_it = member.name(text) == name;
        is_it.then(|| text.get(member.name.end + 2..member.span.end))?
    }

    pub(super) fn len(&self) -> usize {
        self.members.len()
    }

    /// The pieces of the text that hold the members with such names and no others, but for those that are hidden; as few as can
    /// be.
    pub(super) fn such(
        &self,
        is_such: impl Fn(Name) -> bool,
        hidden: impl IntoIterator<Item = Name>,
    ) -> Vec<Range<usize>> {
        let named = self.by_name.iter();
        let such = named.filter(|(name, _)| is_such(**name));
        let mut kept = Kept::none_of(self.members.len());
        such.for_each(|(_, index)| kept.keep(*index));
        self.pieces(kept, hidden)
    }

    /// The pieces of the text that hold these members and no others, but for those that are hidden; as few as can be.
    pub(super) fn only(
        &self,
        names: impl IntoIterator<Item = Name>,
        hidden: impl IntoIterator<Item = Name>,
    ) -> Vec<Range<usize>> {
        let mut kept = Kept::none_of(self.members.len());
        self.places(names).for_each(|index| kept.keep(index));
        self.pieces(kept, hidden)
    }

    /// The pieces of the text that hold all members but these.
    pub(super) fn without(&self, hidden: impl IntoIterator<Item = Name>) -> Vec<Range<usize>> {
        self.pieces(Kept::all_of(self.members.len()), hidden)
    }

    fn places(&self, names: impl IntoIterator<Item = Name>) -> impl Iterator<Item = usize> {
        let names = names.into_iter();
        names.filter_map(|name| self.by_name.get(&name).copied())
    }

    /// Neighbours are one piece, with what parts them.
    fn pieces(&self, mut kept: Kept, hidden: impl IntoIterator<Item = Name>) -> Vec<Range<usize>> {
        self.places(hidden).for_each(|index| kept.drop(index));
        let mut pieces: Vec<Range<usize>> = Vec::with_capacity(kept.len());
        for index in kept.iter() {
            let span = &self.members[index].span;
            match pieces.last_mut() {
                Some(last) if last.end + 1 == span.start => last.end = span.end,
                _ => pieces.push(span.clone()),
            }
        }
        pieces
    }
}

impl Kept {
    const BITS: usize = u64::BITS as usize;

    fn none_of(members: usize) -> Self {
        Self(vec![0; members.div_ceil(Self::BITS)])
    }

    fn all_of(members: usize) -> Self {
        let mut kept = Self::none_of(members);
        kept.0.fill(u64::MAX);
        if let Some(last) = kept.0.last_mut() {
            *last >>= members.wrapping_neg() % Self::BITS;
        }
        kept
    }

    fn keep(&mut self, index: usize) {
        self.0[index / Self::BITS] |= 1 << (index % Self::BITS);
    }

    fn drop(&mut self, index: usize) {
        self.0[index / Self::BITS] &= !(1 << (index % Self::BITS));
    }

    fn len(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }

    fn iter(&self) -> impl Iterator<Item = usize> {
        self.0.iter().enumerate().flat_map(|(at, word)| {
            let bits = std::iter::successors(Some(*word), |word| Some(word & word.wrapping_sub(1)));
            let bits = bits.take_while(|word| *word != 0);
            bits.map(move |word| at * Self::BITS + word.trailing_zeros() as usize)
        })
    }
}

impl Member {
    /// The member that begins at a place, if one does.
    fn at(text: &str, start: usize) -> Option<Self> {
        if text.as_bytes().get(start) != Some(&b'"') {
            return None;
        }
        let name = start + 1..end_of_string(text, start + 1) - 1;
        let end = end_of_value(text, name.end + 2);
        Some(Self {
            name,
            span: start..end,
        })
    }

    fn name<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let written = &text[self.name.clone()];
        if memchr(b'\\', written.as_bytes()).is_none() {
            return Cow::Borrowed(written);
        }
        let quoted = &text[self.name.start - 1..=self.name.end];
        serde_json::from_str(quoted).map_or(Cow::Borrowed(written), Cow::Owned)
    }
}

/// Where a string ends whose first letter stands here: behind its last quote.
fn end_of_string(text: &str, mut at: usize) -> usize {
    while let Some(found) = text
        .as_bytes()
        .get(at..)
        .and_then(|rest| memchr2(b'"', b'\\', rest))
    {
        at += found;
        if text.as_bytes()[at] == b'"' {
            return at + 1;
        }
        at += 2;
    }
    text.len()
}

/// Where the value ends that begins here: at the comma or the bracket behind it.
fn end_of_value(text: &str, mut at: usize) -> usize {
    let mut depth = 0_usize;
    while let Some(byte) = text.as_bytes().get(at) {
        match byte {
            b'"' => {
                at = end_of_string(text, at + 1);
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' | b',' if depth == 0 => return at,
            b'}' | b']' => depth -= 1,
            _ => {}
        }
        at += 1;
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use livematch::Object;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn read(text: &str) -> BTreeMap<String, Value> {
        let members = Members::of(text);
        let pairs = members.members.iter().map(|member| {
            let name = member.name(text).into_owned();
            let value = members.value(text, &name).expect("it is there");
            (name, serde_json::from_str(value).expect("JSON"))
        });
        pairs.collect()
    }

    #[test]
    fn pieces_are_as_few_as_can_be() {
        let text = r#"{"a":1,"b":{"x":"}"},"c":"\"","d":[[],{}],"e":null}"#;
        let members = Members::of(text);
        let texts = |pieces: Vec<Range<usize>>| {
            pieces
                .into_iter()
                .map(|piece| &text[piece])
                .collect::<Vec<_>>()
        };
        let only = |names: &[&str], hidden: &[&str]| {
            let names = names.iter().map(|name| Name::of(name));
            members.only(names, hidden.iter().map(|name| Name::of(name)))
        };
        let without = |names: &[&str]| members.without(names.iter().map(|name| Name::of(name)));
        assert_eq!(
            texts(only(&["c", "b", "x", "e", "b"], &[])),
            [r#""b":{"x":"}"},"c":"\"""#, r#""e":null"#]
        );
        assert_eq!(
            texts(without(&["a", "c", "y"])),
            [r#""b":{"x":"}"}"#, r#""d":[[],{}],"e":null"#]
        );
        assert_eq!(texts(only(&["c", "e"], &["c", "b"])), [r#""e":null"#]);
        let such = |hidden: &[&str]| {
            let is_such = |name| ["a", "b"].map(Name::of).contains(&name);
            members.such(is_such, hidden.iter().map(|name| Name::of(name)))
        };
        assert_eq!(texts(such(&[])), [r#""a":1,"b":{"x":"}"}"#]);
        assert_eq!(texts(such(&["a", "c"])), [r#""b":{"x":"}"}"#]);
        assert!(only(&[], &[]).is_empty());
        assert_eq!(texts(without(&[])).len(), 1);
        assert_eq!(
            (members.value(text, "d"), members.value(text, "x")),
            (Some("[[],{}]"), None)
        );
        assert!(Members::of("{}").members.is_empty());
        assert!(Members::of("{}").without([]).is_empty());
    }

    #[test]
    fn all_are_as_many_as_there_are() {
        for members in [0, 1, 63, 64, 65, 128] {
            let mut kept = Kept::all_of(members);
            assert!(kept.iter().eq(0..members) && kept.len() == members);
            (0..members).for_each(|index| kept.drop(index));
            assert_eq!(kept.iter().count(), 0);
        }
    }

    fn json() -> impl Strategy<Value = Value> {
        let text = "[a-c\\\\\"{}\\[\\],:é\u{1}]{0,6}";
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i32>().prop_map(Value::from),
            text.prop_map(Value::from)
        ];
        leaf.prop_recursive(3, 24, 4, move |inner| {
            let list = prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from);
            let object = prop::collection::vec((text, inner), 0..5);
            prop_oneof![
                list,
                object.prop_map(|members| members.into_iter().collect::<Value>())
            ]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn the_members_are_those_that_a_parser_finds(value in json(), other in json()) {
            let value = json!({"a": value, "\"": other, "ab": 1});
            let object: Object = value.to_string().parse().expect("an object");
            let found = serde_json::to_value(read(&object.to_string())).expect("writes");
            prop_assert_eq!(found, value);
        }
    }
}
