//! Who may see what: nothing is sent that Parse Server would withhold.

mod admit;
mod directory;
mod parse;
mod sight;
mod viewer;

use std::sync::Arc;

pub(crate) use self::sight::Sight;

use self::directory::Directory;
use self::parse::Parse;
use self::viewer::Viewer;
use crate::metrics::Metrics;
use crate::options::Options;
use crate::registry::Client;
use crate::rights::{Keys, Permissions, Scope};

/// Decides who may connect, subscribe, and see.
pub(crate) struct Access {
    keys: Keys,
    directory: Option<Directory>,
    /// Whether users see the protected fields of their own object.
    is_owner_exempt: bool,
}

impl Access {
    pub(crate) fn new(options: &Options, metrics: &Arc<Metrics>) -> Result<Self, reqwest::Error> {
        let directory = |parse| Directory::new(parse, &options.access, Arc::clone(metrics));
        let keys = options.access.key_pairs.clone();
        Ok(Self {
            keys: keys.with_master(options.access.master_key.clone()),
            directory: Parse::new(options)?.map(directory),
            is_owner_exempt: options.access.protected_fields_owner_exempt,
        })
    }

    /// Which keys let a client in.
    pub(crate) fn keys(&self) -> &Keys {
        &self.keys
    }

    /// Forgets what may have changed when the roles of a user did.
    pub(crate) fn forget(&self, user: &str) {
        if let Some(directory) = &self.directory {
            directory.forget(user);
        }
    }

    /// Who looks, by the session of a subscription and that of its client.
    fn viewer<'a>(&'a self, client: &'a Client, own: Option<&'a str>) -> Viewer<'a> {
        let directory = self.directory.as_ref();
        Viewer::new(directory, own, client.session_token.as_deref())
    }

    /// The fields that are hidden from a user. Who asks for themselves by their id sees all of theirs.
    fn protected<'a>(
        &self,
        permissions: &'a Permissions,
        class_name: &str,
        scope: &Scope,
        user: Option<&str>,
        roles: &[String],
    ) -> Vec<&'a str> {
        let asks_for_themselves = user.is_some() && scope.object_id.as_deref() == user;
        if self.is_owner_exempt && class_name == "_User" && asks_for_themselves {
            return Vec::new();
        }
        permissions.protected(user, roles)
    }
}
