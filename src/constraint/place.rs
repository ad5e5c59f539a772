//! The way from the root of a clause to a place in it.

use crate::error::{CompileError, ErrorKind};

/// A place in a clause, as a list threaded through the stack: it costs nothing until somebody asks for its text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'a> {
    parent: Option<&'a Place<'a>>,
    segment: Segment<'a>,
}

#[derive(Clone, Copy, Debug)]
enum Segment<'a> {
    Root,
    Key(&'a str),
    Index(usize),
}

impl<'a> Place<'a> {
    pub(crate) const ROOT: Place<'static> = Place {
        parent: None,
        segment: Segment::Root,
    };

    pub(crate) fn key(&'a self, key: &'a str) -> Self {
        Self {
            parent: Some(self),
            segment: Segment::Key(key),
        }
    }

    pub(crate) fn index(&'a self, index: usize) -> Self {
        Self {
            parent: Some(self),
            segment: Segment::Index(index),
        }
    }

    pub(crate) fn error(&self, kind: ErrorKind, message: impl Into<String>) -> CompileError {
        CompileError::new(kind, self.pointer(), message)
    }

    /// The RFC 6901 pointer to this place.
    pub(crate) fn pointer(&self) -> String {
        let mut pointer = String::new();
        self.write(&mut pointer);
        pointer
    }

    fn write(&self, out: &mut String) {
        if let Some(parent) = self.parent {
            parent.write(out);
        }
        match self.segment {
            Segment::Root => {}
            Segment::Key(key) => write_key(key, out),
            Segment::Index(index) => {
                out.push('/');
                out.push_str(&index.to_string());
            }
        }
    }
}

/// Goes on with a pointer to a member.
pub(crate) fn write_key(key: &str, out: &mut String) {
    out.push('/');
    out.push_str(&key.replace('~', "~0").replace('/', "~1"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_keys() {
        let (a, b) = (Place::ROOT.key("$or"), 0);
        let c = a.index(b);
        assert_eq!(c.key("a/b~c").pointer(), "/$or/0/a~1b~0c");
        assert_eq!(Place::ROOT.pointer(), "");
    }
}
