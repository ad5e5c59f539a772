//! The integration suite: one binary, linked once.
