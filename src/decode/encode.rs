//! From what the SDK holds back to JSON, and what has none.

use super::op::{Op, RelationOp};
use super::{Attributes, Decoded, Refusal, SdkObject};
use crate::value::{Datum, Fields, Text, Val, date};

/// How objects of the SDK are written.
#[derive(Clone, Copy)]
pub(super) enum Mode<'a> {
    Pointers,
    /// In full inside of the objects listed, none of which may come again.
    Full(&'a Seen<'a>),
}

/// The objects that enclose the one being written, from the inside out.
///
/// A list threaded through the stack, of what [`SdkObject::entry`] knows them by.
pub(super) struct Seen<'a> {
    entry: Option<String>,
    parent: Option<&'a Seen<'a>>,
}

impl Seen<'_> {
    #[cfg(test)]
    pub(super) const fn nothing() -> Self {
        Self {
            entry: None,
            parent: None,
        }
    }

    fn contains(&self, entry: Option<&str>) -> bool {
        let here = entry.is_some() && self.entry.as_deref() == entry;
        here || self.parent.is_some_and(|parent| parent.contains(entry))
    }
}

const UNSAVED: Refusal = Refusal::new("no pointer leads to an object without an id");
const NO_URL: Refusal = Refusal::new("a file without a url");
const NO_NAME: Refusal = Refusal::new("a relation names classes and ids by texts");
const INVALID_DATE: Refusal = Refusal::new("an invalid date");

impl Decoded {
    /// Fails where encoding with pointers would.
    pub(super) fn check(&self) -> Result<(), Refusal> {
        match self {
            Self::Array(items) => check_all(items),
            Self::Plain(members) => {
                let mut members = members.iter();
                members.try_for_each(|(key, value)| value.check().map_err(|r| r.at(key)))
            }
            Self::Date(ms) if ms.is_nan() => Err(INVALID_DATE),
            Self::File { url, .. } if !Val::from(url).is_truthy() => Err(NO_URL),
            Self::Op(op) => check_all(op.objects()).map_err(|refusal| refusal.at("objects")),
            Self::Object(object) => object.entry()?.map(drop).ok_or(UNSAVED),
            Self::Leaf(_)
            | Self::Date(_)
            | Self::GeoPoint(_)
            | Self::Polygon(_)
            | Self::File { .. }
            | Self::Relation(_)
            | Self::Acl(_) => Ok(()),
        }
    }

    pub(super) fn encode(self, mode: Mode<'_>) -> Result<Datum, Refusal> {
        Ok(match self {
            Self::Leaf(datum) => datum,
            Self::Array(items) => encode_all(items, mode)?,
            Self::Plain(members) => encode_members(members, mode)?,
            Self::Date(ms) => {
                let iso = date::to_iso(ms).ok_or(INVALID_DATE)?;
                typed("Date", [("iso", Datum::Text(iso.into()))])
            }
            Self::GeoPoint([latitude, longitude]) => {
                let (latitude, longitude) = (Datum::Number(latitude), Datum::Number(longitude));
                typed(
                    "GeoPoint",
                    [("latitude", latitude), ("longitude", longitude)],
                )
            }
            Self::Polygon(corners) => typed("Polygon", [("coordinates", coordinates(&corners))]),
            Self::File { url, .. } if !Val::from(&url).is_truthy() => return Err(NO_URL),
            Self::File { name, url } => file(name, url),
            Self::Relation(class_name) => typed("Relation", [("className", class_name)]),
            Self::Acl(lists) => Datum::Object(lists),
            Self::Op(op) => op.encode()?,
            Self::Object(object) => object.encode(mode)?,
        })
    }

