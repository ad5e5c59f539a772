//! A query of a set as a clause.

use super::QuerySet;
use super::candidate::Candidate;
use super::subscribers::SubscriptionId;
use crate::plan::written;

impl QuerySet {
    /// A clause of the same meaning as the query that a subscription asks for: it compiles to a query of the same
    /// [fingerprint](crate::Query::fingerprint).
    ///
    /// A set keeps no text, so it is written from what is run: what never decides anything is gone, dates are in the usual form, and
    /// what no object can have is an operator named `$never`. There is none if the subscription is not in the set, if its query is of the
    /// [`find` dialect](crate::Dialect::Find), which asks for more than its clause says, or if it compares with what no JSON is decoded to
    /// again, such as an operand whose class name is an object.
    ///
    /// # Complexity
    ///
    /// `O(n log n)` in the size of the query, times the levels of its groups.
    ///
    /// # Examples
    ///
    /// ```
    /// use livematch::{Query, QuerySet};
    ///
    /// # fn main() -> Result<(), livematch::CompileError> {
    /// let query: Query = r#"{"$and": [{"room": "r1"}, {"n": {"$gt": 1.0, "$options": "i"}}]}"#.parse()?;
    /// let mut set = QuerySet::new();
    /// let id = set.insert(query.clone());
    /// let clause = set.get(id).expect("it is in the set");
    /// assert_eq!(clause, r#"{"room":"r1","n":{"$gt":1}}"#);
    /// assert_eq!(clause.parse::<Query>()?.fingerprint(), query.fingerprint());
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn get(&self, id: SubscriptionId) -> Option<String> {
        match self.query_of(id)? {
            Candidate::Find(_) => None,
            Candidate::Live(slot) => written::text(slot.code, slot.head.run, |path| {
                Some(self.paths.get(path)?.path.text())
            }),
        }
    }
}
