//! A published message that is read once and may be held against many.

use livematch::{Change, ChangeKind, FieldSet, Object};
use napi::Result;
use napi_derive::napi;

use crate::input::{Json, bytes};
use crate::trouble;

pub(crate) fn kind(is_delete: bool) -> ChangeKind {
    if is_delete {
        ChangeKind::Delete
    } else {
        ChangeKind::Save
    }
}

#[napi]
#[derive(Debug)]
pub struct NativeChange {
    pub(crate) change: Change,
}

impl NativeChange {
    pub(crate) fn sides(&self) -> [Option<&Object>; 2] {
        [self.change.old_object(), self.change.new_object()]
    }
}

#[napi]
impl NativeChange {
    #[napi(constructor, catch_unwind)]
    pub fn new(message: Json<'_>, is_delete: bool) -> Result<Self> {
        let change = Change::from_slice(kind(is_delete), bytes(&message), &FieldSet::all());
        Ok(Self {
            change: change.map_err(|found| trouble::unreadable(&found))?,
        })
    }

    #[napi(getter, catch_unwind)]
    pub fn is_delete(&self) -> bool {
        self.change.kind() == ChangeKind::Delete
    }

    #[napi(getter, catch_unwind)]
    pub fn class_name(&self) -> String {
        self.change.class_name().to_owned()
    }

    #[napi(getter, catch_unwind)]
    pub fn object_id(&self) -> Option<String> {
        self.change.object_id().map(str::to_owned)
    }

    /// JSON.
    #[napi(getter, catch_unwind)]
    pub fn old_json(&self) -> Option<String> {
        self.change.old_object().map(Object::to_string)
    }

    /// JSON.
    #[napi(getter, catch_unwind)]
    pub fn new_json(&self) -> Option<String> {
        self.change.new_object().map(Object::to_string)
    }

    /// JSON.
    #[napi(getter, catch_unwind)]
    pub fn permissions(&self) -> Option<String> {
        self.change
            .class_level_permissions_json()
            .map(str::to_owned)
    }
}
