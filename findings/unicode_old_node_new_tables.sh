#!/usr/bin/env bash
# Which Unicode an engine of patterns knows: Node 20.20.2, whose line began in 2023, and the Rust crate regex-syntax 0.8.12, the newest.
#
# Guessed: the older line has the older tables (Node 20.0 had Unicode 15), and the crate that is kept up to date has the newer ones.
# Seen: Node 20.20.2 has Unicode 17, since its ICU is renewed within a line, and the crate has 16: of `\p{L}` Node knows U+A7CE (a
# letter since 17) and the crate does not.
# Follows: who promises JavaScript's answers with \p{…} and /i cannot take the tables from the crate, nor tell them by Node's line.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{ "private": true }' >package.json
npm install --no-audit --no-fund --silent node@20.20.2 || exit 2
node=$(node_modules/node/bin/node -p '`${process.versions.unicode} ${/^\p{L}$/u.test("\ua7ce")}`')
mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "tables"
version = "0.0.0"
edition = "2021"
[workspace]
[dependencies]
regex-syntax = "=0.8.12"
TOML
cat >src/main.rs <<'RUST'
fn main() {
    let hir = regex_syntax::parse(r"\p{L}").expect("a pattern");
    let regex_syntax::hir::HirKind::Class(regex_syntax::hir::Class::Unicode(class)) = hir.kind() else { panic!("no class") };
    let letter = '\u{a7ce}';
    println!("{}", class.ranges().iter().any(|range| range.start() <= letter && letter <= range.end()));
}
RUST
cargo run -q || exit 2
crate=$(cargo run -q)
echo "Node 20.20.2: Unicode $node; regex-syntax 0.8.12: $crate"
[ "$node" = '17.0 true' ] && [ "$crate" = false ]
