//! What Node sees of livematch. `index.js` wraps it, checks what it is given, and says in words what goes wrong here.
//!
//! The unit is the message: what is published is read, matched and answered without an object of JavaScript for any part of it.

mod change;
mod filed;
mod input;
mod matcher;
mod memory;
mod query;
mod set;
mod target;
#[cfg(feature = "testing")]
mod testing;
mod trouble;
