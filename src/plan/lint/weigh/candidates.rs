//! Values that a field can have, so chosen that what is asked of the field answers for one of them as for all others like it.

use crate::constraint::{Branch, Branches, Clause, Constraint, Field, Group, components};
use crate::value::convert::{number_to_text, text_to_number};
use crate::value::{Datum, Fields, Text, Val, date, dated};

use crate::plan::lint::values::{is_server_date, type_name};

/// What a candidate stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Itself and nothing else: what is in every field's type, or in none.
    Plain,
    /// Itself and nothing else: an operand.
    Operand,
    /// Texts, numbers and so on that what is asked does not name, as far as no operand is between them.
    Text,
    Number,
    Date,
    List,
    Place,
    Area,
    /// What is all alike to a pattern and to geometry.
    Other,
}

/// An object with a value in the field.
pub(super) struct Candidate {
    pub(super) kind: Kind,
    pub(super) object: Datum,
}

/// Of more operands, and of longer texts, candidates are not made.
const MAX_OPERANDS: usize = 24;
const MAX_TEXT: usize = 256;

/// Of more operands, not each stands beside each.
const MAX_IN_PAIRS: usize = 8;

/// A text and numbers that no operand is, it is hoped; if one is, less is found.
const WORD: &str = "qqzv";
const NUMBER: f64 = 1_234_567.125;

/// Makes some of the values that a field can have.
type Maker = fn(&Own) -> Vec<Value>;

/// The candidates for the field at a path, unless they would be too many or are not known. They are made as they are needed.
pub(super) fn candidates<'p>(
    path: &'p str,
    fields: &[Field],
) -> Option<impl Iterator<Item = Candidate> + use<'p>> {
    let own = Own::of(fields)?;
    let makers = makers(path)?;
    // Beyond this, values answer for what they are, whatever they have.
    let stored: Vec<_> = components(path)
        .take_while(|name| !is_taken_off(name))
        .collect();
    let is_whole = stored.len() == components(path).count();
    let object = move |value| {
        let mut names = stored.iter().rev();
        names.try_fold(value, |value: Option<Datum>, name| {
            Some(Some(object([(*name, value?)])))
        })
    };
    let values = makers.iter().flat_map(move |make| make(&own));
    Some(values.map(move |(kind, value)| {
        Candidate {
            kind: if is_whole { kind } else { Kind::Plain },
            object: object(value)
                .flatten()
                .unwrap_or_else(|| Datum::Object(Fields::default())),
        }
    }))
}

/// What makes the candidates for a path, if that is known.
fn makers(path: &str) -> Option<&'static [Maker]> {
    let head = components(path).next().unwrap_or_default();
    match path {
        "objectId" => Some(&[ids]),
        "ACL" => Some(&[access_lists]),
        path if is_server_date(path) => Some(&[times]),
        _ if matches!(
            head,
            "objectId" | "createdAt" | "updatedAt" | "className" | "__type" | "ACL"
        ) =>
        {
            None
        }
        // Of ordinary clauses the first two tell.
        _ => Some(&[plain, operands, other_texts, numbers, lists, typed]),
    }
}

/// Names of members that no stored value has, but JavaScript's values do.
fn is_taken_off(name: &str) -> bool {
    matches!(name, "__proto__" | "constructor" | "prototype")
}

fn object<const N: usize>(entries: [(&str, Datum); N]) -> Datum {
    let entries = entries.into_iter();
    Datum::Object(Fields::new(
        entries.map(|(key, value)| (key.into(), value)).collect(),
    ))
}

fn list(items: impl IntoIterator<Item = Datum>) -> Datum {
    Datum::Array(items.into_iter().collect())
}

/// What is asked for: the operands and their parts.
#[derive(Default)]
struct Own {
    parts: Vec<Datum>,
    /// As numbers: themselves, texts that are read as one, the times of dates.
    numbers: Vec<f64>,
    texts: Vec<Text>,
}

impl Own {
    fn of(fields: &[Field]) -> Option<Self> {
        let mut own = Self::default();
        fields.iter().try_for_each(|field| own.field(field))?;
        own.numbers.sort_by(f64::total_cmp);
        own.numbers.dedup();
        own.texts.sort_unstable();
        own.texts.dedup();
        Some(own)
    }