    /// `value.toJSON()`, as the SDK calls it on `createdAt` and `updatedAt` if there is such a thing.
    fn call_to_json(self, mode: Mode<'_>) -> Result<Datum, Refusal> {
        match self {
            Self::Leaf(Datum::Null | Datum::Undefined) => Err(Refusal::new("not a time")),
            Self::Date(ms) => {
                Ok(date::to_iso(ms).map_or(Datum::Null, |iso| Datum::Text(iso.into())))
            }
            Self::File { name, url } => Ok(file(name, url)),
            Self::Object(object) => object.into_json("").map(Datum::Object),
            Self::Plain(members) if members.get("toJSON").is_some_and(Self::is_truthy) => {
                Err(Refusal::new("a member `toJSON` is no function").at("toJSON"))
            }
            other => other.encode(mode),
        }
    }
}

fn check_all(items: &[Decoded]) -> Result<(), Refusal> {
    let mut items = items.iter().enumerate();
    items.try_for_each(|(index, item)| item.check().map_err(|refusal| refusal.at_index(index)))
}

fn encode_all(items: Vec<Decoded>, mode: Mode<'_>) -> Result<Datum, Refusal> {
    let mut encoded = Vec::with_capacity(items.len());
    for (index, item) in items.into_iter().enumerate() {
        match item.encode(mode) {
            Ok(item) => encoded.push(item),
            Err(refusal) => return Err(refusal.at_index(index)),
        }
    }
    Ok(Datum::Array(encoded.into()))
}

fn encode_members(members: Attributes, mode: Mode<'_>) -> Result<Datum, Refusal> {
    let members = members.into_entries();
    let mut encoded = Vec::with_capacity(members.len());
    for (key, value) in members {
        match value.encode(mode) {
            Ok(value) => encoded.push((key, value)),
            Err(refusal) => return Err(refusal.at(&key)),
        }
    }
    Ok(Datum::Object(Fields::new(encoded)))
}

fn object<const N: usize>(entries: [(&str, Datum); N]) -> Datum {
    let entries = entries.into_iter();
    Datum::Object(entries.map(|(key, value)| (key.into(), value)).collect())
}

fn typed<const N: usize>(name: &str, entries: [(&str, Datum); N]) -> Datum {
    let entries = [("__type", Datum::text(name))].into_iter().chain(entries);
    Datum::Object(entries.map(|(key, value)| (key.into(), value)).collect())
}

fn file(name: Datum, url: Datum) -> Datum {
    typed("File", [("name", name), ("url", url)])
}

/// The corners of a polygon as the pairs that JSON has.
pub(super) fn coordinates(corners: &[[f64; 2]]) -> Datum {
    let pair = |corner: &[f64; 2]| Datum::Array(corner.map(Datum::Number).into());
    Datum::Array(corners.iter().map(pair).collect())
}

impl Op {
    /// Objects inside of an operation are always written as pointers.
    fn encode(self) -> Result<Datum, Refusal> {
        Ok(match self {
            Self::Delete => object([("__op", Datum::text("Delete"))]),
            Self::Increment(amount) => {
                let amount = Datum::Number(amount);
                object([("__op", Datum::text("Increment")), ("amount", amount)])
            }
            Self::List(op, objects) => {
                let objects = encode_all(objects, Mode::Pointers).map_err(|r| r.at("objects"))?;
                named(op.name(), objects)
            }
            Self::Relation(op) => op.encode()?,
        })
    }
}

fn named(op: &str, objects: Datum) -> Datum {
    object([("__op", Datum::text(op)), ("objects", objects)])
}

/// The longest name of a class, in bytes, that is written once for each id of a relation.
const MAX_NAME: usize = 1_000;

