//! Who may subscribe and who sees what, with a Parse Server of the tests' own.

mod admission;
mod questions;
mod sights;