    fn field(&mut self, field: &Field) -> Option<()> {
        match &field.constraint {
            Constraint::Null | Constraint::RelatedTo(_) => Some(()),
            Constraint::Scalar(operand) | Constraint::Typed(operand) => self.part(operand),
            Constraint::List(items) => items.iter().try_for_each(|item| self.part(item)),
            Constraint::Operators(operators) => {
                let mut operators = operators.iter();
                operators.try_for_each(|operator| self.part(&operator.operand))
            }
            Constraint::Group(Group {
                branches: Branches::List(branches),
                ..
            }) => branches.iter().try_for_each(|branch| match branch {
                Branch::Clause(Clause { fields, .. }) => {
                    fields.iter().try_for_each(|field| self.field(field))
                }
                Branch::Null | Branch::Scalar(_) => Some(()),
            }),
            Constraint::Group(_) => Some(()),
        }
    }

    /// An operand or a part of one; nothing if there are too many or it is too large.
    fn part(&mut self, part: &Datum) -> Option<()> {
        if self.parts.len() >= MAX_OPERANDS {
            return None;
        }
        self.parts.push(part.clone());
        match part {
            Datum::Number(number) => self.numbers.push(*number),
            Datum::Text(text) if text.len() > MAX_TEXT => return None,
            Datum::Text(text) => {
                let number = text_to_number(text);
                if number.is_finite() {
                    self.numbers.push(number);
                }
                self.texts.push(text.clone());
            }
            Datum::Array(items) => items.iter().try_for_each(|item| self.part(item))?,
            Datum::Object(fields) => self.object(part, fields)?,
            _ => {}
        }
        Some(())
    }

    fn object(&mut self, part: &Datum, fields: &Fields) -> Option<()> {
        match type_name(part) {
            Some("Date") => {
                let ms = fields
                    .get("iso")
                    .map(|iso| dated::from_value(Val::from(iso)));
                self.numbers
                    .extend(ms.and_then(Result::ok).filter(|ms| ms.is_finite()));
                Some(())
            }
            // A text equal to its id is found where a pointer is looked for.
            Some(_) => {
                let id = fields.get("objectId").and_then(Datum::as_text);
                self.texts.extend(id.map(Text::from));
                Some(())
            }
            None => {
                if fields.iter().any(|(name, _)| name.contains(['$', '.'])) {
                    // Parse Server stores no object with such names.
                    self.parts.pop();
                }
                let mut members = fields.iter();
                members.try_for_each(|(_, member)| self.part(member))
            }
        }
    }

    /// What a list can have that is looked for in one.
    fn scalars(&self) -> impl Iterator<Item = Datum> {
        let is_scalar = |part: &&Datum| !matches!(part, Datum::Array(_));
        self.parts.iter().filter(is_scalar).cloned()
    }

    /// Texts beside those that are asked for.
    fn other_texts(&self) -> Vec<String> {
        let mut texts = vec![WORD.to_owned(), "!".to_owned(), "\u{fffd}z".to_owned()];
        for text in &self.texts {
            texts.push(format!("{text}!"));
            let mut shorter = text.to_string();
            if let Some(last) = shorter.pop() {
                texts.push(shorter.clone());
                let below = char::from_u32(u32::from(last).saturating_sub(1));
                texts.extend(below.map(|below| format!("{shorter}{below}")));
            }
        }
        // Of a text parts are asked for, and characters.
        let joined: String = self.texts.iter().map(Text::as_str).collect();
        let numbers = self.numbers.iter().map(|number| number_to_text(*number));
        let joined = format!("{joined}{}", numbers.collect::<String>());
        // Whatever such a text begins with, as which it compares.
        let begun = ["!", WORD, "\u{fffd}z"];
        texts.extend(begun.map(|begin| format!("{begin}{joined}")));
        texts.push(joined);
        texts
    }

    /// Numbers beside those that are asked for.
    fn other_numbers(&self) -> Vec<f64> {
        let mut numbers = vec![NUMBER, -NUMBER, 1e300, -1e300, 1.0];
        for number in &self.numbers {
            numbers.extend([number.next_up(), number.next_down(), number - 1.0]);
        }
        numbers.retain(|number| !self.numbers.contains(number));
        numbers
    }
}

