//! How long what clients send is likely to take.

use memchr::memmem;

use crate::turns::Weight;

/// Up to how many bytes a query takes at most a millisecond to be filed or removed.
const LIGHT_QUERY: usize = 32 << 10;

/// Up to how many bytes a clause is light whatever it is, and if it has no pattern: 300 constraints take a millisecond.
const LIGHT_PATTERN: usize = 512;
const LIGHT_CLAUSE: usize = 8 << 10;

/// Up to how many bytes a frame is light to read.
const LIGHT_FRAME: usize = 16 << 10;

/// A frame that is to be read.
pub(super) fn of_frame(text: &str) -> Weight {
    up_to(LIGHT_FRAME, text.len())
}

/// A clause that is to be compiled.
pub(super) fn of_clause(clause: &str) -> Weight {
    let most = if may_have_pattern(clause) {
        LIGHT_PATTERN
    } else {
        LIGHT_CLAUSE
    };
    up_to(most, clause.len())
}

/// A query of so many bytes that is to be filed, or removed.
pub(super) fn filing(bytes: usize) -> Weight {
    up_to(LIGHT_QUERY, bytes)
}

/// Whether a clause may ask for a pattern. In JSON the letters of a key can be written by their numbers, and then nothing is said of
/// which key it is.
fn may_have_pattern(clause: &str) -> bool {
    let has = |part| memmem::find(clause.as_bytes(), part).is_some();
    has(b"$regex") || has(b"\\u00")
}

fn up_to(most: usize, bytes: usize) -> Weight {
    if bytes <= most {
        Weight::Light
    } else {
        Weight::Heavy
    }
}

#[cfg(test)]
mod tests {
    use livematch::Query;

    use super::*;

    #[test]
    fn a_clause_with_a_pattern_is_heavy_however_it_is_written() {
        let of = |key: &str, value: &str| {
            let clause = format!(r#"{{"a": {{"{key}": "{value}"}}}}"#);
            assert!(clause.parse::<Query>().is_ok(), "{clause}");
            of_clause(&clause)
        };
        let (short, long) = ("x".repeat(100), "x".repeat(600));
        assert_eq!(of("$eq", &long), Weight::Light);
        for at in 0.."$regex".len() {
            let number = format!("\\u{:04x}", "$regex".as_bytes()[at]);
            let key = format!("{}{number}{}", &"$regex"[..at], &"$regex"[at + 1..]);
            assert_eq!(of(&key, &long), Weight::Heavy, "{key}");
            assert_eq!(of(&key, &short), Weight::Light, "{key}");
        }
    }

    #[test]
    fn what_is_filed_under_much_is_heavy() {
        let weight = |clause: &str| {
            let query: Query = clause.parse().expect("a clause");
            filing(query.memory_usage())
        };
        assert_eq!(weight(r#"{"a": 1, "b": {"$gt": 5}}"#), Weight::Light);
        let list: Vec<_> = (0..200).map(|n| format!("\"id{n}\"")).collect();
        let list = list.join(",");
        assert_eq!(
            weight(&format!(r#"{{"a": {{"$in": [{list}]}}}}"#)),
            Weight::Light
        );
        let many: Vec<_> = (0..10_000).map(|n| n.to_string()).collect();
        let many = many.join(",");
        assert_eq!(
            weight(&format!(r#"{{"a": {{"$in": [{many}]}}}}"#)),
            Weight::Heavy
        );
        let ranges: Vec<_> = (0..1_000)
            .map(|n| format!(r#"{{"a": {{"$gt": {n}e3, "$lt": {n}e9}}}}"#))
            .collect();
        let ranges = ranges.join(",");
        assert_eq!(weight(&format!(r#"{{"$or": [{ranges}]}}"#)), Weight::Heavy);
    }
}
