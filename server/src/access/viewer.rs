//! A subscriber, as far as it has been found out who they are.

use std::sync::Arc;

use serde_json::Value;
use tokio::sync::OnceCell;

use super::directory::Directory;
use crate::rights::{Acl, is_truthy};

/// The subscriber of one event. Nothing is looked up before it is needed, and nothing twice.
pub(super) struct Viewer<'a> {
    directory: Option<&'a Directory>,
    /// The session that came with the subscription.
    own: Session<'a>,
    /// The session with which the client connected.
    client: Session<'a>,
}

/// A session token, and what has been found out about it.
struct Session<'a> {
    token: Option<&'a str>,
    user: OnceCell<Option<Arc<str>>>,
    roles: OnceCell<Option<Arc<[String]>>>,
}

impl<'a> Viewer<'a> {
    pub(super) fn new(
        directory: Option<&'a Directory>,
        own: Option<&'a str>,
        client: Option<&'a str>,
    ) -> Self {
        let session = |token| Session {
            token,
            user: OnceCell::new(),
            roles: OnceCell::new(),
        };
        Self {
            directory,
            own: session(own),
            // The same session need not be asked twice.
            client: session(client.filter(|_| client != own)),
        }
    }

    /// The user whose session came with the subscription.
    pub(super) async fn user(&self) -> Option<Arc<str>> {
        self.own.user(self.directory).await
    }

    /// The user of the subscription, or of the client if it brought no session.
    pub(super) async fn user_or_client(&self) -> Option<Arc<str>> {
        match self.own.token {
            Some(_) => self.own.user(self.directory).await,
            None => self.client.user(self.directory).await,
        }
    }

    /// The roles of that user, if an access list made us look them up.
    ///
    /// Parse Server lifts the protection of fields for roles only then, and so no earlier here.
    pub(super) fn roles(&self) -> &[String] {
        let roles = self.own.roles.get().and_then(Option::as_deref);
        roles.unwrap_or_default()
    }

    /// Whether the subscriber may read an object.
    pub(super) async fn may_read(&self, acl: Option<&Acl>) -> bool {
        let Some(acl) = acl.filter(|acl| !acl.is_public()) else {
            return true;
        };
        self.own.is_in(acl, self.directory).await || self.client.is_in(acl, self.directory).await
    }
}

impl Session<'_> {
    async fn user(&self, directory: Option<&Directory>) -> Option<Arc<str>> {
        let (directory, token) = (directory?, self.token?);
        let ask = async || directory.user(token).await.known().flatten();
        self.user.get_or_init(ask).await.clone()
    }

    async fn is_in(&self, acl: &Acl, directory: Option<&Directory>) -> bool {
        let Some(user) = self.user(directory).await else {
            return false;
        };
        if acl.lets(&user) {
            return true;
        }
        let (Some(directory), true) = (directory, acl.names_roles()) else {
            return false;
        };
        let ask = async || directory.roles(&user).await.known();
        let roles = self.roles.get_or_init(ask).await;
        roles
            .as_deref()
            .unwrap_or_default()
            .iter()
            .any(|role| acl.lets(role))
    }
}

/// Whether the value of a field points to a user, by itself or in a list.
pub(super) fn points_to(value: &Value, user: &str) -> bool {
    let Value::Array(items) = value else {
        return is_about(value, user);
    };
    // Parse Server stumbles over null, and sends nothing.
    let mut items = items.iter().take_while(|item| !item.is_null());
    items.any(|item| is_about(item, user))
}

fn is_about(value: &Value, user: &str) -> bool {
    // A plain object that has an id is as good as a pointer to Parse Server, and its `id` goes first.
    let is_pointer = matches!(value["__type"].as_str(), Some("Pointer" | "Object"));
    let id = Some(&value["id"]).filter(|id| !is_pointer && is_truthy(id));
    id.unwrap_or(&value["objectId"]).as_str() == Some(user)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn pointers_in_a_field() {
        let pointer = json!({"__type": "Pointer", "className": "_User", "objectId": "u"});
        assert!(points_to(&pointer, "u"));
        assert!(points_to(&json!([1, pointer, null]), "u"));
        assert!(!points_to(&json!([null, pointer]), "u"));
        assert!(points_to(&json!({"id": "u", "objectId": "v"}), "u"));
        assert!(!points_to(
            &json!({"__type": "Object", "id": "u", "objectId": "v"}),
            "u"
        ));
        for other in [
            json!(null),
            json!("u"),
            json!([]),
            json!([["u"]]),
            json!({"objectId": "v"}),
        ] {
            assert!(!points_to(&other, "u"), "{other}");
        }
    }
}
