//! Clients and subscriptions without a socket.

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use livematch::Query;

use super::{Client, Credit, Outbox, Subscription};
use crate::accounting::{Ledger, StepLimits, Steps, Term};
use crate::protocol::{Addressee, RequestId, Sdk, Subscribe};
use crate::rights::Scope;

/// More than anything in a test takes.
const MEMORY: usize = 1 << 30;

/// A client of a number.
pub(crate) fn client(number: usize) -> Arc<Client> {
    let account = Ledger::new(MEMORY, MEMORY).open();
    Arc::new(Client {
        number,
        addressee: Addressee::new("client".into(), None),
        session_token: None,
        sdk: Sdk::Other,
        is_master: false,
        subscribed: AtomicUsize::default(),
        credit: Credit::default(),
        outbox: Outbox::new(Arc::clone(&account)),
        steps: Steps::new(StepLimits::none()).open(&account),
        _charge: account.begin(Term::Sockets),
        account,
    })
}

/// A subscription of a client to a class `A`.
pub(crate) fn subscription(client: &Arc<Client>, query: &Query) -> Arc<Subscription> {
    subscription_to("A", client, query)
}

/// A subscription of a client to a class.
pub(crate) fn subscription_to(
    class_name: &str,
    client: &Arc<Client>,
    query: &Query,
) -> Arc<Subscription> {
    let request = Subscribe {
        id: RequestId::from(0.0),
        class_name: class_name.into(),
        clause: String::new(),
        keys: None,
        watch: None,
        session_token: None,
    };
    let scope = Scope::new(query, None);
    let subscription = Subscription::new(Arc::clone(client), request, scope);
    Arc::new(subscription.expect("there is room"))
}
