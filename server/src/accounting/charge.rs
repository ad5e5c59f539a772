//! Bytes that are charged.

use std::sync::Arc;

use super::{Account, Exhausted, Ledger, Term};

/// Bytes that somebody pays for as long as this lives.
pub(crate) struct Charge {
    payer: Payer,
    term: Term,
    bytes: usize,
}

enum Payer {
    Client(Arc<Account>),
    Server(Arc<Ledger>),
}

impl Charge {
    pub(super) fn of_client(account: &Arc<Account>, term: Term) -> Self {
        let payer = Payer::Client(Arc::clone(account));
        let bytes = 0;
        Self { payer, term, bytes }
    }

    pub(super) fn of_server(ledger: &Arc<Ledger>, term: Term) -> Self {
        let payer = Payer::Server(Arc::clone(ledger));
        let bytes = 0;
        Self { payer, term, bytes }
    }

    /// A charge of bytes that have been taken already.
    pub(super) fn paid(ledger: &Arc<Ledger>, term: Term, bytes: usize) -> Self {
        let payer = Payer::Server(Arc::clone(ledger));
        Self { payer, term, bytes }
    }

    /// What the bytes are called now.
    pub(crate) fn term(&self) -> Term {
        self.term
    }

    /// How many bytes are charged.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Charges more, if there is room.
    pub(crate) fn grow(&mut self, bytes: usize) -> Result<(), Exhausted> {
        match &self.payer {
            Payer::Client(account) => account.take(self.term, bytes)?,
            Payer::Server(ledger) => ledger.take(self.term, bytes, None)?,
        }
        self.bytes += bytes;
        Ok(())
    }

    /// Gives back what is more than this.
    pub(crate) fn shrink_to(&mut self, bytes: usize) {
        let spare = self.bytes.saturating_sub(bytes);
        if spare == 0 {
            return;
        }
        self.bytes -= spare;
        match &self.payer {
            Payer::Client(account) => account.give_back(self.term, spare),
            Payer::Server(ledger) => ledger.give_back(self.term, spare),
        }
    }

    /// Calls the same bytes something else. There is always room for that: if it is scarce now, whoever holds most has
    /// to go.
    pub(crate) fn rename(&mut self, term: Term) {
        if term == self.term {
            return;
        }
        let ledger = match &self.payer {
            Payer::Client(account) => account.ledger(),
            Payer::Server(ledger) => ledger,
        };
        ledger.rename(self.term, term, self.bytes);
        self.term = term;
    }
}

impl Drop for Charge {
    fn drop(&mut self) {
        self.shrink_to(0);
    }
}
