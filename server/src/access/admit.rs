//! Whether a client may subscribe.

use std::sync::Arc;

use super::Access;
use super::directory::Known;
use super::viewer::Viewer;
use crate::protocol::{Refusal, Subscribe, code};
use crate::registry::Client;
use crate::rights::{Operation, Permissions, Scope, Standing};

impl Access {
    /// Whether a client may subscribe; and the user whose sessions alone it may hear of, if that is all it may.
    pub(crate) async fn admit(
        &self,
        client: &Client,
        request: &Subscribe,
        scope: &Scope,
    ) -> Result<Option<Arc<str>>, Refusal> {
        if client.is_master {
            return Ok(None);
        }
        let viewer = self.viewer(client, request.session_token.as_deref());
        let sessions_of = if request.class_name == "_Session" {
            let user = viewer.user_or_client().await;
            Some(user.ok_or_else(|| no_session(request))?)
        } else {
            None
        };
        if let Some(permissions) = self.permissions(&request.class_name).await {
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
        if permissions.is_open(Operation::Find) && !permissions.protects() {
            return Ok(());
        }
        let user = viewer.user_or_client().await;
        let user = user.as_deref();
        let denied = |code| Err(Refusal::denied(code, request.id));
        // Whatever the clause is, Parse Server takes this for looking for objects, as it does not when a change comes.
        match permissions.standing(Operation::Find, user) {
            Standing::NeedsUser => return denied(code::NOT_FOUND),
            Standing::Closed => return denied(code::FORBIDDEN),
            Standing::Open | Standing::Pointed => {}
        }
        let hidden = self.protected(permissions, &request.class_name, scope, user, &[]);
        if scope.looks_at(&hidden) {
            return denied(code::FORBIDDEN);
        }
        Ok(())
    }

    /// The permissions of a class, if they can be found out before a change brings them along.
    async fn permissions(&self, class_name: &str) -> Option<Arc<Permissions>> {
        match self.directory.as_ref()?.permissions(class_name).await {
            Known::Known(permissions) => permissions,
            Known::Unknown => None,
        }
    }
}

fn no_session(request: &Subscribe) -> Refusal {
    Refusal::new(
        code::INVALID_SESSION,
        "Invalid session token",
        Some(request.id),
    )
}
