//! Who may see what: nothing is sent that Parse Server would withhold.

mod acl;
mod directory;
mod keys;
mod parse;
mod permissions;
mod scope;
mod viewer;

use std::sync::Arc;

use livematch::{Event, Outcome};

pub(crate) use self::acl::Acl;
pub(crate) use self::keys::Keys;
pub(crate) use self::permissions::Permissions;
pub(crate) use self::scope::Scope;

use self::directory::{Directory, Known};
use self::parse::Parse;
use self::permissions::{Operation, Standing};
use self::viewer::{Viewer, points_to};
use crate::metrics::Metrics;
use crate::options::Options;
use crate::protocol::{Refusal, Subscribe, code};
use crate::publication::{Cut, Publication, Side};
use crate::registry::{Client, Subscription};

/// Decides who may connect, subscribe, and see.
pub(crate) struct Access {
    keys: Keys,
    directory: Option<Directory>,
}

/// An event as it may be sent.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Sight {
    pub(crate) event: Event,
    pub(crate) object: Side,
    pub(crate) original: Option<Side>,
    pub(crate) cut: Cut,
}

/// Why a subscriber does not see an event.
pub(crate) enum Hidden {
    /// It is none to them.
    Silently,
    /// The class is closed to them: they are told so once, with this code.
    Denied(i32),
}

