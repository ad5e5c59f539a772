//! What is known at once of who may read a change.

use std::cell::OnceCell;
use std::collections::HashMap;

use futures_util::FutureExt;
use livematch::Outcome;

use super::sight::{Sides, lets_through, sides};
use super::{Access, session};
use crate::publication::Publication;
use crate::registry::{Readers, Sees, Subscription};
use crate::rights::Operation;

impl Access {
    /// Which sides of a change a subscriber without the master key may read, if that is known without asking Parse Server.
    pub(crate) fn known_sides(
        &self,
        publication: &Publication,
        subscription: &Subscription,
    ) -> Option<Sides> {
        let token = subscription.session_token.as_deref();
        let viewer = self.viewer(&subscription.client, token).without_asking();
        sides(&viewer, publication, subscription.scope.operation).now_or_never()
    }

    fn is_known_to_let_ask(
        &self,
        publication: &Publication,
        subscription: &Subscription,
    ) -> Option<bool> {
        if publication.permissions().protected().is_empty() {
            return Some(true);
        }
        let token = subscription.session_token.as_deref();
        let viewer = self.viewer(&subscription.client, token).without_asking();
        self.lets_ask(&viewer, publication, &subscription.scope)
            .now_or_never()
    }
}

/// Whether two subscribers without the master key may read the same sides of whichever change.
pub(crate) fn read_alike(one: &Subscription, other: &Subscription) -> bool {
    let [own, others] = [one, other].map(|of| session_of(of));
    own == others && one.scope.operation == other.scope.operation
}

fn session_of(subscription: &Subscription) -> Option<&str> {
    let of_client = subscription.client.session_token.as_deref();
    session(of_client, subscription.session_token.as_deref())
}

/// Whether a subscriber who may read these sides hears nothing of a change whose sides have these verdicts for their query.
pub(crate) fn hears_nothing(
    sides: Sides,
    outcome: Outcome,
    publication: &Publication,
    subscription: &Subscription,
) -> bool {
    let event = outcome.readable(sides.old, sides.new).event();
    !event.is_some_and(|event| lets_through(subscription, publication, event))
}

/// Who may read one change, as far as that is known without asking Parse Server. Each session is looked up once.
pub(crate) struct KnownReaders<'a> {
    access: &'a Access,
    publication: &'a Publication,
    get: Known,
    find: Known,
}

/// What is known for one operation.
#[derive(Default)]
struct Known {
    /// Of who has no session.
    nobody: OnceCell<Option<Sides>>,
    sessions: HashMap<Box<str>, Option<Sides>>,
}

impl<'a> KnownReaders<'a> {
    pub(crate) fn new(access: &'a Access, publication: &'a Publication) -> Self {
        Self {
            access,
            publication,
            get: Known::default(),
            find: Known::default(),
        }
    }

    fn sides(&mut self, subscription: &Subscription) -> Option<Sides> {
        let known = match subscription.scope.operation {
            Operation::Get => &mut self.get,
            Operation::Find => &mut self.find,
        };
        let look = || self.access.known_sides(self.publication, subscription);
        let Some(session) = session_of(subscription) else {
            return *known.nobody.get_or_init(look);
        };
        if let Some(sides) = known.sessions.get(session) {
            return *sides;
        }
        let sides = look();
        known.sessions.insert(session.into(), sides);
        sides
    }
}

impl Readers for KnownReaders<'_> {
    fn sees(&mut self, subscription: &Subscription) -> Sees {
        if subscription.client.is_master {
            return Sees::All;
        }
        let (access, publication) = (self.access, self.publication);
        match self.sides(subscription) {
            None => Sees::InDoubt,
            Some(sides) if !sides.is_any() => Sees::Nothing,
            Some(sides) => match access.is_known_to_let_ask(publication, subscription) {
                Some(false) => Sees::Nothing,
                Some(true) if sides.are_all_of(publication) => Sees::All,
                Some(true) | None => Sees::InDoubt,
            },
        }
    }
}
