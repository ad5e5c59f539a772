//! Random clauses and objects for the laws.
//!
//! Four profiles: *typed* ones are what an app's SDK sends about objects that keep to a schema, *adversarial* ones
//! put anything anywhere, *rows* are long lists under one logic operator, *find*
//! ones ask for what the `find` dialect tells apart. All draw from few keys and few values on
//! purpose: from many, a field would hardly ever meet its operand.

mod adversarial;
mod find;
mod json;
mod rows;
mod typed;
mod values;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

pub(crate) use self::json::Json;
use self::values::{few, one_of};

/// Members, and lists of clauses under the logic operators.
fn clause_of(
    member: impl Strategy<Value = (String, Json)> + 'static,
    logic: &'static [&'static str],
) -> BoxedStrategy<Json> {
    let leaf = vec(member, 0..3).prop_map(Json::Object).boxed();
    let flat = leaf.clone();
    let deep = leaf.prop_recursive(2, 12, 3, move |inner| {
        (flat.clone(), one_of(logic), few(inner)).prop_map(|(clause, key, list)| {
            let Json::Object(mut members) = clause else {
                return clause;
            };
            members.insert(members.len() / 2, (key, list));
            Json::Object(members)
        })
    });
    deep.boxed()
}

/// A clause with the old and the new object of a change.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) clause: Json,
    pub(crate) old: Json,
    pub(crate) new: Json,
}

pub(crate) fn typed_case() -> BoxedStrategy<Case> {
    let parts = (
        typed::clause(),
        typed::schema_object(),
        typed::schema_object(),
    );
    parts
        .prop_map(|(clause, old, new)| Case { clause, old, new })
        .boxed()
}

/// A clause for the `find` dialect. Some fields of the objects hold what the clause names.
pub(crate) fn find_case() -> BoxedStrategy<Case> {
    let object = || {
        let echoes = vec((any::<Index>(), any::<Index>()), 0..3);
        (find::fields(), echoes)
    };
    let parts = (find::clause(), object(), object());
    parts.prop_map(with_echoes).boxed()
}

pub(crate) fn rows_case() -> BoxedStrategy<Case> {
    let parts = (rows::clause(), rows::fields(), rows::fields());
    parts
        .prop_map(|(clause, old, new)| Case { clause, old, new })
        .boxed()
}

/// Objects some of whose fields hold what the clause names, so that equalities are met.
pub(crate) fn adversarial_case() -> BoxedStrategy<Case> {
    let object = || {
        (
            adversarial::fields(),
            vec((any::<Index>(), any::<Index>()), 0..3),
        )
    };
    let parts = (adversarial::clause(), object(), object());
    parts.prop_map(with_echoes).boxed()
}

/// A case of any kind in the dialect of LiveQuery.
pub(crate) fn any_case() -> impl Strategy<Value = Case> {
    prop_oneof![typed_case(), adversarial_case(), rows_case()]
}

/// An object, and which of its fields become which parts of the clause.
type Echoing = (Json, Vec<(Index, Index)>);

fn with_echoes((clause, old, new): (Json, Echoing, Echoing)) -> Case {
    let parts = clause.parts();
    let [old, new] = [old, new].map(|(object, echoes)| {
        echoes.into_iter().fold(object, |object, (field, part)| {
            echoed(object, field, part.get(&parts))
        })
    });
    Case { clause, old, new }
}

/// The object with one of its fields, if it has any, turned into `part`.
fn echoed(mut object: Json, field: Index, part: &Json) -> Json {
    if let Json::Object(members) = &mut object
        && !members.is_empty()
    {
        let at = field.index(members.len());
        members[at].1 = part.clone();
    }
    object
}
