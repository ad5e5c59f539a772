//! How connections end.

use std::time::Duration;

use super::websocket::{CloseCode, Violation};
use crate::accounting::{Exhausted, Term};
use crate::metrics::Metrics;
use crate::protocol::{Refusal, RequestId, Sdk, code};

/// Why a connection ends.
#[derive(Clone, Copy, Debug)]
pub(super) enum End {
    /// The client said goodbye, or went without a word.
    Left {
        code: Option<CloseCode>,
        is_polite: bool,
    },
    /// The client takes nothing of what it is sent.
    Slow,
    /// The client does not answer pings.
    Silent,
    /// The client began a frame and does not end it.
    Unfinished(Duration),
    /// The client sends a frame that is far too large.
    Far(usize),
    /// The client breaks the rules of WebSocket.
    Violation(Violation),
    /// There is no memory for the client, or its clauses take too much.
    Exhausted(Exhausted),
    /// Changes were missed: the client has to open again.
    Gap,
    /// The server goes down.
    Shutdown,
}

impl End {
    /// What the client is told: a code and a reason. Nothing if it would not read it.
    pub(super) fn goodbye(&self) -> Option<(Option<CloseCode>, String)> {
        let say = |code, reason: String| Some((Some(code), reason));
        match self {
            Self::Left {
                code,
                is_polite: true,
            } => Some((*code, String::new())),
            Self::Left {
                is_polite: false, ..
            }
            | Self::Slow
            | Self::Silent => None,
            // All SDKs open again when their connection is lost. Of a goodbye Android's would say nothing to its app: OkHttp
            // waits for the app to say goodbye too.
            Self::Gap | Self::Shutdown => None,
            Self::Unfinished(time) => {
                let seconds = time.as_secs_f64();
                say(
                    CloseCode::Policy,
                    format!("expected a frame to be complete within {seconds} s"),
                )
            }
            Self::Far(limit) => say(
                CloseCode::Size,
                format!("expected a frame of at most {limit} bytes"),
            ),
            Self::Violation(violation) => say(violation.code, violation.reason.into()),
            Self::Exhausted(why) => say(CloseCode::Again, why.to_string()),
        }
    }

    /// What is said before goodbye: an error, which SDKs show while they overlook the reason of a goodbye.
    ///
    /// It names what the last frame was about, if that is known.
    pub(super) fn last_words(&self, sdk: Sdk, last: Option<RequestId>) -> Option<String> {
        match self {
            Self::Exhausted(why) => {
                Some(Refusal::new(code::LIMIT, why.to_string(), None).to_json(sdk))
            }
            Self::Far(limit) => {
                let error = format!("Expected a frame of at most {limit} bytes");
                Some(Refusal::new(code::LIMIT, error, last).to_json(sdk))
            }
            _ => None,
        }
    }

    /// Whether it is the end of all clients.
    pub(super) fn is_of_all(&self) -> bool {
        matches!(self, Self::Shutdown)
    }

    /// Whether an operator should hear of it.
    pub(super) fn is_notable(&self) -> bool {
        !matches!(self, Self::Left { .. } | Self::Gap | Self::Shutdown)
    }

    pub(super) fn count(&self, metrics: &Metrics) {
        let counter = match self {
            Self::Left { .. } | Self::Shutdown => return,
            Self::Gap => &metrics.gap_clients,
            Self::Slow => &metrics.slow_clients,
            Self::Silent => &metrics.silent_clients,
            Self::Unfinished(_) => &metrics.unfinished_clients,
            Self::Far(_) => &metrics.oversize_clients,
            Self::Violation(_) => &metrics.violating_clients,
            Self::Exhausted(why) => match why.term {
                Term::Steps => &metrics.dear_clients,
                Term::Places => &metrics.users_clients,
                _ => &metrics.exhausted_clients,
            },
        };
        counter.increment(1);
    }
}
