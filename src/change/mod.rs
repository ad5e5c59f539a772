//! A change as Parse Server publishes it.

mod error;
mod key;
mod kind;
mod message;
mod permissions;

pub use self::error::{ChangeError, ChangeErrorKind};
pub use self::kind::{ChangeKind, UnknownChangeKind};

use std::sync::LazyLock;

use self::message::{Message, MessageSeed};
use self::permissions::Permissions;
use crate::decode::{Inflated, Refusal};
use crate::field_set::FieldSet;
use crate::object::Object;
use crate::value::key::names;
use crate::value::{Datum, Fields, ForMessages, Text, Val, read_slice, read_text};

const CURRENT: &str = "currentParseObject";
const ORIGINAL: &str = "originalParseObject";
/// What names and dates an object: the SDK looks at these while it reads it.
const ALWAYS_KEPT: [&str; 5] = ["className", "objectId", "createdAt", "updatedAt", "__type"];

const PERMISSIONS: &str = "classLevelPermissions";

/// A published change: an object before and after, as Parse Server's matcher sees them.
///
/// The server does not match what it reads. Its SDK builds objects from the message and writes them as
/// JSON again, and on this way much changes: fields that are no identifiers are gone, `createdAt` and
/// `updatedAt` are plain texts, dates and points are printed anew, the object's `objectId` comes last,
/// and some messages are lost as a whole. A `Change` holds what is left at the end of that way.
///
/// In one point it is stricter. Of users and sessions, wherever they stand in the message, the session
/// token, the password, the data of other login services and what begins with an underscore never come
/// out, so that no query can feel for them and no event carries them. Parse Server matches the session
/// token and the login data.
///
/// # Examples
///
/// ```
/// use livematch::{Change, ChangeKind};
///
/// let message = r#"{
///     "currentParseObject": {
///         "__type": "Object", "className": "Game", "objectId": "g1", "score": 7,
///         "createdAt": "2024-01-02T03:04:05.678Z", "updatedAt": "2024-01-02T03:04:05.678Z"
///     },
///     "classLevelPermissions": {"find": {"*": true}}
/// }"#;
/// let change = Change::from_json(ChangeKind::Save, message)?;
/// assert_eq!(change.class_name(), "Game");
/// assert_eq!(change.object_id(), Some("g1"));
/// assert!(change.old_object().is_none() && change.new_object().is_some());
/// let permissions = change.class_level_permissions().expect("came with it");
/// assert!(permissions.get("find").is_some());
/// # Ok::<(), livematch::ChangeError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    kind: ChangeKind,
    class_name: Text,
    /// For a deletion the deleted object.
    old: Option<Object>,
    /// There unless the object was deleted.
    new: Option<Object>,
    permissions: Option<Permissions>,
}

impl Change {
    /// Reads the payload of a message; its channel says which kind of change it is.
    ///
    /// # Errors
    ///
    /// Fails if the text is not JSON or not a message, and where Parse Server loses the message for
    /// all its subscribers: an invalid date, a point out of bounds, an access list that is not an object, …
    /// The error's [`kind`](ChangeError::kind) tells them apart.
    ///
    /// # Complexity
    ///
    /// Linear in the length of the text but for the keys of large objects, which are sorted.
    ///
    /// # Examples
    ///
    /// ```
    /// use livematch::{Change, ChangeErrorKind, ChangeKind};
    ///
    /// let message = r#"{"currentParseObject": {
    ///     "className": "Game", "objectId": "g1",
    ///     "start": {"__type": "Date", "iso": "tomorrow"}
    /// }}"#;
    /// let error = Change::from_json(ChangeKind::Save, message).unwrap_err();
    /// assert_eq!(error.kind(), ChangeErrorKind::Inflation);
    /// assert_eq!(error.to_string(), "at /currentParseObject/start: an invalid date");
    /// ```
    pub fn from_json(kind: ChangeKind, text: &str) -> Result<Self, ChangeError> {
        Self::from_slice(kind, text.as_bytes(), &FieldSet::all())
    }

