//! Parse Server's REST API: who a session belongs to, the roles of a user, the permissions of a class.

mod roles;
mod schemas;
mod session;

use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::header::{DATE, HeaderMap};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, Response, StatusCode, Url};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

pub(super) use self::session::Session;
use crate::excerpt::excerpt;
use crate::options::{AccessOptions, Options};
use crate::rights::Permissions;

/// Parse Server, as seen over REST.
pub(super) struct Parse {
    client: Client,
    url: Url,
    app_id: String,
    /// Lets us ask what only the master key may.
    master_key: Option<String>,
    /// What an app with client keys asks of whoever has no master key: header and key.
    client_keys: Vec<(&'static str, String)>,
}

/// Parse Server could not be asked, or said something that is no answer.
#[derive(Debug)]
pub(super) struct Unanswered {
    why: String,
    /// Whether it is Parse Server itself that fails, and not the question.
    pub(super) is_outage: bool,
}

impl std::fmt::Display for Unanswered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.why)
    }
}

impl From<reqwest::Error> for Unanswered {
    fn from(error: reqwest::Error) -> Self {
        // The address may hold what is secret, a clause or the id of a user.
        Self {
            why: excerpt(error.without_url()),
            is_outage: true,
        }
    }
}

impl Unanswered {
    fn status(status: StatusCode) -> Self {
        let why = match status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => format!(
                "status {status}: Parse Server wants another --master-key or --app-id, or this machine among its \
                 masterKeyIps, or one of its client keys (--rest-key)"
            ),
            _ => format!("status {status}"),
        };
        Self {
            why,
            is_outage: status.is_server_error(),
        }
    }

    fn error(failure: &Failure) -> Self {
        Self {
            why: format!("error {}", failure.code),
            is_outage: failure.status.is_server_error(),
        }
    }

    fn odd(what: &str) -> Self {
        Self {
            why: format!("an answer without {what}"),
            is_outage: false,
        }
    }
}

/// An error of Parse.
struct Failure {
    code: i64,
    status: StatusCode,
}

/// What was asked for, and when by Parse Server's clock.
struct Answer<T> {
    body: T,
    at: DateTime<Utc>,
}

#[derive(Deserialize)]
struct Schema {
    #[serde(rename = "classLevelPermissions")]
    permissions: Box<RawValue>,
}

impl Parse {
    /// The server that the options name, if they name one.
    pub(super) fn new(options: &Options) -> Result<Option<Self>, reqwest::Error> {
        let AccessOptions {
            parse_url,
            master_key,
            rest_key,
            key_pairs,
            parse_timeout,
            ..
        } = &options.access;
        let Some(url) = parse_url.clone() else {
            return Ok(None);
        };
        Ok(Some(Self {
            client: client(*parse_timeout)?,
            url,
            app_id: options.app_id.clone(),
            master_key: master_key.clone(),
            client_keys: key_pairs.headers(rest_key.as_deref()),
        }))
    }

    /// Whether it lets us ask what only the master key may: roles, and permissions of classes.
    pub(super) fn is_master(&self) -> bool {
        self.master_key.is_some()
    }

    /// The permissions of a class; none if there is no such class.
    pub(super) async fn permissions(
        &self,
        class_name: &str,
    ) -> Result<Option<Permissions>, Unanswered> {
        /// `INVALID_CLASS_NAME`
        const UNKNOWN: i64 = 103;
        let request = self.client.get(self.address(&["schemas", class_name]));
        match self.ask::<Schema>(request).await? {
            Ok(schema) => Ok(Some(Permissions::read(schema.body.permissions.get()))),
            Err(failure) if failure.code == UNKNOWN => Ok(None),
            Err(failure) => Err(Unanswered::error(&failure)),
        }
    }

    /// Objects of a class. What is asked for stands in the body, where it is in no log and may be long.
    fn find(&self, class: &str, mut query: Value) -> RequestBuilder {
        query["_method"] = "GET".into();
        self.client.post(self.address(&[class])).json(&query)
    }

    fn address(&self, path: &[&str]) -> Url {
        let mut url = self.url.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        url
    }

    /// The answer, or Parse's error.
    async fn ask<T: for<'de> Deserialize<'de>>(
        &self,
        request: RequestBuilder,
    ) -> Result<Result<Answer<T>, Failure>, Unanswered> {
        #[derive(Deserialize)]
        struct Error {
            code: i64,
        }
        let response = self.with_keys(request).send().await?;
        let status = response.status();
        if status == StatusCode::OK {
            return answer(response).await.map(Ok);
        }
        match response.json::<Error>().await {
            Ok(Error { code }) => Ok(Err(Failure { code, status })),
            Err(_) => Err(Unanswered::status(status)),
        }
    }

    fn with_keys(&self, request: RequestBuilder) -> RequestBuilder {
        let request = request.header("X-Parse-Application-Id", &self.app_id);
        if let Some(key) = &self.master_key {
            return request.header("X-Parse-Master-Key", key);
        }
        let keys = self.client_keys.iter();
        keys.fold(request, |request, (name, key)| request.header(*name, key))
    }
}

async fn answer<T: for<'de> Deserialize<'de>>(response: Response) -> Result<Answer<T>, Unanswered> {
    let at = clock(response.headers());
    let body = response.bytes().await?;
    match serde_json::from_slice(&body) {
        Ok(body) => Ok(Answer { body, at }),
        Err(_) => Err(Unanswered::odd("what was asked for")),
    }
}

/// The time of an answer. Clocks differ, and it is Parse Server's by which sessions end.
fn clock(headers: &HeaderMap) -> DateTime<Utc> {
    let date = headers.get(DATE).and_then(|date| date.to_str().ok());
    let date = date.and_then(|date| DateTime::parse_from_rfc2822(date).ok());
    date.map_or_else(Utc::now, |date| date.to_utc())
}

/// How long a connection is kept that nothing is asked on. Node closes it after five seconds, and what is asked at that
/// moment gets no answer.
const IDLE: Duration = Duration::from_secs(3);

/// A client that follows nobody elsewhere: it carries the master key.
fn client(patience: Duration) -> Result<Client, reqwest::Error> {
    Client::builder()
        .timeout(patience)
        .pool_idle_timeout(IDLE)
        .redirect(Policy::none())
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whoever runs the server reads it in the log.
    #[test]
    fn what_is_no_answer_names_its_remedy() {
        let said = |status| Unanswered::status(status).to_string();
        for status in [StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN] {
            assert!(said(status).contains("--master-key"), "{status}");
        }
        assert_eq!(said(StatusCode::BAD_GATEWAY), "status 502 Bad Gateway");
        assert_eq!(
            Unanswered::odd("a name").to_string(),
            "an answer without a name"
        );
    }
}
