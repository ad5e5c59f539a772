//! Changes that are posted to this server.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Json;
use axum::body::{BodyDataStream, HttpBody};
use axum::extract::{FromRequestParts, Request, State};
use axum::http::header::RETRY_AFTER;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::accounting::Exhausted;
use crate::feed::{Answer, Form, Inbox, Reply, Room};
use crate::listen::{Peer, brings_token, media_type};
use crate::options::{FeedOptions, PublishFrom};
use crate::state::Server;

/// How long a body may take to come in.
const PATIENCE: Duration = Duration::from_secs(10);

/// Somebody who may publish. Asked for before the body of a request is read.
pub(crate) struct Publisher {
    inbox: Arc<Inbox>,
    form: Form,
    arrived: Instant,
}

impl FromRequestParts<Arc<Server>> for Publisher {
    type Rejection = Response;

    async fn from_request_parts(
        parts: &mut Parts,
        server: &Arc<Server>,
    ) -> Result<Self, Self::Rejection> {
        let Some(inbox) = server.posts.clone() else {
            return Err(refuse(StatusCode::NOT_FOUND, "changes come from Redis"));
        };
        if let Err(foreign) = server.publish_hosts.check(&parts.headers) {
            let error = format!("{foreign}; --publish-host makes a name known");
            return Err(refuse(StatusCode::FORBIDDEN, &error));
        }
        let is_local = |peer| server.proxies.is_local(peer, &parts.headers);
        let is_local = parts.extensions.get::<Peer>().is_some_and(is_local);
        check(&server.feed, is_local, &parts.headers)
            .map_err(|reason| refuse(reason, "not allowed to publish"))?;
        // No page of a browser can send JSON here unasked.
        let Some(form) = Form::of(media_type(&parts.headers)) else {
            let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
            let error = "expected application/json or application/x-ndjson";
            return Err(refuse(status, error));
        };
        let arrived = Instant::now();
        Ok(Self {
            inbox,
            form,
            arrived,
        })
    }
}

/// Takes a change, or several at once.
pub(crate) async fn publish(
    publisher: Publisher,
    State(server): State<Arc<Server>>,
    request: Request,
) -> Response {
    let Publisher {
        inbox,
        form,
        arrived,
    } = publisher;
    let mut body = request.into_body().into_data_stream();
    let most = server.feed.max_change_bytes;
    let reading = async {
        let read = read_body(&mut body, most, &inbox).await;
        if read.is_err() {
            // Who is still sending when the connection is closed may not see why.
            while body.next().await.is_some_and(|piece| piece.is_ok()) {}
        }
        read
    };
    let (body, room) = match timeout(PATIENCE, reading).await {
        Ok(Ok(read)) => read,
        Ok(Err(refusal)) => return refusal,
        Err(_) => return refuse(StatusCode::REQUEST_TIMEOUT, "the body came too slowly"),
    };
    told(inbox.take_post(form, body, arrived, room).await)
}

fn told(reply: Reply) -> Response {
    let is_unread = |answer: &Answer| matches!(answer, Answer::Unread(_));
    match reply {
        Reply::One(answer) if is_unread(&answer) => {
            (StatusCode::BAD_REQUEST, Json(say(answer))).into_response()
        }
        Reply::One(answer) => (StatusCode::ACCEPTED, Json(say(answer))).into_response(),
        Reply::Each(answers) => {
            // What could be read was taken: not the request is bad, but some of what it brings.
            let status = if answers.iter().any(is_unread) {
                StatusCode::MULTI_STATUS
            } else {
                StatusCode::ACCEPTED
            };
            let answers: Vec<_> = answers.into_iter().map(say).collect();
            (status, Json(json!({ "answers": answers }))).into_response()
        }
        Reply::Closed => refuse(StatusCode::SERVICE_UNAVAILABLE, "the server goes down"),
    }
}

/// What is said of a message.
fn say(answer: Answer) -> Value {
    match answer {
        Answer::Accepted => json!({}),
        Answer::Repeated => json!({ "repeated": true }),
        Answer::Unread(error) => json!({ "error": error }),
    }
}

/// Reads a body for as long as there is room among all that wait to be read.
async fn read_body(
    body: &mut BodyDataStream,
    most: usize,
    inbox: &Inbox,
) -> Result<(Vec<u8>, Room), Response> {
    let too_large = || {
        let error = format!("expected at most {most} bytes (--max-change-bytes)");
        refuse(StatusCode::PAYLOAD_TOO_LARGE, &error)
    };
    let full = |why: Exhausted| {
        let answer = refuse(StatusCode::SERVICE_UNAVAILABLE, &why.to_string());
        ([(RETRY_AFTER, "1")], answer).into_response()
    };
    let announced = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    if announced > most {
        return Err(too_large());
    }
    let mut room = inbox.room(announced).map_err(full)?;
    let mut bytes = Vec::with_capacity(announced);
    while let Some(piece) = body.next().await {
        let piece = piece.map_err(|_| refuse(StatusCode::BAD_REQUEST, "the body broke off"))?;
        if bytes.len() + piece.len() > most {
            return Err(too_large());
        }
        if bytes.len() + piece.len() > announced {
            room.grow(piece.len()).map_err(full)?;
        }
        bytes.extend_from_slice(&piece);
    }
    Ok((bytes, room))
}

/// Whether a peer may publish.
fn check(options: &FeedOptions, is_local: bool, headers: &HeaderMap) -> Result<(), StatusCode> {
    if options.publish_from == PublishFrom::Loopback && !is_local {
        return Err(StatusCode::FORBIDDEN);
    }
    let Some(token) = &options.publish_token else {
        return Ok(());
    };
    let is_right = brings_token(headers, token);
    is_right.then_some(()).ok_or(StatusCode::UNAUTHORIZED)
}

fn refuse(status: StatusCode, error: &str) -> Response {
    (status, Json(json!({ "error": error }))).into_response()
}
