//! Parse Server's `requestComplexity`: how deep conditions may nest, and whether patterns may be asked for.
//!
//! A clause is looked at as Parse Server looks at it when it is subscribed to, which is not as its matcher does: `$or`, `$and`
//! and `$nor` count wherever they stand, within the value of a field too, and `$regex` counts where a field has it at
//! the top or within those three.

use std::collections::HashMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};

use crate::options::LimitOptions;

/// Why a clause is refused. The words are Parse Server's.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum TooComplex {
    /// Conditions nest deeper than this.
    Deep(usize),
    /// `$or`, `$and` or `$nor` stands somewhere with what is no list. Parse Server looks at this only if depth is bounded.
    NoList,
    /// It asks for a pattern.
    Regex,
    /// It cannot be read, and so not be weighed.
    Unread,
}

impl fmt::Display for TooComplex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Deep(most) => write!(
                f,
                "Query condition nesting depth exceeds maximum allowed depth of {most}"
            ),
            Self::NoList => f.write_str("$or, $and and $nor must be an array"),
            Self::Regex => f.write_str("$regex operator is not allowed"),
            Self::Unread => f.write_str("Expected a clause that can be read"),
        }
    }
}

impl TooComplex {
    /// Whether it has more levels than it may.
    pub(crate) fn is_of_depth(&self) -> bool {
        matches!(self, Self::Deep(_))
    }
}

/// Refuses a clause that is more complex than the options let it be. Clients with the master key are not asked.
///
/// Takes time linear in the clause.
pub(crate) fn check(
    clause: &str,
    class_name: &str,
    limits: &LimitOptions,
) -> Result<(), TooComplex> {
    let (max_depth, allow_regex) = (limits.max_depth(class_name), limits.allow_regex(class_name));
    if max_depth.is_none() && allow_regex {
        return Ok(());
    }
    let node: Node = serde_json::from_str(clause).map_err(|_| TooComplex::Unread)?;
    if let Some(most) = max_depth.filter(|most| node.depth > *most) {
        return Err(TooComplex::Deep(most));
    }
    if max_depth.is_some() && node.has_no_list {
        return Err(TooComplex::NoList);
    }
    if !allow_regex && node.asks_regex {
        return Err(TooComplex::Regex);
    }
    Ok(())
}

/// What is to be known of a value in a clause.
#[derive(Clone, Copy, Default)]
struct Node {
    /// How many levels of `$or`, `$and` and `$nor` are within it.
    depth: usize,
    /// Whether one of these has another operand than a list.
    has_no_list: bool,
    /// Whether it is an object with `$regex`.
    is_pattern: bool,
    /// Whether, taken for a clause, it asks for a pattern.
    asks_regex: bool,
    /// If it is a list, whether one of its members, taken for a clause, asks for a pattern.
    members_ask: Option<bool>,
}

impl Node {
    /// An object with these members.
    fn object(members: &HashMap<String, Self>) -> Self {
        let mut node = Self {
            is_pattern: members.contains_key("$regex"),
            ..Self::default()
        };
        for (key, value) in members {
            let is_logical = matches!(key.as_str(), "$or" | "$and" | "$nor");
            node.has_no_list |= value.has_no_list || (is_logical && value.members_ask.is_none());
            node.depth = node.depth.max(value.depth + usize::from(is_logical));
            node.asks_regex |= value.is_pattern || (is_logical && value.members_ask == Some(true));
        }
        node
    }

    /// Takes one more member of a list in. To JavaScript a list has fields as well, its members.
    fn add_member(&mut self, member: Self) {
        self.has_no_list |= member.has_no_list;
        self.depth = self.depth.max(member.depth);
        self.asks_regex |= member.is_pattern;
        self.members_ask = Some(self.members_ask == Some(true) || member.asks_regex);
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value of JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        // Of a key that is given twice the last value counts.
        let mut members = HashMap::new();
        while let Some((key, value)) = map.next_entry::<String, Node>()? {
            members.insert(key, value);
        }
        Ok(Node::object(&members))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Node, A::Error> {
        let mut node = Node {
            members_ask: Some(false),
            ..Node::default()
        };
        while let Some(member) = list.next_element()? {
            node.add_member(member);
        }
        Ok(node)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Node, E> {
        Ok(Node::default())
    }

    fn visit_i64<E>(self, _: i64) -> Result<Node, E> {
        Ok(Node::default())
    }

    fn visit_u64<E>(self, _: u64) -> Result<Node, E> {
        Ok(Node::default())
    }

    fn visit_f64<E>(self, _: f64) -> Result<Node, E> {
        Ok(Node::default())
    }

    fn visit_str<E>(self, _: &str) -> Result<Node, E> {
        Ok(Node::default())
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(clause: &str) -> Node {
        serde_json::from_str(clause).unwrap_or_default()
    }

    #[test]
    fn logical_operators_count_wherever_they_stand() {
        for (clause, depth) in [
            ("{}", 0),
            (r#"{"a": 1}"#, 0),
            (r#"{"$or": [{"a": 1}]}"#, 1),
            (r#"{"$or": [{"$and": [{"a": 1}]}, {"b": 1}]}"#, 2),
            (r#"{"$nor": [[{"$or": []}]]}"#, 2),
            (r#"{"a": {"$or": [{"$nor": 1}]}}"#, 2),
            (r#"{"a": {"b": [{"$elemMatch": {"$and": {}}}]}}"#, 1),
            (r#"{"$or": [{"$or": []}], "$or": []}"#, 1),
            (r#"{"a": "$or", "$OR": [], "$not": {}}"#, 0),
        ] {
            assert_eq!(node(clause).depth, depth, "{clause}");
        }
    }

    #[test]
    fn logical_operators_have_lists_wherever_they_stand() {
        for (clause, has_no_list) in [
            (r#"{"$or": [], "a": {"$and": []}}"#, false),
            (r#"{"a": [{"b": {"$nor": {}}}]}"#, true),
            (r#"{"$or": 1, "$or": []}"#, false),
        ] {
            assert_eq!(node(clause).has_no_list, has_no_list, "{clause}");
        }
    }

    #[test]
    fn patterns_count_at_the_top_and_within_logical_operators() {
        for (clause, asks) in [
            (r#"{"a": {"$regex": "x"}}"#, true),
            (r#"{"a": {"$regex": null}}"#, true),
            (r#"{"a": {"$options": "i", "$regex": {}}}"#, true),
            (
                r#"{"$or": [{"b": 1}, {"$nor": [{"a": {"$regex": "x"}}]}]}"#,
                true,
            ),
            (r#"{"$and": {"$regex": "x"}}"#, true),
            (r#"{"$or": [[{"$regex": "x"}]]}"#, true),
            (r#"{"a": {"$not": {"$regex": "x"}}}"#, false),
            (r#"{"a": [{"$regex": "x"}]}"#, false),
            (r#"{"$regex": "x"}"#, false),
            (r#"{"a": {"$or": [{"b": {"$regex": "x"}}]}}"#, false),
            (r#"{"a": {"$regex": "x"}, "a": 1}"#, false),
        ] {
            assert_eq!(node(clause).asks_regex, asks, "{clause}");
        }
    }
}
