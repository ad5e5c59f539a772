//! What is counted, and how it is told.

use livematch::Event;
use metrics::{
    Counter, Gauge, Histogram, Unit, counter, describe_counter, describe_gauge, describe_histogram,
    gauge, histogram,
};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use metrics_process::Collector;

/// The bounds of the histograms of time, in seconds.
const SECONDS: [f64; 14] = [
    0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0,
];

/// Why a question to Parse Server is not asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unasked {
    /// It does not answer at present.
    Circuit,
    /// The client has asked too much in vain.
    Client,
    /// Too many wait.
    Crowd,
}

impl Unasked {
    /// Every reason.
    pub(crate) const ALL: [Self; 3] = [Self::Circuit, Self::Client, Self::Crowd];

    const fn name(self) -> &'static str {
        match self {
            Self::Circuit => "circuit",
            Self::Client => "client",
            Self::Crowd => "crowd",
        }
    }
}

/// Every metric of the server. A look-up by name for each event would cost more than the counting.
pub(crate) struct Metrics {
    prometheus: PrometheusHandle,
    /// What the process takes of the machine, read whenever somebody asks.
    process: Collector,
    pub(crate) clients: Gauge,
    pub(crate) subscriptions: Gauge,
    pub(crate) queries: Gauge,
    pub(crate) saves: Counter,
    pub(crate) deletes: Counter,
    pub(crate) unread: Counter,
    pub(crate) lost: Counter,
    pub(crate) missing: Counter,
    pub(crate) repeated: Counter,
    pub(crate) candidates: Counter,
    pub(crate) hits: Counter,
    pub(crate) steps: Counter,
    pub(crate) put_off: Counter,
    pub(crate) crowded: Counter,
    pub(crate) filing_steps: Counter,
    pub(crate) shadow_agreed: Counter,
    pub(crate) shadow_uncompared: Counter,
    events: [Counter; Event::ALL.len()],
    pub(crate) hidden: Counter,
    pub(crate) waiting: Gauge,
    pub(crate) dispatch_lag: Histogram,
    pub(crate) delivery_lag: Histogram,
    pub(crate) refused_frames: Counter,
    pub(crate) large_frames: Counter,
    pub(crate) large_clauses: Counter,
    pub(crate) refused_clients: Counter,
    pub(crate) crowded_clients: Counter,
    pub(crate) users_clients: Counter,
    pub(crate) gap_clients: Counter,
    pub(crate) slow_clients: Counter,
    pub(crate) silent_clients: Counter,
    pub(crate) unfinished_clients: Counter,
    pub(crate) oversize_clients: Counter,
    pub(crate) violating_clients: Counter,
    pub(crate) exhausted_clients: Counter,
    pub(crate) dear_clients: Counter,
    pub(crate) unanswered: Counter,
    pub(crate) parked: Gauge,
    pub(crate) evicted_connections: Counter,
    pub(crate) unaccepted_connections: Counter,
    pub(crate) late_connections: Counter,
    pub(crate) parse_requests: Counter,
    pub(crate) parse_failures: Counter,
    parse_unasked: [Counter; Unasked::ALL.len()],
    pub(crate) parse_circuit: Gauge,
    pub(crate) feed_connected: Gauge,
    pub(crate) feed_gaps: Counter,
}

