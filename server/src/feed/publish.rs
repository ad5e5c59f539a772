//! Changes that are posted to this server.

use std::sync::Arc;
use std::time::Instant;

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use livematch::{Change, ChangeKind};
use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;

use super::{CLEAR_CACHE, ClearCache};
use crate::dispatch::Changes;
use crate::listen::{Peer, brings_token};
use crate::options::{FeedOptions, PublishFrom};
use crate::state::Server;

/// What is posted: a message as Parse Server publishes it, and what would be its channel on Redis.
#[derive(Deserialize)]
pub(crate) struct Post {
    op: String,
    message: Box<RawValue>,
}

/// Somebody who may publish. Asked for before the body of a request is read.
pub(crate) struct Publisher {
    changes: Changes,
    arrived: Instant,
}

impl FromRequestParts<Arc<Server>> for Publisher {
    type Rejection = Response;

    async fn from_request_parts(
        parts: &mut Parts,
        server: &Arc<Server>,
    ) -> Result<Self, Self::Rejection> {
        let Some(changes) = server.embedded.clone() else {
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
        let arrived = Instant::now();
        Ok(Self { changes, arrived })
    }
}

/// Takes a change. It has to come as `application/json`, which no page of a browser can send here unasked.
pub(crate) async fn publish(
    publisher: Publisher,
    State(server): State<Arc<Server>>,
    post: Result<Json<Post>, JsonRejection>,
) -> Response {
    match post {
        Ok(Json(post)) => take(&server, publisher, &post).await,
        Err(error) => refuse(error.status(), &error.body_text()),
    }
}

async fn take(server: &Server, publisher: Publisher, post: &Post) -> Response {
    let Publisher { changes, arrived } = publisher;
    if post.op == CLEAR_CACHE {
        return match serde_json::from_str::<ClearCache>(post.message.get()) {
            Ok(message) => {
                server.access.forget(&message.user_id);
                accepted()
            }
            Err(_) => refuse(
                StatusCode::BAD_REQUEST,
                "at /message/userId: expected a text",
            ),
        };
    }
    let Ok(kind) = post.op.parse::<ChangeKind>() else {
        return refuse(
            StatusCode::BAD_REQUEST,
            "at /op: expected afterSave, afterDelete or clearCache",
        );
    };
    match Change::from_json(kind, post.message.get()) {
        Ok(change) => match changes.put(change, arrived).await {
            Ok(()) => accepted(),
            Err(_) => refuse(StatusCode::SERVICE_UNAVAILABLE, "the server goes down"),
        },
        Err(error) => {
            changes.count_unread(&error);
            refuse(StatusCode::BAD_REQUEST, &format!("in /message: {error}"))
        }
    }
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

fn accepted() -> Response {
    (StatusCode::ACCEPTED, Json(json!({}))).into_response()
}

fn refuse(status: StatusCode, error: &str) -> Response {
    (status, Json(json!({ "error": error }))).into_response()
}
