//! Parse Server's REST API: who a session belongs to, the roles of a user, the permissions of a class.

use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, StatusCode, Url};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tokio::sync::Semaphore;

use crate::options::{AccessOptions, Options};
use crate::rights::Permissions;

/// How many requests may be under way at once. More would only wait at Parse Server instead.
const REQUESTS: usize = 32;

/// How many roles are asked for at a time.
const PAGE: usize = 1_000;

/// Parse Server, as seen over REST.
pub(crate) struct Parse {
    client: Client,
    url: Url,
    app_id: String,
    rest_key: Option<String>,
    master_key: Option<String>,
    permits: Semaphore,
}

/// Parse Server could not be asked, or said something that is no answer.
#[derive(Debug)]
pub(crate) struct Unanswered(String);

impl std::fmt::Display for Unanswered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<reqwest::Error> for Unanswered {
    fn from(error: reqwest::Error) -> Self {
        // The address may hold what is secret, a clause or the id of a user.
        Self(error.without_url().to_string().chars().take(200).collect())
    }
}

#[derive(Deserialize)]
struct Failure {
    code: i64,
}

#[derive(Deserialize)]
struct User {
    #[serde(rename = "objectId")]
    id: String,
}

#[derive(Deserialize)]
struct Role {
    #[serde(rename = "objectId")]
    id: String,
    name: String,
}

#[derive(Deserialize)]
struct Roles {
    results: Vec<Role>,
}

#[derive(Deserialize)]
struct Schema {
    #[serde(default, rename = "classLevelPermissions")]
    permissions: Map<String, Value>,
}

impl Parse {
    /// The server that the options name, if they name one.
    pub(crate) fn new(options: &Options) -> Result<Option<Self>, reqwest::Error> {
        let AccessOptions {
            parse_url,
            master_key,
            rest_key,
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
            rest_key: rest_key.clone(),
            master_key: master_key.clone(),
            permits: Semaphore::new(REQUESTS),
        }))
    }

    /// Whether it lets us ask what only the master key may: roles, and permissions of classes.
    pub(crate) fn is_master(&self) -> bool {
        self.master_key.is_some()
    }

    /// The id of the user to whom a session belongs, if it is valid.
    pub(crate) async fn user(&self, token: &str) -> Result<Option<String>, Unanswered> {
        /// `INVALID_SESSION_TOKEN`
        const INVALID: i64 = 209;
        let request = self
            .get(&["users", "me"])
            .header("X-Parse-Session-Token", token);
        match self.ask::<User>(request).await? {
            // Such an id would pass for a role.
            Ok(user) => Ok(Some(user.id).filter(|id| !id.starts_with("role:"))),
            Err(INVALID) => Ok(None),
            Err(code) => Err(Unanswered(format!("error {code}"))),
        }
    }

    /// The roles of a user, those that inherit included, each as `role:` and its name.
    pub(crate) async fn roles(&self, user: &str) -> Result<Vec<String>, Unanswered> {
        let mut clause = json!({"users": pointer("_User", user)});
        let mut found: Vec<Role> = Vec::new();
        loop {
            let roles = self.roles_where(&clause).await?;
            let is_new = |role: &Role| found.iter().all(|known| known.id != role.id);
            // Roles may contain each other in a circle.
            let new: Vec<_> = roles.into_iter().filter(is_new).collect();
            if new.is_empty() {
                break;
            }
            let parents: Vec<_> = new.iter().map(|role| pointer("_Role", &role.id)).collect();
            clause = json!({"roles": {"$in": parents}});
            found.extend(new);
        }
        Ok(found
            .into_iter()
            .map(|role| format!("role:{}", role.name))
            .collect())
    }

    async fn roles_where(&self, clause: &Value) -> Result<Vec<Role>, Unanswered> {
        let mut found: Vec<Role> = Vec::new();
        loop {
            let mut clause = clause.clone();
            if let Some(last) = found.last() {
                clause["objectId"] = json!({"$gt": last.id});
            }
            let query = [
                ("where", clause.to_string()),
                ("order", "objectId".to_owned()),
                ("limit", PAGE.to_string()),
                ("keys", "name".to_owned()),
            ];
            let request = self.as_master(self.get(&["roles"]).query(&query));
            let page = match self.ask::<Roles>(request).await? {
                Ok(page) => page.results,
                Err(code) => return Err(Unanswered(format!("error {code}"))),
            };
            let is_last = page.len() < PAGE;
            found.extend(page);
            if is_last {
                return Ok(found);
            }
        }
    }

    /// The permissions of a class; none if there is no such class.
    pub(crate) async fn permissions(
        &self,
        class_name: &str,
    ) -> Result<Option<Permissions>, Unanswered> {
        /// `INVALID_CLASS_NAME`
        const UNKNOWN: i64 = 103;
        let request = self.as_master(self.get(&["schemas", class_name]));
        match self.ask::<Schema>(request).await? {
            Ok(schema) => Ok(Some(schema.permissions.into())),
            Err(UNKNOWN) => Ok(None),
            Err(code) => Err(Unanswered(format!("error {code}"))),
        }
    }

    fn get(&self, path: &[&str]) -> RequestBuilder {
        let mut url = self.url.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        let request = self
            .client
            .get(url)
            .header("X-Parse-Application-Id", &self.app_id);
        match &self.rest_key {
            Some(key) => request.header("X-Parse-REST-API-Key", key),
            None => request,
        }
    }

    fn as_master(&self, request: RequestBuilder) -> RequestBuilder {
        match &self.master_key {
            Some(key) => request.header("X-Parse-Master-Key", key),
            None => request,
        }
    }

    /// The answer, or the code of Parse's error.
    async fn ask<T: for<'de> Deserialize<'de>>(
        &self,
        request: RequestBuilder,
    ) -> Result<Result<T, i64>, Unanswered> {
        let _permit = self.permits.acquire().await;
        let response = request.send().await?;
        if response.status() == StatusCode::OK {
            return Ok(Ok(response.json().await?));
        }
        let status = response.status();
        match response.json::<Failure>().await {
            Ok(failure) => Ok(Err(failure.code)),
            Err(_) => Err(Unanswered(format!("status {status}"))),
        }
    }
}

/// A client that follows nobody elsewhere: it carries the master key.
fn client(patience: Duration) -> Result<Client, reqwest::Error> {
    Client::builder()
        .timeout(patience)
        .redirect(Policy::none())
        .build()
}

fn pointer(class_name: &str, id: &str) -> Value {
    json!({"__type": "Pointer", "className": class_name, "objectId": id})
}