impl Metrics {
    /// Installs the recorder of this process.
    pub(crate) fn install() -> Result<Self, BuildError> {
        let seconds = Matcher::Suffix("_seconds".into());
        let builder = PrometheusBuilder::new().set_buckets_for_metric(seconds, &SECONDS)?;
        let prometheus = builder.install_recorder()?;
        describe();
        let process = Collector::default();
        process.describe();
        gauge!("livematch_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
        Ok(Self::new(prometheus, process))
    }

    /// Counts for whichever recorder is at hand.
    fn new(prometheus: PrometheusHandle, process: Collector) -> Self {
        Self {
            prometheus,
            process,
            clients: gauge!("livematch_clients"),
            subscriptions: gauge!("livematch_subscriptions"),
            queries: gauge!("livematch_queries"),
            saves: counter!("livematch_changes_total", "kind" => "save"),
            deletes: counter!("livematch_changes_total", "kind" => "delete"),
            unread: counter!("livematch_changes_unread_total"),
            lost: counter!("livematch_changes_lost_total"),
            missing: counter!("livematch_changes_missing_total"),
            repeated: counter!("livematch_changes_repeated_total"),
            candidates: counter!("livematch_candidates_total"),
            hits: counter!("livematch_hits_total"),
            steps: counter!("livematch_steps_total"),
            put_off: counter!("livematch_queries_put_off_total"),
            crowded: counter!("livematch_changes_crowded_total"),
            filing_steps: counter!("livematch_filing_steps_total"),
            shadow_agreed: counter!("livematch_shadow_agreed_total"),
            shadow_uncompared: counter!("livematch_shadow_uncompared_total"),
            events: Event::ALL
                .map(|event| counter!("livematch_events_total", "event" => event.as_str())),
            hidden: counter!("livematch_events_hidden_total"),
            waiting: gauge!("livematch_changes_waiting"),
            dispatch_lag: histogram!("livematch_dispatch_lag_seconds"),
            delivery_lag: histogram!("livematch_delivery_lag_seconds"),
            refused_frames: counter!("livematch_frames_refused_total"),
            refused_clients: counter!("livematch_clients_dropped_total", "reason" => "limit"),
            large_frames: counter!("livematch_refused_total", "term" => "frame"),
            large_clauses: counter!("livematch_refused_total", "term" => "clause"),
            crowded_clients: counter!("livematch_clients_dropped_total", "reason" => "address"),
            users_clients: counter!("livematch_clients_dropped_total", "reason" => "user"),
            gap_clients: counter!("livematch_clients_dropped_total", "reason" => "gap"),
            slow_clients: counter!("livematch_clients_dropped_total", "reason" => "slow"),
            silent_clients: counter!("livematch_clients_dropped_total", "reason" => "silent"),
            unfinished_clients: counter!("livematch_clients_dropped_total", "reason" => "unfinished"),
            oversize_clients: counter!("livematch_clients_dropped_total", "reason" => "oversize"),
            violating_clients: counter!("livematch_clients_dropped_total", "reason" => "violation"),
            exhausted_clients: counter!("livematch_clients_dropped_total", "reason" => "memory"),
            dear_clients: counter!("livematch_clients_dropped_total", "reason" => "steps"),
            unanswered: counter!("livematch_events_unanswered_total"),
            parked: gauge!("livematch_events_parked"),
            evicted_connections: counter!("livematch_connections_refused_total", "reason" => "crowded"),
            unaccepted_connections: counter!("livematch_connections_refused_total", "reason" => "files"),
            late_connections: counter!("livematch_connections_refused_total", "reason" => "late"),
            parse_requests: counter!("livematch_parse_requests_total"),
            parse_failures: counter!("livematch_parse_failures_total"),
            parse_unasked: Unasked::ALL
                .map(|reason| counter!("livematch_parse_unasked_total", "reason" => reason.name())),
            parse_circuit: gauge!("livematch_parse_circuit_open"),
            feed_connected: gauge!("livematch_feed_connected"),
            feed_gaps: counter!("livematch_feed_gaps_total"),
        }
    }

    /// The counter of an event that was sent.
    pub(crate) fn event(&self, event: Event) -> &Counter {
        let index = Event::ALL.iter().position(|other| *other == event);
        &self.events[index.unwrap_or_default()]
    }

    /// The counter of questions to Parse Server that were not asked for a reason.
    pub(crate) fn parse_unasked(&self, reason: Unasked) -> &Counter {
        &self.parse_unasked[reason as usize]
    }

    /// All of them, in the text format of Prometheus.
    pub(crate) fn render(&self) -> String {
        self.process.collect();
        self.prometheus.render()
    }

    /// Clears what histograms have gathered; has to be called now and then.
    pub(crate) fn upkeep(&self) {
        self.prometheus.run_upkeep();
    }
}

fn describe() {
    describe_feed();
    describe_steps();
    describe_gauge!("livematch_clients", "Sockets that are open.");
    describe_gauge!("livematch_subscriptions", "Subscriptions of all clients.");
    describe_gauge!("livematch_queries", "Different queries among them.");
    describe_counter!(
        "livematch_candidates_total",
        "Queries that were run because they may concern a change."
    );
    describe_gauge!("livematch_build_info", "1, with the version of the server.");
    describe_counter!("livematch_events_total", "Events that were sent.");
    describe_counter!(
        "livematch_events_hidden_total",
        "Events that a subscriber may not see or did not watch for."
    );
    describe_counter!(
        "livematch_events_unanswered_total",
        "Events withheld because their room was needed before Parse Server had answered."
    );
    describe_gauge!(
        "livematch_events_parked",
        "Pairs of a change and a subscription that wait for an answer of Parse Server."
    );
    describe_gauge!(
        "livematch_memory_bytes",
        Unit::Bytes,
        "Memory that is accounted for, by what for."
    );
    describe_counter!(
        "livematch_refused_total",
        "How often there was no room for more, by what for."
    );
    describe_gauge!(
        "livematch_changes_waiting",
        "Changes that wait to be matched."
    );
    describe_histogram!(
        "livematch_dispatch_lag_seconds",
        Unit::Seconds,
        "From a change's arrival until it is in every outbox."
    );
    describe_histogram!(
        "livematch_delivery_lag_seconds",
        Unit::Seconds,
        "From a change's arrival until an event is handed to the socket."
    );
    describe_counter!(
        "livematch_frames_refused_total",
        "Frames of clients that were answered by an error."
    );
    describe_counter!(
        "livematch_clients_dropped_total",
        "Clients that were turned away (limit, address, user), read nothing (slow), did not answer a ping (silent), did not end a frame (unfinished) or sent one that is far too large (oversize), broke the rules of WebSocket (violation), held too much (memory), had clauses that took too much (steps), or were closed after a gap (gap)."
    );
    describe_counter!(
        "livematch_connections_refused_total",
        "Connections that were closed before they became clients: they kept a place that others needed (crowded), \
         did not ask or did not take the answer in time (late); and failures to accept one for want of files (files)."
    );
    describe_counter!(
        "livematch_parse_requests_total",
        "Questions to Parse Server about sessions, roles and classes."
    );
    describe_counter!(
        "livematch_parse_failures_total",
        "Those that it did not answer."
    );
    describe_counter!(
        "livematch_log_lines_lost_total",
        "Lines of the log that nobody read in time."
    );
    // The log counts them itself, as it is there before metrics are; they are 0 until then and not absent.
    counter!("livematch_log_lines_lost_total").increment(0);
    describe_counter!(
        "livematch_parse_unasked_total",
        "Questions that were not asked: it does not answer (circuit), a client asked too much in vain (client), too many wait (crowd)."
    );
    describe_gauge!(
        "livematch_parse_circuit_open",
        "1 while Parse Server is not asked because it did not answer."
    );
}

fn describe_feed() {
    describe_counter!(
        "livematch_changes_total",
        "Changes that came in and were read."
    );
    describe_counter!(
        "livematch_changes_unread_total",
        "Changes that could not be read, most of which Parse Server loses too."
    );
    describe_counter!(
        "livematch_changes_lost_total",
        "Changes for which there was no room."
    );
    describe_counter!(
        "livematch_changes_missing_total",
        "Changes that did not arrive, by the numbers of those that did."
    );
    describe_counter!(
        "livematch_changes_repeated_total",
        "Changes that came once more, by their numbers."
    );
    describe_gauge!("livematch_feed_connected", "1 while the feed is up.");
    describe_counter!(
        "livematch_feed_gaps_total",
        "Times that the feed was lost and changes may have been missed."
    );
}

fn describe_steps() {
    describe_counter!(
        "livematch_hits_total",
        "Pairs of a change and a query for which there may be an event."
    );
    describe_counter!("livematch_steps_total", "Steps that matching took.");
    describe_counter!(
        "livematch_queries_put_off_total",
        "Queries that took so long for a change that they were run by themselves."
    );
    describe_counter!(
        "livematch_changes_crowded_total",
        "Changes that concern more subscriptions than they are handed out to at once."
    );
    describe_gauge!("livematch_places", "Places of clients that are taken.");
    describe_counter!(
        "livematch_filing_steps_total",
        "Keys under which large queries were filed, or taken out from under, in pieces."
    );
    describe_counter!(
        "livematch_shadow_agreed_total",
        "Pairs of a change and a subscription to which both dialects give the same event."
    );
    describe_counter!(
        "livematch_shadow_differences_total",
        "Those of which they tell something else, by what the one tells and what the other would."
    );
    counter!("livematch_shadow_differences_total", "served" => "create", "shadow" => "nothing")
        .increment(0);
    describe_counter!(
        "livematch_shadow_uncompared_total",
        "Those that take so long in one dialect that they are not compared."
    );
    describe_gauge!(
        "livematch_steps",
        "Steps that clauses may take for an object of 1,024 bytes, beyond what is ordinary."
    );
}

#[cfg(test)]
impl Metrics {
    /// Metrics of a test's own.
    pub(crate) fn unattached() -> Self {
        let recorder = PrometheusBuilder::new().build_recorder();
        let prometheus = recorder.handle();
        metrics::with_local_recorder(&recorder, || Self::new(prometheus, Collector::default()))
    }

    /// The sum of a metric's samples whose labels contain a text.
    pub(crate) fn value(&self, name: &str, labels: &str) -> u64 {
        let text = self.render();
        let samples = text.lines().filter(|line| {
            let rest = line.strip_prefix(name);
            rest.is_some_and(|rest| rest.starts_with([' ', '{'])) && line.contains(labels)
        });
        let values = samples.filter_map(|line| line.rsplit(' ').next()?.parse::<u64>().ok());
        values.sum()
    }
}
