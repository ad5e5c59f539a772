//! The queries of all classes, and the messages that are held against them.

use std::collections::HashMap;

use livematch::{
    Change, ChangeKind, Event, FieldSet, Hit, Outcome, QuerySet, Scratch, SubscriptionId,
};
use napi::bindgen_prelude::Uint32Array;
use napi::{Env, Result};
use napi_derive::napi;

use crate::input::{Json, bytes};
use crate::query::{NativeQuery, code};
use crate::trouble;

/// After so many insertions and removals V8 is told what memory is held for it.
const TOLD_AFTER: u32 = 256;

/// The queries of a class.
#[derive(Debug, Default)]
struct Class {
    set: QuerySet,
    /// By the id in the set, the number by which JavaScript knows it.
    numbers: HashMap<SubscriptionId, u32>,
}

/// Where a number leads.
#[derive(Clone, Debug)]
struct Place {
    class: String,
    id: SubscriptionId,
}

#[napi]
#[derive(Debug, Default)]
pub struct NativeMatcher {
    classes: HashMap<String, Class>,
    places: Vec<Option<Place>>,
    free: Vec<u32>,
    scratch: Scratch,
    hits: Vec<Hit>,
    /// Of the last message: the number of each who is concerned, and its [`answer`].
    numbered: Vec<u32>,
    /// Insertions and removals since V8 was told.
    untold: u32,
    /// What V8 was told last.
    told: i64,
}

/// Both verdicts, in two bits each from the lowest on, and then the event: 0 for none, 1 create, 2 enter, 3 update, 4 leave, 5 delete.
pub(crate) fn answer(outcome: Outcome) -> u32 {
    let event = match outcome.event() {
        None => 0,
        Some(Event::Create) => 1,
        Some(Event::Enter) => 2,
        Some(Event::Update) => 3,
        Some(Event::Leave) => 4,
        Some(Event::Delete) => 5,
    };
    code(outcome.old_verdict()) | code(outcome.new_verdict()) << 2 | event << 4
}

#[napi]
impl NativeMatcher {
    #[napi(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Files a query under a class; its number is the least that is free.
    #[napi(catch_unwind)]
    pub fn insert(&mut self, env: Env, class: String, query: &NativeQuery) -> Result<u32> {
        let number = match self.free.pop() {
            Some(number) => number,
            None => {
                let number = u32::try_from(self.places.len());
                self.places.push(None);
                number.map_err(|_| trouble::argument("there are no more numbers"))?
            }
        };
        let filed = self.classes.entry(class.clone()).or_default();
        let id = filed.set.insert(query.query().clone());
        filed.numbers.insert(id, number);
        self.places[number as usize] = Some(Place { class, id });
        self.tell(env, 1);
        Ok(number)
    }

    /// Whether there was one.
    #[napi(catch_unwind)]
    pub fn remove(&mut self, env: Env, number: u32) -> bool {
        let place = self.places.get_mut(number as usize).and_then(Option::take);
        let Some(Place { class, id }) = place else {
            return false;
        };
        self.free.push(number);
        if let Some(filed) = self.classes.get_mut(&class) {
            filed.numbers.remove(&id);
            filed.set.remove(id);
            if filed.set.is_empty() {
                self.classes.remove(&class);
            }
        }
        self.tell(env, 1);
        true
    }

    /// Whom a message concerns: the number of each and its [`answer`], one after the other; nothing if nobody.
    #[napi(catch_unwind)]
    pub fn change(&mut self, message: Json, is_delete: bool) -> Result<Option<Uint32Array>> {
        self.find(&message, is_delete)?;
        let is_empty = self.numbered.is_empty();
        Ok((!is_empty).then(|| self.numbered.clone().into()))
    }

    /// The same, written into what the caller has. Returns how many are concerned, of which as many as fit are written.
    #[napi(catch_unwind)]
    pub fn change_into(&mut self, message: Json, is_delete: bool, mut target: Uint32Array) -> Result<u32> {
        self.find(&message, is_delete)?;
        // SAFETY: the array is the caller's, who waits for this call: nothing else runs in its thread.
        let target = unsafe { target.as_mut() };
        let fits = target.len().min(self.numbered.len());
        target[..fits].copy_from_slice(&self.numbered[..fits]);
        u32::try_from(self.numbered.len() / 2).map_err(|_| trouble::argument("too many are concerned"))
    }

    /// How many queries there are.
    #[napi(getter)]
    pub fn size(&self) -> u32 {
        u32::try_from(self.places.len() - self.free.len()).unwrap_or(u32::MAX)
    }

    /// Bytes, without those of JavaScript.
    #[napi(getter)]
    pub fn memory_usage(&self) -> f64 {
        self.bytes() as f64
    }

    /// Forgets everything.
    #[napi(catch_unwind)]
    pub fn dispose(&mut self, env: Env) {
        let told = self.told;
        *self = Self { told, ..Self::default() };
        self.tell(env, TOLD_AFTER);
    }

    fn bytes(&self) -> usize {
        let classes = self.classes.values();
        let numbered = size_of::<(SubscriptionId, u32)>();
        let each = classes.map(|class| class.set.memory_usage() + class.numbers.capacity() * numbered);
        each.sum::<usize>() + self.places.capacity() * size_of::<Option<Place>>()
    }

    /// V8 does not see this memory, and would not collect what holds it.
    fn tell(&mut self, env: Env, changes: u32) {
        self.untold += changes;
        if self.untold < TOLD_AFTER {
            return;
        }
        self.untold = 0;
        let now = i64::try_from(self.bytes()).unwrap_or(i64::MAX);
        if env.adjust_external_memory(now - self.told).is_ok() {
            self.told = now;
        }
    }

    fn find(&mut self, message: &Json, is_delete: bool) -> Result<()> {
        let kind = if is_delete { ChangeKind::Delete } else { ChangeKind::Save };
        let classes = &self.classes;
        self.hits.clear();
        self.numbered.clear();
        let fields = |class: &str| match classes.get(class) {
            Some(class) => class.set.fields().clone(),
            None => FieldSet::default(),
        };
        let read = Change::from_slice_by_class(kind, bytes(message), fields);
        let change = read.map_err(|found| trouble::unreadable(&found))?;
        if let Some(class) = classes.get(change.class_name()) {
            let (old, new) = (change.old_object(), change.new_object());
            class.set.classify_into(old, new, &mut self.scratch, &mut self.hits);
            let answered = |hit: &Hit| [class.numbers[&hit.id], answer(hit.outcome)];
            self.numbered.extend(self.hits.iter().flat_map(answered));
        }
        Ok(())
    }
}
