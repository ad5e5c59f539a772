//! One client's socket, from the first frame to the last.

use std::collections::HashMap;
use std::future::poll_fn;
use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at, timeout};
use tracing::{debug, info};

use super::end::End;
use super::reader::{Broken, Reader};
use super::websocket::{Limits, Message};
use super::writer::Writer;
use crate::accounting::{Account, Charge, Exhausted, Member, Owner, Term};
use crate::clauses::Done;
use crate::protocol::RequestId;
use crate::registry::{Client, Credit, Outbox, Subscription};
use crate::state::Server;
use crate::turns::Turn;

/// How much larger than allowed a frame may be to be read to its end and answered; beyond that the connection ends.
const OVERSIZE: usize = 4;

/// What a client takes by itself, apart from what it asks for.
const SOCKET_BYTES: usize = 4 << 10;

/// How long a goodbye may take, and how much is read past until the peer has heard it.
const GOODBYE: Duration = Duration::from_secs(1);
const PAST: u64 = 64 << 20;

/// How many bytes at least a peer reads between two pings that has to read them before it sees a ping: the system keeps some
/// megabytes of what has been written.
const READ_MEANWHILE: usize = 256 << 10;

/// How many steps a client may take before others have their turn.
const STEPS: usize = 32;

/// A socket and all that belongs to it. It is served by one task, so that what its client is told is in order.
pub(super) struct Connection {
    pub(super) server: Arc<Server>,
    stream: TcpStream,
    reader: Reader,
    pub(super) writer: Writer,
    pub(super) account: Arc<Account>,
    /// What its clauses may take for a change.
    pub(super) steps: Arc<Account>,
    /// Who answers for both.
    pub(super) member: Arc<Member>,
    pub(super) outbox: Arc<Outbox>,
    /// What it has had of the time for clauses.
    pub(super) turn: Arc<Turn>,
    /// What it may cause to be asked of Parse Server in vain, however often it says who it is.
    pub(super) credit: Arc<Credit>,
    /// There once the client has said who it is.
    pub(super) client: Option<Arc<Client>>,
    pub(super) subscriptions: HashMap<RequestId, Arc<Subscription>>,
    /// What the last frame asks for, while it is done. The next one is read after it.
    pub(super) work: Option<Work>,
    /// What a frame was about that ends the connection, if that is known.
    pub(super) last: Option<RequestId>,
    pings: Interval,
    /// Whether nothing has been heard since the last ping, and for how many more pings that may be so.
    is_silent: bool,
    patience: usize,
    /// Why it has to end, whatever the client does; once it has to.
    called: Pin<Box<dyn Future<Output = End> + Send>>,
    _charges: [Charge; 2],
}

/// Something that is being done for a client.
pub(super) type Work = Pin<Box<dyn Future<Output = Done> + Send>>;

/// A place among all, and accounts of which one is charged for a socket.
pub(super) struct Seat {
    account: Arc<Account>,
    steps: Arc<Account>,
    member: Arc<Member>,
    charges: [Charge; 2],
}

impl Seat {
    /// One for a client that comes from an address, if that is known, and if there is room.
    pub(super) fn take(server: &Server, address: Option<IpAddr>) -> Result<Self, Exhausted> {
        let place = server.places.charge(Term::Places, 1)?;
        let account = server.ledger.open();
        let steps = server.steps.open(&account);
        let address = address.map(|address| server.owners.of(Owner::Address(address)));
        let member = Member::new(&account, &steps, address)?;
        let charge = account.charge(Term::Sockets, SOCKET_BYTES)?;
        Ok(Self {
            account,
            steps,
            member: Arc::new(member),
            charges: [place, charge],
        })
    }
}

impl Connection {
    /// A connection to a client that has said some bytes already.
    pub(super) fn new(stream: TcpStream, begun: Vec<u8>, server: &Arc<Server>, seat: Seat) -> Self {
        let Seat {
            account,
            steps,
            member,
            charges,
        } = seat;
        let limits = &server.limits;
        let frames = Limits {
            kept: limits.max_frame_bytes,
            read: limits.max_frame_bytes.saturating_mul(OVERSIZE),
        };
        let outbox = Outbox::new(Arc::clone(&account));
        let mut pings = interval_at(Instant::now() + limits.ping_seconds, limits.ping_seconds);
        pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self {
            stream,
            reader: Reader::new(&account, frames, begun),
            writer: Writer::new(Arc::clone(&outbox), Arc::clone(&server.metrics)),
            steps,
            member,
            account,
            outbox,
            turn: Turn::new(),
            credit: Arc::default(),
            client: None,
            subscriptions: HashMap::new(),
            work: None,
            last: None,
            pings,
            is_silent: false,
            patience: 0,
            called: Box::pin(called(Arc::clone(server))),
            server: Arc::clone(server),
            _charges: charges,
        }
    }

    /// Serves the client until the connection ends.
    pub(super) async fn run(mut self) {
        let end = poll_fn(|cx| self.poll(cx)).await;
        self.tell(&end);
        // What is still queued is not to be sent, and nothing more is to be queued.
        self.outbox.close();
        drop(self.forget_subscriptions());
        if let Some((code, reason)) = end.goodbye() {
            self.writer
                .close(end.last_words(self.sdk(), self.last), code, &reason);
            let _ = timeout(GOODBYE, self.say_goodbye()).await;
        }
        if let Some(work) = self.work.take().filter(|_| !end.is_of_all()) {
            // It cannot be taken back: what is subscribed to meanwhile has to be given up.
            self.finish(work.await);
            drop(self.forget_subscriptions());
        }
    }

