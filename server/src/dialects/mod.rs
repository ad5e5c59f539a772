//! In which dialect clauses on a class are read, and what the fields of the class are known to hold.

mod weight;

use std::collections::{BTreeMap, HashMap};
use std::time::SystemTime;

use livematch::{
    ClassSchema, Comparison, CompileError, Dialect, FieldType, FindOptions, Query, QueryBuilder,
};
use metrics::{Counter, counter, describe_counter};
use parking_lot::RwLock;
use tracing::warn;

use self::weight::weight;
use crate::accounting::Seldom;
use crate::excerpt::excerpt;
use crate::options::{DialectName, DialectOptions};
use crate::rights::Scope;

/// What the fields of a class hold, by their names.
pub(crate) type Fields = BTreeMap<String, FieldType>;

/// Compiles clauses as their classes want it.
pub(crate) struct Dialects {
    options: DialectOptions,
    live: QueryBuilder,
    /// For a class of which nothing is known.
    find: QueryBuilder,
    known: RwLock<Known>,
    /// Clauses that the dialect of a shadow refuses.
    refused: Counter,
    refusals: Seldom,
}

/// A clause on a class.
pub(crate) struct Queries {
    /// In the dialect whose answers are told.
    pub(crate) served: Query,
    /// In the other one, if what it would answer is to be known.
    pub(crate) shadow: Option<Query>,
    /// What either takes, compiled and filed.
    pub(crate) weights: [usize; 2],
}

impl Queries {
    /// Takes as long as reading a long clause.
    fn new(served: Query, shadow: Option<Query>) -> Self {
        let weights = [weight(&served), shadow.as_ref().map_or(0, weight)];
        Self {
            served,
            shadow,
            weights,
        }
    }

    /// How many bytes they take, compiled and filed.
    pub(crate) fn bytes(&self) -> usize {
        self.weights.iter().sum()
    }
}

impl From<Query> for Queries {
    fn from(served: Query) -> Self {
        Self::new(served, None)
    }
}

/// The classes whose fields are known, of those that are read in the dialect of `find()`.
#[derive(Default)]
struct Known {
    classes: HashMap<Box<str>, Class>,
    edition: Edition,
}

/// Which of the schemas that have been learned one after the other a clause was compiled by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Edition(u64);

struct Class {
    fields: Fields,
    queries: QueryBuilder,
}

/// What has changed of a class.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Changed {
    /// What any clause may depend on: the class has become known, or is gone.
    All,
    /// What these fields hold.
    Fields(Vec<String>),
}

impl Changed {
    /// Whether a clause that asks about this may mean something else now.
    pub(crate) fn concerns(&self, scope: &Scope) -> bool {
        match self {
            Self::All => true,
            Self::Fields(names) => scope.looks_at(names),
        }
    }
}

impl Dialects {
    /// Has what is said of all clauses from a builder.
    pub(crate) fn new(options: DialectOptions, live: QueryBuilder) -> Self {
        describe_counter!(
            "livematch_shadow_refused_total",
            "Clauses that cannot be compared, as the other dialect refuses them."
        );
        Self {
            refused: counter!("livematch_shadow_refused_total"),
            refusals: Seldom::default(),
            find: live.clone().dialect(Dialect::Find(FindOptions::new())),
            options,
            live,
            known: RwLock::default(),
        }
    }

    /// Compiles a clause on a class, and in the other dialect too if the class has a shadow.
    ///
    /// What a clause asks of times beside the present means the moment at which it is compiled, as in an answer of `find()`.
    pub(crate) fn compile(
        &self,
        class_name: &str,
        clause: &str,
    ) -> Result<(Queries, Edition), CompileError> {
        let dialect = self.options.dialect(class_name);
        let edition = self.known.read().edition;
        let served = self.compile_in(dialect, class_name, clause)?;
        let shadow = self.options.has_shadow(class_name).then(|| {
            let compiled = self.compile_in(dialect.other(), class_name, clause);
            compiled.inspect_err(|error| self.tell_refused(class_name, error))
        });
        let shadow = shadow.and_then(Result::ok);
        Ok((Queries::new(served, shadow), edition))
    }

    /// What a clause asks about that is refused, if the refusal may tell what the fields of its class hold: who may not ask that is not to
    /// learn it.
    ///
    /// What it asks about is found without knowing what they hold. So whoever may not ask gets the same answer whatever that is.
    pub(crate) fn scope_of_refused(
        &self,
        class_name: &str,
        clause: &str,
        watch: Option<&[String]>,
    ) -> Option<Scope> {
        let tells = self.options.dialect(class_name) == DialectName::Find;
        tells.then(|| match self.find.compile_str(clause) {
            Ok(query) => Scope::new(&query, watch),
            Err(_) => Scope::of_everything(),
        })
    }

