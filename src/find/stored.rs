//! An object of Parse as MongoDB stores it, read without being copied.

use super::mongo::value::{Kind, Value};
use crate::value::Val;
use crate::value::dated::{date_of, from_value};
use crate::value::key::{Key, names};
use crate::value::val::{List, Members};

use super::mongo::{decode_base64, moment};

/// A value as it is stored.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Stored<'v> {
    /// Null, a boolean, a number or a text.
    Scalar(Val<'v>),
    Date(f64),
    /// A pointer in a column of its own: the text of its class and its id.
    Pointer(&'v str, &'v str),
    Binary(&'v str),
    List(List<'v>),
    Object(Members<'v>),
    /// JSON of which nothing is taken for anything else.
    RawList(List<'v>),
    RawObject(Members<'v>),
    /// A pointer in a list or an object, of which only these are kept.
    PointerObject(Members<'v>),
    /// Bytes in a list or an object: the members of the driver's own object.
    BytesObject(&'v str),
    /// The bytes of these, of which nothing is shown.
    Buffer,
    /// Two coordinates.
    Pair(Val<'v>, Val<'v>),
    /// GeoJSON of the vertices of a polygon.
    Polygon(List<'v>),
    Rings(List<'v>),
    Ring(List<'v>),
    /// Those who have a right of an access list.
    Holders(Members<'v>, Key<'static>),
    Name(&'static str),
    Number(f64),
}

const TYPE: &str = "__type";
const COORDINATES: Key<'static> = Key::new("coordinates");
const BASE64: Key<'static> = Key::new("base64");
const FILE_NAME: Key<'static> = Key::new("name");

/// The text that JavaScript puts for what should be one.
fn text_or(value: Option<Val<'_>>) -> &str {
    match value {
        Some(Val::Text(text)) => text,
        None | Some(Val::Undefined) => "undefined",
        Some(Val::Null) => "null",
        Some(Val::Bool(true)) => "true",
        Some(Val::Bool(false)) => "false",
        // No pointer that was saved has such a part.
        Some(_) => "",
    }
}

/// The name of its type, if it is an object that says one.
#[inline]
pub(super) fn type_of(value: Val<'_>) -> Option<&str> {
    match value {
        Val::Object(members) => typed(members),
        _ => None,
    }
}

fn typed(members: Members<'_>) -> Option<&str> {
    match members.get_near(names::TYPE, 0)? {
        Val::Text(name) => Some(name),
        _ => None,
    }
}

impl<'v> Stored<'v> {
    /// A value of a field of its own, or nothing if it is not stored there.
    pub(super) fn at_top(value: Val<'v>) -> Option<Self> {
        Self::named(value, type_of(value))
    }

    /// The same, given the [name](type_of) of its type.
    #[inline]
    pub(super) fn named(value: Val<'v>, name: Option<&str>) -> Option<Self> {
        match value {
            Val::Object(members) => Self::object(members, name),
            value => Some(Self::inside(value)),
        }
    }

    fn object(members: Members<'v>, name: Option<&str>) -> Option<Self> {
        match name {
            Some("Pointer") => Some(Self::Pointer(
                text_or(members.get_near(names::CLASS_NAME, 1)),
                text_or(members.get_near(names::OBJECT_ID, 2)),
            )),
            Some("Date") => Some(Self::date(members)),
            Some("Bytes") => Some(Self::Binary(base64_of(members))),
            Some("GeoPoint") => Some(Self::Pair(
                members.get_near(names::LONGITUDE, 2).unwrap_or(Val::Null),
                members.get_near(names::LATITUDE, 1).unwrap_or(Val::Null),
            )),
            Some("Polygon") => {
                let coordinates = members.get_key(COORDINATES)?;
                coordinates.as_list().map(Self::Polygon)
            }
            Some("File") => members.get_key(FILE_NAME).map(Self::inside),
            Some("Relation") => None,
            _ => Some(Self::Object(members)),
        }
    }

    /// A value in a list or an object.
    #[inline]
    fn inside(value: Val<'v>) -> Self {
        match value {
            Val::Array(list) => Self::List(list),
            Val::Date(ms) => Self::Date(moment(ms)),
            Val::Object(members) => match typed(members) {
                Some("Pointer") => Self::PointerObject(members),
                Some("Date") => Self::date(members),
                Some("Bytes") => Self::BytesObject(base64_of(members)),
                _ => Self::Object(members),
            },
            scalar => Self::Scalar(scalar),
        }
    }

    fn date(members: Members<'v>) -> Self {
        let date = date_of(members).ok().flatten();
        Self::Date(moment(date.unwrap_or(f64::NAN)))
    }

    /// What `createdAt` or `updatedAt` become: what is falsy is stored elsewhere, and a pointer too.
    pub(super) fn time(value: Val<'v>) -> Option<Self> {
        if !value.is_truthy() || value.is_typed("Pointer") || value.is_typed("Relation") {
            return None;
        }
        if value.is_typed("Date") {
            return Self::at_top(value);
        }
        let read = if value.is_typed("File") {
            value.get("name")
        } else {
            Ok(value)
        };
        let date = read.and_then(from_value);
        Some(Self::Date(moment(date.unwrap_or(f64::NAN))))
    }

    /// What `expiresAt` becomes: a text is read as a date, and what has parts is not stored.
    pub(super) fn expiry(value: Val<'v>) -> Option<Self> {
        let is_atom = |members| {
            let typed = typed(members);
            typed.is_some_and(|name| {
                ["Pointer", "Date", "Bytes", "GeoPoint", "Polygon", "File"].contains(&name)
            })
        };
        match value {
            Val::Array(_) => return None,
            Val::Object(members) if !is_atom(members) => return None,
            _ => {}
        }
        let stored = Self::at_top(value)?;
        Some(match stored.kind() {
            Kind::Text(text) => Self::Date(moment(from_value(Val::Text(text)).unwrap_or(f64::NAN))),
            Kind::Pointer { .. } => Self::Date(0.0),
            _ => stored,
        })
    }

    /// Those who have a right by an access list; nothing if there is no list.
    pub(super) fn holders(list: Val<'v>, right: Key<'static>) -> Option<Self> {
        match list {
            Val::Object(members) => Some(Self::Holders(members, right)),
            _ => None,
        }
    }

    /// The class and the id of a pointer, wherever it stands.
    pub(crate) fn pointer(self) -> Option<(&'v str, &'v str)> {
        match self {
            Self::Pointer(class, id) => Some((class, id)),
            Self::PointerObject(members) => {
                let text = |key| match members.get_key(key) {
                    Some(Val::Text(text)) => Some(text),
                    _ => None,
                };
                Some((text(names::CLASS_NAME)?, text(names::OBJECT_ID)?))
            }
            Self::RawObject(members) => exact_pointer(members),
            _ => None,
        }
    }

    /// A value that is stored as it is: what looks like a date is an object there.
    pub(super) fn raw(value: Val<'v>) -> Self {
        match value {
            Val::Array(list) => Self::RawList(list),
            Val::Object(members) => Self::RawObject(members),
            scalar => Self::inside(scalar),
        }
    }
}

/// The class and the id of JSON that is a pointer and nothing else, as the database compares it.
fn exact_pointer(members: Members<'_>) -> Option<(&str, &str)> {
    let (mut at, mut class, mut id) = (0, None, None);
    let other = members.walk(|name, member| {
        let is_part = match (at, name, member) {
            (0, "__type", Val::Text("Pointer")) => true,
            (1, "className", Val::Text(text)) => class.replace(text).is_none(),
            (2, "objectId", Val::Text(text)) => id.replace(text).is_none(),
            _ => false,
        };
        at += 1;
        (!is_part).then_some(())
    });
    other.map_or_else(|| class.zip(id), |()| None)
}

fn base64_of(members: Members<'_>) -> &str {
    match members.get_key(BASE64) {
        Some(Val::Text(text)) => text,
        _ => "",
    }
}

/// A vertex of a polygon with its longitude first.
fn turned(vertex: Val<'_>) -> Stored<'_> {
    let at = |index| vertex.as_list().and_then(|pair| pair.get(index));
    Stored::Pair(at(1).unwrap_or(Val::Null), at(0).unwrap_or(Val::Null))
}

/// How many vertices a ring has once it ends where it begins.
#[expect(clippy::float_cmp, reason = "the vertex is written twice")]
fn closed_len(ring: List<'_>) -> usize {
    let at = |index: usize| ring.get(index).and_then(Val::as_list);
    let ends = at(0).zip(at(ring.len().wrapping_sub(1)));
    let is_closed = ends.is_some_and(|(first, last)| {
        (0..2).all(|index| match (first.get(index), last.get(index)) {
            (Some(Val::Number(a)), Some(Val::Number(b))) => a == b,
            (Some(Val::Text(a)), Some(Val::Text(b))) => a == b,
            _ => false,
        })
    });
    ring.len() + usize::from(!is_closed)
}

/// The names of those who have a right, in their order.
fn each_holder<'v>(list: Members<'v>, right: Key<'static>, mut visit: impl FnMut(&'v str) -> bool) {
    let _ended = list.walk(|name, rights| {
        let has = rights.get_key(right).is_ok_and(Val::is_truthy);
        (has && !visit(name)).then_some(())
    });
}

impl<'v> Value<'v> for Stored<'v> {
    #[inline]
    fn kind(self) -> Kind<'v> {
        match self {
            Self::Scalar(Val::Bool(value)) => Kind::Bool(value),
            Self::Scalar(Val::Number(number)) | Self::Number(number) => Kind::Number(number),
            Self::Scalar(Val::Text(text)) => Kind::Text(text),
            Self::Scalar(_) => Kind::Null,
            Self::Date(ms) => Kind::Date(ms),
            Self::Pointer(class, id) => Kind::Pointer { class, id },
            Self::Binary(base64) => Kind::Binary { subtype: 0, base64 },
            Self::Name(name) => Kind::Text(name),
            Self::List(_)
            | Self::RawList(_)
            | Self::Pair(..)
            | Self::Rings(_)
            | Self::Ring(_)
            | Self::Holders(..) => Kind::List,
            Self::Object(_)
            | Self::RawObject(_)
            | Self::PointerObject(_)
            | Self::BytesObject(_)
            | Self::Buffer
            | Self::Polygon(_) => Kind::Object,
        }
    }

    fn len(self) -> usize {
        match self {
            Self::List(list) | Self::RawList(list) => list.len(),
            Self::Pair(..) => 2,
            Self::Rings(_) => 1,
            Self::Ring(ring) => closed_len(ring),
            Self::Holders(list, right) => {
                let mut count = 0;
                each_holder(list, right, |_| {
                    count += 1;
                    true
                });
                count
            }
            _ => 0,
        }
    }

    fn item(self, index: usize) -> Option<Self> {
        match self {
            Self::List(list) => list.get(index).map(Self::inside),
            Self::RawList(list) => list.get(index).map(Self::raw),
            Self::Pair(first, second) => match index {
                0 => Some(Self::inside(first)),
                1 => Some(Self::inside(second)),
                _ => None,
            },
            Self::Rings(ring) => (index == 0).then_some(Self::Ring(ring)),
            Self::Ring(ring) => match ring.get(index) {
                Some(vertex) => Some(turned(vertex)),
                None if index < closed_len(ring) => ring.get(0).map(turned),
                None => None,
            },
            Self::Holders(list, right) => {
                let (mut at, mut found) = (0, None);
                each_holder(list, right, |name| {
                    found = (at == index).then_some(name);
                    at += 1;
                    found.is_none()
                });
                found.map(|name| Self::Scalar(Val::Text(name)))
            }
            _ => None,
        }
    }

    fn any_item(self, mut test: impl FnMut(Self) -> bool) -> bool {
        if let Self::Holders(list, right) = self {
            let mut found = false;
            each_holder(list, right, |name| {
                found = test(Self::Scalar(Val::Text(name)));
                !found
            });
            return found;
        }
        if let Self::List(list) = self {
            return list.iter().any(|item| test(Self::inside(item)));
        }
        let mut items = (0..self.len()).filter_map(|index| self.item(index));
        items.any(&mut test)
    }

    fn member(self, name: &str) -> Option<Self> {
        if let Self::Object(members) = self {
            return members.get(name).map(Self::inside);
        }
        if let Self::RawObject(members) = self {
            return members.get(name).map(Self::raw);
        }
        let mut found = None;
        self.each_member(&mut |key, member| {
            found = (key == name).then_some(member);
            found.is_none()
        });
        found
    }

    fn pointer_object(self) -> Option<(&'v str, &'v str)> {
        match self {
            Self::PointerObject(_) => self.pointer(),
            _ => None,
        }
    }

    fn each_member(self, visit: &mut dyn FnMut(&'v str, Self) -> bool) {
        match self {
            Self::Object(members) => {
                let _ended =
                    members.walk(|name, member| (!visit(name, Self::inside(member))).then_some(()));
            }
            Self::RawObject(members) => {
                let _ended =
                    members.walk(|name, member| (!visit(name, Self::raw(member))).then_some(()));
            }
            Self::PointerObject(members) => {
                let part = |key| Self::inside(members.get_key(key).unwrap_or(Val::Null));
                let _all = visit(TYPE, Self::Name("Pointer"))
                    && visit("className", part(names::CLASS_NAME))
                    && visit("objectId", part(names::OBJECT_ID));
            }
            Self::BytesObject(base64) => {
                #[expect(clippy::cast_precision_loss, reason = "no text is that long")]
                let length = decode_base64(base64).len() as f64;
                let _all = visit("buffer", Self::Buffer)
                    && visit("sub_type", Self::Number(0.0))
                    && visit("position", Self::Number(length));
            }
            Self::Polygon(ring) => {
                let _all =
                    visit("type", Self::Name("Polygon")) && visit("coordinates", Self::Rings(ring));
            }
            _ => {}
        }
    }
}
