//! The documentation says what the table says.
//!
//! `UPDATE_PAGES=1 cargo test --test suite pages` writes `docs/surprises.md` anew.

mod operators;

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use livematch::{Level, Query, Surprise};

fn page(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn text_of(name: &str) -> String {
    fs::read_to_string(page(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

const HEAD: &str = "\
# What surprises in LiveQuery's dialect

`Query::warnings()` names these, with their places. `Query::builder().strict(true)` refuses errors and warnings, and no
hints. A *fault* is where Parse Server's matcher throws: its server then sends nothing for that change. Each row is held to
its example by `cargo test`, and the example to what Parse Server answers.

This page is written from `src/plan/lint/table.rs` by `UPDATE_PAGES=1 cargo test --test suite pages`.
";

/// What the law of warnings counted, which holds this to it.
const LAW: &str = "
## What holds them

Every clause that the SDKs can build in one or two steps is tried on objects drawn from its own fields and values, up to 2,000 of them. What
never or always matches there has a warning that says so, and what matches and does not has none. `WARNING_LAW=1 cargo test -q --release
--test suite warnings::law -- --nocapture` holds that, with other objects if `WARNING_LAW_SEED` says so, and prints:

| clauses of | tried | warnings by effect | left out, by why |
|---|---|---|---|
| one step | 6610 | always matches 1973, faults 679, is ignored 96, means something else 2604, never matches 2101 | pattern on a server's date 36 |
| two steps | 144192 | always matches 48803, faults 3699, is ignored 1694, means something else 4944, never matches 112297 | circle 4206, pattern on a server's date 5872, two patterns, or one and a range 3776, two shapes, or one and a range 7554 |

What is left out is not weighed: whether some value satisfies two patterns at once, or a place two shapes.
";

/// What stands above the rows of a level.
const LEVELS: [(Level, &str, &str); 3] = [
    (
        Level::Error,
        "Errors",
        "What is asked for cannot be had this way.",
    ),
    (
        Level::Warning,
        "Warnings",
        "A part of the clause does not do what it says.",
    ),
    (
        Level::Hint,
        "Hints",
        "The clause does what LiveQuery always does; `find()` answers otherwise for some objects.",
    ),
];

fn rendered() -> String {
    let mut page = HEAD.to_owned();
    for (level, title, meaning) in LEVELS {
        write!(
            page,
            "\n## {title}\n\n{meaning}\n\n| code | for example | what becomes of it | why | instead |\n|---|---|---|---|---|\n"
        )
        .expect("text can be written");
        for row in Surprise::all().iter().filter(|row| row.level() == level) {
            let cells = [
                format!("`{}`", row.code()),
                format!("`{}`", row.example()),
                row.effect().as_str().to_owned(),
                row.why().to_owned(),
                row.instead().to_owned(),
            ];
            let cells = cells.map(|cell| cell.replace('|', "\\|"));
            writeln!(page, "| {} |", cells.join(" | ")).expect("text can be written");
        }
    }
    page + LAW
}

#[test]
fn the_page_of_surprises_is_the_table() {
    let rendered = rendered();
    if std::env::var_os("UPDATE_PAGES").is_some() {
        fs::write(page("docs/surprises.md"), &rendered).expect("the page can be written");
    }
    assert!(
        text_of("docs/surprises.md") == rendered,
        "docs/surprises.md is not what UPDATE_PAGES=1 writes"
    );
}

/// What stands between backticks in a text.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

fn codes() -> BTreeSet<&'static str> {
    Surprise::all().iter().map(|row| row.code()).collect()
}

/// A clause of a text, which may leave the field to the reader.
fn clause_of(text: &str) -> Query {
    let clause = if text.starts_with("{\"$") {
        format!("{{\"field\": {text}}}")
    } else {
        text.to_owned()
    };
    clause
        .parse()
        .unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// What a text calls surprising: the codes that it names, and its clauses, which must have a warning of such a code.
#[track_caller]
fn check_claims(text: &str) -> usize {
    let codes = codes();
    let named: BTreeSet<&str> = quoted(text).filter(|word| codes.contains(word)).collect();
    assert!(!named.is_empty(), "no surprise is named: {text}");
    let mut clauses = 0;
    for clause in quoted(text).filter(|word| word.starts_with('{')) {
        let warnings = clause_of(clause).warnings();
        let said = warnings
            .iter()
            .any(|warning| named.contains(warning.code()));
        // What to ask instead is in words of its own.
        let is_advice = !warnings.iter().any(|warning| warning.level() > Level::Hint);
        assert!(said || is_advice, "{clause} has no warning of {named:?}");
        clauses += usize::from(said);
    }
    clauses
}

#[test]
fn what_the_readme_calls_surprising_is_warned_of() {
    let readme = text_of("README.md");
    let section = readme
        .split("\n## ")
        .find_map(|section| section.strip_prefix("What surprises in the dialect\n"))
        .expect("the section");
    let (_, list) = section.split_once("\n- ").expect("a list");
    let points: Vec<_> = list.split("\n- ").collect();
    assert!(points.len() >= 8, "{points:?}");
    let clauses: usize = points.iter().map(|point| check_claims(point)).sum();
    assert!(clauses >= 4, "only {clauses} clauses are shown");
}

#[test]
fn what_the_server_calls_surprising_is_warned_of() {
    let readme = text_of("server/README.md");
    let mut paragraphs = readme.split("\n\n");
    let told = paragraphs.find(|paragraph| paragraph.contains("`--strict true`"));
    assert!(check_claims(told.expect("the paragraph")) >= 1);
}
