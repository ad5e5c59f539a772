//! Who answers for what a client holds.

use std::sync::Arc;

use futures_util::FutureExt;

use super::Access;
use super::answers::Known;
use super::directory::may_be_token;
use super::session;
use crate::accounting::{Member, Owner, Owners};

impl Access {
    /// Has whoever a client is known to be of answer for what it holds, given its session and that of a subscription.
    ///
    /// Parse Server is not asked for it: whose a session is is known once an event or a permission depends on it.
    pub(crate) fn settle_owner(
        &self,
        owners: &Arc<Owners>,
        member: &Member,
        of_client: Option<&str>,
        own: Option<&str>,
    ) {
        if let Some(owner) = session(of_client, own).and_then(|token| self.owner_of(token)) {
            member.join(owners, owner);
        }
    }

    /// Whose clients those are that bring a session. One that is not valid is nobody's.
    fn owner_of(&self, token: &str) -> Option<Owner> {
        let of_session = || may_be_token(token).then(|| Owner::Session(token.into()));
        let Some(directory) = &self.directory else {
            return of_session();
        };
        match directory.remembered_user(token).now_or_never() {
            Some(Known::Known(user)) => user.map(Owner::User),
            Some(Known::Unknown) | None => of_session(),
        }
    }
}
