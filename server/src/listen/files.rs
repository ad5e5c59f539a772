//! How many connections there can be: each is an open file.

use tracing::{info, warn};

/// Files that are no connections of clients: those to Redis and Parse Server, listeners, the log.
const OTHERS: usize = 64;

/// How many connections may be open that are no clients yet.
const MOST_PENDING: usize = 4_096;

/// How many connections there can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Places {
    /// That are clients.
    pub(crate) clients: usize,
    /// That are none yet.
    pub(crate) pending: usize,
}

/// Raises the limit of open files to what the system allows; how many may be open.
///
/// The limit is low for the sake of programs that use `select`, which this one does not.
pub(crate) fn raise_limit() -> usize {
    let before = rlimit::getrlimit(rlimit::Resource::NOFILE).map(|(soft, _)| soft);
    match rlimit::increase_nofile_limit(u64::MAX) {
        Ok(files) => {
            info!(files, before = before.ok(), "the limit of open files");
            usize::try_from(files).unwrap_or(usize::MAX)
        }
        Err(error) => {
            warn!(%error, "the limit of open files cannot be raised");
            before.map_or(usize::MAX, |files| {
                usize::try_from(files).unwrap_or(usize::MAX)
            })
        }
    }
}

impl Places {
    /// Places for as many clients as there are to be, or for as many as this number of open files allows.
    ///
    /// Who finds no place is told so at once. Without a file the system itself would keep them waiting.
    pub(crate) fn new(max_clients: usize, files: usize) -> Self {
        let connections = files.saturating_sub(OTHERS).max(2);
        let pending = MOST_PENDING.min(connections / 4).max(1);
        let clients = max_clients.min(connections - pending);
        if clients < max_clients {
            warn!(
                files,
                clients,
                max_clients,
                "there can be fewer clients than --max-clients: too few files may be open (ulimit -Hn, LimitNOFILE)"
            );
        }
        Self { clients, pending }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_places_than_files() {
        for files in [0, 66, 100, 1_024, 5_000, 1_048_576, usize::MAX] {
            let places = Places::new(100_000, files);
            assert!(places.clients > 0 && places.pending > 0);
            assert!(files < 66 || places.clients + places.pending <= files - OTHERS);
        }
        assert_eq!(
            Places::new(100_000, 1_048_576),
            Places {
                clients: 100_000,
                pending: 4_096
            }
        );
        assert_eq!(Places::new(10, 1_024).clients, 10);
    }
}
