//! A client, as subscriptions know it.

use std::sync::Arc;

use super::{Credit, Outbox};
use crate::accounting::{Account, Charge, Member, Numbered};
use crate::protocol::{Addressee, Sdk};
use crate::turns::Turn;

/// A client that has connected.
pub(crate) struct Client {
    /// By which clients are told apart.
    pub(crate) number: usize,
    /// How it is addressed.
    pub(crate) addressee: Addressee,
    /// The session with which it connected.
    pub(crate) session_token: Option<String>,
    /// Which SDK it is.
    pub(crate) sdk: Sdk,
    /// Whether it brought the master key.
    pub(crate) is_master: bool,
    /// What it may cause to be asked of Parse Server in vain. It is the connection's: who connects again has what is left of it.
    pub(crate) credit: Arc<Credit>,
    /// What it has had of the time for clauses.
    pub(crate) turn: Arc<Turn>,
    /// What it holds.
    pub(crate) account: Arc<Account>,
    /// What its clauses may take for a change.
    pub(crate) steps: Arc<Account>,
    /// Who answers for both.
    pub(crate) member: Arc<Member>,
    /// What waits to be sent to it.
    pub(crate) outbox: Arc<Outbox>,
    /// For what it said of itself.
    pub(crate) _charge: Charge,
}

impl Numbered for Arc<Client> {
    fn number(&self) -> usize {
        self.number
    }

    fn payer(&self) -> usize {
        self.member.payer()
    }
}
