//! Objects of the SDK: pointers, included objects, and the objects of a published message.

use std::collections::HashSet;

use super::canonical::is_canonical;
use super::typed::{self, indexed};
use super::{Decoded, MAX_DEPTH, Refusal, decode_value, is_dangerous, is_truthy, nested, take};
use crate::value::{Datum, Fields, Text, Val, convert, date};

/// A `Parse.Object`.
#[derive(Clone, Debug)]
pub(crate) struct SdkObject {
    /// `None` where the SDK was given a class that is no text and left the property out.
    pub(super) class_name: Option<Datum>,
    /// Truthy, of whatever type; else the object counts as unsaved.
    pub(super) id: Option<Datum>,
    pub(super) data: Attributes,
    /// Whether the SDK takes the object for changed since it was read, and writes a pointer for it.
    pub(super) dirty: bool,
}

/// The members of an object in the order of their assignment, no name twice.
#[derive(Clone, Debug, Default)]
pub(crate) struct Attributes(Vec<(Text, Decoded)>);

impl SdkObject {
    /// A pointer or an included object, from its JSON, whose `className` is truthy.
    pub(super) fn from_json(mut json: Fields, depth: u32) -> Result<Self, Refusal> {
        let class_name = take(&mut json, "className");
        let mut object = Self::of_class(class_name, depth).map_err(|r| r.at("className"))?;
        let skipped = |key: &str| matches!(key, "className" | "__type");
        object.finish_fetch(for_in(json, skipped), depth, false)?;
        Ok(object)
    }

    /// The object of a message: `className` and `__type` are attributes like others.
    pub(super) fn inflate(json: Fields) -> Result<Self, Refusal> {
        let mut object = match json.get("className") {
            Some(class_name @ Datum::Text(_)) => Self::new(Some(class_name.clone())),
            Some(odd @ (Datum::Array(_) | Datum::Object(_))) => {
                Self::with_attributes(odd.clone(), MAX_DEPTH).map_err(|r| r.at("className"))?
            }
            _ => Self::new(None),
        };
        if object.dirty {
            return Err(Refusal::new("a class name that is no text").at("className"));
        }
        object.finish_fetch(json.into_entries(), MAX_DEPTH, true)?;
        Ok(object)
    }

    pub(super) fn new(class_name: Option<Datum>) -> Self {
        Self {
            class_name,
            id: None,
            data: Attributes::default(),
            dirty: false,
        }
    }

    /// Takes over what a server says of the object. What is canonical may be kept as it is if it is to be JSON again.
    fn finish_fetch(
        &mut self,
        json: Vec<(Text, Datum)>,
        depth: u32,
        keep_canonical: bool,
    ) -> Result<(), Refusal> {
        let mut decoded = Vec::with_capacity(json.len() + 1);
        for (key, value) in json {
            if *key == *"objectId" {
                self.name(value);
                continue;
            }
            let value = match &*key {
                "ACL" => typed::acl(value).map(Decoded::Acl),
                time if TIMES.contains(&time) => decode_value(value, depth),
                _ if keep_canonical && is_canonical(&value) => Ok(Decoded::Leaf(value)),
                _ => decode_value(value, depth),
            };
            match value {
                Ok(value) => decoded.push((key, value)),
                Err(refusal) => return Err(refusal.at(&key)),
            }
        }
        let mut decoded = Attributes::new(decoded);
        decoded.read_times(keep_canonical)?;
        self.commit(decoded, depth)
    }

    /// Keeps the id that a class name given as an object brought along.
    fn name(&mut self, id: Datum) {
        self.id = self.id.take().or_else(|| Some(id).filter(is_truthy));
    }

    /// Stores the attributes. The SDK encodes each for its cache, and throws at what has no JSON.
    fn commit(&mut self, decoded: Attributes, depth: u32) -> Result<(), Refusal> {
        for (key, value) in decoded.iter() {
            let kept_as_is = matches!(
                value,
                Decoded::Object(_) | Decoded::File { .. } | Decoded::Relation(_)
            );
            if !kept_as_is && !is_dangerous(key) {
                value.check().map_err(|refusal| refusal.at(key))?;
            }
        }
        if decoded.iter().any(|(key, _)| key.contains('.')) {
            let (data, dirty) = nested::commit(decoded, depth)?;
            self.data = data;
            self.dirty |= dirty;
        } else {
            self.data = decoded;
            self.data.0.retain(|(key, _)| !is_dangerous(key));
        }
        Ok(())
    }

    pub(super) fn is_dirty(&self) -> bool {
        self.dirty || self.id.is_none()
    }

    /// What the SDK knows an object by when it looks for circles; `None` without an id.
    pub(super) fn entry(&self) -> Result<Option<String>, Refusal> {
        let Some(id) = &self.id else { return Ok(None) };
        let class = self.class_name.as_ref().unwrap_or(&Datum::Undefined);
        let mut entry = text_of(class)?;
        entry.push(':');
        entry.push_str(&text_of(id)?);
        Ok(Some(entry))
    }
}

fn text_of(datum: &Datum) -> Result<String, Refusal> {
    Ok(match convert::to_text(Val::from(datum))? {
        convert::JsText::Text(text) => text.into_owned(),
        convert::JsText::Unit(_) => String::new(),
    })
}

