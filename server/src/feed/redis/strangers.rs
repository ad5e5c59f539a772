//! Whether changes of another application are heard where none of one's own are: a wrong `--app-id` looks like nothing happening.

use parking_lot::Mutex;
use redis::aio::MultiplexedConnection;
use redis::{RedisResult, Value};

use livematch::ChangeKind;

use super::trouble::is_unanswered;

/// How much of another application's id is told.
const LONGEST: usize = 100;

/// What has been heard of other applications. They are listened to until anything is heard at all.
#[derive(Debug)]
pub(super) struct Strangers {
    app_id: Box<str>,
    state: Mutex<State>,
}

#[derive(Debug, PartialEq, Eq)]
enum State {
    /// Nothing yet.
    Listening,
    /// A change of this application.
    Own,
    /// None of it, and one of an application that has this id.
    Other(String),
    /// Nobody listens any more.
    Done,
}

impl Strangers {
    pub(super) fn new(app_id: &str) -> Self {
        Self {
            app_id: app_id.into(),
            state: Mutex::new(State::Listening),
        }
    }

    /// Begins to listen, if the user of Redis may and nothing has been heard yet.
    pub(super) async fn listen(&self, connection: &mut MultiplexedConnection) -> RedisResult<()> {
        if *self.state.lock() != State::Listening {
            return Ok(());
        }
        match connection.psubscribe(pattern()).await {
            // It is of no other use, and some servers do not know it.
            Err(error) if is_unanswered(&error) => {
                *self.state.lock() = State::Done;
                Ok(())
            }
            answer => answer,
        }
    }

    /// Notes that a change of this application has been heard.
    pub(super) fn heard_own(&self) {
        let mut state = self.state.lock();
        if *state != State::Done {
            *state = State::Own;
        }
    }

    /// Notes what was published where the pattern fits.
    pub(super) fn heard(&self, message: &[Value]) {
        let Some(Value::BulkString(channel)) = message.get(1) else {
            return;
        };
        let channel = String::from_utf8_lossy(channel);
        let Some(app_id) = channel.strip_suffix(ChangeKind::Save.as_str()) else {
            return;
        };
        if app_id == &*self.app_id {
            return self.heard_own();
        }
        let mut state = self.state.lock();
        if *state == State::Listening {
            *state = State::Other(app_id.to_owned());
        }
    }

    /// Ceases to listen once something has been heard; the id of another application, if it was of one.
    pub(super) async fn finish(
        &self,
        connection: &mut MultiplexedConnection,
    ) -> RedisResult<Option<String>> {
        let heard = {
            let mut state = self.state.lock();
            if *state == State::Listening {
                return Ok(None);
            }
            std::mem::replace(&mut *state, State::Done)
        };
        if heard == State::Done {
            return Ok(None);
        }
        connection.punsubscribe(pattern()).await?;
        Ok(match heard {
            State::Other(app_id) => Some(app_id.chars().take(LONGEST).collect()),
            State::Listening | State::Own | State::Done => None,
        })
    }
}

/// On which channels every application says what it has saved.
fn pattern() -> String {
    format!("*{}", ChangeKind::Save.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(channel: &str) -> Vec<Value> {
        let words = [pattern(), channel.to_owned(), "{}".to_owned()];
        words
            .map(|word| Value::BulkString(word.into_bytes()))
            .into()
    }

    #[test]
    fn ones_own_counts_before_what_is_heard_first() {
        let heard = |channels: &[&str], own_first: bool| {
            let strangers = Strangers::new("app");
            if own_first {
                strangers.heard_own();
            }
            for channel in channels {
                strangers.heard(&message(channel));
            }
            strangers.state.into_inner()
        };
        let other = || State::Other("other".to_owned());
        assert_eq!(heard(&[], false), State::Listening);
        assert_eq!(
            heard(&["otherafterSave", "strangeafterSave"], false),
            other()
        );
        assert_eq!(
            heard(&["otherafterSave", "appafterSave"], false),
            State::Own
        );
        assert_eq!(
            heard(&["appafterSave", "otherafterSave"], false),
            State::Own
        );
        assert_eq!(heard(&["otherafterSave"], true), State::Own);
        assert_eq!(heard(&["otherafterDelete"], false), State::Listening);
    }
}
