//! Why an object matches a query, or does not.

use super::{Plan, Query};
use crate::constraint::{self, OperatorName};
use crate::document::Document;
use crate::explain::pointer::resolve;
use crate::explain::trace::{Step, Trace};
use crate::explain::words::expected;
use crate::explain::{ChangeExplanation, Explanation, Held, Tested};
use crate::find;
use crate::find::options::FindOptions;
use crate::pattern::PatternCache;
use crate::plan as live;
use crate::value::{Answer, Datum, Fields, Text, Val};
use crate::warning::{Effect, Level, Surprise, Warning};

impl Query {
    /// Why an object matches, does not, or has no answer: every constraint with what it found, and which of them decided.
    ///
    /// The verdict is that of [`verdict`](Self::verdict). This is for the case that somebody asks: it is no way to match.
    ///
    /// # Complexity
    ///
    /// That of compiling the clause again, `O(n log n)` in its size, as nothing is kept for it, and of a look at each constraint
    /// that is reached. Values are [cut](Explanation::MAX_CHARS), and of very many constraints
    /// [some](Explanation::MAX_TESTED) are kept.
    ///
    /// # Examples
    ///
    /// ```
    /// use livematch::Query;
    /// use serde_json::json;
    ///
    /// # fn main() -> Result<(), livematch::CompileError> {
    /// let query: Query = r#"{"$or": [{"owner": "ada"}, {"score": {"$gte": 10}}]}"#.parse()?;
    /// let text = query.explain(&json!({"owner": "bob", "score": 7})).to_string();
    /// assert_eq!(
    ///     text,
    ///     r#"no match: /$or/0/owner: expected "ada", found "bob"; /$or/1/score/$gte: expected at least 10, found 7"#,
    /// );
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn explain<D: Document + ?Sized>(&self, object: &D) -> Explanation {
        let object = object.view().0;
        let explained = self.inner.source.read().and_then(|clause| {
            let trace = self.trace(&clause, object)?;
            Some(Explainer::new(self, &clause, object).explanation(trace))
        });
        // What compiled once can be read again.
        explained.unwrap_or_else(|| Explanation {
            verdict: self.inner.plan.answer(object, self.now).into(),
            tested: Box::default(),
            omitted: 0,
            obstacle: None,
        })
    }

    /// Why a change fires its event, or none; `None` stands for a side that does not exist.
    ///
    /// # Complexity
    ///
    /// That of [`explain`](Self::explain) for each side.
    ///
    /// # Examples
    ///
    /// ```
    /// use livematch::Query;
    /// use serde_json::json;
    ///
    /// # fn main() -> Result<(), livematch::CompileError> {
    /// let query: Query = r#"{"price": {"$lt": 100}}"#.parse()?;
    /// let change = query.explain_change(Some(&json!({"price": 120})), Some(&json!({"price": 80})));
    /// assert!(change.to_string().starts_with("enter\nbefore: no match: /price/$lt: expected less than 100, found 120"));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn explain_change<D: Document + ?Sized>(
        &self,
        old: Option<&D>,
        new: Option<&D>,
    ) -> ChangeExplanation {
        ChangeExplanation {
            old: old.map(|object| self.explain(object)),
            new: new.map(|object| self.explain(object)),
        }
    }

    /// The constraints of the clause, run one by one.
    fn trace(&self, clause: &Datum, object: Val<'_>) -> Option<Trace> {
        let patterns = PatternCache::default();
        match &self.inner.plan {
            Plan::Live(plan) => {
                let clause = constraint::read(clause.clone(), self.limits()).ok()?;
                live::explain::explain(plan, clause, object, &self.context(&patterns))
            }
            Plan::Find(plan) => {
                let default = FindOptions::new();
                let options = self.inner.find.as_deref().unwrap_or(&default);
                let limits = (self.limits(), &patterns);
                find::explain::explain(plan, clause, options, limits, object, self.now)
            }
        }
    }
}

/// Makes an explanation of a trace.
struct Explainer<'q> {
    query: &'q Query,
    clause: &'q Datum,
    object: Val<'q>,
    /// What is known of the parts of the clause.
    warnings: Vec<Warning>,
}