impl RelationOp {
    /// The original lets ids and classes be of any type, and writes its own instances into the JSON.
    fn encode(self) -> Result<Datum, Refusal> {
        let class_name = match self.class_name {
            Decoded::Leaf(Datum::Text(name)) if name.len() > MAX_NAME => return Err(NO_NAME),
            Decoded::Leaf(class_name) => class_name,
            _ => return Err(NO_NAME),
        };
        let pointers = |op, ids: Vec<Decoded>| -> Result<Datum, Refusal> {
            let ids = ids.into_iter();
            let pointers = ids.map(|id| match id {
                Decoded::Leaf(id) => Ok(pointer(Some(class_name.clone()), id)),
                _ => Err(NO_NAME),
            });
            let pointers = pointers.collect::<Result<Box<_>, _>>()?;
            Ok(named(op, Datum::Array(pointers)))
        };
        Ok(match (self.add.is_empty(), self.remove.is_empty()) {
            (true, true) => Datum::Object(Fields::default()),
            (false, true) => pointers("AddRelation", self.add)?,
            (true, false) => pointers("RemoveRelation", self.remove)?,
            (false, false) => {
                let add = pointers("AddRelation", self.add)?;
                let ops = Datum::Array([add, pointers("RemoveRelation", self.remove)?].into());
                object([("__op", Datum::text("Batch")), ("ops", ops)])
            }
        })
    }
}

/// A class that the SDK left out is still a member of the pointer, which then holds `undefined`.
fn pointer(class_name: Option<Datum>, id: Datum) -> Datum {
    let class_name = class_name.unwrap_or(Datum::Undefined);
    typed("Pointer", [("className", class_name), ("objectId", id)])
}

impl SdkObject {
    fn encode(self, mode: Mode<'_>) -> Result<Datum, Refusal> {
        let entry = self.entry()?;
        match mode {
            Mode::Full(seen) if !self.is_dirty() && !seen.contains(entry.as_deref()) => {
                if self.data.is_empty() {
                    return self.into_pointer();
                }
                self.into_full_json(&Seen {
                    entry,
                    parent: Some(seen),
                })
            }
            _ => self.into_pointer(),
        }
    }

    fn into_pointer(self) -> Result<Datum, Refusal> {
        let id = self.id.ok_or(UNSAVED)?;
        Ok(pointer(self.class_name, id))
    }

    fn into_full_json(self, seen: &Seen<'_>) -> Result<Datum, Refusal> {
        let class_name = self.class_name.clone().unwrap_or(Datum::Undefined);
        let mut json = self.into_entries(seen, "")?;
        json.push(("__type".into(), Datum::text("Object")));
        json.push(("className".into(), class_name));
        Ok(Datum::Object(Fields::new(json)))
    }

    /// The object as JSON, with what it holds in full.
    ///
    /// `filed_under` is a class whose secrets it keeps besides those of its own class.
    pub(super) fn into_json(self, filed_under: &str) -> Result<Fields, Refusal> {
        let seen = Seen {
            entry: self.entry()?,
            parent: None,
        };
        let json = self.into_entries(&seen, filed_under)?;
        Ok(Fields::new(json))
    }

    fn into_entries(
        self,
        seen: &Seen<'_>,
        filed_under: &str,
    ) -> Result<Vec<(Text, Datum)>, Refusal> {
        let class = self.class_name.as_ref().and_then(Datum::as_text);
        let keeps_secrets = class.is_some_and(has_secrets) || has_secrets(filed_under);
        let mut json = Vec::with_capacity(self.data.iter().len() + 3);
        for (key, value) in self.data.into_entries() {
            let value = match &*key {
                "createdAt" | "updatedAt" => value.call_to_json(Mode::Full(seen)),
                _ => value.encode(Mode::Full(seen)),
            };
            match value {
                Ok(_) if keeps_secrets && is_secret(&key) => {}
                Ok(value) => json.push((key, value)),
                Err(refusal) => return Err(refusal.at(&key)),
            }
        }
        json.extend(self.id.map(|id| ("objectId".into(), id)));
        Ok(json)
    }
}

/// The classes whose objects can speak for a user.
pub(super) fn has_secrets(class_name: &str) -> bool {
    matches!(class_name, "_User" | "_Session")
}

/// What never leaves an object of such a class. Parse Server takes the underscored fields out of the
/// object of a message, but not out of included ones, and the others only before it sends an event, if
/// at all: until then a query can feel its way along a token with one pattern after another.
fn is_secret(key: &str) -> bool {
    matches!(key, "sessionToken" | "password" | "authData")
        || (key.starts_with('_') && key != "__type")
}
