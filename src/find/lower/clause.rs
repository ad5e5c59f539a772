//! Clauses and their groups.

use std::cell::RefCell;
use std::collections::BTreeMap;

use super::atom::{Texts, raw};
use super::constraint::{Constraint, Mode, constraint};
use super::names::{asks_for_related, check_key, check_sub_queries, is_truthy, sub_query};
use crate::constraint::{Place, components};
use crate::error::{CompileError, ErrorKind};
use crate::find::asked::{Asked, Case, Cases, OnRelation};
use crate::find::column::{Column, Head, Kept, known};
use crate::find::mongo::Refusal;
use crate::find::mongo::bson::Bson;
use crate::find::mongo::filter::{Level, Reader};
use crate::find::mongo::node::Node;
use crate::find::mongo::test::Test;
use crate::find::mongo::walk::Component;
use crate::find::options::{ClassSchema, FieldType};
use crate::find::way::Way;
use crate::value::val::Members;
use crate::value::{Datum, Fields, Text, Val};

type Lowered<T> = Result<T, CompileError>;

/// What lowering needs beside the clause.
#[derive(Debug)]
pub(crate) struct Lowering<'l, L> {
    pub(crate) reader: Reader<'l>,
    pub(crate) schema: Option<&'l ClassSchema>,
    /// Groups whose place another one took: they are not asked, and what they ask may be refused all the same.
    pub(crate) forgotten: RefCell<Vec<Node<L>>>,
    /// By fields of which only objects show what they hold: which columns take all that is asked of them so far.
    pub(crate) columns: RefCell<BTreeMap<Text, Takers>>,
}

/// Which columns take a constraint.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Takers {
    values: bool,
    lists: bool,
}

/// What a constraint becomes: what is asked, alone or with where it was written.
pub(crate) trait Leaf: Sized {
    /// How what is asked was written.
    type Written: Default;

    /// That of a constraint as it goes to the database.
    fn written(filter: &Bson) -> Self::Written;

    /// Made of what is asked of a key at a place, and of how that of values by themselves and that of lists was written.
    fn new(asked: Asked, at: &Place<'_>, values: Self::Written, lists: Self::Written) -> Self;
}

/// A query keeps nothing of how it was written.
impl Leaf for Asked {
    type Written = ();

    fn written(_: &Bson) {}

