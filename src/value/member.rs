//! A value where it is kept, as the usual cases ask for it: no view is made of it.

use serde_json::{Map, Value};

use super::fields::Reading;
use super::key::{Key, names};
use super::{Datum, Fields, Guess, Val};

/// A JSON value as one of the trees keeps it.
pub(crate) trait Member: Sized + 'static {
    /// What a plain object is kept as.
    type Members;

    /// A member of an object.
    fn of<'m>(members: &'m Self::Members, key: Key<'_>) -> Option<&'m Self>;

    /// As [`of`](Self::of), where it stands at a place most of the time.
    fn near<'m>(members: &'m Self::Members, key: Key<'_>, place: usize) -> Option<&'m Self>;

    /// As [`of`](Self::of), with a guess where it stands.
    fn guessed<'m>(members: &'m Self::Members, key: Key<'_>, guess: &Guess) -> Option<&'m Self>;

    /// Class name and id of a pointer that is seen to be one faster than its members are looked up.
    fn plain_pointer(_: &Self::Members) -> Option<(&str, &str)> {
        None
    }

    /// The date that an object is the JSON of, as far as that is known or seen at once.
    fn date_of(members: &Self::Members) -> Reading;

    fn text(&self) -> Option<&str>;

    fn number(&self) -> Option<f64>;

    fn boolean(&self) -> Option<bool>;

    fn items(&self) -> Option<&[Self]>;

    fn members(&self) -> Option<&Self::Members>;

    fn is_null(&self) -> bool;

    fn view(&self) -> Val<'_>;
}

impl Member for Datum {
    type Members = Fields;

    #[expect(
        clippy::inline_always,
        reason = "each look-up goes through here, most of them with a key that is known when this is compiled"
    )]
    #[inline(always)]
    fn of<'m>(members: &'m Fields, key: Key<'_>) -> Option<&'m Self> {
        members.get_key(key)
    }

    #[inline]
    fn near<'m>(members: &'m Fields, key: Key<'_>, place: usize) -> Option<&'m Self> {
        members.get_near(key, place)
    }

    #[expect(clippy::inline_always, reason = "as `of`, with a guess")]
    #[inline(always)]
    fn guessed<'m>(members: &'m Fields, key: Key<'_>, guess: &Guess) -> Option<&'m Self> {
        members.get_guessed(key, guess)
    }

    #[inline]
    fn date_of(members: &Fields) -> Reading {
        members.date()
    }

    #[inline]
    fn text(&self) -> Option<&str> {
        self.as_text()
    }

    #[inline]
    fn number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }

    #[inline]
    fn boolean(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            _ => None,
        }
    }

    #[inline]
    fn items(&self) -> Option<&[Self]> {
        match self {
            Self::Array(items) => Some(items),
            _ => None,
        }
    }

    #[inline]
    fn members(&self) -> Option<&Fields> {
        self.as_fields()
    }

    #[inline]
    fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    fn view(&self) -> Val<'_> {
        self.into()
    }
}

impl Member for Value {
    type Members = Map<String, Self>;

    #[inline]
    fn of<'m>(members: &'m Map<String, Self>, key: Key<'_>) -> Option<&'m Self> {
        members.get(key.name)
    }

    #[inline]
    fn near<'m>(members: &'m Map<String, Self>, key: Key<'_>, _: usize) -> Option<&'m Self> {
        Self::of(members, key)
    }

    #[inline]
    fn guessed<'m>(members: &'m Map<String, Self>, key: Key<'_>, _: &Guess) -> Option<&'m Self> {
        Self::of(members, key)
    }

    /// Of three members in their order.
    fn plain_pointer(members: &Map<String, Self>) -> Option<(&str, &str)> {
        if members.len() != 3 {
            return None;
        }
        let mut members = members.iter();
        let mut text = |wanted: Key<'_>| {
            let (name, member) = members.next()?;
            member.as_str().filter(|_| name == wanted.name)
        };
        let parts = (
            text(names::TYPE)?,
            text(names::CLASS_NAME)?,
            text(names::OBJECT_ID)?,
        );
        match parts {
            ("Pointer", class_name, object_id) => Some((class_name, object_id)),
            _ => None,
        }
    }

    fn date_of(members: &Map<String, Self>) -> Reading {
        match members.get(names::TYPE.name) {
            None => Reading::Known(Ok(None)),
            Some(Self::String(name)) if name != "Date" => Reading::Known(Ok(None)),
            Some(_) => Reading::Open,
        }
    }

    #[inline]
    fn text(&self) -> Option<&str> {
        self.as_str()
    }

    /// `None` for a number beyond the range of a double, which only `arbitrary_precision` keeps.
    #[inline]
    fn number(&self) -> Option<f64> {
        self.as_f64()
    }

    #[inline]
    fn boolean(&self) -> Option<bool> {
        self.as_bool()
    }

    #[inline]
    fn items(&self) -> Option<&[Self]> {
        self.as_array().map(Vec::as_slice)
    }

    #[inline]
    fn members(&self) -> Option<&Map<String, Self>> {
        self.as_object()
    }

    #[inline]
    fn is_null(&self) -> bool {
        self.is_null()
    }

    fn view(&self) -> Val<'_> {
        self.into()
    }
}