impl<'q> Explainer<'q> {
    fn new(query: &'q Query, clause: &'q Datum, object: Val<'q>) -> Self {
        Self {
            query,
            clause,
            object,
            warnings: query.part_warnings(clause),
        }
    }

    fn explanation(&self, trace: Trace) -> Explanation {
        let Trace {
            verdict,
            steps,
            decisive,
            obstacle,
        } = trace;
        let mut is_decisive = vec![false; steps.len()];
        for at in decisive {
            is_decisive[at] = true;
        }
        let count = steps.len();
        let steps = steps.into_iter().zip(is_decisive);
        let kept = kept(steps.collect());
        let tested: Box<[Tested]> = kept
            .into_iter()
            .map(|(step, is_decisive)| self.tested(step, is_decisive))
            .collect();
        Explanation {
            verdict,
            omitted: count - tested.len(),
            tested,
            obstacle,
        }
    }

    fn tested(&self, step: Step, is_decisive: bool) -> Tested {
        let pointer = step.pointer();
        let surprise = if is_decisive {
            self.surprise(&step, &pointer)
        } else {
            None
        };
        let note = surprise.map(|surprise| self.note(&step, surprise));
        let operand = resolve(self.clause, &pointer);
        let operators = self.operators(&step);
        let beside = |name: &str| operators?.get(name);
        Tested {
            pointer: pointer.into(),
            expected: expected(&step.operator, operand, beside).into(),
            operator: step.operator.as_str().into(),
            found: step.found,
            held: step.held,
            is_decisive,
            surprise,
            note: note.map(String::into_boxed_str),
        }
    }

    /// The operators among which one stands.
    fn operators(&self, step: &Step) -> Option<&'q Fields> {
        let operators = resolve(self.clause, &step.field)?.as_fields();
        operators.filter(|_| step.is_key)
    }

    /// The oddity to which a constraint owes its answer.
    fn surprise(&self, step: &Step, pointer: &str) -> Option<&'static Surprise> {
        let here = |warning: &&Warning| warning.pointer() == pointer;
        let above = |warning: &&Warning| step.is_key && *warning.pointer() == *step.field;
        let beside = |warning: &&Warning| step.is_key && is_about_all(warning, &step.field);
        let told = || self.warnings.iter();
        let told = (told().filter(here))
            .chain(told().filter(above))
            .chain(told().filter(beside));
        let hints = self.hints(step, pointer);
        let mut surprises = told.map(Warning::surprise).chain(hints);
        surprises.find(|surprise| self.is_owed_to(step, surprise))
    }

    /// What hints LiveQuery's dialect has for a constraint, whatever worse is to be said of it.
    fn hints(&self, step: &Step, pointer: &str) -> Vec<&'static Surprise> {
        let operand = resolve(self.clause, pointer);
        match (operand, &step.path) {
            (Some(operand), Some(path)) if self.query.inner.find.is_none() => {
                let operator = step.is_key.then_some(&step.operator);
                live::lint::of_constraint(path, operator, operand)
            }
            _ => Vec::new(),
        }
    }

    fn is_owed_to(&self, step: &Step, surprise: &'static Surprise) -> bool {
        match surprise.effect() {
            Effect::NeverMatches => step.held == Held::No,
            Effect::AlwaysMatches | Effect::Ignored => step.held == Held::Yes,
            Effect::Faults => step.held == Held::Fault,
            // Those of find() are mistakes of the clause, whatever the object; hints are such for some objects.
            Effect::Differs => {
                let is_mistake = self.query.inner.find.is_some() && surprise.level() > Level::Hint;
                let found = step.found.as_ref();
                let fits = || found.is_none_or(|found| live::lint::fits(surprise, found));
                is_mistake || fits() && self.differs(step)
            }
        }
    }

    /// Whether the other dialect answers otherwise to the constraint alone.
    fn differs(&self, step: &Step) -> bool {
        let answer = match step.held {
            Held::Yes => Ok(true),
            Held::No => Ok(false),
            Held::Fault => return true,
            Held::NotReached => return false,
        };
        let alone = self.alone(step);
        let other = alone.and_then(|alone| self.query.other_answer(&alone, self.object));
        // What the other one refuses it does not answer alike.
        other != Some(answer)
    }

    /// A clause of nothing but a constraint.
    fn alone(&self, step: &Step) -> Option<Fields> {
        let value = resolve(self.clause, &step.field)?.clone();
        let value = match self.operators(step) {
            None => value,
            Some(operators) => {
                let name = step.operator.as_str();
                let is_kept =
                    |key: &str| key == name || OperatorName::from(Text::from(key)).is_modifier();
                let kept = operators.iter().filter(|(key, _)| is_kept(key));
                let kept = kept.map(|(key, operand)| (Text::from(key), operand.clone()));
                Datum::Object(kept.collect())
            }
        };
        let path = Text::from(&**step.path.as_ref()?);
        Some([(path, value)].into_iter().collect())
    }

    fn note(&self, step: &Step, surprise: &Surprise) -> String {
        let dialect = match self.query.inner.find {
            None => "LiveQuery",
            Some(_) => "find",
        };
        let why = match &step.found {
            Some(found) => live::lint::why(surprise, found),
            None => surprise.why(),
        };
        match (&step.path, &step.found) {
            (Some(path), Some(found)) => {
                let path: String = path.chars().take(Explanation::MAX_CHARS).collect();
                format!(
                    "`{path}` is {}; in the {dialect} dialect {why}",
                    found.kind()
                )
            }
            _ => format!("in the {dialect} dialect {why}"),
        }
    }
}