type Value = (Kind, Option<Datum>);

/// What is asked for, and lists of it.
fn operands(own: &Own) -> Vec<Value> {
    let parts = own.parts.iter();
    let values = parts.flat_map(|part| [part.clone(), list([part.clone()])]);
    values.map(|value| (Kind::Operand, Some(value))).collect()
}

fn other_texts(own: &Own) -> Vec<Value> {
    texts(own.other_texts()).collect()
}

/// The numbers that are asked for, and others.
fn numbers(own: &Own) -> Vec<Value> {
    let own_numbers = own.numbers.iter().flat_map(|number| alike(*number));
    let mut values: Vec<_> = own_numbers
        .map(|value| (Kind::Operand, Some(value)))
        .collect();
    for number in own.other_numbers() {
        let kinds = [Kind::Number, Kind::Date, Kind::Text, Kind::List];
        let alike = kinds.into_iter().zip(alike(number).map(Some));
        // A date has whole milliseconds, so that it may be one that is asked for.
        let is_own_date = own.numbers.contains(&number.trunc());
        values.extend(alike.filter(|(kind, _)| *kind != Kind::Date || !is_own_date));
    }
    values
}

/// What compares as a number: itself, a Date, a text and a list.
fn alike(number: f64) -> [Datum; 4] {
    let itself = Datum::Number(number);
    let text = Datum::text(&number_to_text(number));
    [itself.clone(), time(number), text, list([itself])]
}

/// Each stands for itself, the missing field first.
fn plain(_: &Own) -> Vec<Value> {
    let values = [
        Datum::Null,
        Datum::Bool(true),
        Datum::Bool(false),
        Datum::Number(0.0),
        Datum::text(""),
        list([]),
        object([]),
    ];
    let values = values.into_iter().map(Some);
    let values = [None].into_iter().chain(values);
    values.map(|value| (Kind::Plain, value)).collect()
}

fn texts(texts: Vec<String>) -> impl Iterator<Item = Value> {
    let texts = texts.into_iter();
    texts.map(|text| (Kind::Text, Some(Datum::Text(text.into()))))
}

fn lists(own: &Own) -> Vec<Value> {
    let all = || own.scalars();
    let word = |word: &str| [Datum::text(word)];
    let mut lists = vec![
        list(word(WORD)),
        list(all()),
        list(all().chain(word(WORD))),
        // An empty object equals every date; what stands before it may fault.
        list([object([])]),
        list([object([])].into_iter().chain(all())),
        list(all().chain([object([])])),
        list(word("!").into_iter().chain(all())),
        list(word("\u{fffd}z").into_iter().chain(all())),
        list([Datum::Number(-NUMBER)].into_iter().chain(all())),
        list([list(all())]),
        // What is looked for in a list is found in a list within it, whatever that begins with, as which it compares.
        list([list(word("!").into_iter().chain(all()))]),
        list([list(word("\u{fffd}z").into_iter().chain(all()))]),
        list([pointer(WORD, WORD)]),
    ];
    for part in &own.parts {
        let nested = || list([part.clone()]);
        lists.push(list([part.clone(), Datum::text(WORD)]));
        lists.push(list([nested()]));
        // In a list it is found, and does not fault where it would by itself.
        lists.push(list([nested(), object([])]));
        if own.parts.len() <= MAX_IN_PAIRS {
            let beside = own.parts.iter();
            lists.extend(beside.map(|other| list([nested(), other.clone()])));
        }
    }
    lists
        .into_iter()
        .map(|list| (Kind::List, Some(list)))
        .collect()
}

fn tagged(name: &str, [first, second]: [(&str, Datum); 2]) -> Datum {
    object([("__type", Datum::text(name)), first, second])
}

fn pointer(class_name: &str, id: &str) -> Datum {
    let [class_name, id] = [class_name, id].map(Datum::text);
    tagged("Pointer", [("className", class_name), ("objectId", id)])
}

