//! Whose answers a query gives, and what the `find` dialect may be told.

use std::collections::BTreeMap;
use std::sync::Arc;

/// Whose answers a query gives.
///
/// # Examples
///
/// ```
/// use livematch::{Dialect, FindOptions, Query};
/// use serde_json::json;
///
/// # fn main() -> Result<(), livematch::CompileError> {
/// let clause = r#"{"score": {"$lt": 5}}"#;
/// let nothing = json!({});
/// assert!(Query::builder().compile_str(clause)?.matches(&nothing));
///
/// let find = Query::builder().dialect(Dialect::Find(FindOptions::new()));
/// assert!(!find.compile_str(clause)?.matches(&nothing));
/// # Ok(())
/// # }
/// ```
#[non_exhaustive]
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Dialect {
    /// Those of the LiveQuery matcher of Parse Server 9.10.0, oddities included.
    #[default]
    LiveQuery,
    /// Those of `Parse.Query.find()` of Parse Server 9.10.0 on MongoDB, for one object at a time.
    Find(FindOptions),
}

/// What the [`find` dialect](Dialect::Find) may be told.
///
/// # Examples
///
/// A text means an object of the class that a column of pointers points to, if it is known which that is:
///
/// ```
/// use livematch::{ClassSchema, Dialect, FieldType, FindOptions, Query};
/// use serde_json::json;
///
/// # fn main() -> Result<(), livematch::CompileError> {
/// let schema = ClassSchema::new().field("owner", FieldType::Pointer("Team".into()));
/// let find = Query::builder().dialect(Dialect::Find(FindOptions::new().schema(schema)));
/// let query = find.compile_str(r#"{"owner": {"$in": ["t1"]}}"#)?;
/// let owner = |class_name: &str| {
///     json!({"owner": {"__type": "Pointer", "className": class_name, "objectId": "t1"}})
/// };
/// assert!(query.matches(&owner("Team")));
/// assert!(!query.matches(&owner("Club")));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct FindOptions {
    schema: Option<Arc<ClassSchema>>,
    legacy_dotted_null: bool,
    strict: bool,
}

impl Default for FindOptions {
    fn default() -> Self {
        Self::new()
    }
}

impl FindOptions {
    /// Every option at its default.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            schema: None,
            legacy_dotted_null: true,
            strict: false,
        }
    }

    /// Sets what the class is known to hold.
    ///
    /// Without it the columns are guessed, first from what an object holds, then from the constraint: a clause is taken if
    /// some column could have it, and texts under an operator are ids where a pointer is stored.
    #[must_use]
    pub fn schema(mut self, schema: ClassSchema) -> Self {
        self.schema = Some(schema.into());
        self
    }

    /// Sets whether null is not found where a path leads into a list of what has no members, as in MongoDB before
    /// SERVER-36681; it is so by default.
    ///
    /// # Examples
    ///
    /// ```
    /// use livematch::{Dialect, FindOptions, Query};
    /// use serde_json::json;
    ///
    /// # fn main() -> Result<(), livematch::CompileError> {
    /// let finds = |legacy| {
    ///     let options = FindOptions::new().legacy_dotted_null(legacy);
    ///     let find = Query::builder().dialect(Dialect::Find(options));
    ///     let query = find.compile_str(r#"{"scores.top": null}"#)?;
    ///     Ok::<_, livematch::CompileError>(query.matches(&json!({"scores": [3, 4]})))
    /// };
    /// assert!(!finds(true)? && finds(false)?);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub const fn legacy_dotted_null(mut self, legacy: bool) -> Self {
        self.legacy_dotted_null = legacy;
        self
    }

    /// Sets whether a clause that `find()` takes for something that nobody means is refused; it is not by default.
    ///
    /// Its [warnings](crate::Query::warnings) name what that is.
    ///
    /// # Examples
    ///
    /// ```
    /// use livematch::{Dialect, FindOptions, Query};
    ///
    /// let compiles = |strict, clause| {
    ///     let options = FindOptions::new().strict(strict);
    ///     let find = Query::builder().dialect(Dialect::Find(options));
    ///     find.compile_str(clause).is_ok()
    /// };
    /// assert!(compiles(false, r#"{"tags": []}"#));
    /// assert!(!compiles(true, r#"{"tags": []}"#));
    /// // A hint refuses nothing.
    /// assert!(compiles(true, r#"{"tags": {"$containedBy": ["a"]}}"#));
    /// ```
    #[must_use]
    pub const fn strict(mut self, strict: bool) -> Self {
        self.strict = strict;
        self
    }

    pub(crate) fn known_schema(&self) -> Option<&ClassSchema> {
        self.schema.as_deref()
    }

    pub(crate) const fn is_legacy_dotted_null(&self) -> bool {
        self.legacy_dotted_null
    }

    pub(crate) const fn is_strict(&self) -> bool {
        self.strict
    }
}

