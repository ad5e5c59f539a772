//! Builds many mutants of a crate into one program.
//!
//!     switch LIST ROOT < numbers
//!
//! LIST is what `cargo mutants --list --json` says; a mutant's number is its place there, from 1. In the files under ROOT every mutant
//! whose number is read gets a branch of its own beside the code as it is, behind `crate::switched::on(number)`. The numbers of
//! those that have one are printed, and with `refused` those of which it is known that they do not compile. Of the others, which are in
//! constants or give an `impl Trait`, there is none.
//!
//! A branch stands between comments, `/*m17{*/` and `/*}m17*/`, and what it is an alternative to ends with `/*}s17*/`: so whoever builds
//! it knows whose a compiler's error is.

mod places;
mod render;

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::ops::Range;
use std::path::Path;
use std::{env, fs, io};

use serde::Deserialize;

/// A line of the list.
#[derive(Deserialize)]
struct Listed {
    file: String,
    span: Span,
    replacement: String,
    genre: String,
}

#[derive(Deserialize)]
struct Span {
    start: Position,
    end: Position,
}

/// Both from 1; columns are of characters.
#[derive(Deserialize)]
struct Position {
    line: usize,
    column: usize,
}

/// A mutant as a change of its file's text.
struct Mutant {
    number: usize,
    span: Range<usize>,
    replacement: String,
    genre: String,
}

fn main() -> Result<(), Box<dyn Error>> {
    let [list, root] = [1, 2].map(|nth| env::args().nth(nth).expect("LIST and ROOT"));
    let list: Vec<Listed> = serde_json::from_slice(&fs::read(list)?)?;
    let wanted: BTreeSet<usize> = io::read_to_string(io::stdin())?
        .split_whitespace()
        .map(str::parse)
        .collect::<Result<_, _>>()?;
    let mut files: BTreeMap<&str, Vec<(usize, &Listed)>> = BTreeMap::new();
    for (number, listed) in (1..)
        .zip(&list)
        .filter(|(number, _)| wanted.contains(number))
    {
        files
            .entry(&listed.file)
            .or_default()
            .push((number, listed));
    }
    for (name, listed) in files {
        let path = Path::new(&root).join(name);
        let text = fs::read_to_string(&path)?;
        let mutants: Vec<_> = listed
            .into_iter()
            .map(|(number, listed)| Mutant {
                number,
                span: offset(&text, &listed.span.start)..offset(&text, &listed.span.end),
                replacement: listed.replacement.clone(),
                genre: listed.genre.clone(),
            })
            .collect();
        let found = places::find(&text, &mutants)?;
        for mutant in found.places.iter().flat_map(|place| &place.mutants) {
            println!("{}", mutant.number);
        }
        for mutant in &found.refused {
            println!("{} refused", mutant.number);
        }
        fs::write(path, render::render(&text, &found.places))?;
    }
    Ok(())
}

fn offset(text: &str, at: &Position) -> usize {
    let before: usize = text
        .split_inclusive('\n')
        .take(at.line - 1)
        .map(str::len)
        .sum();
    let columns = text[before..].chars().take(at.column - 1);
    before + columns.map(char::len_utf8).sum::<usize>()
}
