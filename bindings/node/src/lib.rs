//! What Node sees of livematch. `index.js` wraps it, and says in words what goes wrong here.
//!
//! The unit is the message: what is published is read, matched and answered without an object of JavaScript for any part of it.

mod input;
mod matcher;
mod query;
mod trouble;
