//! What a subscriber sees of a change.

use livematch::{Event, Outcome, Verdict, Watch};

use super::Access;
use super::viewer::{Viewer, points_to};
use crate::publication::{Cut, Publication, Side};
use crate::registry::Subscription;
use crate::rights::Standing;

/// An event as it may be sent.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Sight {
    pub(crate) event: Event,
    pub(crate) object: Side,
    pub(crate) original: Option<Side>,
    pub(crate) cut: Cut,
}

impl Access {
    /// What a subscriber sees of a change whose two sides have these verdicts for their query.
    ///
    /// Nothing is said of what is withheld, not even that it is: Parse Server complains of a closed class at every
    /// change, but a complaint at the changes that match would tell that they do.
    pub(crate) async fn sight(
        &self,
        publication: &Publication,
        subscription: &Subscription,
        outcome: Outcome,
    ) -> Option<Sight> {
        let client = &subscription.client;
        if client.is_master {
            return publication.sight_of_all(subscription, outcome);
        }
        let viewer = self.viewer(client, subscription.session_token.as_deref());
        if !is_open(&viewer, publication, subscription).await {
            return None;
        }
        let mut sight = name_event(&viewer, publication, outcome).await?;
        if !lets_through(subscription, publication, sight.event) {
            return None;
        }
        sight.cut = self.cut(&viewer, publication, subscription).await?;
        Some(sight)
    }

    /// What is left out of the object: fields that were not asked for, and protected ones.
    async fn cut(
        &self,
        viewer: &Viewer<'_>,
        publication: &Publication,
        subscription: &Subscription,
    ) -> Option<Cut> {
        let cut = Cut::new(subscription.keys.clone());
        if !publication.permissions().protects() {
            return Some(cut);
        }
        if self
            .asks_for_protected(viewer, publication, subscription)
            .await
        {
            return None;
        }
        let user = viewer.user().await;
        let user = user.as_deref();
        let class_name = publication.change().class_name();
        let is_their_own = user.is_some() && publication.object_id() == user;
        if self.is_owner_exempt && class_name == "_User" && is_their_own {
            return Some(cut);
        }
        let (permissions, scope) = (publication.permissions(), &subscription.scope);
        let hidden = self.protected(permissions, class_name, scope, user, viewer.roles());
        Some(cut.without(&hidden))
    }

    /// Whether an event would tell what a field holds that the subscriber may not ask for.
    ///
    /// Parse Server refuses such a clause when it is subscribed to; permissions may have changed since, or could not be
    /// found out then. They are weighed as they are there: by either session, and without roles.
    async fn asks_for_protected(
        &self,
        viewer: &Viewer<'_>,
        publication: &Publication,
        subscription: &Subscription,
    ) -> bool {
        let class_name = publication.change().class_name();
        let (permissions, scope) = (publication.permissions(), &subscription.scope);
        let user = viewer.user_or_client().await;
        let hidden = self.protected(permissions, class_name, scope, user.as_deref(), &[]);
        scope.looks_at(&hidden)
    }
}

impl Publication {
    /// What somebody sees from whom nothing is hidden.
    fn sight_of_all(&self, subscription: &Subscription, outcome: Outcome) -> Option<Sight> {
        let event = outcome.event()?;
        if !lets_through(subscription, self, event) {
            return None;
        }
        let (object, original) = match event {
            Event::Create => (Side::New, None),
            Event::Delete => (Side::Old, None),
            Event::Enter | Event::Update | Event::Leave => (Side::New, Some(Side::Old)),
        };
        let cut = Cut::new(subscription.keys.clone());
        Some(Sight {
            event,
            object,
            original,
            cut,
        })
    }
}

/// Whether the class, and the fields of the object that point to users, let the subscriber see it.
async fn is_open(
    viewer: &Viewer<'_>,
    publication: &Publication,
    subscription: &Subscription,
) -> bool {
    let permissions = publication.permissions();
    let operation = subscription.scope.operation;
    if permissions.is_open(operation) {
        return true;
    }
    let user = viewer.user().await;
    match (permissions.standing(operation, user.as_deref()), user) {
        (Standing::Open, _) => true,
        (Standing::Pointed, Some(user)) => {
            let newest = publication.newest();
            let is_theirs = |field| {
                let value = newest.field(field);
                value.is_some_and(|value| points_to(&value, &user))
            };
            let mut fields = permissions.pointer_fields(operation).into_iter();
            fields.any(is_theirs)
        }
        (Standing::Pointed, None) | (Standing::NeedsUser | Standing::Closed, _) => false,
    }
}

/// Weighs who may read each side, names the event, and leaves out the state that may not be read.
async fn name_event(
    viewer: &Viewer<'_>,
    publication: &Publication,
    outcome: Outcome,
) -> Option<Sight> {
    let matched = |verdict: Option<Verdict>| verdict.is_some_and(Verdict::is_match);
    let (was, is) = (matched(outcome.before()), matched(outcome.after()));
    let old = was && viewer.may_read(publication.acl(Side::Old)).await;
    let new = is && viewer.may_read(publication.acl(Side::New)).await;
    let event = outcome.readable(old, new).event()?;
    let (object, original) = match event {
        Event::Create => (Side::New, None),
        Event::Delete => (Side::Old, None),
        Event::Update => (Side::New, Some(Side::Old)),
        // The newest state is sent if it left by what it holds, not if it left by who may read it.
        Event::Leave if !is && viewer.may_read(publication.acl(Side::New)).await => {
            (Side::New, Some(Side::Old))
        }
        Event::Leave => (Side::Old, Some(Side::Old)),
        Event::Enter if !was && viewer.may_read(publication.acl(Side::Old)).await => {
            (Side::New, Some(Side::Old))
        }
        Event::Enter => (Side::New, None),
    };
    let cut = Cut::default();
    Some(Sight {
        event,
        object,
        original,
        cut,
    })
}

fn lets_through(subscription: &Subscription, publication: &Publication, event: Event) -> bool {
    let change = publication.change();
    let lets_through = |watch: &Watch| watch.lets_through(event, change.old(), change.new_object());
    subscription.watch.as_ref().is_none_or(lets_through)
}