    fn new(asked: Asked, _: &Place<'_>, (): (), (): ()) -> Self {
        asked
    }
}

/// What a constraint asks.
struct Asks<L: Leaf> {
    test: Test,
    /// Whether it must not hold.
    is_negated: bool,
    written: L::Written,
}

impl<L: Leaf> Asks<L> {
    /// Of which nothing is written but a value.
    fn of_value(test: Test) -> Self {
        Self {
            test,
            is_negated: false,
            written: L::Written::default(),
        }
    }
}

/// Where in a clause something stands.
#[derive(Clone, Copy, Debug)]
struct Stand {
    level: Level,
    /// Whether relations are looked for, as they are outside of `$nor`.
    finds_relations: bool,
    /// Whether the database is asked it: another group may take its place, and then only the server can refuse it.
    is_asked: bool,
}

/// Lowers a whole clause.
pub(crate) fn clause<L: Leaf>(fields: &Fields, lowering: &Lowering<'_, L>) -> Lowered<Node<L>> {
    let at = Place::ROOT;
    fields
        .iter()
        .try_for_each(|(key, inner)| check_sub_queries(inner, &at.key(key)))?;
    lowering.check_relations(fields, &at)?;
    let stand = Stand {
        level: Level::Top,
        finds_relations: true,
        is_asked: true,
    };
    let direct = |(key, value): (&str, &Datum)| (key.into(), with_equality(value));
    let fields: Fields = fields.iter().map(direct).collect();
    lowering.clause(&fields, stand, &at)
}

/// A constraint of values and operators side by side, in which the values become an operand; anything else as it is. Parse
/// Server does so at the outermost level only.
fn with_equality(value: &Datum) -> Datum {
    let Datum::Object(fields) = value else {
        return value.clone();
    };
    let is_operator = |(key, _): &(&str, &Datum)| key.starts_with('$');
    let (operators, values): (Vec<_>, Vec<_>) = fields.iter().partition(is_operator);
    if operators.is_empty() || values.is_empty() {
        return value.clone();
    }
    let owned = |(key, value): (&str, &Datum)| (key.into(), value.clone());
    let values: Fields = values.into_iter().map(owned).collect();
    let equality = ("$eq".into(), Datum::Object(values));
    Datum::Object(operators.into_iter().map(owned).chain([equality]).collect())
}

impl<L: Leaf> Lowering<'_, L> {
    /// Refuses what is asked of other tables, before anything else is refused.
    fn check_relations(&self, fields: &Fields, at: &Place<'_>) -> Lowered<()> {
        if asks_for_related(fields) {
            return Err(sub_query(&at.key("$relatedTo")));
        }
        for (key, value) in fields.iter() {
            let at = at.key(key);
            let holds = known(key, self.schema);
            match value {
                Datum::Array(branches) if ["$or", "$and"].contains(&key) => {
                    for (index, branch) in branches.iter().enumerate() {
                        if let Datum::Object(fields) = branch {
                            self.check_relations(fields, &at.index(index))?;
                        }
                    }
                }
                _ if matches!(holds, Some(FieldType::Relation(_)))
                    && on_relation(value) == OnRelation::Refused =>
                {
                    return Err(sub_query(&at));
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn clause(&self, fields: &Fields, stand: Stand, at: &Place<'_>) -> Lowered<Node<L>> {
        let mut nodes = Vec::with_capacity(fields.len());
        // Of the groups of what must not hold the last one is asked.
        let groups = fields.iter().enumerate();
        let groups = groups.filter(|(_, (key, value))| negates(key, value));
        let last = groups.map(|(index, _)| index).last();
        let mut negated = None;
        for (index, (key, value)) in fields.iter().enumerate() {
            let outer = stand;
            let stand = Stand {
                is_asked: outer.is_asked && (last == Some(index) || !negates(key, value)),
                ..outer
            };
            match self.key(key, value, stand, &at.key(key))? {
                group @ Node::None(_) => {
                    let before = negated.replace(group);
                    self.forgotten.borrow_mut().extend(before);
                }
                node => nodes.push(node),
            }
        }
        nodes.extend(negated);
        Ok(Node::all(nodes))
    }

    fn key(&self, key: &str, value: &Datum, stand: Stand, at: &Place<'_>) -> Lowered<Node<L>> {
        if ["$or", "$and", "$nor"].contains(&key) {
            return self.group(key, value, stand, at);
        }
        check_key(key, at)?;
        if key == "ACL" && is_truthy(value) {
            return Err(at.error(ErrorKind::InvalidKey, "expected no question about ACL"));
        }
        check_pattern(value, at)?;
        let fields = Field {
            key,
            value,
            stand,
            at,
        };
        match key {
            "objectId" => self.raw(&fields, Head::new(key, Kept::Raw)),
            "sessionToken" => self.raw(&fields, Head::new(key, Kept::Raw)),
            "timesUsed" => self.raw(&fields, Head::new("times_used", Kept::Plain)),
            "_rperm" => self.raw(&fields, Head::new("ACL", Kept::Readers)),
            "_wperm" => self.raw(&fields, Head::new("ACL", Kept::Writers)),
            "createdAt" | "updatedAt" => self.time(&fields, Head::new(key, Kept::Time)),
            "lastUsed" => self.time(&fields, Head::new(key, Kept::Nowhere)),
            "expiresAt" if matches!(value, Datum::Text(_)) => {
                self.time(&fields, Head::new(key, Kept::Expiry))
            }
            _ => self.field(&fields),
        }
    }

    fn group(&self, key: &str, value: &Datum, stand: Stand, at: &Place<'_>) -> Lowered<Node<L>> {
        let Datum::Array(branches) = value else {
            return Err(at.error(ErrorKind::NotAList, "expected a list of clauses"));
        };
        // Parse Server itself refuses an empty `$nor`, whatever takes its place.
        if branches.is_empty() && (stand.is_asked || key == "$nor") {
            return Err(at.error(ErrorKind::Database, "expected a clause in the list"));
        }
        let stand = Stand {
            level: if key == "$and" {
                stand.level
            } else {
                Level::Below
            },
            finds_relations: stand.finds_relations && key != "$nor",
            ..stand
        };
        let branches = branches.iter().enumerate();
        let branches = branches.map(|(index, branch)| self.branch(branch, stand, &at.index(index)));
        let branches = branches.collect::<Lowered<_>>()?;
        Ok(match key {
            "$or" => Node::Any(branches),
            "$and" => Node::All(branches),
            _ => Node::None(branches),
        })
    }

    /// What has no keys asks for nothing.
    fn branch(&self, branch: &Datum, stand: Stand, at: &Place<'_>) -> Lowered<Node<L>> {
        match branch {
            Datum::Object(fields) => self.clause(fields, stand, at),
            Datum::Null => Err(at.error(ErrorKind::NullBranch, "expected a clause and not null")),
            Datum::Array(items) if !items.is_empty() => {
                check_key("0", at).map(|()| Node::all(Vec::new()))
            }
            Datum::Text(text) if !text.is_empty() => {
                check_key("0", at).map(|()| Node::all(Vec::new()))
            }
            _ => Ok(Node::all(Vec::new())),
        }
    }

    /// A key whose constraint goes to the database as it is.
    fn raw(&self, field: &Field<'_>, head: Head) -> Lowered<Node<L>> {
        let filter = raw(field.value);
        let asks = Asks {
            test: self.test(&filter, field)?,
            is_negated: false,
            written: L::written(&filter),
        };
        Ok(field.leaf(head, Box::default(), asks))
    }

    /// A key of which a text is taken for a date.
    fn time(&self, field: &Field<'_>, head: Head) -> Lowered<Node<L>> {
        if let Datum::Text(text) = field.value {
            let date = crate::find::mongo::moment(crate::value::date::parse(text));
            let test = self.test(&Bson::Date(date), field)?;
            return Ok(field.leaf(head, Box::default(), Asks::of_value(test)));
        }
        let mode = self.mode(false, Texts::Plain, true);
        self.asked(field, head, Box::default(), mode)
    }

    fn mode<'m>(&'m self, is_interior: bool, texts: Texts<'m>, takes_moments: bool) -> Mode<'m> {
        Mode {
            reader: &self.reader,
            is_interior,
            is_array: false,
            texts,
            takes_moments,
        }
    }

    /// A leaf for the one way in which a constraint is taken.
    fn asked(
        &self,
        field: &Field<'_>,
        head: Head,
        rest: Box<[Component]>,
        mode: Mode<'_>,
    ) -> Lowered<Node<L>> {
        Ok(field.leaf(head, rest, self.lowered(field, mode)?))
    }

    /// What a constraint asks.
    fn lowered(&self, field: &Field<'_>, mode: Mode<'_>) -> Lowered<Asks<L>> {
        let (filter, is_negated) = match constraint(field.value, mode, field.at)? {
            Constraint::Plain(filter) => (filter, false),
            Constraint::Negated(filter) => (filter, true),
        };
        let mut field = *field;
        if is_negated {
            field.stand.level = Level::Below;
        }
        Ok(Asks {
            test: self.test(&filter, &field)?,
            is_negated,
            written: L::written(&filter),
        })
    }

    fn test(&self, filter: &Bson, field: &Field<'_>) -> Lowered<Test> {
        let nears = self.reader.nears();
        let test = self.reader.constraint(filter, field.stand.level);
        if !field.stand.is_asked {
            self.reader.set_nears(nears);
            return Ok(test.unwrap_or(Test::Never));
        }
        test.map_err(|Refusal { kind, message }| field.at.error(kind, message))
    }

    /// A key that is named as its field is.
    fn field(&self, field: &Field<'_>) -> Lowered<Node<L>> {
        let mut parts = components(field.key);
        let first = parts.next().unwrap_or_default();
        let rest: Box<[Component]> = parts.map(Component::new).collect();
        if !rest.is_empty() {
            let head = Head::new(first, kept_below(first));
            return self.asked(field, head, rest, self.mode(true, Texts::Plain, true));
        }
        match known(first, self.schema) {
            Some(holds) => self.known_field(field, holds),
            None => self.open_field(field),
        }
    }

    fn known_field(&self, field: &Field<'_>, holds: &FieldType) -> Lowered<Node<L>> {
        let kept = match holds {
            FieldType::Pointer(_) => Kept::Pointers,
            FieldType::Acl => Kept::Falsy,
            _ if field.key == "expiresAt" => Kept::Expiry,
            _ => Kept::Plain,
        };
        let head = Head::new(field.key, kept);
        let column = Column::of_type(holds);
        if column == Column::Relation && field.stand.finds_relations {
            let never = Asks::of_value(Test::Never);
            return Ok(field.leaf(head, Box::default(), never));
        }
        let is_array = column == Column::Array;
        let texts = match holds {
            FieldType::Pointer(class) => Texts::IdsOf(class),
            _ => Texts::Plain,
        };
        let mode = Mode {
            is_array,
            ..self.mode(is_array, texts, column == Column::Date)
        };
        self.asked(field, head, Box::default(), mode)
    }

    /// Whether some column takes this besides what is asked of the field elsewhere in the clause.
    fn is_taken(&self, key: &str, takers: Takers) -> bool {
        let mut columns = self.columns.borrow_mut();
        let all = columns.entry(key.into()).or_insert(takers);
        all.values &= takers.values;
        all.lists &= takers.lists;
        all.values || all.lists
    }

    /// A field of which the object shows what it holds.
    fn open_field(&self, field: &Field<'_>) -> Lowered<Node<L>> {
        let kept = if field.key == "expiresAt" {
            Kept::Expiry
        } else {
            Kept::Open
        };
        let head = Head::new(field.key, kept);
        let nears = self.reader.nears();
        let top = self.lowered(field, self.mode(false, Texts::MaybeIds, true));
        let nears_of_top = self.reader.nears();
        self.reader.set_nears(nears);
        let lists = Mode {
            is_array: true,
            ..self.mode(true, Texts::Plain, false)
        };
        let list = self.lowered(field, lists);
        self.reader.set_nears(nears_of_top.max(self.reader.nears()));
        let is_guessed = self.schema.is_none();
        let takers = Takers {
            values: top.is_ok(),
            lists: list.is_ok() && is_guessed,
        };
        let is_taken = self.is_taken(field.key, takers);
        let (of_values, of_lists) = match (top, list) {
            (Err(top), list) if !is_taken => {
                return Err(refusal(top, list.err().filter(|_| is_guessed)));
            }
            (_, Err(list)) if !is_taken => return Err(list),
            (top, list) => (top.ok(), list.ok()),
        };
        let is_negated = [&of_values, &of_lists];
        let is_negated = (is_negated.into_iter().flatten()).any(|asks| asks.is_negated);
        let parts = |asks: Option<Asks<L>>| {
            asks.map_or_else(Default::default, |asks| (Some(asks.test), asks.written))
        };
        let ((values, values_written), (lists, lists_written)) =
            (parts(of_values), parts(of_lists));
        let on_relation = if field.stand.finds_relations {
            on_relation(field.value)
        } else {
            OnRelation::Missing
        };
        let cases = Cases::new(Case {
            values,
            lists,
            asks_for_moments: asks_for_moments(field.value),
        });
        let asked = Asked::new(Way::new(head, Box::default()), cases, on_relation);
        let leaf = L::new(asked, field.at, values_written, lists_written);
        Ok(negated_if(is_negated, leaf))
    }
}

/// Why no column takes a constraint. A pattern that is not translated, or too large, is what is to be told: without it, a
/// column of lists would.
fn refusal(top: CompileError, list: Option<CompileError>) -> CompileError {
    let is_ours = |error: &CompileError| {
        [ErrorKind::UnsupportedRegex, ErrorKind::Limit].contains(&error.kind())
    };
    list.filter(is_ours).unwrap_or(top)
}

/// Whether a key becomes a group of what must not hold.
fn negates(key: &str, value: &Datum) -> bool {
    let contained = value
        .as_fields()
        .and_then(|fields| fields.get("$containedBy"));
    key == "$nor" || contained.is_some() && !goes_as_it_is(key)
}

/// Whether the constraint of a key goes to the database as it is written.
fn goes_as_it_is(key: &str) -> bool {
    ["objectId", "sessionToken", "timesUsed", "_rperm", "_wperm"].contains(&key)
}

/// A key of a clause with its constraint.
#[derive(Clone, Copy, Debug)]
struct Field<'f> {
    key: &'f str,
    value: &'f Datum,
    stand: Stand,
    at: &'f Place<'f>,
}

impl Field<'_> {
    /// A leaf for the one way in which a constraint is taken.
    fn leaf<L: Leaf>(&self, head: Head, rest: Box<[Component]>, asks: Asks<L>) -> Node<L> {
        let cases = Cases::One(asks.test);
        let asked = Asked::new(Way::new(head, rest), cases, OnRelation::Missing);
        let leaf = L::new(asked, self.at, asks.written, L::Written::default());
        negated_if(asks.is_negated, leaf)
    }
}

fn negated_if<L>(is_negated: bool, leaf: L) -> Node<L> {
    let leaf = Node::Leaf(leaf);
    if is_negated {
        Node::None([leaf].into())
    } else {
        leaf
    }
}

/// Where a path begins: what the server names otherwise has nothing below its name.
fn kept_below(first: &str) -> Kept {
    match first {
        "objectId" | "sessionToken" | "createdAt" | "updatedAt" | "ACL" => Kept::Nowhere,
        "expiresAt" => Kept::Expiry,
        _ => Kept::Plain,
    }
}

/// What becomes of a constraint on a relation: it is asked of another table, or finds nothing.
fn on_relation(value: &Datum) -> OnRelation {
    let Val::Object(members) = Val::from(value) else {
        return OnRelation::Never;
    };
    let has = |members: Members<'_>, name| members.get(name).is_some_and(Val::is_truthy);
    let asks = ["$in", "$ne", "$nin"]
        .into_iter()
        .any(|name| has(members, name));
    if asks || Val::Object(members).is_typed("Pointer") {
        OnRelation::Refused
    } else {
        OnRelation::Never
    }
}

/// Whether a moment told from now is asked for, which only a column of dates has.
fn asks_for_moments(value: &Datum) -> bool {
    let Some(fields) = value.as_fields() else {
        return false;
    };
    fields.iter().any(|(_, operand)| {
        let span = operand
            .as_fields()
            .and_then(|fields| fields.get("$relativeTime"));
        span.is_some_and(is_truthy)
    })
}

/// Refuses a pattern or options that are no texts.
fn check_pattern(value: &Datum, at: &Place<'_>) -> Lowered<()> {
    let Some(fields) = value.as_fields() else {
        return Ok(());
    };
    let Some(source) = fields.get("$regex") else {
        return Ok(());
    };
    if source.as_text().is_none() {
        return Err(at
            .key("$regex")
            .error(ErrorKind::RegexOperand, "expected a text"));
    }
    let is_known = |options: &str| {
        !options.is_empty() && options.bytes().all(|letter| b"imxsu".contains(&letter))
    };
    match fields.get("$options") {
        None => Ok(()),
        Some(Datum::Text(options)) if is_known(options) => Ok(()),
        Some(_) => Err(at
            .key("$options")
            .error(ErrorKind::InvalidRegex, "expected letters out of imxsu")),
    }
}
