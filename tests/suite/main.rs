//! The integration suite: one binary, linked once.
//!
//! `replay` runs the recorded cases under `tests/data` against the library; Parse Server gave their answers.

mod replay;
