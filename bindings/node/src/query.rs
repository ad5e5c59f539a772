//! One query.

use std::time::{Duration, SystemTime};

use livematch::{Object, Query};
use napi::bindgen_prelude::ObjectFinalize;
use napi::{Env, Result};
use napi_derive::napi;

use crate::change::NativeChange;
use crate::filed::{answer, code};
use crate::input::{Json, builder, compile, object, side};
use crate::memory::Told;
use crate::trouble;

/// A compiled clause.
#[napi(custom_finalize)]
#[derive(Debug)]
pub struct NativeQuery {
    pub(crate) query: Query,
    told: Told,
}

impl ObjectFinalize for NativeQuery {
    fn finalize(mut self, env: Env) -> Result<()> {
        self.told.tell(env, 0);
        Ok(())
    }
}

impl NativeQuery {
    fn of(env: Env, query: Query) -> Self {
        let mut told = Told::default();
        told.tell(env, query.memory_usage());
        Self { query, told }
    }
}

#[napi]
impl NativeQuery {
    #[napi(constructor, catch_unwind)]
    pub fn new(env: Env, clause: Json<'_>, options: Option<String>) -> Result<Self> {
        let query = compile(&builder(options.as_deref())?, &clause)?;
        Ok(Self::of(env, query))
    }

    /// The same query at a moment, in milliseconds.
    #[napi(catch_unwind)]
    pub fn at(&self, env: Env, milliseconds: f64) -> Result<Self> {
        let span = Duration::try_from_secs_f64(milliseconds.abs() / 1_000.0).ok();
        let moment = span.and_then(|span| match milliseconds < 0.0 {
            true => SystemTime::UNIX_EPOCH.checked_sub(span),
            false => SystemTime::UNIX_EPOCH.checked_add(span),
        });
        let moment = moment.ok_or_else(|| trouble::argument("expected a moment"))?;
        Ok(Self::of(env, self.query.at(moment)))
    }

    #[napi(catch_unwind)]
    pub fn verdict(&self, json: Json<'_>) -> Result<u32> {
        Ok(code(Some(self.query.verdict(&object(&json)?))))
    }

    /// The verdicts of both sides and the event: see [`answer`].
    #[napi(catch_unwind)]
    pub fn classify(&self, old: Option<Json<'_>>, new: Option<Json<'_>>) -> Result<u32> {
        let (old, new) = (side(old.as_ref())?, side(new.as_ref())?);
        Ok(self.answered([old.as_ref(), new.as_ref()]))
    }

    #[napi(catch_unwind)]
    pub fn classify_change(&self, change: &NativeChange) -> u32 {
        self.answered(change.sides())
    }

    fn answered(&self, [old, new]: [Option<&Object>; 2]) -> u32 {
        answer(self.query.outcome(old, new))
    }

    /// JSON.
    #[napi(catch_unwind)]
    pub fn explain(&self, json: Json<'_>) -> Result<String> {
        let explanation = self.query.explain(&object(&json)?);
        serde_json::to_string(&explanation).map_err(|found| trouble::unsaid(&found))
    }

    /// JSON.
    #[napi(catch_unwind)]
    pub fn explain_change(&self, old: Option<Json<'_>>, new: Option<Json<'_>>) -> Result<String> {
        let (old, new) = (side(old.as_ref())?, side(new.as_ref())?);
        let explanation = self.query.explain_change(old.as_ref(), new.as_ref());
        serde_json::to_string(&explanation).map_err(|found| trouble::unsaid(&found))
    }

    /// JSON.
    #[napi(catch_unwind)]
    pub fn warnings(&self) -> Result<String> {
        serde_json::to_string(&self.query.warnings()).map_err(|found| trouble::unsaid(&found))
    }

    #[napi(getter, catch_unwind)]
    pub fn fingerprint(&self) -> String {
        self.query.fingerprint().as_str().to_owned()
    }

    #[napi(getter, catch_unwind)]
    pub fn clause(&self) -> String {
        self.query.clause_text().to_owned()
    }

    #[napi(getter, catch_unwind)]
    pub fn is_time_dependent(&self) -> bool {
        self.query.is_time_dependent()
    }
}
