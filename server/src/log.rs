//! The log, on standard error.
//!
//! Nothing waits for whoever reads it, and nothing fails because nobody does: a thread of its own writes the lines, and those for
//! which there is no room are lost and counted. (`tracing-appender` does the same, but says on standard output that it could not write,
//! which panics where that is closed too.)

use std::io::{self, IsTerminal, Write, stderr};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use metrics::counter;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

use crate::options::{LogFormat, LogOptions};

/// How many lines may wait to be written.
const LINES: usize = 4_096;

/// How long the end waits for lines to be written.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// How long it waits for room, at a time.
const PAUSE: Duration = Duration::from_millis(5);

/// Starts logging what the options ask for.
pub(crate) fn start(options: &LogOptions) -> Result<Log, Box<dyn std::error::Error>> {
    let filter = EnvFilter::builder().parse(&options.log)?;
    let (log, lines) = Log::to(stderr())?;
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(lines)
        // It would be said where nothing can be said, and panic.
        .log_internal_errors(false)
        .with_ansi(stderr().is_terminal());
    match options.log_format {
        LogFormat::Text => builder.init(),
        LogFormat::Json => builder.json().init(),
    }
    Ok(log)
}

/// Says something on standard error before there is a log.
pub(crate) fn complain(text: &str) {
    // That nobody reads it is no reason to fail.
    let _ = writeln!(stderr(), "{text}");
}

/// What the thread that writes is given.
enum Word {
    Line(Vec<u8>),
    /// Answered when all that came before has been written.
    Last(SyncSender<()>),
}

/// The log. When it is dropped the lines that still wait are written, as long as somebody reads them.
pub(crate) struct Log {
    words: SyncSender<Word>,
}

impl Log {
    /// Starts the thread that writes, and what lines are handed to.
    fn to(writer: impl Write + Send + 'static) -> io::Result<(Self, Lines)> {
        let (words, queue) = sync_channel(LINES);
        thread::Builder::new()
            .name("log".into())
            .spawn(move || write_all(&queue, writer))?;
        let lines = Lines(words.clone());
        Ok((Self { words }, lines))
    }
}

fn write_all(queue: &Receiver<Word>, mut writer: impl Write) {
    for word in queue {
        match word {
            // That nobody reads it is no reason to fail.
            Word::Line(line) => drop(writer.write_all(&line)),
            Word::Last(written) => drop(written.send(())),
        }
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        let deadline = Instant::now() + LAST_WORDS;
        let (written, is_written) = sync_channel(1);
        let mut word = Word::Last(written);
        while let Err(TrySendError::Full(unsent)) = self.words.try_send(word) {
            if Instant::now() >= deadline {
                return; // Nobody has been reading for long.
            }
            word = unsent;
            thread::sleep(PAUSE);
        }
        let _ = is_written.recv_timeout(deadline.saturating_duration_since(Instant::now()));
    }
}

/// Takes lines, and never waits.
struct Lines(SyncSender<Word>);

impl Write for &Lines {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        if self.0.try_send(Word::Line(line.into())).is_err() {
            counter!("livematch_log_lines_lost_total").increment(1);
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = &'a Self;

    fn make_writer(&'a self) -> Self::Writer {
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Arc, Condvar, Mutex, PoisonError};

    /// Writes nothing before it is let.
    #[derive(Clone, Default)]
    struct Gate(Arc<(Mutex<(bool, usize)>, Condvar)>);

    impl Gate {
        fn open(&self) {
            let mut state = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
            state.0 = true;
            self.0.1.notify_all();
        }

        fn written(&self) -> usize {
            self.0.0.lock().unwrap_or_else(PoisonError::into_inner).1
        }
    }

    impl Write for Gate {
        fn write(&mut self, line: &[u8]) -> io::Result<usize> {
            let state = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
            let wait = self.0.1.wait_while(state, |(is_open, _)| !*is_open);
            wait.unwrap_or_else(PoisonError::into_inner).1 += 1;
            Ok(line.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    struct Broken;

    impl Write for Broken {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn nothing_waits_for_a_reader_and_what_has_room_is_written_in_the_end() -> io::Result<()> {
        let gate = Gate::default();
        let (log, lines) = Log::to(gate.clone())?;
        for _ in 0..2 * LINES {
            (&lines).write_all(b"line")?;
        }
        gate.open();
        drop(log);
        assert!(
            (LINES..=LINES + 1).contains(&gate.written()),
            "{}",
            gate.written()
        );
        Ok(())
    }

    #[test]
    fn that_nothing_can_be_written_is_no_error() -> io::Result<()> {
        let (log, lines) = Log::to(Broken)?;
        for _ in 0..10 {
            (&lines).write_all(b"line")?;
        }
        drop(log);
        Ok(())
    }
}
