#!/usr/bin/env bash
# Which JSON serde_json 1.0.145 refuses, by who looks at it.
#
# Guessed: a text is JSON for the crate or it is not; a member that a struct does not name is read and thrown away.
# Seen: members that are not named are skipped by another, laxer and unbounded scanner: a number beyond doubles (1e400), half of a
# surrogate pair ("\ud800"), and 100,000 nested arrays pass where they are skipped (also below a `RawValue`), and the very same text is
# refused as a `Value`, or once the struct has a field of that name. All three are valid JSON that JavaScript writes or reads.
# Follows: adding a field to a struct, or logging a message as a `Value` first, can refuse messages that were read for years.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "skipped"
version = "0.0.0"
edition = "2021"
[workspace]
[dependencies]
serde = { version = "=1.0.228", features = ["derive"] }
serde_json = { version = "=1.0.145", features = ["raw_value"] }
TOML
cat >src/main.rs <<'RUST'
use serde::Deserialize;
use serde_json::{Value, from_str, value::RawValue};

#[derive(Deserialize)]
struct Without { #[allow(dead_code)] a: u8 }

#[derive(Deserialize)]
struct With { #[allow(dead_code)] a: u8, #[allow(dead_code)] b: Value }

#[derive(Deserialize)]
struct Raw<'a> { #[allow(dead_code)] a: u8, #[serde(borrow)] #[allow(dead_code)] b: &'a RawValue }

fn main() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    for (name, b) in [("1e400", "1e400"), ("half", r#""\ud800""#), ("deep", &deep)] {
        let text = format!(r#"{{"a":1,"b":{b}}}"#);
        println!(
            "{name}: skipped {}, raw {}, read {}, value {}",
            from_str::<Without>(&text).is_ok(), from_str::<Raw>(&text).is_ok(), from_str::<With>(&text).is_ok(), from_str::<Value>(&text).is_ok(),
        );
    }
}
RUST
cargo run -q >seen || exit 2
cat seen
[ "$(cat seen)" = '1e400: skipped true, raw true, read false, value false
half: skipped true, raw true, read false, value false
deep: skipped true, raw true, read false, value false' ]
