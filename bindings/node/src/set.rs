//! The queries of one class.

use livematch::{Query, QueryBuilder, SubscriptionId};
use napi::bindgen_prelude::{ObjectFinalize, Uint32ArraySlice};
use napi::{Env, Result};
use napi_derive::napi;

use crate::change::NativeChange;
use crate::filed::{Filed, Found, Numbers};
use crate::input::{Json, builder, compile, side};
use crate::memory::Told;
use crate::query::NativeQuery;
use crate::target::fill;
use crate::trouble::Whole;

#[napi(custom_finalize)]
#[derive(Debug)]
pub struct NativeQuerySet {
    builder: QueryBuilder,
    filed: Filed,
    numbers: Numbers<SubscriptionId>,
    found: Found,
    told: Told,
    whole: Whole,
}

impl ObjectFinalize for NativeQuerySet {
    fn finalize(mut self, env: Env) -> Result<()> {
        self.told.tell(env, 0);
        Ok(())
    }
}

#[napi]
impl NativeQuerySet {
    #[napi(constructor, catch_unwind)]
    pub fn new(options: Option<String>) -> Result<Self> {
        Ok(Self {
            builder: builder(options.as_deref())?,
            filed: Filed::default(),
            numbers: Numbers::default(),
            found: Found::default(),
            told: Told::default(),
            whole: Whole::default(),
        })
    }

    #[napi(catch_unwind)]
    pub fn insert(&mut self, env: Env, query: &NativeQuery) -> Result<u32> {
        self.file(env, query.query.clone())
    }

    #[napi(catch_unwind)]
    pub fn insert_clause(&mut self, env: Env, clause: Json<'_>) -> Result<u32> {
        self.file(env, compile(&self.builder, &clause)?)
    }

    fn file(&mut self, env: Env, query: Query) -> Result<u32> {
        self.whole.begin()?;
        let number = self.numbers.next()?;
        let id = self.filed.insert(query, number);
        self.numbers.give(id);
        self.changed(env);
        self.whole.end();
        Ok(number)
    }

    /// Whether there was one.
    #[napi(catch_unwind)]
    pub fn remove(&mut self, env: Env, number: u32) -> Result<bool> {
        self.whole.begin()?;
        let id = self.numbers.take(number);
        if let Some(id) = id {
            self.filed.remove(id);
            self.changed(env);
        }
        self.whole.end();
        Ok(id.is_some())
    }

    /// How many a change concerns; the number of each and its answer are written one after the other, as many as find room.
    #[napi(catch_unwind)]
    pub fn classify_into(
        &mut self,
        old: Option<Json<'_>>,
        new: Option<Json<'_>>,
        target: Uint32ArraySlice<'_>,
    ) -> Result<u32> {
        let (old, new) = (side(old.as_ref())?, side(new.as_ref())?);
        self.whole.begin()?;
        self.filed
            .find([old.as_ref(), new.as_ref()], &mut self.found);
        self.whole.end();
        self.again(target)
    }

    #[napi(catch_unwind)]
    pub fn classify_change_into(
        &mut self,
        change: &NativeChange,
        target: Uint32ArraySlice<'_>,
    ) -> Result<u32> {
        self.whole.begin()?;
        self.filed.find(change.sides(), &mut self.found);
        self.whole.end();
        self.again(target)
    }

    /// What was found last.
    #[napi(catch_unwind)]
    pub fn again(&mut self, target: Uint32ArraySlice<'_>) -> Result<u32> {
        fill(target, &self.found.numbers);
        self.found.count()
    }

    #[napi(getter, catch_unwind)]
    pub fn size(&self) -> f64 {
        self.numbers.count() as f64
    }

    /// Bytes, without those of JavaScript.
    #[napi(getter, catch_unwind)]
    pub fn memory_usage(&self) -> f64 {
        self.bytes() as f64
    }

    /// Forgets everything.
    #[napi(catch_unwind)]
    pub fn dispose(&mut self, env: Env) {
        self.filed = Filed::default();
        self.numbers = Numbers::default();
        self.found = Found::default();
        self.whole = Whole::default();
        self.told.tell(env, 0);
    }

    fn bytes(&self) -> usize {
        self.filed.bytes() + self.numbers.bytes()
    }

    fn changed(&mut self, env: Env) {
        if self.told.is_due(self.numbers.count()) {
            self.told.tell(env, self.bytes());
        }
    }
}
