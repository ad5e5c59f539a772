//! Why an object matches, or does not: the constraints of a clause with what became of each.
//!
//! Nothing in here decides: each dialect runs its own constraints and leaves a [`trace`], of which an [`Explanation`] is made.

mod change;
mod explanation;
mod found;
pub(crate) mod pointer;
mod tested;
pub(crate) mod trace;
pub(crate) mod words;

pub use self::change::ChangeExplanation;
pub use self::explanation::Explanation;
pub use self::found::Found;
pub use self::tested::{Held, Tested};