impl Access {
    pub(crate) fn new(options: &Options, metrics: &Arc<Metrics>) -> Result<Self, reqwest::Error> {
        let directory = |parse| Directory::new(parse, &options.access, Arc::clone(metrics));
        Ok(Self {
            keys: options
                .access
                .key_pairs
                .clone()
                .with_master(options.access.master_key.clone()),
            directory: Parse::new(options)?.map(directory),
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

    /// Whether a client may subscribe; and the user whose sessions alone it may hear of, if that is all it may.
    pub(crate) async fn admit(
        &self,
        client: &Client,
        request: &Subscribe,
    ) -> Result<Option<Arc<str>>, Refusal> {
        if client.is_master {
            return Ok(None);
        }
        let own = request.session_token.as_deref();
        let viewer = Viewer::new(
            self.directory.as_ref(),
            own,
            client.session_token.as_deref(),
        );
        let mut sessions_of = None;
        if request.class_name == "_Session" {
            let Some(user) = viewer.user_or_client().await else {
                return Err(Refusal::new(
                    code::INVALID_SESSION,
                    "Invalid session token",
                    Some(request.id),
                ));
            };
            sessions_of = Some(user);
        }
        let Some(permissions) = self.permissions(&request.class_name).await else {
            return Ok(sessions_of);
        };
        let is_free = permissions.is_open(Operation::Find) && !permissions.protects();
        let user = if is_free {
            None
        } else {
            viewer.user_or_client().await
        };
        let denied = match permissions.standing(Operation::Find, user.as_deref()) {
            Standing::NeedsUser => Some(code::NOT_FOUND),
            Standing::Closed => Some(code::FORBIDDEN),
            Standing::Open | Standing::Pointed => {
                let scope = Scope::new(&request.clause, request.watch.as_deref());
                let hidden = protected(
                    &permissions,
                    &request.class_name,
                    &scope,
                    user.as_deref(),
                    &[],
                );
                scope.looks_at(&hidden).then_some(code::FORBIDDEN)
            }
        };
        match denied {
            Some(code) => Err(Refusal::denied(code, request.id)),
            None => Ok(sessions_of),
        }
    }

    /// The permissions of a class, if they can be found out before a change brings them along.
    async fn permissions(&self, class_name: &str) -> Option<Arc<Permissions>> {
        match self.directory.as_ref()?.permissions(class_name).await {
            Known::Known(permissions) => permissions,
            Known::Unknown => None,
        }
    }

    /// What a subscriber sees of a change whose two sides have these verdicts for their query.
    pub(crate) async fn sight(
        &self,
        publication: &Publication,
        subscription: &Subscription,
        outcome: Outcome,
    ) -> Result<Sight, Hidden> {
        let client = &subscription.client;
        if client.is_master {
            return publication.sight_of_all(subscription, outcome);
        }
        let own = subscription.session_token.as_deref();
        let viewer = Viewer::new(
            self.directory.as_ref(),
            own,
            client.session_token.as_deref(),
        );
        check_class(&viewer, publication, subscription).await?;
        let mut sight = name_event(&viewer, publication, outcome).await?;
        if !lets_through(subscription, publication, sight.event) {
            return Err(Hidden::Silently);
        }
        sight.cut = cut(&viewer, publication, subscription).await?;
        Ok(sight)
    }
}

impl Publication {
    /// What somebody sees from whom nothing is hidden.
    fn sight_of_all(&self, subscription: &Subscription, outcome: Outcome) -> Result<Sight, Hidden> {
        let event = outcome.event().ok_or(Hidden::Silently)?;
        if !lets_through(subscription, self, event) {
            return Err(Hidden::Silently);
        }
        let (object, original) = match event {
            Event::Create => (Side::New, None),
            Event::Delete => (Side::Old, None),
            Event::Enter | Event::Update | Event::Leave => (Side::New, Some(Side::Old)),
        };
        let cut = Cut::new(subscription.keys.clone());
        Ok(Sight {
            event,
            object,
            original,
            cut,
        })
    }
}

/// Whether the class, and the fields of the object that point to users, let the subscriber see it.
async fn check_class(
    viewer: &Viewer<'_>,
    publication: &Publication,
    subscription: &Subscription,
) -> Result<(), Hidden> {
    let permissions = publication.permissions();
    let operation = subscription.scope.operation;
    if permissions.is_open(operation) {
        return Ok(());
    }
    let user = viewer.user().await;
    match (permissions.standing(operation, user.as_deref()), user) {
        (Standing::Open, _) => Ok(()),
        (Standing::NeedsUser, _) => Err(Hidden::Denied(code::NOT_FOUND)),
        (Standing::Closed, _) => Err(Hidden::Denied(code::FORBIDDEN)),
        (Standing::Pointed, Some(user)) => {
            let fields = permissions.pointer_fields(operation);
            let is_theirs = |field: &str| {
                publication
                    .newest()
                    .field(field)
                    .is_some_and(|value| points_to(&value, &user))
            };
            let is_seen = fields.into_iter().any(is_theirs);
            is_seen.then_some(()).ok_or(Hidden::Silently)
        }
        (Standing::Pointed, None) => Err(Hidden::Silently),
    }
}

/// Weighs who may read each side, names the event, and leaves out the state that may not be read.
async fn name_event(
    viewer: &Viewer<'_>,
    publication: &Publication,
    outcome: Outcome,
) -> Result<Sight, Hidden> {
    let matched =
        |verdict: Option<livematch::Verdict>| verdict.is_some_and(livematch::Verdict::is_match);
    let (was, is) = (matched(outcome.before()), matched(outcome.after()));
    let old = was && viewer.may_read(publication.acl(Side::Old)).await;
    let new = is && viewer.may_read(publication.acl(Side::New)).await;
    let event = outcome.readable(old, new).event().ok_or(Hidden::Silently)?;
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
    Ok(Sight {
        event,
        object,
        original,
        cut,
    })
}

fn lets_through(subscription: &Subscription, publication: &Publication, event: Event) -> bool {
    let change = publication.change();
    let lets_through =
        |watch: &livematch::Watch| watch.lets_through(event, change.old(), change.new_object());
    subscription.watch.as_ref().is_none_or(lets_through)
}

/// What is left out of the object: fields that were not asked for, and protected ones.
async fn cut(
    viewer: &Viewer<'_>,
    publication: &Publication,
    subscription: &Subscription,
) -> Result<Cut, Hidden> {
    let cut = Cut::new(subscription.keys.clone());
    let permissions = publication.permissions();
    if !permissions.protects() {
        return Ok(cut);
    }
    let user = viewer.user().await;
    let class_name = publication.change().class_name();
    let scope = &subscription.scope;
    let hidden = protected(
        permissions,
        class_name,
        scope,
        user.as_deref(),
        viewer.roles(),
    );
    // Parse Server refuses such a clause when it is subscribed to; permissions may have changed since, or
    // could not be found out then.
    if scope.looks_at(&hidden) {
        return Err(Hidden::Denied(code::FORBIDDEN));
    }
    let is_own = class_name == "_User"
        && user
            .as_deref()
            .is_some_and(|user| publication.object_id() == Some(user));
    Ok(if is_own { cut } else { cut.without(&hidden) })
}

/// The fields that are hidden from a user. Who asks for themselves by their id sees all of theirs.
fn protected<'a>(
    permissions: &'a Permissions,
    class_name: &str,
    scope: &Scope,
    user: Option<&str>,
    roles: &[String],
) -> Vec<&'a str> {
    let asks_for_themselves = user.is_some() && scope.object_id.as_deref() == user;
    if class_name == "_User" && asks_for_themselves {
        return Vec::new();
    }
    permissions.protected(user, roles)
}