/// What the fields of a class are known to hold.
///
/// # Examples
///
/// ```
/// use livematch::{ClassSchema, FieldType};
///
/// let schema = ClassSchema::new()
///     .field("tags", FieldType::Array)
///     .field("owner", FieldType::Pointer("_User".into()));
/// assert_eq!(schema.get("tags"), Some(&FieldType::Array));
/// assert_eq!(schema.get("name"), None);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClassSchema {
    fields: BTreeMap<String, FieldType>,
}

/// What a field holds.
///
/// # Examples
///
/// ```
/// use livematch::{ClassSchema, FieldType};
///
/// let owner = FieldType::Pointer("_User".into());
/// let schema = ClassSchema::new().field("owner", owner.clone());
/// assert_eq!(schema.get("owner"), Some(&owner));
/// ```
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldType {
    /// Texts.
    String,
    /// Numbers.
    Number,
    /// `true` or `false`.
    Boolean,
    /// Dates.
    Date,
    /// Objects.
    Object,
    /// Lists.
    Array,
    /// Pointers to objects of this class.
    Pointer(String),
    /// Many objects of this class, in a table of their own.
    Relation(String),
    /// Places.
    GeoPoint,
    /// Areas.
    Polygon,
    /// Files.
    File,
    /// Bytes.
    Bytes,
    /// Who may read and write.
    Acl,
}

impl FieldType {
    /// The type that Parse's schemas give this name; pointers and relations need the class that they point to.
    ///
    /// # Examples
    ///
    /// ```
    /// use livematch::FieldType;
    ///
    /// assert_eq!(FieldType::from_name("Number", None), Some(FieldType::Number));
    /// assert_eq!(FieldType::from_name("Pointer", Some("Team")), Some(FieldType::Pointer("Team".into())));
    /// assert_eq!(FieldType::from_name("Pointer", None), None);
    /// ```
    #[must_use]
    pub fn from_name(name: &str, target_class: Option<&str>) -> Option<Self> {
        Some(match name {
            "String" => Self::String,
            "Number" => Self::Number,
            "Boolean" => Self::Boolean,
            "Date" => Self::Date,
            "Object" => Self::Object,
            "Array" => Self::Array,
            "Pointer" => Self::Pointer(target_class?.to_owned()),
            "Relation" => Self::Relation(target_class?.to_owned()),
            "GeoPoint" => Self::GeoPoint,
            "Polygon" => Self::Polygon,
            "File" => Self::File,
            "Bytes" => Self::Bytes,
            "ACL" => Self::Acl,
            _ => return None,
        })
    }
}

impl ClassSchema {
    /// A class of which only the fields are known that every class has.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            fields: BTreeMap::new(),
        }
    }

    /// Adds a field, or says anew what it holds.
    ///
    /// # Complexity
    ///
    /// `O(log n)` in the number of fields.
    #[must_use]
    pub fn field(mut self, name: impl Into<String>, holds: FieldType) -> Self {
        self.fields.insert(name.into(), holds);
        self
    }

    /// What a field holds, if it is known.
    ///
    /// # Complexity
    ///
    /// `O(log n)` in the number of fields.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&FieldType> {
        self.fields.get(name)
    }
}
