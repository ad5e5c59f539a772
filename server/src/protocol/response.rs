//! What a client is told.

use serde::Serialize;
use serde_json::value::RawValue;

use super::RequestId;

/// The codes of errors: Parse's own where it has one.
pub(crate) mod code {
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
    pub(crate) client_id: String,
    /// What the client calls its device.
    pub(crate) installation_id: Option<String>,
}

/// An answer or an event.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Response<'a> {
    op: &'a str,
    client_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    installation_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<RequestId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    object: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    original: Option<&'a RawValue>,
}

impl<'a> Response<'a> {
    /// An answer to a frame; the number is that of the subscription it is about.
    pub(crate) fn answer(op: &'a str, to: &'a Addressee, id: Option<RequestId>) -> Self {
        Self {
            op,
            client_id: &to.client_id,
            installation_id: to.installation_id.as_deref(),
            request_id: id,
            object: None,
            original: None,
        }
    }

    /// An event with the state that is sent, and the one before it.
    pub(crate) fn event(
        op: &'a str,
        to: &'a Addressee,
        id: RequestId,
        object: &'a RawValue,
        original: Option<&'a RawValue>,
    ) -> Self {
        Self {
            object: Some(object),
            original,
            ..Self::answer(op, to, Some(id))
        }
    }

    /// The frame.
    pub(crate) fn to_json(&self) -> String {
        to_json(self)
    }
}

/// An error that a client is told.
#[derive(Debug, Serialize)]
#[serde(tag = "op", rename = "error", rename_all = "camelCase")]
pub(crate) struct Refusal {
    error: String,
    code: i32,
    /// Never true: an SDK that is told to reconnect keeps the old socket too and then hears everything
    /// twice, and it repeats the mistake for ever.
    reconnect: bool,
    request_id: Option<RequestId>,
}

impl Refusal {
    /// An error about a subscription, or about none.
    pub(crate) fn new(code: i32, error: impl Into<String>, id: Option<RequestId>) -> Self {
        Self {
            error: error.into(),
            code,
            reconnect: false,
            request_id: id,
        }
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

    /// The frame.
    pub(crate) fn to_json(&self) -> String {
        to_json(self)
    }
}

/// These types have only text for keys and nothing that fails to be written.
fn to_json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