    fn compile_in(
        &self,
        dialect: DialectName,
        class_name: &str,
        clause: &str,
    ) -> Result<Query, CompileError> {
        let query = self.builder(dialect, class_name).compile_str(clause)?;
        if query.is_time_dependent() {
            return Ok(query.at(SystemTime::now()));
        }
        Ok(query)
    }

    /// A clause on a class as it is served, and as its shadow answers it.
    pub(crate) fn comparison(&self, class_name: &str, clause: &str) -> Comparison {
        let dialect = self.options.dialect(class_name);
        let [served, shadow] =
            [dialect, dialect.other()].map(|dialect| self.builder(dialect, class_name));
        Comparison::compile_str(clause, &served, &shadow).at(SystemTime::now())
    }

    fn builder(&self, dialect: DialectName, class_name: &str) -> QueryBuilder {
        match dialect {
            DialectName::LiveQuery => self.live.clone(),
            DialectName::Find => {
                let known = self.known.read();
                let class = known.classes.get(class_name);
                class.map_or(&self.find, |class| &class.queries).clone()
            }
        }
    }

    fn tell_refused(&self, class_name: &str, error: &CompileError) {
        self.refused.increment(1);
        if let Some(more) = self.refusals.due() {
            let error = excerpt(error);
            warn!(
                class = class_name,
                error, more, "the other dialect refuses a clause"
            );
        }
    }

    /// In which dialect a class is served, by its name.
    pub(crate) fn name(&self, class_name: &str) -> &'static str {
        self.options.dialect(class_name).as_str()
    }

    /// Whether it matters what the fields of some class hold.
    pub(crate) fn depend_on_schemas(&self) -> bool {
        self.options.may_read_find()
    }

    /// Whether clauses on a class have to be compiled again when what its fields hold changes.
    pub(crate) fn depends_on_schema(&self, class_name: &str) -> bool {
        self.options.dialect(class_name) == DialectName::Find || self.options.has_shadow(class_name)
    }

    /// Whether something has been learned since a clause was compiled.
    pub(crate) fn is_current(&self, edition: Edition) -> bool {
        self.known.read().edition == edition
    }

    /// Learns what the fields of all classes hold; what has changed of those for which it matters.
    ///
    /// Clauses are compiled by it from now on. Those that were compiled before are the caller's to compile again.
    pub(crate) fn learn(&self, all: HashMap<Box<str>, Fields>) -> Vec<(Box<str>, Changed)> {
        let all = all.into_iter();
        let all: HashMap<_, _> = all
            .filter(|(name, _)| self.depends_on_schema(name))
            .collect();
        let mut known = self.known.write();
        let gone = known.classes.keys().filter(|name| !all.contains_key(*name));
        let mut changed: Vec<_> = gone.map(|name| (name.clone(), Changed::All)).collect();
        known.classes.retain(|name, _| all.contains_key(name));
        for (name, fields) in all {
            let class = known.classes.get(&name);
            let change = class.map_or(Some(Changed::All), |class| class.change_to(&fields));
            if let Some(change) = change {
                changed.push((name.clone(), change));
                known.classes.insert(name, Class::new(fields, &self.live));
            }
        }
        if !changed.is_empty() {
            known.edition.0 += 1;
        }
        changed
    }
}

impl Class {
    fn new(fields: Fields, queries: &QueryBuilder) -> Self {
        let schema = fields
            .iter()
            .fold(ClassSchema::new(), |schema, (name, holds)| {
                schema.field(name.clone(), holds.clone())
            });
        let options = FindOptions::new().schema(schema);
        let queries = queries.clone().dialect(Dialect::Find(options));
        Self { fields, queries }
    }