    /// What the message says, its objects read in part.
    fn from_message(
        kind: ChangeKind,
        message: Message,
        keep: &ForMessages,
    ) -> Result<Self, ChangeError> {
        let (class_name, current) = current(message.current, keep)?;
        let original = original(message.original, keep)?;
        let json = |object: Inflated, side| {
            let json = object.into_json(class_name.as_deref().unwrap_or_default());
            json.map(|json| Object(json.kept(&keep.kept)))
                .map_err(|refusal| ChangeError::lost_in_json(refusal, side))
        };
        let (old, new) = match kind {
            ChangeKind::Save => {
                let original = original.map(|object| json(object, ORIGINAL));
                (original.transpose()?, Some(json(current, CURRENT)?))
            }
            ChangeKind::Delete => (Some(json(current, CURRENT)?), None),
        };
        // Last, as the server finds out so late that nobody can have subscribed.
        let class_name = class_name.ok_or_else(ChangeError::no_class)?;
        Ok(Self {
            kind,
            class_name,
            old,
            new,
            permissions: message.permissions,
        })
    }

    /// Reads the payload of a message from bytes, of its objects the fields of a set only.
    ///
    /// What names and dates the objects is kept in any case. A query that asks for another field than those gets a
    /// fault. What is wrong with a field that nobody asks for is not noticed, where Parse Server loses the message.
    ///
    /// # Errors
    ///
    /// Like [`from_json`](Self::from_json), and if the bytes are not UTF-8.
    ///
    /// # Complexity
    ///
    /// One pass over the bytes; what is not kept is skipped.
    ///
    /// # Examples
    ///
    /// ```
    /// use livematch::{Change, ChangeKind, Query};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let query: Query = r#"{"score": {"$gt": 5}}"#.parse()?;
    /// let message = br#"{"currentParseObject": {"className": "Game", "score": 7, "notes": ["..."]}}"#;
    /// let change = Change::from_slice(ChangeKind::Save, message, &query.fields())?;
    /// assert!(change.new_object().is_some_and(|game| query.matches(game) && game.get("notes").is_none()));
    /// # Ok(())
    /// # }
    /// ```
    pub fn from_slice(
        kind: ChangeKind,
        bytes: &[u8],
        keep: &FieldSet,
    ) -> Result<Self, ChangeError> {
        let keep = keep.0.for_messages(&ALWAYS_KEPT, is_visible);
        let seed = |text| MessageSeed {
            text,
            keep: &keep.read,
        };
        let message = match std::str::from_utf8(bytes) {
            Ok(text) => read_text(text, seed(Some(text))),
            Err(_) => read_slice(bytes, seed(None)),
        };
        match message.map_err(|error| ChangeError::unreadable(&error))? {
            Some(message) => Self::from_message(kind, message, &keep),
            None => Err(ChangeError::not_a_message("", "expected an object")),
        }
    }

    /// As [`from_slice`](Self::from_slice), with the fields that the host chooses when it knows the class.
    ///
    /// A host that serves many classes has a set of queries for each, and learns which of them a message is for from the
    /// message itself.
    ///
    /// # Errors
    ///
    /// As `from_slice`; `choose` is not called for a message without a class.
    ///
    /// # Complexity
    ///
    /// One pass over the bytes for the class, and another if more is kept than what names and dates the objects.
    ///
    /// # Examples
    ///
    /// ```
    /// use livematch::{Change, ChangeKind, FieldSet};
    ///
    /// let message = br#"{"currentParseObject": {"score": 7, "notes": ["..."], "className": "Game"}}"#;
    /// let change = Change::from_slice_by_class(ChangeKind::Save, message, |class| match class {
    ///     "Game" => FieldSet::new(["score"]),
    ///     _ => FieldSet::default(),
    /// })?;
    /// let game = change.new_object().expect("was saved");
    /// assert!(game.get("score").is_some() && game.get("notes").is_none());
    /// # Ok::<(), livematch::ChangeError>(())
    /// ```
    pub fn from_slice_by_class(
        kind: ChangeKind,
        bytes: &[u8],
        choose: impl FnOnce(&str) -> FieldSet,
    ) -> Result<Self, ChangeError> {
        /// What is read in any case, made once and not for each message.
        static OUTLINE: LazyLock<FieldSet> = LazyLock::new(|| FieldSet::new(ALWAYS_KEPT));
        let outline = Self::from_slice(kind, bytes, &OUTLINE)?;
        let keep = choose(outline.class_name());
        if OUTLINE.is_superset(&keep) {
            return Ok(outline);
        }
        Self::from_slice(kind, bytes, &keep)
    }