/// Objects, and what Parse has types for.
fn typed(own: &Own) -> Vec<Value> {
    let place = |latitude, longitude| {
        let [latitude, longitude] = [latitude, longitude].map(Datum::Number);
        tagged(
            "GeoPoint",
            [("latitude", latitude), ("longitude", longitude)],
        )
    };
    let corner = |x, y| list([Datum::Number(x), Datum::Number(y)]);
    let ring = list([corner(1.0, 2.0), corner(1.0, 3.5), corner(2.5, 3.0)]);
    let file = [("name", Datum::text(WORD)), ("url", Datum::text(WORD))];
    let mut values = vec![
        (Kind::Place, place(1.25, 2.5)),
        (
            Kind::Area,
            object([("__type", Datum::text("Polygon")), ("coordinates", ring)]),
        ),
        (Kind::Other, pointer(WORD, WORD)),
        (Kind::Other, tagged("File", file)),
        (Kind::Other, object([(WORD, Datum::Number(1.0))])),
    ];
    for part in &own.parts {
        let member = |name| part.as_fields().and_then(|fields| fields.get(name));
        let Some(class_name) = member("className").and_then(Datum::as_text) else {
            continue;
        };
        values.push((Kind::Other, pointer(class_name, WORD)));
        values.push((
            Kind::Other,
            object([
                ("__type", Datum::text("Relation")),
                ("className", Datum::text(class_name)),
            ]),
        ));
    }
    for text in &own.texts {
        values.push((Kind::Other, pointer(WORD, text)));
    }
    values
        .into_iter()
        .map(|(kind, value)| (kind, Some(value)))
        .collect()
}

/// A Date field, by its milliseconds.
fn time(ms: f64) -> Datum {
    object([("__type", Datum::text("Date")), ("iso", Datum::Number(ms))])
}

/// The ids of objects: texts, which are never empty.
fn ids(own: &Own) -> Vec<Value> {
    let own_ids = own.texts.iter().filter(|text| !text.is_empty());
    let own_ids = own_ids.map(|text| (Kind::Operand, Some(Datum::Text(text.clone()))));
    let numbers = own.numbers.iter().copied().chain(own.other_numbers());
    let numbers = numbers.map(number_to_text);
    let others = own.other_texts().into_iter().chain(numbers);
    let others = others.filter(|text| !text.is_empty()).collect();
    own_ids.chain(texts(others)).collect()
}

/// What the server shows of `createdAt` and `updatedAt`: texts of one form.
fn times(own: &Own) -> Vec<Value> {
    let named = own.texts.iter().map(|text| date::parse(text));
    let named = named.chain(own.numbers.iter().copied());
    let around = named.flat_map(|ms| [ms, ms - 1.0, ms + 1.0]);
    let far = [-8.64e15, 0.0, 1.7e12, 3.2e13, 8.64e15];
    let times = far.into_iter().chain(around);
    texts(times.filter_map(date::to_iso).collect()).collect()
}

/// Who may read and write, by user or role: an object that everybody may has no such list, or says so.
fn access_lists(own: &Own) -> Vec<Value> {
    let rights = |names: &[&str]| {
        let rights = names.iter().map(|name| ((*name).into(), Datum::Bool(true)));
        Datum::Object(Fields::new(rights.collect()))
    };
    let mut lists = vec![
        (Kind::Plain, None),
        (Kind::Plain, Some(object([]))),
        (Kind::Other, Some(object([("*", rights(&["read"]))]))),
        (
            Kind::Other,
            Some(object([(WORD, rights(&["read", "write"]))])),
        ),
    ];
    let own_lists = own.parts.iter().filter(|part| is_access_list(part));
    lists.extend(own_lists.map(|list| (Kind::Operand, Some(list.clone()))));
    lists
}

fn is_access_list(value: &Datum) -> bool {
    let is_right = |(name, value): (&str, &Datum)| {
        matches!(name, "read" | "write") && matches!(value, Datum::Bool(_))
    };
    value.as_fields().is_some_and(|users| {
        let mut rights = users.iter().map(|(_, rights)| rights.as_fields());
        rights.all(|rights| rights.is_some_and(|rights| rights.iter().all(is_right)))
    })
}
