#!/usr/bin/env bash
# What serde 1.0.228 with serde_json 1.0.145 takes for a struct.
#
# Guessed: a derived struct with named fields is read from a JSON object, and a list where the object should be is an error; at the
# latest `deny_unknown_fields` sees to that, and an internally tagged enum has to find its tag by name.
# Seen: a list is read as the struct's fields in the order in which the source declares them, under `deny_unknown_fields` too, and a
# shorter list where fields have defaults (an empty one is a struct of nothing but defaults). An internally tagged enum takes its first element for
# the tag. An untagged enum that tries the struct first takes a list of two flags for it. Only `flatten` (which asks for a map) refuses.
# Follows: who reads rights or settings into a struct reads `[true]` as its first field set, and moving a field in the source changes
# what such input means. A reader that must close on what it does not know has to ask for a map first.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "lists"
version = "0.0.0"
edition = "2021"
[workspace]
[dependencies]
serde = { version = "=1.0.228", features = ["derive"] }
serde_json = "=1.0.145"
TOML
cat >src/main.rs <<'RUST'
use serde::{Deserialize, de::DeserializeOwned};
use std::{collections::BTreeMap, fmt::Debug};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code)]
struct Rights { #[serde(default)] read: bool, #[serde(default)] write: bool }

#[derive(Debug, Deserialize)]
#[allow(dead_code)]
struct Open { #[serde(default)] read: bool, #[serde(flatten)] rest: BTreeMap<String, bool> }

#[derive(Debug, Deserialize)]
#[serde(tag = "op")]
#[allow(dead_code)]
enum Tagged { Grant { who: String, read: bool } }

#[derive(Debug, Deserialize)]
#[serde(untagged)]
#[allow(dead_code)]
enum Either { One(Rights), Many(Vec<bool>) }

#[derive(Debug, Deserialize)]
#[serde(default)]
#[allow(dead_code)]
struct Limits { most: u32, each: u32 }
impl Default for Limits { fn default() -> Self { Limits { most: 7, each: 8 } } }

fn show<T: DeserializeOwned + Debug>(name: &str, text: &str) {
    match serde_json::from_str::<T>(text) {
        Ok(read) => println!("{name} {text}: {read:?}"),
        Err(error) => println!("{name} {text}: refused, {error}"),
    }
}

fn main() {
    show::<Rights>("struct", "[true]");
    show::<Rights>("struct", "[]");
    show::<Rights>("struct", "[false,true]");
    show::<Rights>("struct", "[true,false,true]");
    show::<BTreeMap<String, Rights>>("map", r#"{"anna":[true]}"#);
    show::<Open>("flatten", "[true]");
    show::<Tagged>("tagged", r#"["Grant","anna",true]"#);
    show::<Either>("untagged", "[true,true]");
    show::<Limits>("default", "[1]");
}
RUST
cargo run -q >seen || exit 2
cat seen
[ "$(cat seen)" = 'struct [true]: Rights { read: true, write: false }
struct []: Rights { read: false, write: false }
struct [false,true]: Rights { read: false, write: true }
struct [true,false,true]: refused, trailing characters at line 1 column 13
map {"anna":[true]}: {"anna": Rights { read: true, write: false }}
flatten [true]: refused, invalid type: sequence, expected struct Open at line 1 column 0
tagged ["Grant","anna",true]: Grant { who: "anna", read: true }
untagged [true,true]: One(Rights { read: true, write: true })
default [1]: Limits { most: 1, each: 8 }' ]