    /// Whether the object was saved or deleted.
    #[must_use]
    pub fn kind(&self) -> ChangeKind {
        self.kind
    }

    /// The class whose subscriptions the change concerns.
    #[must_use]
    pub fn class_name(&self) -> &str {
        &self.class_name
    }

    /// The id of the object, if it has one that is a text.
    #[must_use]
    pub fn object_id(&self) -> Option<&str> {
        self.text("objectId")
    }

    /// The object before the change; the deleted object if it was deleted.
    #[must_use]
    pub fn old_object(&self) -> Option<&Object> {
        self.old.as_ref()
    }

    /// The object after the change, unless it was deleted.
    #[must_use]
    pub fn new_object(&self) -> Option<&Object> {
        self.new.as_ref()
    }

    /// The permissions of the class that came with the change, as they came.
    #[must_use]
    pub fn class_level_permissions(&self) -> Option<&Object> {
        self.permissions.as_ref()?.get()
    }

    /// The permissions of the class as JSON, as they came; they may be anything.
    ///
    /// # Examples
    ///
    /// ```
    /// use livematch::{Change, ChangeKind};
    ///
    /// let message = r#"{"currentParseObject": {"className": "Game"}, "classLevelPermissions": {"find": {}}}"#;
    /// let change = Change::from_json(ChangeKind::Save, message)?;
    /// assert_eq!(change.class_level_permissions_json(), Some(r#"{"find": {}}"#));
    /// # Ok::<(), livematch::ChangeError>(())
    /// ```
    #[must_use]
    pub fn class_level_permissions_json(&self) -> Option<&str> {
        self.permissions.as_ref().map(Permissions::text)
    }

    /// When the object was created, if it says so.
    ///
    /// # Examples
    ///
    /// ```
    /// use livematch::{Change, ChangeKind};
    ///
    /// let message = r#"{"currentParseObject": {
    ///     "className": "Game", "createdAt": "2024-01-02T03:04:05.678Z"
    /// }}"#;
    /// let change = Change::from_json(ChangeKind::Delete, message)?;
    /// let created = change.created_at().map(|time| time.to_string());
    /// assert_eq!(created.as_deref(), Some("2024-01-02 03:04:05.678 UTC"));
    /// # Ok::<(), livematch::ChangeError>(())
    /// ```
    #[cfg(feature = "chrono")]
    #[must_use]
    pub fn created_at(&self) -> Option<chrono::DateTime<chrono::Utc>> {
        self.time("createdAt")
    }

    /// When the object was last saved, if it says so; one that does not was saved when it was created.
    ///
    /// # Examples
    ///
    /// ```
    /// use livematch::{Change, ChangeKind};
    ///
    /// let message = r#"{"currentParseObject": {
    ///     "className": "Game", "createdAt": "2024-01-02T03:04:05.678Z"
    /// }}"#;
    /// let change = Change::from_json(ChangeKind::Save, message)?;
    /// assert!(change.updated_at().is_some() && change.updated_at() == change.created_at());
    /// # Ok::<(), livematch::ChangeError>(())
    /// ```
    #[cfg(feature = "chrono")]
    #[must_use]
    pub fn updated_at(&self) -> Option<chrono::DateTime<chrono::Utc>> {
        self.time("updatedAt")
    }

