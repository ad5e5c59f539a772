//! scaffold

mod value;
