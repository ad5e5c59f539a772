//! Whether a client may subscribe.

use std::sync::Arc;

use super::Access;
use super::answers::Known;
use super::viewer::Viewer;
use crate::protocol::{Refusal, Subscribe, code};
use crate::registry::Client;
use crate::rights::{Operation, Permissions, Scope, Standing, is_for_clients};

/// The class of sessions, of which everybody hears of their own only.
const SESSIONS: &str = "_Session";

impl Access {
    /// Whether a client may subscribe; and the user whose sessions alone it may hear of, if that is all it may.
    ///
    /// What cannot be found out now is no reason to refuse: it is weighed once more with every change.
    pub(crate) async fn admit(
        &self,
        client: &Client,
        request: &Subscribe,
        scope: &Scope,
    ) -> Result<Option<Arc<str>>, Refusal> {
        if client.is_master {
            return Ok(None);
        }
        if !is_for_clients(&request.class_name, scope.operation) {
            return Err(Refusal::denied(code::FORBIDDEN, request.id));
        }
        let viewer = self.viewer(client, request.session_token.as_deref());
        let sessions_of = match &*request.class_name {
            SESSIONS => Some(self.owner(&viewer, request).await?),
            _ => None,
        };
        if let Some(permissions) = self.permissions(client, &request.class_name).await {
            self.check(&viewer, &permissions, request, scope).await?;
        }
        Ok(sessions_of)
    }

    /// Whether the permissions of the class let somebody ask what they ask.
    async fn check(
        &self,
        viewer: &Viewer<'_>,
        permissions: &Permissions,
        request: &Subscribe,
        scope: &Scope,
    ) -> Result<(), Refusal> {
        let denied = |code| Err(Refusal::denied(code, request.id));
        let operation = match &*request.class_name {
            // Whoever reads a session by its id looks for it among their own.
            SESSIONS => Operation::Find,
            _ => scope.operation,
        };
        match viewer.standing(permissions.gate(operation)).await {
            Known::Known(Standing::NeedsUser) => return denied(code::NOT_FOUND),
            Known::Known(Standing::Closed) => return denied(code::FORBIDDEN),
            // No object points to nobody: looking for one finds none, and getting one fails.
            Known::Known(Standing::Pointed) if operation == Operation::Get => {
                if viewer.user().await == Known::Known(None) {
                    return denied(code::NOT_FOUND);
                }
            }
            Known::Known(Standing::Open | Standing::Pointed) | Known::Unknown => {}
        }
        let seer = viewer
            .seer(permissions.protected(), &request.class_name)
            .await;
        let hidden = self.hidden(permissions, &request.class_name, scope, seer);
        if seer.is_known() && scope.looks_at(&hidden) {
            return denied(code::FORBIDDEN);
        }
        Ok(())
    }

    /// The user whose sessions are asked for.
    async fn owner(&self, viewer: &Viewer<'_>, request: &Subscribe) -> Result<Arc<str>, Refusal> {
        let (code, error) = match viewer.user().await {
            Known::Known(Some(user)) => return Ok(user.into()),
            Known::Unknown if self.directory.is_some() => (
                code::UNAVAILABLE,
                "It could not be found out whose session this is",
            ),
            Known::Known(None) | Known::Unknown => (code::INVALID_SESSION, "Invalid session token"),
        };
        Err(Refusal::new(code, error, Some(request.id)))
    }

    /// The permissions of a class, if they can be found out before a change brings them along.
    async fn permissions(&self, client: &Client, class_name: &str) -> Option<Arc<Permissions>> {
        let directory = self.directory.as_ref()?;
        match directory.permissions(class_name, &client.credit).await {
            Known::Known(permissions) => permissions,
            Known::Unknown => None,
        }
    }
}
