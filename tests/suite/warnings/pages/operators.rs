//! The page of operators says what the library answers.
//!
//! `UPDATE_PAGES=1 cargo test --test suite pages` writes the codes of `docs/operators.md` anew.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use livematch::{Object, Surprise, Verdict};

use super::super::query;
use super::{page, text_of};

const PAGE: &str = "docs/operators.md";

/// Operators that ask for more than one field, and are in another table of the page or in none.
const GROUPS: [&str; 3] = ["$or", "$and", "$nor"];

/// A row of a table: an operator, what it asks, a clause, an object that matches it and one that does not, and codes.
fn cells(line: &str) -> Option<[&str; 6]> {
    let row = line.strip_prefix("| `")?.strip_suffix('|')?;
    let cells: Vec<_> = row.split(" | ").collect();
    let cells = cells.into_iter().map(|cell| cell.trim().trim_matches('`'));
    cells.collect::<Vec<_>>().try_into().ok()
}

/// What surprises of one of these surprises of all.
const RANGES: [&str; 4] = ["$lt", "$lte", "$gt", "$gte"];

/// The codes of what surprises, by the operator that they are told at.
fn codes_by_operator() -> BTreeMap<String, BTreeSet<&'static str>> {
    let mut codes: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for row in Surprise::all() {
        let warnings = query(row.example()).warnings();
        let of_row = warnings
            .iter()
            .filter(|warning| warning.code() == row.code());
        for warning in of_row {
            codes
                .entry(warning.operator().to_owned())
                .or_default()
                .insert(row.code());
        }
    }
    let of_ranges: BTreeSet<&str> = (RANGES.iter())
        .filter_map(|operator| codes.get(*operator))
        .flatten()
        .copied()
        .collect();
    codes.extend(RANGES.map(|operator| (operator.to_owned(), of_ranges.clone())));
    codes
}

fn rendered(text: &str) -> String {
    let codes = codes_by_operator();
    let line = |line: &str| match cells(line) {
        Some([operator, ..]) => {
            let told = codes.get(operator).into_iter().flatten();
            let told: Vec<_> = told.map(|code| format!("`{code}`")).collect();
            let (kept, _) = line.trim_end_matches('|').rsplit_once(" |").expect("cells");
            format!("{kept} | {} |\n", told.join(" ")).replace("|  |", "| |")
        }
        None => format!("{line}\n"),
    };
    text.lines().map(line).collect()
}

#[test]
fn the_page_of_operators_has_their_codes() {
    let text = text_of(PAGE);
    let rendered = rendered(&text);
    if std::env::var_os("UPDATE_PAGES").is_some() {
        fs::write(page(PAGE), &rendered).expect("the page can be written");
        return;
    }
    assert!(text == rendered, "{PAGE} is not what UPDATE_PAGES=1 writes");
}

#[test]
fn every_row_of_operators_is_what_the_library_answers() {
    let text = text_of(PAGE);
    for [operator, _, clause, matching, other, _] in text.lines().filter_map(cells) {
        assert!(
            operator == "=" || clause.contains(operator),
            "{operator}: {clause}"
        );
        let query = query(clause);
        let verdict = |object: &str| query.verdict(&object.parse::<Object>().expect(object));
        assert_eq!(verdict(matching), Verdict::Match, "{operator}: {matching}");
        assert_eq!(verdict(other), Verdict::NoMatch, "{operator}: {other}");
    }
}

/// The advice for an operator that nobody knows lists those that are known.
#[test]
fn every_operator_has_a_row() {
    let text = text_of(PAGE);
    let rows: BTreeSet<&str> = text
        .lines()
        .filter_map(cells)
        .map(|[operator, ..]| operator)
        .collect();
    let unknown = Surprise::all()
        .iter()
        .find(|row| row.code() == "unknown-operator");
    let advice = unknown.expect("a row").instead().split([' ', ',']);
    let known: BTreeSet<&str> = advice.filter(|word| word.starts_with('$')).collect();
    assert!(known.len() >= 18, "{known:?}");
    let others = ["="].into_iter().chain(GROUPS);
    assert_eq!(rows, known.into_iter().chain(others).collect());
}
