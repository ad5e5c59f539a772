#!/usr/bin/env bash
# Two checkouts of one package that share a target directory, with cargo 1.95.0.
#
# Guessed: a package by its path is another package in another folder, so that two checkouts (two worktrees of one repository, say) may
# share CARGO_TARGET_DIR: at worst each build makes the other's anew.
# Seen: what is built has the same name for both, as the names of a workspace's own packages do not depend on where it lies, and it is
# fresh if no source is younger than it. So `cargo run` in the second checkout runs the program of the first, without a word; after
# its source is touched it is built, and from then on `cargo run` in the FIRST runs the program of the second.
# Follows: to hold an old commit against a new one in one target directory measures one of them twice. One target directory each.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
for checkout in old new; do
    mkdir -p "$checkout/src"
    printf '[package]\nname = "program"\nversion = "0.0.0"\nedition = "2021"\n' >"$checkout/Cargo.toml"
    printf 'fn main() { println!("%s"); }\n' "$checkout" >"$checkout/src/main.rs"
done
export CARGO_TARGET_DIR=$folder/target
program() { (cd "$1" && cargo run -q) || exit 2; }
sleep 1 # so that what is built is younger than both sources
{
    echo "in old: $(program old)"
    echo "in new: $(program new)"
    sleep 1
    touch new/src/main.rs
    echo "in new, touched: $(program new)"
    echo "in old: $(program old)"
} >seen
cat seen
[ "$(cat seen)" = 'in old: old
in new: old
in new, touched: new
in old: new' ]
