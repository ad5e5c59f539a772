//! Class names that are no text: the SDK takes them for the attributes of a new object.

use super::object::for_in;
use super::typed::{self, indexed};
use super::{Decoded, Refusal, SdkObject, decode_value, is_dangerous, op, take};
use crate::value::{Datum, Fields, Val, builtin, convert};

impl SdkObject {
    /// The SDK takes a class name that is no text for the attributes of a new object.
    pub(super) fn of_class(class_name: Datum, depth: u32) -> Result<Self, Refusal> {
        match class_name {
            Datum::Text(_) => Ok(Self::new(Some(class_name))),
            Datum::Array(_) | Datum::Object(_) => {
                let class = convert::to_text(Val::from(&class_name))?;
                // `["_Role"]` finds the class of roles, whose constructor looks at texts only.
                if class.is("_Role") {
                    return Ok(Self::new(Some(Datum::text("_Role"))));
                }
                drop(class);
                Self::with_attributes(class_name, depth)
            }
            _ => Ok(Self::new(None)),
        }
    }

    pub(super) fn with_attributes(attributes: Datum, depth: u32) -> Result<Self, Refusal> {
        let mut fields = match attributes {
            Datum::Object(fields) => fields,
            Datum::Array(items) => Fields::new(indexed(items.into())),
            _ => Fields::default(),
        };
        let mut object = Self::new(Some(take(&mut fields, "className")));
        for (key, value) in for_in(fields, |key| key == "className") {
            object.set(&key, value, depth).map_err(|r| r.at(&key))?;
        }
        Ok(object)
    }

    /// `object.set(key, value)` as far as it throws, names the object, or leaves a change behind.
    fn set(&mut self, key: &str, value: Datum, depth: u32) -> Result<(), Refusal> {
        if matches!(key, "createdAt" | "updatedAt") {
            return Ok(());
        }
        if let Some(fields) = value.as_fields().filter(|fields| op::is_op(fields)) {
            let op = decode_value(Datum::Object(fields.clone()), depth)?;
            return self.set_op(key, &op);
        }
        match (key, value) {
            ("objectId" | "id", Datum::Text(id)) => {
                self.id = (!id.is_empty()).then_some(Datum::Text(id));
            }
            ("objectId" | "id", _) => {}
            ("ACL", acl @ (Datum::Object(_) | Datum::Array(_) | Datum::Null)) => {
                typed::acl(acl)?;
                self.dirty = true;
            }
            (key, _) if is_key(key) && key != "ACL" => self.dirty |= !is_dangerous(key),
            _ => return Err(Refusal::new("a class name that is no text")),
        }
        Ok(())
    }

    /// Where JavaScript has a member of the name, the SDK fails to merge the operation with it.
    fn set_op(&mut self, key: &str, op: &Decoded) -> Result<(), Refusal> {
        let is_delete = matches!(op, Decoded::Op(op) if op.is_delete());
        let is_new = is_key(key) && key != "ACL" && !builtin::is_name(key);
        if is_delete || (is_new && matches!(op, Decoded::Op(_))) {
            self.dirty |= !is_dangerous(key);
            return Ok(());
        }
        Err(Refusal::new("an operation that a new object cannot take"))
    }
}

/// What the SDK lets a name of an attribute be.
fn is_key(key: &str) -> bool {
    key.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && key
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.'))
}
