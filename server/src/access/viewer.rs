//! A subscriber, as far as it has been found out who they are.

use std::sync::Arc;

use tokio::sync::OnceCell;

use super::answers::Known;
use super::directory::Directory;
use crate::registry::Credit;
use crate::rights::{Acl, Gate, Protected, Roles, Seer, Standing};

/// The subscriber of one event. Nothing is looked up before it is needed, and nothing twice.
pub(super) struct Viewer<'a> {
    directory: Option<&'a Directory>,
    credit: &'a Credit,
    token: Option<&'a str>,
    /// Whether Parse Server is asked for what is not remembered; otherwise there is no end of waiting for it.
    is_asking: bool,
    user: OnceCell<Known<Option<Arc<str>>>>,
    roles: OnceCell<Known<Arc<[String]>>>,
}

impl<'a> Viewer<'a> {
    /// Whoever has a session, or nobody in particular.
    pub(super) fn new(
        directory: Option<&'a Directory>,
        token: Option<&'a str>,
        credit: &'a Credit,
    ) -> Self {
        Self {
            directory,
            credit,
            token,
            is_asking: true,
            user: OnceCell::new(),
            roles: OnceCell::new(),
        }
    }

    /// The same, of whom nothing is found out that is not known already: what depends on more is never ready.
    pub(super) fn without_asking(self) -> Self {
        Self {
            is_asking: false,
            ..self
        }
    }

    /// The user; nobody in particular if there is no valid session.
    pub(super) async fn user(&self) -> Known<Option<&str>> {
        match self.known_user().await {
            Known::Known(user) => Known::Known(user.as_deref()),
            Known::Unknown => Known::Unknown,
        }
    }

    async fn known_user(&self) -> &Known<Option<Arc<str>>> {
        let ask = async || match (self.token, self.directory) {
            (None, _) => Known::Known(None),
            (Some(_), None) => Known::Unknown,
            (Some(token), Some(directory)) if self.is_asking => {
                directory.user(token, self.credit).await
            }
            (Some(token), Some(directory)) => directory.remembered_user(token).await,
        };
        self.user.get_or_init(ask).await
    }

    /// The roles of the user, if there is one.
    async fn roles(&self) -> Roles<'_> {
        let ask = async || match (self.known_user().await, self.directory) {
            (Known::Known(None), _) => Known::Known(Arc::default()),
            (Known::Known(Some(user)), Some(directory)) if self.is_asking => {
                directory.roles(user).await
            }
            (Known::Known(Some(user)), Some(directory)) => directory.remembered_roles(user).await,
            (Known::Known(Some(_)), None) | (Known::Unknown, _) => Known::Unknown,
        };
        match self.roles.get_or_init(ask).await {
            Known::Known(roles) => Roles::Known(roles),
            Known::Unknown => Roles::Unknown,
        }
    }

    /// Who looks at the protected fields of a class, as far as it matters.
    pub(super) async fn seer(&self, protected: &Protected, class_name: &str) -> Seer<'_> {
        // Users may be exempt from what is hidden of them.
        if !protected.names_anybody() && class_name != "_User" {
            return Seer::Nobody;
        }
        match self.user().await {
            Known::Known(Some(user)) if protected.names_roles() => {
                Seer::User(user, self.roles().await)
            }
            Known::Known(Some(user)) => Seer::User(user, Roles::Known(&[])),
            Known::Known(None) => Seer::Nobody,
            Known::Unknown => Seer::Unknown,
        }
    }

    /// What a gate says of the subscriber; nothing if it could not be found out who they are.
    pub(super) async fn standing(&self, gate: &Gate) -> Known<Standing> {
        if gate.is_public() || gate.is_closed() {
            return Known::Known(gate.standing(None, Roles::Unknown));
        }
        let user = match self.user().await {
            Known::Known(user) => user,
            Known::Unknown => return Known::Unknown,
        };
        let roles = match user {
            Some(user) if gate.needs_roles(user) => self.roles().await,
            _ => Roles::Known(&[]),
        };
        Known::Known(gate.standing(user, roles))
    }

    /// Whether the subscriber is on the access list of an object; one without a list is for everybody.
    pub(super) async fn is_on(&self, acl: Option<&Acl>) -> bool {
        let Some(acl) = acl.filter(|acl| !acl.is_public()) else {
            return true;
        };
        if acl.is_closed() {
            return false;
        }
        let Known::Known(Some(user)) = self.user().await else {
            return false;
        };
        acl.lets(user) || acl.lets_roles() && self.roles().await.any(|role| acl.lets(role))
    }
}
