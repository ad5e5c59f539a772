//! What a subscriber sees of a change.

use livematch::{Event, Outcome, Verdict};

use super::Access;
use super::answers::Known;
use super::viewer::Viewer;
use crate::publication::{Cut, Names, Publication, Side};
use crate::registry::Subscription;
use crate::rights::{Gate, Operation, Protected, Scope, Seer, Standing};

/// An event as it may be sent.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Sight {
    pub(crate) event: Event,
    pub(crate) object: Shown,
    pub(crate) original: Option<Shown>,
}

/// A side of a change as it may be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Shown {
    pub(crate) side: Side,
    pub(crate) cut: Cut,
}

/// Which sides of a change somebody may read, of those that it has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sides {
    pub(super) old: bool,
    pub(super) new: bool,
}

impl Sides {
    pub(super) fn is_any(self) -> bool {
        self.old || self.new
    }

    /// Whether they are all that a change has.
    pub(crate) fn are_all_of(self, publication: &Publication) -> bool {
        let change = publication.change();
        (self.old || change.old_object().is_none()) && (self.new || change.new_object().is_none())
    }
}

/// The event of a change, and the states that go with it.
struct Scene {
    event: Event,
    object: Side,
    original: Option<Side>,
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
        // What nobody hears of is no reason to ask anything.
        let event = outcome.event()?;
        let client = &subscription.client;
        let cut = Cut::new(subscription.keys.clone());
        if client.is_master {
            let scene = Scene::of_all(event);
            return lets_through(subscription, publication, event)
                .then(|| scene.shown(|_| cut.clone()));
        }
        let viewer = self.viewer(client, subscription.session_token.as_deref());
        let operation = subscription.scope.operation;
        let scene = Reader::new(&viewer, publication, operation)
            .await?
            .scene(outcome)
            .await?;
        if !lets_through(subscription, publication, scene.event) {
            return None;
        }
        self.cut(&viewer, publication, subscription, scene, &cut)
            .await
    }

    /// Whether a subscriber may see all of a change, so that it tells nothing if they are told what their queries took for it: which
    /// subscription it is matters as far as what is hidden from them is asked for by it, and not whether it matches.
    pub(crate) async fn may_see_all(
        &self,
        publication: &Publication,
        subscription: &Subscription,
    ) -> bool {
        let client = &subscription.client;
        if client.is_master {
            return true;
        }
        let viewer = self.viewer(client, subscription.session_token.as_deref());
        let operation = subscription.scope.operation;
        sides(&viewer, publication, operation)
            .await
            .are_all_of(publication)
            && self
                .lets_ask(&viewer, publication, &subscription.scope)
                .await
    }

    /// Whether a query looks at nothing that is hidden from a subscriber.
    pub(super) async fn lets_ask(
        &self,
        viewer: &Viewer<'_>,
        publication: &Publication,
        scope: &Scope,
    ) -> bool {
        let permissions = publication.permissions();
        let protected = permissions.protected();
        if protected.is_empty() {
            return true;
        }
        let class_name = publication.change().class_name();
        let seer = viewer.seer(protected, class_name).await;
        !scope.looks_at(&self.hidden(permissions, class_name, scope, seer))
    }

    /// Leaves out what is hidden, unless the query asks for it and the event itself would tell it.
    ///
    /// Parse Server refuses such a query when it is subscribed to; permissions may have changed since, or could not be
    /// found out then.
    async fn cut(
        &self,
        viewer: &Viewer<'_>,
        publication: &Publication,
        subscription: &Subscription,
        scene: Scene,
        cut: &Cut,
    ) -> Option<Sight> {
        let protected = publication.permissions().protected();
        if protected.is_empty() {
            return Some(scene.shown(|_| cut.clone()));
        }
        let class_name = publication.change().class_name();
        let seer = viewer.seer(protected, class_name).await;
        let (permissions, scope) = (publication.permissions(), &subscription.scope);
        let hidden = self.hidden(permissions, class_name, scope, seer);
        if scope.looks_at(&hidden) {
            return None;
        }
        let user = match seer {
            Seer::User(user, _) => Some(user),
            Seer::Nobody | Seer::Unknown => None,
        };
        let is_their_own = user.is_some() && publication.object_id() == user;
        if self.is_owner_exempt && class_name == "_User" && is_their_own {
            return Some(scene.shown(|_| cut.clone()));
        }
        let cut_of = |side| {
            let hidden = hidden.iter().filter(|field| {
                let is_lifted = |user| is_lifted(publication, side, protected, user, field);
                !user.is_some_and(is_lifted)
            });
            cut.clone().without(hidden.copied())
        };
        Some(scene.shown(cut_of))
    }
}

