//! What a client is told.

use std::fmt::Write as _;

use livematch::Event;
use serde::Serialize;

use super::payload::{Payload, Sink};
use super::{RequestId, Sdk};

/// The codes of errors: Parse's own where it has one.
pub(crate) mod code {
    /// The server has failed.
    pub(crate) const INTERNAL: i32 = 1;
    /// The frame is not what the protocol asks for.
    pub(crate) const MALFORMED: i32 = 1;
    /// The client or the subscription is not known.
    pub(crate) const UNKNOWN: i32 = 2;
    /// None of the keys is right.
    pub(crate) const INVALID_KEY: i32 = 4;
    /// `CONNECTION_FAILED`: Parse Server could not be asked.
    pub(crate) const UNAVAILABLE: i32 = 100;
    /// `OBJECT_NOT_FOUND`, which Parse also says to who has to log in first.
    pub(crate) const NOT_FOUND: i32 = 101;
    /// `INVALID_QUERY`
    pub(crate) const INVALID_QUERY: i32 = 102;
    /// `OPERATION_FORBIDDEN`
    pub(crate) const FORBIDDEN: i32 = 119;
    /// `REQUEST_LIMIT_EXCEEDED`
    pub(crate) const LIMIT: i32 = 155;
    /// `INVALID_SESSION_TOKEN`
    pub(crate) const INVALID_SESSION: i32 = 209;
}

/// Whom every answer but an error names.
pub(crate) struct Addressee {
    /// What this server calls the client.
    pub(crate) client_id: Box<str>,
    /// The members that name it, as they stand in every frame.
    members: Box<str>,
}

impl Addressee {
    /// A client, and what it calls its device.
    pub(crate) fn new(client_id: String, installation_id: Option<&str>) -> Self {
        let mut members = format!(r#","clientId":{}"#, json(&client_id));
        if let Some(installation) = installation_id {
            let _ = write!(members, r#","installationId":{}"#, json(installation));
        }
        Self {
            client_id: client_id.into(),
            members: members.into(),
        }
    }

    /// How many bytes it takes, in memory and in each frame.
    pub(crate) fn len(&self) -> usize {
        self.client_id.len() + self.members.len()
    }
}

/// What every answer and every event begins with; the number is that of the subscription it is about.
fn head(op: &str, to: &Addressee, id: Option<RequestId>) -> String {
    let mut head = String::with_capacity(to.members.len() + 64);
    head.extend([r#"{"op":""#, op, "\"", &to.members]);
    if let Some(id) = id {
        head.extend([r#","requestId":"#, &json(&id)]);
    }
    head
}

/// An answer to a frame.
pub(crate) fn answer(op: &str, to: &Addressee, id: Option<RequestId>) -> String {
    let mut frame = head(op, to, id);
    frame.push('}');
    frame
}

/// An event with the state that is sent, and the one before it.
pub(crate) struct EventFrame<'a> {
    head: String,
    object: &'a Payload,
    original: Option<&'a Payload>,
}

impl<'a> EventFrame<'a> {
    /// What stands before the state that is sent, before the one that it was, and at the end.
    const OBJECT: &'static str = r#","object":"#;
    const ORIGINAL: &'static str = r#","original":"#;
    const END: &'static str = "}";

    pub(crate) fn new(
        event: Event,
        to: &Addressee,
        id: RequestId,
        object: &'a Payload,
        original: Option<&'a Payload>,
    ) -> Self {
        let head = head(event.as_str(), to, Some(id));
        Self {
            head,
            object,
            original,
        }
    }

    /// How long it is.
    pub(crate) fn len(&self) -> usize {
        let original = self
            .original
            .map_or(0, |original| Self::ORIGINAL.len() + original.len());
        self.head.len() + Self::OBJECT.len() + self.object.len() + original + Self::END.len()
    }

    /// Hands its parts out in order.
    pub(crate) fn write(&self, sink: &mut impl Sink) {
        sink.text(&self.head);
        sink.text(Self::OBJECT);
        self.object.write(sink);
        if let Some(original) = self.original {
            sink.text(Self::ORIGINAL);
            original.write(sink);
        }
        sink.text(Self::END);
    }
}

/// An error that a client is told.
#[derive(Debug)]
pub(crate) struct Refusal {
    error: String,
    code: i32,
    request_id: Option<RequestId>,
    beyond: Option<Bound>,
}

/// What bounds one thing that a client sends, whatever else it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bound {
    /// The size of a frame.
    Frame,
    /// How many constraints, list members or levels a clause has.
    Clause,
}

/// The frame of an error.
#[derive(Serialize)]
#[serde(tag = "op", rename = "error", rename_all = "camelCase")]
struct ErrorFrame<'a> {
    error: &'a str,
    code: i32,
    reconnect: bool,
    request_id: Option<RequestId>,
}

impl Refusal {
    /// An error about a subscription, or about none.
    pub(crate) fn new(code: i32, error: impl Into<String>, id: Option<RequestId>) -> Self {
        Self {
            error: error.into(),
            code,
            request_id: id,
            beyond: None,
        }
    }

    /// The same, because what has come exceeds a bound.
    pub(crate) fn beyond(self, bound: Bound) -> Self {
        let beyond = Some(bound);
        Self { beyond, ..self }
    }

    /// What bound has been exceeded, if one has.
    pub(crate) fn bound(&self) -> Option<Bound> {
        self.beyond
    }

    /// What Parse says of whatever its permissions forbid.
    pub(crate) fn denied(code: i32, id: RequestId) -> Self {
        Self::new(code, "Permission denied", Some(id))
    }

    /// What is wrong.
    pub(crate) fn error(&self) -> &str {
        &self.error
    }

    /// Which kind of error it is.
    pub(crate) fn code(&self) -> i32 {
        self.code
    }

    /// The frame, as it does an SDK least harm.
    pub(crate) fn to_json(&self, sdk: Sdk) -> String {
        json(&ErrorFrame {
            error: &self.error,
            code: self.code,
            reconnect: sdk.reconnect(),
            request_id: self.request_id,
        })
    }
}

/// These types have only text for keys and nothing that fails to be written.
fn json(value: &(impl Serialize + ?Sized)) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
