//! One query.

use std::time::{Duration, SystemTime};

use livematch::{Object, Query, Verdict};
use napi::Result;
use napi_derive::napi;

use crate::input::{Json, builder, bytes, text};
use crate::trouble;

/// A compiled clause.
#[napi]
#[derive(Debug)]
pub struct NativeQuery {
    query: Query,
}

/// 0 where there is no side, 1 for no match, 2 for a match, 3 for a fault.
pub(crate) fn code(verdict: Option<Verdict>) -> u32 {
    match verdict {
        None => 0,
        Some(Verdict::NoMatch) => 1,
        Some(Verdict::Match) => 2,
        Some(_) => 3,
    }
}

fn read(json: &Json) -> Result<Object> {
    serde_json::from_slice(bytes(json)).map_err(|found| trouble::no_object(&found))
}

fn side(json: Option<&Json>) -> Result<Option<Object>> {
    json.map(read).transpose()
}

#[napi]
impl NativeQuery {
    #[napi(constructor, catch_unwind)]
    pub fn new(clause: Json, options: Option<String>) -> Result<Self> {
        let compiled = builder(options.as_deref())?.compile_str(text(&clause)?);
        let query = compiled.map_err(|found| trouble::refused(&found))?;
        Ok(Self { query })
    }

    /// The same query at a moment, in milliseconds.
    #[napi(catch_unwind)]
    pub fn at(&self, milliseconds: f64) -> Result<Self> {
        let span = Duration::try_from_secs_f64(milliseconds / 1_000.0);
        let span = span.map_err(|_| trouble::argument("expected a moment since 1970"))?;
        let query = self.query.at(SystemTime::UNIX_EPOCH + span);
        Ok(Self { query })
    }

    #[napi(catch_unwind)]
    pub fn verdict(&self, object: Json) -> Result<u32> {
        Ok(code(Some(self.query.verdict(&read(&object)?))))
    }

    /// The verdicts of both sides and the event: see `NativeMatcher::change`.
    #[napi(catch_unwind)]
    pub fn classify(&self, old: Option<Json>, new: Option<Json>) -> Result<u32> {
        let (old, new) = (side(old.as_ref())?, side(new.as_ref())?);
        Ok(crate::matcher::answer(self.query.outcome(old.as_ref(), new.as_ref())))
    }

    /// JSON.
    #[napi(catch_unwind)]
    pub fn explain(&self, object: Json) -> Result<String> {
        let explanation = self.query.explain(&read(&object)?);
        serde_json::to_string(&explanation).map_err(|found| trouble::no_object(&found))
    }

    /// What a person reads.
    #[napi(catch_unwind)]
    pub fn explain_in_words(&self, object: Json) -> Result<String> {
        Ok(self.query.explain(&read(&object)?).to_string())
    }

    /// JSON.
    #[napi(catch_unwind)]
    pub fn warnings(&self) -> Result<String> {
        serde_json::to_string(&self.query.warnings()).map_err(|found| trouble::no_object(&found))
    }

    #[napi(getter, catch_unwind)]
    pub fn fingerprint(&self) -> String {
        self.query.fingerprint().as_str().to_owned()
    }

    #[napi(getter)]
    pub fn is_time_dependent(&self) -> bool {
        self.query.is_time_dependent()
    }

    pub(crate) fn query(&self) -> &Query {
        &self.query
    }
}
