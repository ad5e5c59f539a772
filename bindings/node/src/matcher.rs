//! The queries of all classes, and the messages that are held against them.

use std::collections::HashMap;
use std::sync::Arc;

use livematch::{Change, FieldSet, Query, QueryBuilder, SubscriptionId};
use napi::bindgen_prelude::{ObjectFinalize, Uint32ArraySlice};
use napi::{Env, Result};
use napi_derive::napi;

use crate::change::{NativeChange, kind};
use crate::filed::{Filed, Found, Numbers};
use crate::input::{Json, builder, bytes, compile};
use crate::memory::Told;
use crate::query::NativeQuery;
use crate::target::fill;
use crate::trouble::{self, Whole};

/// Where a number leads.
#[derive(Debug)]
struct Place {
    class: Arc<str>,
    id: SubscriptionId,
}

#[napi(custom_finalize)]
#[derive(Debug)]
pub struct NativeMatcher {
    builder: QueryBuilder,
    /// Those that somebody asks about.
    classes: HashMap<Arc<str>, Filed>,
    numbers: Numbers<Place>,
    found: Found,
    told: Told,
    whole: Whole,
}

impl ObjectFinalize for NativeMatcher {
    fn finalize(mut self, env: Env) -> Result<()> {
        self.told.tell(env, 0);
        Ok(())
    }
}

#[napi]
impl NativeMatcher {
    #[napi(constructor, catch_unwind)]
    pub fn new(options: Option<String>) -> Result<Self> {
        Ok(Self {
            builder: builder(options.as_deref())?,
            classes: HashMap::new(),
            numbers: Numbers::default(),
            found: Found::default(),
            told: Told::default(),
            whole: Whole::default(),
        })
    }

    #[napi(catch_unwind)]
    pub fn insert(&mut self, env: Env, class: String, query: &NativeQuery) -> Result<u32> {
        self.file(env, &class, query.query.clone())
    }

    #[napi(catch_unwind)]
    pub fn insert_clause(&mut self, env: Env, class: String, clause: Json<'_>) -> Result<u32> {
        self.file(env, &class, compile(&self.builder, &clause)?)
    }

    fn file(&mut self, env: Env, class: &str, query: Query) -> Result<u32> {
        self.whole.begin()?;
        let number = self.numbers.next()?;
        let class = match self.classes.get_key_value(class) {
            Some((class, _)) => Arc::clone(class),
            None => Arc::from(class),
        };
        let filed = self.classes.entry(Arc::clone(&class)).or_default();
        let id = filed.insert(query, number);
        self.numbers.give(Place { class, id });
        self.changed(env);
        self.whole.end();
        Ok(number)
    }

    /// Whether there was one.
    #[napi(catch_unwind)]
    pub fn remove(&mut self, env: Env, number: u32) -> Result<bool> {
        self.whole.begin()?;
        let place = self.numbers.take(number);
        if let Some(Place { class, id }) = &place {
            self.strike(class, *id);
            self.changed(env);
        }
        self.whole.end();
        Ok(place.is_some())
    }

    fn strike(&mut self, class: &Arc<str>, id: SubscriptionId) {
        let Some(filed) = self.classes.get_mut(class) else {
            return;
        };
        filed.remove(id);
        if filed.set.is_empty() {
            self.classes.remove(class);
        }
    }

    /// How many a message concerns; the number of each and its answer are written one after the other, as many as find room.
    #[napi(catch_unwind)]
    pub fn change_into(
        &mut self,
        message: Json<'_>,
        is_delete: bool,
        target: Uint32ArraySlice<'_>,
    ) -> Result<u32> {
        let change = self.read(bytes(&message), is_delete)?;
        self.find(&change, target)
    }

    /// The same of a message that was read before.
    #[napi(catch_unwind)]
    pub fn read_change_into(
        &mut self,
        change: &NativeChange,
        target: Uint32ArraySlice<'_>,
    ) -> Result<u32> {
        self.find(&change.change, target)
    }

    /// A message, of its objects what queries of its class ask for.
    fn read(&self, message: &[u8], is_delete: bool) -> Result<Change> {
        let fields = |class: &str| match self.classes.get(class) {
            Some(filed) => filed.set.fields().clone(),
            None => FieldSet::default(),
        };
        let read = Change::from_slice_by_class(kind(is_delete), message, fields);
        read.map_err(|found| trouble::unreadable(&found))
    }

    fn find(&mut self, change: &Change, target: Uint32ArraySlice<'_>) -> Result<u32> {
        self.whole.begin()?;
        match self.classes.get(change.class_name()) {
            Some(filed) => filed.find([change.old_object(), change.new_object()], &mut self.found),
            None => self.found.clear(),
        }
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
        self.classes = HashMap::new();
        self.numbers = Numbers::default();
        self.found = Found::default();
        self.whole = Whole::default();
        self.told.tell(env, 0);
    }

    fn bytes(&self) -> usize {
        let classes: usize = self.classes.values().map(Filed::bytes).sum();
        classes + self.numbers.bytes()
    }

    fn changed(&mut self, env: Env) {
        if self.told.is_due(self.numbers.count()) {
            self.told.tell(env, self.bytes());
        }
    }
}