/// The members that a copy of an object shows to JavaScript's `for … in`.
///
/// The copy is made by assignment, and assigning to `__proto__` sets the prototype: the members of an
/// object or array under that key come after the copied ones, unless they have the name of one.
pub(super) fn for_in(json: Fields, skipped: impl Fn(&str) -> bool) -> Vec<(Text, Datum)> {
    let mut entries = json.into_entries();
    entries.retain(|(key, _)| !skipped(key));
    let Some(at) = entries.iter().position(|(key, _)| **key == *"__proto__") else {
        return entries;
    };
    let inherited = match entries.remove(at).1 {
        Datum::Object(fields) => fields,
        Datum::Array(items) => Fields::new(indexed(items.into())),
        _ => return entries,
    };
    let own: HashSet<&str> = entries.iter().map(|(key, _)| &**key).collect();
    let mut inherited = inherited.into_entries();
    inherited.retain(|(key, _)| !own.contains(&**key));
    entries.append(&mut inherited);
    entries
}

impl Attributes {
    /// `entries` must not have a key twice.
    pub(super) fn new(entries: Vec<(Text, Decoded)>) -> Self {
        Self(entries)
    }

    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &Decoded)> {
        self.0.iter().map(|(key, value)| (&**key, value))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn into_entries(self) -> Vec<(Text, Decoded)> {
        self.0
    }

    pub(super) fn get(&self, key: &str) -> Option<&Decoded> {
        let mut entries = self.iter();
        entries
            .find(|(name, _)| *name == key)
            .map(|(_, value)| value)
    }

    pub(super) fn get_mut(&mut self, key: &str) -> Option<&mut Decoded> {
        let mut entries = self.0.iter_mut();
        let found = entries.find(|(name, _)| **name == *key);
        found.map(|(_, value)| value)
    }

    pub(super) fn set(&mut self, key: &str, value: Decoded) {
        match self.get_mut(key) {
            Some(place) => *place = value,
            None => self.0.push((key.into(), value)),
        }
    }

    /// Turns the texts of `createdAt` and `updatedAt` into dates; the latter defaults to the former. Canonical ones may be
    /// kept as they are.
    fn read_times(&mut self, keep_canonical: bool) -> Result<(), Refusal> {
        for key in TIMES {
            if let Some(value) = self.get_mut(key)
                && !(keep_canonical && value.is_usual_iso())
            {
                value.read_time();
            }
        }
        if self.get("updatedAt").is_some_and(Decoded::is_truthy) {
            return Ok(());
        }
        let Some(created) = self.get("createdAt").filter(|value| value.is_truthy()) else {
            return Ok(());
        };
        // The SDK holds the value twice and copies nothing. Copies inside of copies would double it with
        // each level.
        if created.nests_odd_times() {
            return Err(Refusal::new("a time that is an object inside of another").at("createdAt"));
        }
        let created = created.clone();
        self.set("updatedAt", created);
        Ok(())
    }

    /// Whether `createdAt` or `updatedAt` is something with parts.
    fn has_odd_time(&self) -> bool {
        let times = TIMES.iter().filter_map(|key| self.get(key));
        times
            .into_iter()
            .any(|time| !matches!(time, Decoded::Leaf(_) | Decoded::Date(_)))
    }
}

const TIMES: [&str; 2] = ["createdAt", "updatedAt"];

/// How often a time with parts may stand in another: each level doubles what is copied.
const ODD_TIMES: u32 = 3;

impl Decoded {
    /// Whether a text comes out as it is when it has become a date and is written again.
    fn is_usual_iso(&self) -> bool {
        matches!(self, Self::Leaf(Datum::Text(text)) if date::is_usual_iso(text))
    }

    fn read_time(&mut self) {
        if let Self::Leaf(Datum::Text(text)) = self
            && !text.is_empty()
        {
            *self = typed::timestamp(text).map_or(Self::Leaf(Datum::Null), Self::Date);
        }
    }

    /// Whether objects whose `createdAt` or `updatedAt` is something with parts stand in one another deeper
    /// than they are copied here.
    pub(super) fn nests_odd_times(&self) -> bool {
        self.odd_times() > ODD_TIMES
    }

    /// How many values stand in one another at most, itself among them.
    pub(super) fn levels(&self) -> usize {
        let most = |values: &mut dyn Iterator<Item = &Self>| values.map(Self::levels).max();
        let inside = match self {
            Self::Array(items) => most(&mut items.iter()),
            Self::Plain(members) => most(&mut members.iter().map(|(_, value)| value)),
            Self::Object(object) => most(&mut object.data.iter().map(|(_, value)| value)),
            Self::Op(op) => most(&mut op.objects().iter()),
            Self::Leaf(_) | Self::Date(_) | Self::GeoPoint(_) | Self::Polygon(_) => None,
            Self::File { .. } | Self::Relation(_) | Self::Acl(_) => None,
        };
        1 + inside.unwrap_or(0)
    }

    /// How many objects whose `createdAt` or `updatedAt` is something with parts stand in one another.
    fn odd_times(&self) -> u32 {
        let most = |members: &Attributes| {
            let times = members.iter().map(|(_, value)| value.odd_times());
            times.max().unwrap_or(0)
        };
        match self {
            Self::Array(items) => items.iter().map(Self::odd_times).max().unwrap_or(0),
            Self::Plain(members) => most(members),
            Self::Object(object) => u32::from(object.data.has_odd_time()) + most(&object.data),
            Self::Op(op) => op.objects().iter().map(Self::odd_times).max().unwrap_or(0),
            Self::Leaf(_) | Self::Date(_) | Self::GeoPoint(_) | Self::Polygon(_) => 0,
            Self::File { .. } | Self::Relation(_) | Self::Acl(_) => 0,
        }
    }

    pub(super) fn is_truthy(&self) -> bool {
        match self {
            Self::Leaf(datum) => is_truthy(datum),
            _ => true,
        }
    }
}
