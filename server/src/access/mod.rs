//! Who may see what: nothing is sent that Parse Server's REST API would not show.

mod admit;
mod answers;
mod circuit;
mod counter;
mod directory;
mod owner;
mod parse;
mod readers;
mod sight;
mod viewer;

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::Arc;

use tokio::sync::Notify;

pub(crate) use self::readers::{KnownReaders, hears_nothing, read_alike};
pub(crate) use self::sight::{Shown, Sides, Sight};

use self::directory::Directory;
use self::parse::Parse;
use self::viewer::Viewer;
use crate::accounting::Ledger;
use crate::dialects::Fields;
use crate::metrics::Metrics;
use crate::options::Options;
use crate::registry::Client;
use crate::rights::{Keys, Permissions, Scope, Seer};

/// Decides who may connect, subscribe, and see.
pub(crate) struct Access {
    keys: Keys,
    directory: Option<Directory>,
    /// Tells who asks for the schemas of classes that they may have changed.
    schemas: Notify,
    /// Whether users see the protected fields of their own object.
    is_owner_exempt: bool,
}

impl Access {
    /// Has accounts kept of what it remembers.
    pub(crate) fn new(
        options: &Options,
        ledger: &Arc<Ledger>,
        metrics: &Arc<Metrics>,
    ) -> Result<Self, reqwest::Error> {
        let directory = |parse| Directory::new(parse, &options.access, ledger, Arc::clone(metrics));
        let keys = options.access.key_pairs.clone();
        Ok(Self {
            keys: keys.with_master(options.access.master_key.clone()),
            directory: Parse::new(options)?.map(directory),
            schemas: Notify::new(),
            is_owner_exempt: options.access.protected_fields_owner_exempt,
        })
    }

    /// Which keys let a client in.
    pub(crate) fn keys(&self) -> &Keys {
        &self.keys
    }

    /// What the fields of all classes hold; nothing if Parse Server does not say.
    pub(crate) async fn schemas(&self) -> Option<HashMap<Box<str>, Fields>> {
        self.directory.as_ref()?.schemas().await
    }

    /// Whether that may be asked at all.
    pub(crate) fn may_ask_schemas(&self) -> bool {
        (self.directory.as_ref()).is_some_and(Directory::is_master)
    }

    /// Is ready when Parse Server has told to forget what it said.
    pub(crate) async fn told_to_forget(&self) {
        self.schemas.notified().await;
    }

    /// Forgets what may have changed when the roles of a user did.
    pub(crate) fn forget(&self, user: &str) {
        self.schemas.notify_one();
        if let Some(directory) = &self.directory {
            directory.forget(user);
        }
    }

    /// Who looks: the user of the subscription's session, or of the client's if it brought none.
    ///
    /// It is one of them and never both: where one may read an object and the other a field of it, neither could have
    /// read that field.
    fn viewer<'a>(&'a self, client: &'a Client, own: Option<&'a str>) -> Viewer<'a> {
        let token = session(client.session_token.as_deref(), own);
        Viewer::new(self.directory.as_ref(), token, &client.credit)
    }

    /// The fields that are hidden from somebody. Who asks for themselves by their id sees all of theirs.
    fn hidden<'a>(
        &self,
        permissions: &'a Permissions,
        class_name: &str,
        scope: &Scope,
        seer: Seer<'_>,
    ) -> Vec<&'a str> {
        let asks_for_themselves = || match seer {
            Seer::User(user, _) => scope.object_id.as_deref() == Some(user),
            Seer::Nobody | Seer::Unknown => false,
        };
        if self.is_owner_exempt && class_name == "_User" && asks_for_themselves() {
            return Vec::new();
        }
        permissions.protected().hidden_from(seer)
    }
}

/// The session that counts, if there is one.
fn session<'a>(of_client: Option<&'a str>, own: Option<&'a str>) -> Option<&'a str> {
    // iOS says that there is no session with an empty one.
    let is_one = |token: &&str| !token.is_empty();
    own.filter(is_one).or(of_client.filter(is_one))
}
