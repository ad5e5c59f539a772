//! What an explanation says is so: its verdict is the query's, and what decides and what is not reached do what they are said to.

mod comparison;
mod laws;
mod texts;

pub(crate) use self::laws::{check, check_edited};