    #[cfg(feature = "chrono")]
    fn time(&self, key: &str) -> Option<chrono::DateTime<chrono::Utc>> {
        let ms = crate::value::date::parse(self.text(key)?);
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a valid date is within ±8.64e15"
        )]
        let ms = (!ms.is_nan()).then_some(ms as i64)?;
        chrono::DateTime::from_timestamp_millis(ms)
    }

    /// A text of the object that the message is about.
    fn text(&self, key: &str) -> Option<&str> {
        let object = self.new.as_ref().or(self.old.as_ref())?;
        object.0.get(key)?.as_text()
    }
}

/// The object that the message is about, and its class.
///
/// The server takes a message whose object is not an object, or whose class is not a text; nobody can have subscribed to it.
fn current(object: Datum, keep: &ForMessages) -> Result<(Option<Text>, Inflated), ChangeError> {
    let json = match object {
        Datum::Object(json) => json,
        Datum::Undefined | Datum::Null => {
            return Err(ChangeError::not_a_message(CURRENT, "expected an object"));
        }
        Datum::Text(text) if !text.is_empty() => return Err(text_is_no_object(CURRENT)),
        _ => Fields::default(),
    };
    let class_name = match json.get_key(names::CLASS_NAME) {
        Some(Datum::Text(class_name)) => Some(class_name.clone()),
        // The server builds an object of whatever class, unlike the SDK where an object is included.
        Some(Datum::Object(_)) => return Ok((None, inflate(Fields::default(), CURRENT, keep)?)),
        _ => None,
    };
    Ok((class_name, inflate(json, CURRENT, keep)?))
}

/// The object before the change. Whatever JavaScript takes for false stands for none.
fn original(object: Datum, keep: &ForMessages) -> Result<Option<Inflated>, ChangeError> {
    let json = match object {
        json if !Val::from(&json).is_truthy() => return Ok(None),
        Datum::Object(json) => json,
        Datum::Text(_) => return Err(text_is_no_object(ORIGINAL)),
        // The server finds nothing in what else there may be, and goes on with an empty object.
        _ => Fields::default(),
    };
    inflate(json, ORIGINAL, keep).map(Some)
}

/// The server stumbles over the characters of a text where an object should be.
fn text_is_no_object(side: &str) -> ChangeError {
    ChangeError::lost_in_inflation(Refusal::new("a text is no object"), side)
}

/// Builds the SDK's object from the fields that the server lets in.
fn inflate(json: Fields, side: &str, keep: &ForMessages) -> Result<Inflated, ChangeError> {
    // What was read in part is visible already.
    let visible = if !keep.read.is_all() || json.iter().all(|(key, _)| is_visible(key)) {
        json
    } else {
        let visible = json.into_entries().into_iter();
        visible.filter(|(key, _)| is_visible(key)).collect()
    };
    let object = Inflated::new(visible);
    object.map_err(|refusal| ChangeError::lost_in_inflation(refusal, side))
}