    /// Goes on until there is nothing to do, or the connection has to end.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<End> {
        if let Poll::Ready(why) = self.account.poll_ended(cx) {
            return Poll::Ready(End::Exhausted(why));
        }
        if let Poll::Ready(end) = self.called.as_mut().poll(cx) {
            return Poll::Ready(end);
        }
        for _ in 0..STEPS {
            match self.step(cx) {
                Ok(true) => {}
                Ok(false) => return Poll::Pending,
                Err(end) => return Poll::Ready(end),
            }
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    /// Does what can be done; whether that was anything.
    fn step(&mut self, cx: &mut Context<'_>) -> Result<bool, End> {
        let mut has_moved = self.work_on(cx);
        // A pong that has come in counts before the next ping is due.
        if self.work.is_none()
            && let Poll::Ready(read) = self.reader.poll_next(&mut self.stream, cx)
        {
            self.hear(read.map_err(End::from)?)?;
            has_moved = true;
        }
        if self.pings.poll_tick(cx).is_ready() {
            self.look_after()?;
            has_moved = true;
        }
        match self.writer.poll_drain(&mut self.stream, cx) {
            Poll::Ready(Ok(())) | Poll::Pending => Ok(has_moved),
            Poll::Ready(Err(error)) => Err(error.into()),
        }
    }

    /// Goes on with what the last frame asks for.
    fn work_on(&mut self, cx: &mut Context<'_>) -> bool {
        let Some(work) = &mut self.work else {
            return false;
        };
        let Poll::Ready(done) = work.as_mut().poll(cx) else {
            return false;
        };
        self.work = None;
        self.finish(done);
        true
    }

    fn hear(&mut self, message: Message) -> Result<(), End> {
        match message {
            Message::Text(text) => self.answer(text),
            Message::Binary => self.refuse_binary(),
            Message::Oversize(why, id) => return self.refuse_oversize(why, id),
            Message::Ping(payload) => self.writer.pong(&payload),
            Message::Pong => {}
            Message::Close(code) => {
                return Err(End::Left {
                    code,
                    is_polite: true,
                });
            }
        }
        Ok(())
    }

    /// Pings the client, or ends the connection if it is no good any more.
    fn look_after(&mut self) -> Result<(), End> {
        let limits = &self.server.limits;
        let is_older =
            |since: Option<Instant>, age| since.is_some_and(|since| since.elapsed() >= age);
        if is_older(self.writer.stuck_since(), limits.ping_seconds * 2) {
            return Err(End::Slow);
        }
        if is_older(self.reader.partial_since(), limits.frame_seconds) {
            return Err(End::Unfinished(limits.frame_seconds));
        }
        // Who is still busy with what is being sent has not seen the ping, and while its frame is worked on nothing of it
        // is read.
        if self.writer.stuck_since().is_some() || self.work.is_some() {
            return Ok(());
        }
        // Between the parts of a frame no pong can be sent.
        self.is_silent &= !self.reader.take_heard();
        if self.is_silent && self.patience > 0 {
            self.patience -= 1;
            return Ok(());
        }
        if self.is_silent {
            return Err(End::Silent);
        }
        self.is_silent = true;
        self.patience = self.writer.take_written() / READ_MEANWHILE;
        self.writer.ping();
        Ok(())
    }

    fn tell(&self, end: &End) {
        let client = self
            .client
            .as_ref()
            .map(|client| &*client.addressee.client_id);
        end.count(&self.server.metrics);
        if end.is_notable()
            && let Some(more) = self.server.ends.due()
        {
            info!(client, ?end, more, "a client is disconnected");
        } else {
            debug!(client, ?end, "a client is gone");
        }
    }

    /// Writes what is left to say, and waits until the peer has gone: if it were still sending when the socket is closed, it
    /// would lose what it has not read.
    async fn say_goodbye(&mut self) -> io::Result<()> {
        poll_fn(|cx| self.writer.poll_drain(&mut self.stream, cx)).await?;
        self.stream.shutdown().await?;
        let mut rest = (&mut self.stream).take(PAST);
        let mut sink = [0; 1_024];
        while rest.read(&mut sink).await? > 0 {}
        Ok(())
    }
}

/// Waits until all clients have to go: because the server does, or because changes were missed.
async fn called(server: Arc<Server>) -> End {
    let mut gaps = server.gaps.follow();
    tokio::select! {
        biased;
        () = server.shutdown.cancelled() => End::Shutdown,
        () = gaps.must_reopen() => End::Gap,
    }
}

impl From<Broken> for End {
    fn from(broken: Broken) -> Self {
        match broken {
            Broken::Gone => Self::Left {
                code: None,
                is_polite: false,
            },
            Broken::Io(error) => error.into(),
            Broken::Violation(violation) => Self::Violation(violation),
            Broken::Exhausted(why) => Self::Exhausted(why),
        }
    }
}

impl From<io::Error> for End {
    fn from(error: io::Error) -> Self {
        debug!(%error, "a connection broke");
        Self::Left {
            code: None,
            is_polite: false,
        }
    }
}
