//! The file in which it stands how far a stream has been read.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};
use serde::{Deserialize, Serialize};

/// How far a stream has been read.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Saved {
    pub(super) stream: String,
    /// The id of the last entry.
    pub(super) position: String,
    /// How many entries had been added with it.
    pub(super) added: Option<u64>,
    /// The last number of each writer.
    pub(super) writers: BTreeMap<String, u64>,
}

/// A file that this server alone writes to.
pub(super) struct PositionFile {
    path: PathBuf,
    /// Locked for as long as this server runs; not the file itself, which is replaced whenever it is written.
    _lock: File,
}

impl PositionFile {
    /// Opens the file of a stream, and reads it if there is one. An error names the option.
    pub(super) fn open(path: &Path, stream: &str) -> Result<(Self, Option<Saved>), String> {
        let wrong =
            |error: &dyn std::fmt::Display| format!("--position-file {}: {error}", path.display());
        let lock = lock(&beside(path, "lock")).map_err(|error| wrong(&error))?;
        let saved = read(path, stream).map_err(|error| wrong(&error))?;
        let file = Self {
            path: path.to_owned(),
            _lock: lock,
        };
        file.try_writing().map_err(|error| wrong(&error))?;
        Ok((file, saved))
    }

    /// Puts a new one in its place, so that it is whole whenever the server ends.
    pub(super) fn save(&self, saved: &Saved) -> io::Result<()> {
        let new = beside(&self.path, "new");
        fs::write(&new, serde_json::to_vec(saved)?)?;
        fs::rename(new, &self.path)
    }

    fn try_writing(&self) -> io::Result<()> {
        let new = beside(&self.path, "new");
        fs::write(&new, "")?;
        fs::remove_file(new)
    }
}

fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(end);
    name.into()
}

fn lock(path: &Path) -> Result<File, String> {
    let file = OpenOptions::new().create(true).append(true).open(path);
    let file = file.map_err(|error| error.to_string())?;
    flock(&file, FlockOperation::NonBlockingLockExclusive)
        .map_err(|_| "another server has it: each needs one of its own")?;
    Ok(file)
}

fn read(path: &Path, stream: &str) -> Result<Option<Saved>, String> {
    let text = match fs::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.to_string()),
    };
    // As a machine leaves it that has lost its power.
    if text.is_empty() {
        return Ok(None);
    }
    // It may be any file of somebody's, which is not written over.
    let saved: Saved = serde_json::from_slice(&text).map_err(|error| {
        format!("it is no position in a stream ({error}); without it the server begins at the end of the stream")
    })?;
    if saved.stream != stream {
        return Err(format!("it is of the stream {:?}", saved.stream));
    }
    Ok(Some(saved))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn saved(stream: &str) -> Saved {
        Saved {
            stream: stream.into(),
            position: "5-0".into(),
            added: Some(5),
            writers: BTreeMap::from([("w".into(), 7)]),
        }
    }

    /// A folder of the test's own.
    fn folder(name: &str) -> PathBuf {
        let path = std::env::temp_dir().join(format!("livematch-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir(&path).expect("a folder");
        path
    }

    fn refused(path: &Path) -> String {
        PositionFile::open(path, "key")
            .err()
            .expect("it is refused")
    }

    #[test]
    fn a_position_is_found_again_and_one_server_has_it() {
        let folder = folder("position");
        let path = folder.join("position.json");
        let (file, found) = PositionFile::open(&path, "key").expect("a new file");
        assert_eq!(found, None);
        assert!(!path.exists());
        file.save(&saved("key")).expect("it is written");
        assert!(refused(&path).contains("another server has it"));
        drop(file);
        let (_, found) = PositionFile::open(&path, "key").expect("the file");
        assert_eq!(found, Some(saved("key")));
        fs::remove_dir_all(folder).expect("it is removed");
    }

    #[test]
    fn what_is_no_position_of_the_stream_is_left_as_it_is() {
        let folder = folder("no-position");
        let path = folder.join("position.json");
        let other = serde_json::to_string(&saved("other")).expect("JSON");
        for (text, why) in [
            ("{", "no position"),
            ("{}", "no position"),
            ("root:x", "no position"),
            (&other, "\"other\""),
        ] {
            fs::write(&path, text).expect("a file");
            assert!(refused(&path).contains(why), "{text}");
            assert_eq!(fs::read_to_string(&path).expect("a file"), *text);
        }
        fs::write(&path, "").expect("a file");
        let (_, found) = PositionFile::open(&path, "key").expect("an empty file");
        assert_eq!(found, None);
        assert!(refused(&folder.join("no/such/folder")).starts_with("--position-file"));
        fs::remove_dir_all(folder).expect("it is removed");
    }
}
