//! The server as a whole: its life from start to end.

use std::error::Error;
use std::num::NonZero;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::map_response;
use axum::response::Response;
use axum::routing::{any, get, post};
use futures_util::future::join_all;
use livematch::{Limits, PatternCache, Query, QueryBuilder};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;
use tokio::time::{interval, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{info, warn};

use crate::access::Access;
use crate::accounting::{Ledger, Owners, Seldom, Steps, Term};
use crate::admin;
use crate::checks::{Checks, Classes};
use crate::clauses::Clauses;
use crate::delivery::Delivery;
use crate::dialects::Dialects;
use crate::feed::{Gaps, Inbox, Redis, Stream};
use crate::health::Health;
use crate::listen::{self, Door, House, OwnHosts, Places, Proxies};
use crate::matching::{self, Differences};
use crate::metrics::Metrics;
use crate::options::{AdminOptions, LimitOptions, Options};
use crate::publish::publish;
use crate::registry::Registry;
use crate::schemas::Schemas;
use crate::socket;
use crate::state::Server;
use crate::turns::Turns;
use crate::warnings::Warnings;

/// How many connections the operator may have.
const OPERATOR_PLACES: usize = 16;

/// The part of the memory that patterns may take besides which are asked most, and what one of them takes at most: in the library as
/// much for its program as for what a search keeps of it.
const PATTERNS_PART: usize = 16;
const PATTERN_BYTES: usize = 512 << 10;

/// How often metrics are cleared of what they have gathered.
const UPKEEP: Duration = Duration::from_secs(5);

/// Runs the server until it is told to end.
pub(crate) async fn run(options: Options) -> Result<(), Box<dyn Error>> {
    let metrics = Arc::new(Metrics::install()?);
    let health = Arc::new(Health::new());
    let limits = Arc::new(options.limits.clone());
    let ledger = start_ledger(&options);
    let access = Arc::new(Access::new(&options, &ledger, &metrics)?);
    let steps = Arc::new(Steps::new(limits.of_steps()));
    let Places { clients, pending } = Places::new(limits.max_clients, listen::raise_limit());
    let places = Ledger::of_places(clients);
    let owners = Owners::new(limits.of_owners(), &ledger, &steps, &places);
    let registry = Arc::new(Registry::new(Arc::clone(&metrics)));
    let classes = Arc::new(Classes::new());
    let fast_patterns = ledger.charge_anyway(Term::Patterns, patterns(&limits) * PATTERN_BYTES);
    let (late, to_compile_again) = mpsc::unbounded_channel();
    let dialects = Dialects::new(options.dialect.clone(), queries(&limits));
    let place = Clauses {
        turns: Turns::reading(threads())?,
        filing: Turns::filing()?,
        dialects: Arc::new(dialects),
        late,
        stale: Seldom::default(),
        registry: Arc::clone(&registry),
        access: Arc::clone(&access),
        limits: Arc::clone(&limits),
        steps: Arc::clone(&steps),
        owners: Arc::clone(&owners),
        warnings: Arc::new(Warnings::new()),
        behind: Arc::default(),
        classes: Arc::clone(&classes),
    };
    let delivery = Delivery::start(threads(), &access, &ledger, &steps, &metrics);
    let changes = matching::start(
        registry,
        delivery,
        Arc::clone(&access),
        Arc::clone(&steps),
        Differences::new(&place.dialects, &place.turns),
        Arc::clone(&ledger),
        Arc::clone(&metrics),
    )?;
    let gaps = Arc::new(Gaps::new(
        options.feed.reopen_per_second,
        Arc::clone(&metrics),
    ));
    let inbox = Inbox::start(
        &ledger,
        changes,
        Arc::clone(&access),
        Arc::clone(&classes),
        Arc::clone(&gaps),
        Arc::clone(&metrics),
    )?;
    let posts = start_feed(&options, inbox, &gaps, &metrics, &health)?;
    tell_access(&options);
    let checks = Checks::new(&options, Arc::clone(&classes), Arc::clone(&health))?;
    let listeners = listen::bind(&options.listen.listen).await?;
    let admin_listeners = admin::bind(&options.admin).await?;
    let place = Arc::new(place);
    let schemas = Schemas::new(&access, &place, to_compile_again);
    let server = Arc::new(Server {
        ledger,
        steps,
        clauses: place,
        access,
        metrics,
        health,
        posts,
        gaps,
        publish_hosts: OwnHosts::new(publish_hosts(&options)),
        places,
        owners,
        proxies: Arc::new(Proxies::new(&options.listen)),
        limits,
        feed: options.feed,
        ends: Seldom::default(),
        beyond: Default::default(),
        _patterns: fast_patterns,
        shutdown: CancellationToken::new(),
        tasks: TaskTracker::new(),
    });
    tokio::spawn(checks.run());
    tokio::spawn(schemas.run());
    tokio::spawn(upkeep(Arc::clone(&server)));
    server.serve_operator(admin_listeners, &options.admin)?;
    server.serve(listeners, pending).await
}

impl Server {
    /// Answers the operator, for whom there are places of their own.
    fn serve_operator(
        self: &Arc<Self>,
        listeners: Vec<TcpListener>,
        options: &AdminOptions,
    ) -> std::io::Result<()> {
        let app = admin::routes(Arc::clone(self), options);
        let door = self.door(app, OPERATOR_PLACES, Arc::new(Proxies::none()));
        for listener in listeners {
            info!(address = %listener.local_addr()?, "listening for the operator");
            tokio::spawn(Arc::clone(&door).accept(listener));
        }
        Ok(())
    }

    /// Serves clients until the server is to end, and says goodbye to them.
    async fn serve(
        self: Arc<Self>,
        listeners: Vec<TcpListener>,
        room: usize,
    ) -> Result<(), Box<dyn Error>> {
        tokio::spawn(end_on_signal(self.shutdown.clone())?);
        let app = Arc::clone(&self).routes();
        let door = self.door(app, room, Arc::clone(&self.proxies));
        for listener in &listeners {
            info!(address = %listener.local_addr()?, "listening");
        }
        let accept = |listener| Arc::clone(&door).accept(listener);
        join_all(listeners.into_iter().map(accept)).await;
        self.tasks.close();
        let goodbyes = timeout(self.limits.shutdown_seconds, self.tasks.wait());
        if goodbyes.await.is_err() {
            warn!(
                clients = self.tasks.len(),
                "some clients did not say goodbye"
            );
        }
        info!("ended");
        Ok(())
    }

    /// A door behind which an application answers, with room for `room` connections that are not clients yet.
    fn door(&self, app: Router, room: usize, proxies: Arc<Proxies>) -> Arc<Door> {
        let house = House {
            metrics: Arc::clone(&self.metrics),
            shutdown: self.shutdown.clone(),
            tasks: self.tasks.clone(),
        };
        Arc::new(Door::new(app, room, proxies, house))
    }

    /// WebSocket is on every path but the reserved ones.
    fn routes(self: Arc<Self>) -> Router {
        Router::new()
            .route("/publish", post(publish))
            .route("/livez", get(livez))
            .route("/readyz", get(readyz))
            .route("/health", get(readyz))
            .fallback(any(socket::upgrade))
            .layer(map_response(one_question_each))
            .with_state(self)
    }
}

/// Who becomes no client and publishes nothing asks once on a connection: thousands of peers that ask for much on each would be answered
/// in turn with the clients, who wait for all of them.
async fn one_question_each(mut response: Response) -> Response {
    if !matches!(
        response.status(),
        StatusCode::SWITCHING_PROTOCOLS | StatusCode::ACCEPTED | StatusCode::MULTI_STATUS
    ) {
        let headers = response.headers_mut();
        headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

/// Whether the process answers at all.
async fn livez() {}

/// Whether clients can be served; why not is for the operator.
async fn readyz(State(server): State<Arc<Server>>) -> StatusCode {
    if server.health.is_ready() {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    }
}

/// Starts what brings changes; where those go that are posted, if they are to be.
fn start_feed(
    options: &Options,
    inbox: Arc<Inbox>,
    gaps: &Arc<Gaps>,
    metrics: &Arc<Metrics>,
    health: &Arc<Health>,
) -> Result<Option<Arc<Inbox>>, Box<dyn Error>> {
    let Some(url) = &options.feed.redis_url else {
        metrics.feed_connected.set(1.0);
        info!("changes are taken on POST /publish");
        return Ok(Some(inbox));
    };
    let (gaps, health, metrics) = (Arc::clone(gaps), Arc::clone(health), Arc::clone(metrics));
    if let Some(key) = &options.feed.redis_stream {
        let stream = Stream::new((url, key), options, inbox, gaps, health, metrics)?;
        tokio::spawn(stream.run());
    } else {
        let redis = Redis::new(url, options, inbox, gaps, health, metrics)?;
        tokio::spawn(redis.run());
    }
    Ok(None)
}

/// The names under which changes may be posted.
fn publish_hosts(options: &Options) -> impl Iterator<Item = String> {
    let listen = options.listen.listen.host().to_owned();
    options.feed.publish_host.iter().cloned().chain([listen])
}

/// The account of all memory, for what is kept for clients and for changes.
fn start_ledger(options: &Options) -> Arc<Ledger> {
    let (limits, waiting) = (&options.limits, options.feed.feed_buffer_bytes);
    let inbox = waiting.unwrap_or(usize::MAX);
    let ledger = Ledger::with_inbox(limits.memory, limits.client_memory, inbox);
    let most = ledger.most_messages();
    if waiting.is_some_and(|waiting| waiting > most) {
        warn!(
            most,
            "--feed-buffer-bytes is more than an eighth of --memory"
        );
    }
    ledger
}

/// Says what cannot be found out, so that nobody wonders at events that do not come.
fn tell_access(options: &Options) {
    match (&options.access.parse_url, &options.access.master_key) {
        (None, _) => warn!(
            "no --parse-url: only public objects are sent, save to clients with the master key"
        ),
        (Some(_), None) => warn!(
            "no --master-key: roles are not known, so objects that only roles may read are not sent, and class \
             permissions are not checked before a change brings them"
        ),
        (Some(_), Some(_)) => {} // Whether the key is right remains to be seen.
    }
}

/// How many threads there are for work of one kind: as many as can run at once.
fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, NonZero::get)
}

fn queries(limits: &LimitOptions) -> QueryBuilder {
    let patterns = PatternCache::new(patterns(limits));
    let limits = Limits::new()
        .with_text_bytes(limits.max_frame_bytes)
        .with_constraints(limits.max_constraints)
        .with_list_members(limits.max_list_members);
    Query::builder().limits(limits).pattern_cache(patterns)
}

/// How many patterns are made fast.
fn patterns(limits: &LimitOptions) -> usize {
    let room = limits.memory / PATTERNS_PART / PATTERN_BYTES;
    room.min(PatternCache::DEFAULT_CAPACITY)
}

/// Waits until the process is told to end, and tells all connections.
fn end_on_signal(shutdown: CancellationToken) -> std::io::Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        info!("ending");
        shutdown.cancel();
    })
}

async fn upkeep(server: Arc<Server>) {
    let mut ticks = interval(UPKEEP);
    loop {
        ticks.tick().await;
        server.ledger.tell();
        server.steps.tell();
        server.places.tell();
        server.metrics.upkeep();
    }
}
