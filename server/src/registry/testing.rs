//! Clients and subscriptions without a socket.

use std::sync::Arc;

use livematch::Query;

use super::{Client, Credit, Outbox, Subscription};
use crate::accounting::{Ledger, Member, StepLimits, Steps, Term};
use crate::protocol::{Addressee, RequestId, Sdk, Subscribe};
use crate::rights::Scope;
use crate::turns::Turn;

/// More than anything in a test takes.
const MEMORY: usize = 1 << 30;

/// A client of a number, with all the room there is for itself.
pub(crate) fn client(number: usize) -> Arc<Client> {
    client_of(
        number,
        &Ledger::new(MEMORY, MEMORY),
        &Steps::new(StepLimits::none()),
    )
}

/// A client of a number that shares memory and steps with others.
pub(crate) fn client_of(number: usize, ledger: &Arc<Ledger>, steps: &Steps) -> Arc<Client> {
    let account = ledger.open();
    let steps = steps.open(&account);
    Arc::new(Client {
        number,
        addressee: Addressee::new("client".into(), None),
        session_token: None,
        sdk: Sdk::Other,
        is_master: false,
        credit: Arc::new(Credit::default()),
        turn: Turn::new(),
        outbox: Outbox::new(Arc::clone(&account)),
        member: Member::alone(&account, &steps, number),
        steps,
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
