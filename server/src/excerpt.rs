//! The beginning of what a stranger wrote, for the log.

use std::fmt::Display;

/// How many characters of it are told.
const LONGEST: usize = 200;

/// As much of it as a line of the log may have.
pub(crate) fn excerpt(text: impl Display) -> String {
    text.to_string().chars().take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_count_and_not_bytes() {
        assert_eq!(excerpt("ä".repeat(LONGEST + 1)), "ä".repeat(LONGEST));
        assert_eq!(excerpt(7), "7");
    }
}
