//! A frame that is too large to be kept still has a number that its sender waits for an answer under.

use memchr::memchr2;

use crate::protocol::RequestId;

/// The member that holds the number.
const NAME: &[u8] = b"requestId";

/// No number of an SDK is longer.
const MOST_DIGITS: usize = 32;

/// Reads JSON in pieces and keeps nothing of it but the number of the request, a member of the outermost object.
///
/// It tells strings, brackets and what is between apart, and does not care whether the text is JSON otherwise: it is
/// refused in any case.
#[derive(Default)]
pub(super) struct Skim {
    depth: usize,
    state: State,
    /// Whether what comes next within the outermost object is the name of a member.
    wants_name: bool,
    /// Whether the value that comes next is the number.
    wants_number: bool,
    digits: Vec<u8>,
    id: Option<RequestId>,
}

#[derive(Clone, Copy, Default)]
enum State {
    #[default]
    Between,
    /// In a string, of which so much is the name that is looked for; none once it cannot be it.
    String(Option<usize>),
    /// In a string, behind a backslash.
    Escape,
    /// In the number.
    Number,
}

impl Skim {
    /// The number, if it has been seen. Of several the last counts, as in JavaScript.
    pub(super) fn id(&self) -> Option<RequestId> {
        self.id
    }

    pub(super) fn feed(&mut self, bytes: &[u8]) {
        let mut at = 0;
        while let Some(rest) = bytes.get(at..) {
            // What is in strings is most of a large frame.
            let skipped = match self.state {
                State::String(None) => memchr2(b'"', b'\\', rest).unwrap_or(rest.len()),
                _ => 0,
            };
            let Some(&byte) = rest.get(skipped) else {
                return;
            };
            self.state = self.step(byte);
            at += skipped + 1;
        }
    }

    fn step(&mut self, byte: u8) -> State {
        match self.state {
            State::Between => self.between(byte),
            State::String(matched) => self.within(byte, matched),
            State::Escape => State::String(None),
            State::Number => self.number(byte),
        }
    }

    fn between(&mut self, byte: u8) -> State {
        match byte {
            b'"' => {
                let is_name = self.depth == 1 && self.wants_name;
                return State::String(is_name.then_some(0));
            }
            b'{' | b'[' => {
                self.depth += 1;
                self.wants_name = byte == b'{' && self.depth == 1;
                self.wants_number = false;
            }
            b'}' | b']' => self.depth = self.depth.saturating_sub(1),
            b',' if self.depth == 1 => {
                self.wants_name = true;
                self.wants_number = false;
            }
            b':' if self.depth == 1 => self.wants_name = false,
            b'-' | b'0'..=b'9' if self.depth == 1 && self.wants_number => return self.number(byte),
            _ => {}
        }
        State::Between
    }

    /// Goes on in a string.
    fn within(&mut self, byte: u8, matched: Option<usize>) -> State {
        match byte {
            b'"' => {
                self.wants_number = matched == Some(NAME.len());
                State::Between
            }
            b'\\' => State::Escape,
            _ => {
                let goes_on = |matched: &usize| NAME.get(*matched) == Some(&byte);
                State::String(matched.filter(goes_on).map(|matched| matched + 1))
            }
        }
    }

    fn number(&mut self, byte: u8) -> State {
        if matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9')
            && self.digits.len() < MOST_DIGITS
        {
            self.digits.push(byte);
            return State::Number;
        }
        self.id = serde_json::from_slice(&self.digits).ok().or(self.id);
        self.digits.clear();
        self.wants_number = false;
        self.between(byte)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn skim(pieces: &[&[u8]]) -> Option<RequestId> {
        let mut skim = Skim::default();
        for piece in pieces {
            skim.feed(piece);
        }
        skim.id()
    }

    #[test]
    fn the_number_of_the_outermost_object_counts() {
        let cases = [
            (r#"{"requestId":7}"#, Some(7.0)),
            (
                r#"{"op":"subscribe","query":{"requestId":1,"a":["requestId",2]}, "requestId" : -7.5e1 }"#,
                Some(-75.0),
            ),
            (r#"{"requestId":1,"requestId":2}"#, Some(2.0)),
            (r#"{"requestId":1,"requestId":"2"}"#, Some(1.0)),
            (
                r#"{"a":"\"requestId\":3","b":{"c":[{}]},"requestId":0,"d":"\\"}"#,
                Some(0.0),
            ),
            (r#"{"requestIds":1,"request":2,"xrequestId":3}"#, None),
            (r#"["requestId",1]"#, None),
            (r#"{"a":{"requestId":1}}"#, None),
            (r#"{"requestId":null}"#, None),
            (r#"{"requestId":12"#, None),
        ];
        for (text, id) in cases {
            assert_eq!(skim(&[text.as_bytes()]), id.map(RequestId::from), "{text}");
        }
    }

    fn json() -> impl Strategy<Value = Value> {
        let text = prop_oneof![
            Just("requestId".to_owned()),
            "[a-z\\\\\"{}\\[\\],:0-9]{0,8}"
        ];
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<i32>().prop_map(Value::from),
            any::<f64>().prop_map(|number| json!(number)),
            text.clone().prop_map(Value::from),
        ];
        let key = text;
        leaf.prop_recursive(3, 24, 4, move |inner| {
            let list = prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from);
            let object = prop::collection::vec((key.clone(), inner), 0..4);
            let object = object.prop_map(|members| members.into_iter().collect::<Value>());
            prop_oneof![list, object]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn it_is_what_a_parser_finds(value in json(), at in 0_usize..200, pretty in any::<bool>()) {
            let text = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) };
            let text = text.expect("writes");
            let (head, tail) = text.as_bytes().split_at(at.min(text.len()));
            let found = value.get("requestId").and_then(Value::as_f64).map(RequestId::from);
            prop_assert_eq!(skim(&[head, tail]), found);
        }
    }
}