/// Whether Parse Server keeps a top-level field: an identifier that begins with a letter, or `__type`.
pub(crate) fn is_visible(key: &str) -> bool {
    let is_identifier = key.starts_with(|c: char| c.is_ascii_alphabetic())
        && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    is_identifier || key == "__type"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(kind: ChangeKind, message: &str) -> Result<Change, ChangeError> {
        Change::from_json(kind, message)
    }

    /// What becomes of an object that is saved, as text; the place to blame if the message is lost.
    fn saved(fields: &str) -> Result<String, String> {
        let message = format!(r#"{{"currentParseObject":{{"className":"T",{fields}}}}}"#);
        let change =
            change(ChangeKind::Save, &message).map_err(|error| error.pointer().to_owned())?;
        let text = change
            .new_object()
            .map(ToString::to_string)
            .unwrap_or_default();
        Ok(text.replace(r#""className":"T","#, ""))
    }

    fn lost_at(place: &str) -> Result<String, String> {
        Err(format!("/currentParseObject/{place}"))
    }

    #[test]
    fn fields_are_chosen_when_the_class_is_known() {
        let message = r#"{"currentParseObject":{"a":1,"b":{"c":2},"objectId":"1","className":"T"},
            "originalParseObject":{"a":0,"b":1,"className":"T"},"classLevelPermissions":{"find":{}}}"#;
        for fields in [
            FieldSet::new(["b"]),
            FieldSet::all(),
            FieldSet::new::<[&str; 0]>([]),
        ] {
            let chosen =
                Change::from_slice_by_class(ChangeKind::Save, message.as_bytes(), |class| {
                    assert_eq!(class, "T");
                    fields.clone()
                });
            let given = Change::from_slice(ChangeKind::Save, message.as_bytes(), &fields);
            assert_eq!(chosen.expect("a change"), given.expect("a change"));
        }
        let nobody = br#"{"currentParseObject":{"a":1}}"#;
        let refused = Change::from_slice_by_class(ChangeKind::Save, nobody, |_| FieldSet::all());
        assert_eq!(
            refused.map_err(|error| error.kind()),
            Err(ChangeErrorKind::NoClass)
        );
    }

    #[test]
    fn fields_that_are_no_identifiers_are_gone() {
        let fields = r#""_x":1,"1":1,"é":1,"a.b":1,"":1,"constructor":1,"a_1":{"_x":1,"é.b":2,"prototype":3}"#;
        assert_eq!(saved(fields), Ok(r#"{"a_1":{"_x":1,"é.b":2}}"#.into()));
    }

    #[test]
    fn times_are_plain_texts() {
        let fields = r#""objectId":"1","createdAt":"2020-01-01T00:00:00.5Z","a":1"#;
        let created = "2020-01-01T00:00:00.005Z";
        let text =
            format!(r#"{{"createdAt":"{created}","a":1,"updatedAt":"{created}","objectId":"1"}}"#);
        assert_eq!(saved(fields), Ok(text));
        assert_eq!(saved(r#""createdAt":"soon""#), lost_at("createdAt"));
        assert_eq!(saved(r#""createdAt":null"#), lost_at("createdAt"));
        assert_eq!(
            saved(r#""createdAt":5,"a":1"#),
            Ok(r#"{"createdAt":5,"a":1,"updatedAt":5}"#.into())
        );
    }

    #[test]
    fn typed_values_are_printed_anew() {
        let date = r#""a":{"iso":"2020-01-01T00:00:00+01:00","__type":"Date","x":1}"#;
        assert_eq!(
            saved(date),
            Ok(r#"{"a":{"__type":"Date","iso":"2019-12-31T23:00:00.000Z"}}"#.into())
        );
        let pointer = r#""a":[{"__type":"Pointer","objectId":"1","className":"A","b":1}]"#;
        let object = r#"{"a":[{"b":1,"objectId":"1","__type":"Object","className":"A"}]}"#;
        assert_eq!(saved(pointer), Ok(object.into()));
        assert_eq!(
            saved(r#""a":[{"__type":"Date","iso":"x"}]"#),
            lost_at("a/0")
        );
        assert_eq!(
            saved(r#""a":{"__type":"GeoPoint","latitude":91,"longitude":0}"#),
            lost_at("a")
        );
        assert_eq!(
            saved(r#""a":{"__type":"Pointer","className":"A"}"#),
            lost_at("a")
        );
        assert_eq!(saved(r#""a":{"__type":"File","name":"x"}"#), lost_at("a"));
        assert_eq!(saved(r#""ACL":null"#), Ok(r#"{"ACL":{}}"#.into()));
        assert_eq!(saved(r#""ACL":{"u":{"read":1}}"#), lost_at("ACL/u/read"));
    }

    #[test]
    fn an_object_inside_of_itself_is_a_pointer() {
        let own = r#"{"__type":"Object","className":"T","objectId":"1","b":2}"#;
        let fields = format!(r#""objectId":"1","a":{own}"#);
        let pointer = r#"{"__type":"Pointer","className":"T","objectId":"1"}"#;
        let text =
            format!(r#"{{"a":{pointer},"objectId":"1"}}"#).replace(r#""className":"T","#, "");
        assert_eq!(saved(&fields), Ok(text));
    }

    #[test]
    fn secrets_never_come_out() {
        let user = r#"{"__type":"Object","className":"_User","objectId":"u","sessionToken":"SECRET",
            "password":"SECRET","authData":{"x":{"access_token":"SECRET"}},"_hashed_password":"SECRET",
            "createdAt":"2020-01-01T00:00:00.000Z","name":"n"}"#;
        let session = user.replace("_User", "_Session");
        let owned = format!(r#"{{"className":"T","owner":[{user},{session}]}}"#);
        let nameless = r#"{"sessionToken":"SECRET"}"#;
        for (current, original) in [(user, nameless), (&*session, user), (&*owned, &*owned)] {
            let message =
                format!(r#"{{"currentParseObject":{current},"originalParseObject":{original}}}"#);
            let text = change(ChangeKind::Save, &message).map(|change| format!("{change:?}"));
            assert!(text.is_ok_and(|text| !text.contains("SECRET")), "{message}");
        }
    }

    #[test]
    fn a_deletion_has_an_old_object_only() {
        let message = r#"{"currentParseObject":{"className":"T","objectId":"1"},"classLevelPermissions":{"find":{}}}"#;
        let deleted = change(ChangeKind::Delete, message);
        assert!(
            deleted
                .as_ref()
                .is_ok_and(|change| change.old_object().is_some())
        );
        assert!(
            deleted
                .as_ref()
                .is_ok_and(|change| change.new_object().is_none())
        );
        assert!(
            deleted
                .as_ref()
                .is_ok_and(|change| change.object_id() == Some("1"))
        );
        assert!(deleted.is_ok_and(|change| change.class_level_permissions().is_some()));
    }

    #[test]
    fn what_is_no_message_is_refused() {
        let error = |message| {
            change(ChangeKind::Save, message)
                .map_err(|error| error.to_string())
                .err()
        };
        let refused = [
            ("null", "expected an object"),
            ("{}", "at /currentParseObject: expected an object"),
            (
                r#"{"currentParseObject":[]}"#,
                "at /currentParseObject/className: expected the name of a class",
            ),
            (
                r#"{"currentParseObject":{"className":5}}"#,
                "at /currentParseObject/className: expected the name of a class",
            ),
            (
                r#"{"currentParseObject":{"className":"T"},"originalParseObject":"x"}"#,
                "at /originalParseObject: a text is no object",
            ),
        ];
        for (message, text) in refused {
            assert_eq!(error(message).as_deref(), Some(text));
        }
        let unreadable = Change::from_slice(ChangeKind::Save, b"\xff", &FieldSet::all())
            .map_err(|error| error.kind());
        assert_eq!(unreadable, Err(ChangeErrorKind::Unreadable));
    }

    #[test]
    fn hostile_messages_end() {
        let nest = |levels: usize, open: &str, close: &str| {
            let value = format!("{}1{}", open.repeat(levels), close.repeat(levels));
            saved(&format!(r#""a":{value}"#))
        };
        let object = r#"{"__type":"Object","className":"A","objectId":"1","a":"#;
        assert!(nest(120, object, "}").is_ok());
        assert!(nest(120, "[", "]").is_ok());
        // Each level would be there twice, as the time of creation and of the update.
        let timed = r#"{"__type":"Object","className":"A","objectId":"1","createdAt":"#;
        assert!(nest(2, timed, "}").is_ok());
        assert!(nest(100, timed, "}").is_err());
    }
}