/// Whether a field is hidden no more, since another of that side points to a user.
fn is_lifted(
    publication: &Publication,
    side: Side,
    protected: &Protected,
    user: &str,
    field: &str,
) -> bool {
    let points_to_them = |pointer| {
        let pointers = publication.pointers(side, pointer);
        pointers.is_some_and(|pointers| pointers.have_id(user))
    };
    let mut pointed = protected.pointed();
    pointed.any(|(pointer, fields)| {
        !fields.iter().any(|left| left == field) && points_to_them(pointer)
    })
}

/// Weighs which sides of a change a subscriber may read.
struct Reader<'a> {
    viewer: &'a Viewer<'a>,
    publication: &'a Publication,
    /// The user to whom an object has to point, and by which fields; none if any object will do.
    pointed: Option<(&'a str, &'a Gate)>,
}

impl<'a> Reader<'a> {
    /// Somebody who may read objects of the class, or at least some.
    async fn new(
        viewer: &'a Viewer<'a>,
        publication: &'a Publication,
        operation: Operation,
    ) -> Option<Self> {
        let gate = publication.permissions().gate(operation);
        let Known::Known(standing) = viewer.standing(gate).await else {
            return None;
        };
        let pointed = match standing {
            Standing::Open => None,
            Standing::Pointed => match viewer.user().await {
                Known::Known(Some(user)) => Some((user, gate)),
                Known::Known(None) | Known::Unknown => return None,
            },
            Standing::NeedsUser | Standing::Closed => return None,
        };
        Some(Self {
            viewer,
            publication,
            pointed,
        })
    }

    /// Names the event by which sides may be read, and leaves out the state that may not.
    async fn scene(&self, outcome: Outcome) -> Option<Scene> {
        let matched = |verdict: Option<Verdict>| verdict.is_some_and(Verdict::is_match);
        let (was, is) = (
            matched(outcome.old_verdict()),
            matched(outcome.new_verdict()),
        );
        let old = was && self.may_read(Side::Old).await;
        let new = is && self.may_read(Side::New).await;
        let event = outcome.readable(old, new).event()?;
        let (object, original) = match event {
            Event::Create => (Side::New, None),
            Event::Delete => (Side::Old, None),
            Event::Update => (Side::New, Some(Side::Old)),
            // The newest state is sent if it left by what it holds, not if it left by who may read it.
            Event::Leave if !is && self.may_read(Side::New).await => (Side::New, Some(Side::Old)),
            Event::Leave => (Side::Old, Some(Side::Old)),
            Event::Enter if !was && self.may_read(Side::Old).await => (Side::New, Some(Side::Old)),
            Event::Enter => (Side::New, None),
        };
        Some(Scene {
            event,
            object,
            original,
        })
    }

    async fn may_read(&self, side: Side) -> bool {
        let is_pointed = |(user, gate): (&str, &Gate)| {
            let mut pointers = gate.pointers().iter();
            pointers.any(|field| {
                let pointers = self.publication.pointers(side, field);
                pointers.is_some_and(|pointers| pointers.point_to(user))
            })
        };
        self.pointed.is_none_or(is_pointed) && self.viewer.is_on(self.publication.acl(side)).await
    }
}

/// Which sides of a change a subscriber may read, of those that it has.
pub(super) async fn sides(
    viewer: &Viewer<'_>,
    publication: &Publication,
    operation: Operation,
) -> Sides {
    let Some(reader) = Reader::new(viewer, publication, operation).await else {
        return Sides::default();
    };
    let change = publication.change();
    Sides {
        old: change.old_object().is_some() && reader.may_read(Side::Old).await,
        new: change.new_object().is_some() && reader.may_read(Side::New).await,
    }
}

impl Scene {
    /// What somebody is told from whom nothing is hidden.
    fn of_all(event: Event) -> Self {
        let (object, original) = match event {
            Event::Create => (Side::New, None),
            Event::Delete => (Side::Old, None),
            Event::Enter | Event::Update | Event::Leave => (Side::New, Some(Side::Old)),
        };
        Self {
            event,
            object,
            original,
        }
    }

    fn shown(self, cut_of: impl Fn(Side) -> Cut) -> Sight {
        let shown = |side| Shown {
            side,
            cut: cut_of(side),
        };
        Sight {
            event: self.event,
            object: shown(self.object),
            original: self.original.map(shown),
        }
    }
}

pub(super) fn lets_through(
    subscription: &Subscription,
    publication: &Publication,
    event: Event,
) -> bool {
    let lets_through = |watch: &Names| publication.lets_through(watch, event);
    subscription.watch.as_ref().is_none_or(lets_through)
}
