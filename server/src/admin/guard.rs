//! Who may ask what the operator asks.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::WWW_AUTHENTICATE;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::listen::{OwnHosts, brings_token, is_json};
use crate::options::AdminOptions;

/// What a request has to bring.
pub(super) struct Guard {
    hosts: OwnHosts,
    token: Option<String>,
}

impl Guard {
    pub(super) fn new(options: &AdminOptions) -> Self {
        Self {
            hosts: OwnHosts::new(options.hosts()),
            token: options.token.clone(),
        }
    }

    fn refusal(&self, method: &Method, headers: &HeaderMap) -> Option<Response> {
        if let Err(foreign) = self.hosts.check(headers) {
            let error = format!("{foreign}; --admin-host makes a name known\n");
            return Some((StatusCode::FORBIDDEN, error).into_response());
        }
        let is_right = |token: &String| brings_token(headers, token);
        if !self.token.as_ref().is_none_or(is_right) {
            let challenge = [(WWW_AUTHENTICATE, "Bearer")];
            return Some(
                (StatusCode::UNAUTHORIZED, challenge, "wants --admin-token\n").into_response(),
            );
        }
        // No page of a browser can send JSON here unasked.
        if method == Method::POST && !is_json(headers) {
            return Some(
                (
                    StatusCode::UNSUPPORTED_MEDIA_TYPE,
                    "wants application/json\n",
                )
                    .into_response(),
            );
        }
        None
    }
}

/// Lets a request through, or refuses it.
pub(super) async fn check(
    State(guard): State<Arc<Guard>>,
    request: Request,
    next: Next,
) -> Response {
    match guard.refusal(request.method(), request.headers()) {
        Some(refusal) => refusal,
        None => next.run(request).await,
    }
}