    /// What changes if its fields hold this.
    fn change_to(&self, fields: &Fields) -> Option<Changed> {
        let names = self.fields.keys().chain(fields.keys());
        let differs = |name: &&String| self.fields.get(*name) != fields.get(*name);
        let mut names: Vec<_> = names.filter(differs).cloned().collect();
        names.sort_unstable();
        names.dedup();
        (!names.is_empty()).then_some(Changed::Fields(names))
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::options::Options;

    fn dialects(arguments: &[&str]) -> Dialects {
        let options = Options::parse_from(["test"].iter().chain(arguments));
        Dialects::new(options.dialect, Query::builder())
    }

    fn fields(said: &[(&str, FieldType)]) -> Fields {
        let said = said.iter().cloned();
        said.map(|(name, holds)| (name.to_owned(), holds)).collect()
    }

    fn learn(dialects: &Dialects, class_name: &str, said: &[(&str, FieldType)]) -> Vec<Changed> {
        let all = HashMap::from([(class_name.into(), fields(said))]);
        let changed = dialects.learn(all).into_iter();
        changed.map(|(_, changed)| changed).collect()
    }

    #[test]
    fn a_clause_is_read_as_its_class_wants_it() {
        let dialects = dialects(&["--dialect", "find:Game"]);
        let matches = |class_name, clause, object: &str| {
            let object: livematch::Object = object.parse().expect("an object");
            let compiled = dialects.compile(class_name, clause);
            compiled.expect("a clause").0.served.matches(&object)
        };
        let range = r#"{"score": {"$lt": 5}}"#;
        assert!(!matches("Game", range, "{}"));
        assert!(matches("Room", range, "{}"));
        let asks = r#"{"owner": {"$in": ["t1"]}}"#;
        let owner = r#"{"owner": {"__type": "Pointer", "className": "Club", "objectId": "t1"}}"#;
        assert!(matches("Game", asks, owner), "as it is guessed");
        let holds = [("owner", FieldType::Pointer("Team".into()))];
        assert_eq!(learn(&dialects, "Game", &holds), [Changed::All]);
        assert!(!matches("Game", asks, owner), "as it is known");
    }

    #[test]
    fn a_shadow_is_the_other_dialect_if_that_takes_the_clause() {
        let dialects = dialects(&["--dialect", "find:Game", "--shadow", "true:Game,Room"]);
        let nothing: livematch::Object = "{}".parse().expect("an object");
        let answers = |class_name, clause| {
            let (queries, _) = dialects.compile(class_name, clause).expect("a clause");
            let shadow = queries.shadow.map(|query| query.matches(&nothing));
            (queries.served.matches(&nothing), shadow)
        };
        let range = r#"{"score": {"$lt": 5}}"#;
        assert_eq!(answers("Game", range), (false, Some(true)));
        assert_eq!(answers("Room", range), (true, Some(false)));
        assert_eq!(answers("Other", range), (true, None));
        let refused = r#"{"a": {"$inQuery": {"className": "B", "where": {}}}}"#;
        assert!(answers("Room", refused).1.is_none());
    }

    #[test]
    fn what_has_changed_is_named() {
        let dialects = dialects(&["--dialect", "find:Game"]);
        let (a, b) = (("a", FieldType::Number), ("b", FieldType::String));
        let (_, first) = dialects.compile("Game", "{}").expect("a clause");
        assert_eq!(learn(&dialects, "Room", std::slice::from_ref(&a)), []);
        assert!(dialects.is_current(first), "as this class is not read so");
        assert_eq!(
            learn(&dialects, "Game", std::slice::from_ref(&a)),
            [Changed::All]
        );
        assert!(!dialects.is_current(first));
        let (_, second) = dialects.compile("Game", "{}").expect("a clause");
        assert_eq!(learn(&dialects, "Game", std::slice::from_ref(&a)), []);
        assert!(dialects.is_current(second));
        let names = |names: &[&str]| {
            let names = names.iter().map(|name| (*name).to_owned());
            [Changed::Fields(names.collect())]
        };
        assert_eq!(learn(&dialects, "Game", &[a, b.clone()]), names(&["b"]));
        let other = ("a", FieldType::Date);
        assert_eq!(learn(&dialects, "Game", &[other, b]), names(&["a"]));
        assert_eq!(
            dialects.learn(HashMap::new()),
            [("Game".into(), Changed::All)]
        );
    }

    #[test]
    fn times_beside_the_present_are_meant_when_it_is_compiled() {
        let dialects = dialects(&["--dialect", "find"]);
        let clause = r#"{"at": {"$gt": {"$relativeTime": "1 day ago"}}}"#;
        let (queries, _) = dialects.compile("Game", clause).expect("a clause");
        let at = |at: &str| {
            let object = format!(r#"{{"at": {{"__type": "Date", "iso": "{at}"}}}}"#);
            let query = &queries.served;
            query.matches(&object.parse::<livematch::Object>().expect("an object"))
        };
        assert!(!at("2024-01-01T00:00:00.000Z"));
        assert!(at("2999-01-01T00:00:00.000Z"));
    }
}
