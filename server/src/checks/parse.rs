//! Whether Parse Server answers what it will be asked.

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Client, StatusCode, Url};
use serde_json::Value;

use crate::options::Options;

const APP_ID: HeaderName = HeaderName::from_static("x-parse-application-id");
const MASTER_KEY: HeaderName = HeaderName::from_static("x-parse-master-key");
const SESSION: HeaderName = HeaderName::from_static("x-parse-session-token");

/// What Parse Server says of a session that nobody has, if it answers at all.
const INVALID_SESSION: i64 = 209;

/// Parse Server, as the options name it.
pub(super) struct ParseServer {
    client: Client,
    url: Url,
    app_id: String,
    /// Of clients, and the REST key, each with its header: an app that has some wants one of them.
    client_keys: Vec<(&'static str, String)>,
    master_key: Option<String>,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Finding {
    /// It answers what it will be asked.
    Good,
    /// It cannot be reached, or is not ready.
    Away(String),
    /// It does not answer, and will not before something is changed.
    Wrong(String),
}

/// An answer, as far as it matters here.
struct Answer {
    status: StatusCode,
    body: Value,
}

impl Answer {
    fn says(&self, words: &str) -> bool {
        self.body["error"]
            .as_str()
            .is_some_and(|error| error.contains(words))
    }
}

impl ParseServer {
    /// The server that the options name, if they name one.
    pub(super) fn new(options: &Options) -> Result<Option<Self>, reqwest::Error> {
        let access = &options.access;
        let Some(url) = access.parse_url.clone() else {
            return Ok(None);
        };
        // It is followed nowhere else: the requests carry the master key. No connection is used twice, as Parse Server closes one on which
        // it has refused the master key, after having said that it would not.
        let client = Client::builder()
            .user_agent("livematch-server (check)")
            .timeout(access.parse_timeout)
            .redirect(Policy::none())
            .pool_max_idle_per_host(0)
            .build()?;
        Ok(Some(Self {
            client,
            url,
            app_id: options.app_id.clone(),
            client_keys: access.key_pairs.headers(access.rest_key.as_deref()),
            master_key: access.master_key.clone(),
        }))
    }

    /// Whether it is asked with the master key.
    pub(super) fn is_master(&self) -> bool {
        self.master_key.is_some()
    }

    /// Where it is, without what may be secret.
    pub(super) fn place(&self) -> String {
        let mut url = self.url.clone();
        // They fail only for an address that has no host.
        let _ = url.set_username("");
        let _ = url.set_password(None);
        url.set_query(None);
        url.into()
    }

    /// Finds out whether it answers what it will be asked.
    pub(super) async fn check(&self) -> Finding {
        match self.find().await {
            Ok(finding) => finding,
            Err(error) => Finding::Away(away(&error)),
        }
    }

    async fn find(&self) -> Result<Finding, reqwest::Error> {
        let health = self.get(&["health"], &[]).await?;
        let Some(status) = health.body["status"].as_str() else {
            return Ok(Finding::Wrong(format!(
                "there is no Parse Server under this address (status {}): --parse-url needs the path too on which it is mounted, as in \
                 http://127.0.0.1:1337/parse",
                health.status
            )));
        };
        if status != "ok" {
            return Ok(Finding::Away(format!("it says of itself: {status}")));
        }
        match &self.master_key {
            Some(key) => self.find_as_master(key).await,
            None => self.find_as_client().await,
        }
    }

    async fn find_as_master(&self, key: &str) -> Result<Finding, reqwest::Error> {
        let answer = self.get(&["serverInfo"], &[(MASTER_KEY, key)]).await?;
        if answer.status.is_success() {
            return Ok(Finding::Good);
        }
        if answer.status.is_server_error() {
            return Ok(Finding::Away(format!("status {}", answer.status)));
        }
        // It knows the app, and takes the request for one without the master key.
        if answer.says("Permission denied") || answer.says("master key is required") {
            return Ok(Finding::Wrong(
                "--master-key is not the masterKey of the app".into(),
            ));
        }
        let is_known = self.find_as_client().await? == Finding::Good;
        Ok(Finding::Wrong(if is_known {
            "it does not take the master key from this machine: the option masterKeyIps of Parse Server has to contain its address".into()
        } else {
            "--app-id is not the appId of the app, or --master-key not its masterKey".into()
        }))
    }

    async fn find_as_client(&self) -> Result<Finding, reqwest::Error> {
        let answer = self.get(&["users", "me"], &[(SESSION, "r:0")]).await?;
        if answer.body["code"].as_i64() == Some(INVALID_SESSION) {
            return Ok(Finding::Good);
        }
        if answer.status.is_server_error() {
            return Ok(Finding::Away(format!("status {}", answer.status)));
        }
        Ok(Finding::Wrong(
            "--app-id is not the appId of the app, or the app wants one of its client keys (--key-pairs, --rest-key)".into(),
        ))
    }

    async fn get(
        &self,
        path: &[&str],
        more: &[(HeaderName, &str)],
    ) -> Result<Answer, reqwest::Error> {
        self.ask(self.address(path), more).await
    }

    fn address(&self, path: &[&str]) -> Url {
        let mut url = self.url.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        url
    }

    async fn ask(&self, url: Url, more: &[(HeaderName, &str)]) -> Result<Answer, reqwest::Error> {
        let keys = self.client_keys.iter();
        let keys = keys.map(|(name, key)| (HeaderName::try_from(*name), key.as_str()));
        let own = [(APP_ID, self.app_id.as_str())].into_iter();
        let own = own.chain(more.iter().cloned());
        let pairs = own.map(|(name, key)| (Ok(name), key)).chain(keys);
        // A key that no header can hold is no key of the app either.
        let headers: HeaderMap = pairs
            .filter_map(|(name, key)| Some((name.ok()?, HeaderValue::from_str(key).ok()?)))
            .collect();
        let response = self.client.get(url).headers(headers).send().await?;
        let status = response.status();
        let body = response.json().await.unwrap_or_default();
        Ok(Answer { status, body })
    }
}

/// What is wrong, down to what the system says: the error itself names only the address.
fn away(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    format!("{cause} (--parse-url)")
}
