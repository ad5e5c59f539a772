//! What queries take in memory.

use livematch::Query;

/// How many bytes a query takes, compiled and filed: in the set it leaves its text, and has keys instead.
///
/// A key takes about as much as the member of a list that it is of, and a third more while tables grow; under which keys a
/// query is filed depends on others and may change. A field that no other query asks for is noted as well.
///
/// Takes as long as reading a long clause: no class is to be held for it.
pub(super) fn weight(query: &Query) -> usize {
    const FILED: usize = 256;
    const ORDINARY: usize = 512;
    const FIELD: usize = 256;
    let bytes = query.memory_usage();
    if bytes <= ORDINARY {
        return bytes + FILED;
    }
    bytes + FILED + (bytes - ORDINARY) / 3 * 4 + query.paths().len() * FIELD
}

#[cfg(test)]
mod tests {
    use livematch::{Dialect, FindOptions, QuerySet};

    use super::*;

    #[test]
    fn what_is_filed_is_charged_for() {
        let list = |n: usize, length: usize, quote: &str| -> String {
            let members = (0..length).map(|i| format!("{quote}{}{quote}", n * length + i));
            members.collect::<Vec<_>>().join(",")
        };
        let or = |constraint: &dyn Fn(usize) -> String| -> String {
            let all: Vec<_> = (0..500).map(|i| format!("{{{}}}", constraint(i))).collect();
            format!(r#"{{"$or": [{}]}}"#, all.join(","))
        };
        let shapes: [(usize, &dyn Fn(usize) -> String); 8] = [
            (2_000, &|n| format!(r#"{{"a": {n}}}"#)),
            (2_000, &|n| {
                format!(r#"{{"a": {n}, "b": "x{n}", "c": {{"$gt": {n}}}}}"#)
            }),
            (500, &|n| {
                format!(r#"{{"a": {{"$in": [{}]}}}}"#, list(n, 30, "\""))
            }),
            (50, &|n| {
                format!(r#"{{"a": {{"$in": [{}]}}}}"#, list(n, 3_000, "\""))
            }),
            (50, &|n| {
                format!(r#"{{"a": {{"$in": [{}]}}}}"#, list(n, 3_000, ""))
            }),
            (500, &|n| {
                format!(r#"{{"a{n}": {{"$in": [{}]}}}}"#, list(0, 100, ""))
            }),
            (20, &|n| or(&|i| format!(r#""a{}": 1"#, n * 500 + i))),
            (20, &|n| {
                or(&|i| format!(r#""a": {{"$gt": {i}e{}, "$lt": {i}e{}}}"#, 100 + n, 200 + n))
            }),
        ];
        let dialects = [Dialect::LiveQuery, Dialect::Find(FindOptions::new())];
        let asked = dialects
            .iter()
            .flat_map(|dialect| shapes.map(|shape| (dialect, shape)));
        for (dialect, (count, clause)) in asked {
            let queries = Query::builder().dialect(dialect.clone());
            let mut set = QuerySet::new();
            let mut charged = 0;
            for n in 0..count {
                let query = queries.compile_str(&clause(n)).expect("a clause");
                charged += weight(&query);
                set.insert(query);
            }
            let takes = set.memory_usage();
            let shown = &clause(0)[..20.min(clause(0).len())];
            assert!(
                takes <= charged,
                "{shown} {dialect:?}: {takes} of {charged}"
            );
        }
    }
}
