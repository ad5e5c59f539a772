//! What is written in JavaScript for a part of a pattern.

use std::fmt::Write;

/// A character for itself, outside of a class.
pub(super) fn character(c: char, out: &mut String) {
    if "^$\\.*+?()[]{}|/".contains(c) {
        out.push('\\');
    }
    out.push(c);
}

/// A character for itself, in a class.
pub(super) fn member(c: char, out: &mut String) {
    if c.is_ascii() && !c.is_ascii_alphanumeric() {
        // A text takes whatever is written to it.
        let _written = write!(out, "\\u{{{:x}}}", u32::from(c));
    } else {
        out.push(c);
    }
}

/// A part that compares without regard to case, or does, where the pattern as a whole does otherwise.
pub(super) fn with_case(text: &str, ignores: bool, pattern_ignores: bool, out: &mut String) {
    if ignores == pattern_ignores {
        out.push_str(text);
        return;
    }
    out.push_str(if ignores { "(?i:" } else { "(?-i:" });
    out.push_str(text);
    out.push(')');
}
