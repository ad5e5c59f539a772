//! Whether what the operator has configured can work: asked at the start and ever again, and said in words that name the remedy.
//!
//! A wrong key, a wrong id or a class that is not published look like nothing happening.

mod classes;
mod parse;

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Interval, MissedTickBehavior, interval};
use tracing::{error, info, warn};

pub(crate) use self::classes::Classes;
use self::parse::{Finding, ParseServer};
use crate::health::{Health, Part};
use crate::options::Options;

/// How often is looked.
const PERIOD: Duration = Duration::from_secs(3);

/// A Parse Server that answered as it should is asked again at every third look.
const GOOD_TURNS: u32 = 3;

/// Looks after Parse Server and the classes that clients subscribe to.
pub(crate) struct Checks {
    parse: Option<ParseServer>,
    classes: Arc<Classes>,
    health: Arc<Health>,
    /// What was found last.
    last: Option<Finding>,
    /// Whether Parse Server has ever answered as it should.
    was_good: bool,
}

impl Checks {
    /// Until Parse Server has answered once, the server is not ready.
    pub(crate) fn new(
        options: &Options,
        classes: Arc<Classes>,
        health: Arc<Health>,
    ) -> Result<Self, reqwest::Error> {
        let parse = ParseServer::new(options)?;
        if parse.is_some() {
            health.down(Part::ParseServer, "Parse Server has not answered yet");
        }
        Ok(Self {
            parse,
            classes,
            health,
            last: None,
            was_good: false,
        })
    }

    /// Looks for as long as the server runs.
    pub(crate) async fn run(self) {
        let classes = Arc::clone(&self.classes);
        // A Parse Server that takes its time keeps nothing else from being said.
        tokio::join!(tell_silent(&classes), self.look());
    }

    async fn look(mut self) {
        let mut ticks = ticks();
        for turn in (0..GOOD_TURNS).cycle() {
            ticks.tick().await;
            if turn == 0 || self.last != Some(Finding::Good) {
                self.look_at_parse().await;
            }
        }
    }

    /// Finds out whether Parse Server answers as it should, and says so if that is news.
    async fn look_at_parse(&mut self) {
        let Some(parse) = &self.parse else {
            return;
        };
        let finding = parse.check().await;
        if self.last.as_ref() != Some(&finding) {
            tell(&finding, parse);
        }
        match &finding {
            Finding::Good => self.health.up(Part::ParseServer),
            // What is public is still sent. A server that was right and is away for a while is no reason to send clients elsewhere.
            Finding::Away(_) if self.was_good => {}
            Finding::Away(why) | Finding::Wrong(why) => {
                self.health.down(Part::ParseServer, why.clone());
            }
        }
        self.was_good |= finding == Finding::Good;
        self.last = Some(finding);
    }
}

/// Tells again and again of classes of which nothing is published.
async fn tell_silent(classes: &Classes) {
    let mut ticks = ticks();
    loop {
        ticks.tick().await;
        classes.tell_silent();
    }
}

fn ticks() -> Interval {
    let mut ticks = interval(PERIOD);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}

fn tell(finding: &Finding, parse: &ParseServer) {
    match finding {
        Finding::Good if parse.is_master() => {
            info!(
                url = parse.place(),
                "Parse Server answers: sessions, roles and class permissions are looked up"
            );
        }
        Finding::Good => info!(
            url = parse.place(),
            "Parse Server answers: sessions are looked up"
        ),
        Finding::Away(why) => warn!(url = parse.place(), why, "Parse Server does not answer"),
        Finding::Wrong(why) => error!(url = parse.place(), why, "Parse Server refuses to answer"),
    }
}