/// Whether a warning of an operator of a field is about all that stands beside it: what is ignored does not keep the others from
/// holding.
fn is_about_all(warning: &Warning, field: &str) -> bool {
    let is_ignored = warning.effect() == Effect::Ignored;
    if !is_ignored && !find::traps::is_about_all(warning.surprise()) {
        return false;
    }
    let above = warning.pointer().rsplit_once('/').map(|(above, _)| above);
    above == Some(field)
}

/// Bytes of the pointers that are kept, unless one alone has more: keys can be long, and a field can have thousands of operators.
const MAX_POINTER_BYTES: usize = 1 << 18;

/// The steps that are kept, in their order: those that decided, and then the first.
fn kept(steps: Vec<(Step, bool)>) -> Vec<(Step, bool)> {
    let (mut count, mut bytes) = (0, 0);
    let mut is_kept = vec![false; steps.len()];
    for decides in [true, false] {
        for (at, (step, is_decisive)) in steps.iter().enumerate() {
            let fits = bytes + step.length() <= MAX_POINTER_BYTES || count == 0;
            if *is_decisive == decides && count < Explanation::MAX_TESTED && fits {
                is_kept[at] = true;
                count += 1;
                bytes += step.length();
            }
        }
    }
    let mut is_kept = is_kept.into_iter();
    let mut steps = steps;
    steps.retain(|_| is_kept.next().unwrap_or_default());
    steps
}

impl Query {
    /// What is to be said of the parts of the clause, each by itself.
    fn part_warnings(&self, clause: &Datum) -> Vec<Warning> {
        if self.inner.find.is_some() {
            return clause
                .as_fields()
                .map(find::traps::warnings)
                .unwrap_or_default();
        }
        let clause = constraint::read(clause.clone(), self.limits());
        let patterns = PatternCache::default();
        let warnings = clause.map(|clause| live::lint::of_parts(&clause, &self.context(&patterns)));
        warnings.unwrap_or_default()
    }

    /// What the other dialect answers to a clause, if it takes it.
    fn other_answer(&self, clause: &Fields, object: Val<'_>) -> Option<Answer> {
        let patterns = PatternCache::default();
        let context = self.context(&patterns);
        if self.inner.find.is_none() {
            let options = FindOptions::new();
            let plan = find::compile(clause, &options, context.limits, &patterns).ok()?;
            return Some(plan.answer(object, self.now));
        }
        let clause = Datum::Object(clause.clone());
        let clause = constraint::read(clause, context.limits).ok()?;
        let plan = live::compile(clause, &context).ok()?;
        Some(plan.answer(object))
    }
}
