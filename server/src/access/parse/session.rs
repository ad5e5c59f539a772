//! Whose a session is.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::json;

use super::{Parse, Unanswered};

/// A valid session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::access) struct Session {
    /// The id of the user to whom it belongs.
    pub(in crate::access) user: Arc<str>,
    /// How long it lasts from now on, if it ends by itself.
    pub(in crate::access) lasts: Option<Duration>,
}

#[derive(Deserialize)]
struct Found {
    results: Vec<Record>,
}

/// A session as Parse Server keeps it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    /// None if the user has been deleted.
    user: Option<User>,
    expires_at: Option<Date>,
}

#[derive(Deserialize)]
struct User {
    #[serde(rename = "objectId")]
    id: String,
}

#[derive(Deserialize)]
struct Date {
    iso: DateTime<Utc>,
}

impl Parse {
    /// The session of a token; none if it is not valid.
    pub(in crate::access) async fn session(
        &self,
        token: &str,
    ) -> Result<Option<Session>, Unanswered> {
        if self.is_master() {
            self.session_as_master(token).await
        } else {
            self.session_as_client(token).await
        }
    }

    /// Looks among the sessions, as Parse Server itself does.
    ///
    /// `users/me` would accept the master key in place of a client key, but then it tells the user of a session that
    /// has expired.
    async fn session_as_master(&self, token: &str) -> Result<Option<Session>, Unanswered> {
        let query = json!({
            "where": {"sessionToken": token},
            "include": "user",
            "keys": "user.objectId,expiresAt",
            "limit": 1,
        });
        let answer = match self.ask::<Found>(self.find("sessions", query)).await? {
            Ok(answer) => answer,
            Err(failure) => return Err(Unanswered::error(&failure)),
        };
        let record = answer.body.results.into_iter().next();
        Ok(record.and_then(|record| record.valid(answer.at)))
    }

    async fn session_as_client(&self, token: &str) -> Result<Option<Session>, Unanswered> {
        /// `INVALID_SESSION_TOKEN`
        const INVALID: i64 = 209;
        let request = self.client.get(self.address(&["users", "me"]));
        let request = request.header("X-Parse-Session-Token", token);
        match self.ask::<User>(request).await? {
            Ok(answer) => Ok(Session::new(answer.body, None)),
            Err(failure) if failure.code == INVALID => Ok(None),
            Err(failure) => Err(Unanswered::error(&failure)),
        }
    }
}

impl Record {
    /// The session, unless it has ended.
    fn valid(self, now: DateTime<Utc>) -> Option<Session> {
        let lasts = match self.expires_at {
            Some(Date { iso }) => Some(iso.signed_duration_since(now).to_std().ok()?),
            None => None,
        };
        Session::new(self.user?, lasts)
    }
}

impl Session {
    fn new(user: User, lasts: Option<Duration>) -> Option<Self> {
        // Such an id would pass for a role, or for everybody.
        let is_odd = user.id.starts_with("role:") || user.id == "*" || user.id.is_empty();
        (!is_odd).then(|| Self {
            user: user.id.into(),
            lasts,
        })
    }
}
