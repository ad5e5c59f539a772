//! Update operations, as they stand in JSON under `__op`.

use std::collections::HashSet;

use super::{Decoded, Refusal, decode_value, take};
use crate::value::{Datum, Fields, Val, compare, convert};

/// An operation of the SDK.
#[derive(Clone, Debug)]
pub(crate) enum Op {
    Delete,
    Increment(f64),
    List(ListOp, Vec<Decoded>),
    Relation(RelationOp),
}

/// What is done with the elements of an array.
#[derive(Clone, Copy, Debug)]
pub(crate) enum ListOp {
    Add,
    AddUnique,
    Remove,
}

impl ListOp {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Add => "Add",
            Self::AddUnique => "AddUnique",
            Self::Remove => "Remove",
        }
    }
}

/// Ids to put into a relation and to take out of it, all of one class.
#[derive(Clone, Debug)]
pub(crate) struct RelationOp {
    /// `null` until an object names it; of whatever type.
    pub(super) class_name: Decoded,
    pub(super) add: Vec<Decoded>,
    pub(super) remove: Vec<Decoded>,
}

impl Op {
    /// The elements of an operation on an array.
    pub(super) fn objects(&self) -> &[Decoded] {
        match self {
            Self::List(_, objects) => objects,
            Self::Delete | Self::Increment(_) | Self::Relation(_) => &[],
        }
    }

    pub(super) fn is_delete(&self) -> bool {
        matches!(self, Self::Delete)
    }
}

pub(super) fn is_op(fields: &Fields) -> bool {
    matches!(fields.get("__op"), Some(Datum::Text(_)))
}

/// Reads the operation `name`; `null` stands for one that the SDK does not know.
pub(super) fn from_json(name: &str, mut json: Fields, depth: u32) -> Result<Decoded, Refusal> {
    let mut objects = || {
        let objects = decode_value(take(&mut json, "objects"), depth);
        objects.map_err(|refusal| refusal.at("objects"))
    };
    let op = match name {
        "Delete" => Op::Delete,
        "Increment" => match json.get("amount") {
            Some(Datum::Number(amount)) => Op::Increment(*amount),
            _ => return Err(Refusal::new("`Increment` takes a number").at("amount")),
        },
        "Add" => Op::List(ListOp::Add, listed(objects()?)),
        "AddUnique" => Op::List(ListOp::AddUnique, unique(listed(objects()?))),
        "Remove" => Op::List(ListOp::Remove, unique(listed(objects()?))),
        "AddRelation" => relation(list_or_nothing(objects()?), Vec::new())?,
        "RemoveRelation" => relation(Vec::new(), list_or_nothing(objects()?))?,
        "Batch" => batch(take(&mut json, "ops"), depth).map_err(|refusal| refusal.at("ops"))?,
        _ => return Ok(Decoded::Leaf(Datum::Null)),
    };
    Ok(Decoded::Op(Box::new(op)))
}

fn listed(objects: Decoded) -> Vec<Decoded> {
    match objects {
        Decoded::Array(items) => items,
        other => vec![other],
    }
}

fn list_or_nothing(objects: Decoded) -> Vec<Decoded> {
    match objects {
        Decoded::Array(items) => items,
        _ => Vec::new(),
    }
}

/// Gathers the operations on a relation out of a list of operations.
fn batch(ops: Datum, depth: u32) -> Result<Op, Refusal> {
    let ops = match ops {
        Datum::Array(items) => items.into(),
        Datum::Object(fields) => array_like(&fields)?,
        Datum::Undefined | Datum::Null => return Err(Refusal::new("`Batch` takes an array")),
        _ => Vec::new(),
    };
    let (mut add, mut remove) = (Vec::new(), Vec::new());
    for (index, op) in ops.into_iter().enumerate() {
        let mut op = match op {
            Datum::Object(op) => op,
            Datum::Undefined | Datum::Null => {
                return Err(Refusal::new("`Batch` takes operations").at_index(index));
            }
            _ => continue,
        };
        let list = match op.get("__op").and_then(Datum::as_text) {
            Some("AddRelation") => &mut add,
            Some("RemoveRelation") => &mut remove,
            _ => continue,
        };
        let objects = decode_value(take(&mut op, "objects"), depth);
        let objects = objects.map_err(|refusal| refusal.at("objects").at_index(index))?;
        list.append(&mut listed(objects));
    }
    relation(add, remove)
}

/// The elements of an object that has a length, up to the first that is missing.
fn array_like(fields: &Fields) -> Result<Vec<Datum>, Refusal> {
    let length = fields.get("length").unwrap_or(&Datum::Undefined);
    let length = convert::to_number(Val::from(length))?;
    let mut items = Vec::new();
    let mut index = 0_u32;
    while f64::from(index) < length {
        let Some(item) = fields.get(&index.to_string()) else {
            items.push(Datum::Undefined);
            break;
        };
        items.push(item.clone());
        index += 1;
    }
    Ok(items)
}

/// Reads the ids out of objects, which must all have one and the same class.
fn relation(add: Vec<Decoded>, remove: Vec<Decoded>) -> Result<Op, Refusal> {
    let mut class_name = Decoded::Leaf(Datum::Null);
    let mut ids = |objects: Vec<Decoded>| {
        let objects = objects.into_iter();
        let ids = objects.map(|object| extract_id(object, &mut class_name));
        ids.collect::<Result<Vec<_>, _>>().map(unique)
    };
    let (add, remove) = (ids(add)?, ids(remove)?);
    Ok(Op::Relation(RelationOp {
        class_name,
        add,
        remove,
    }))
}

fn extract_id(object: Decoded, class_name: &mut Decoded) -> Result<Decoded, Refusal> {
    let undefined = Decoded::Leaf(Datum::Undefined);
    let (id, class) = match &object {
        Decoded::Leaf(Datum::Text(_)) => return Ok(object),
        Decoded::Object(object) => {
            let class = object.class_name.clone();
            (
                object.id.clone().map(Decoded::Leaf),
                class.map(Decoded::Leaf),
            )
        }
        Decoded::Plain(members) => (
            members.get("id").cloned(),
            members.get("className").cloned(),
        ),
        _ => (None, None),
    };
    let Some(id) = id.filter(Decoded::is_truthy) else {
        return Err(Refusal::new("a relation takes saved objects"));
    };
    let class = class.unwrap_or(undefined);
    if !class_name.is_truthy() {
        *class_name = class;
    } else if !identical(class_name, &class) {
        return Err(Refusal::new("a relation takes objects of one class"));
    }
    Ok(id)
}

/// `a === b` of values that were read apart.
fn identical(a: &Decoded, b: &Decoded) -> bool {
    match (a, b) {
        (Decoded::Leaf(a), Decoded::Leaf(b)) => compare::strictly_equal(a.into(), b.into()),
        _ => false,
    }
}

/// Leaves each value once. Two objects are the same if their class and id are.
fn unique(values: Vec<Decoded>) -> Vec<Decoded> {
    let mut seen = HashSet::new();
    let first: Vec<bool> = values
        .iter()
        .map(|value| Identity::of(value).is_none_or(|identity| seen.insert(identity)))
        .collect();
    drop(seen);
    let mut first = first.into_iter();
    let mut values = values;
    values.retain(|_| first.next().unwrap_or(true));
    values
}

/// What makes two values the same to the SDK.
#[derive(PartialEq, Eq, Hash)]
enum Identity<'a> {
    Undefined,
    Null,
    Bool(bool),
    Number(u64),
    Text(&'a str),
    Object(Box<Identity<'a>>, &'a str),
}

impl<'a> Identity<'a> {
    /// `None` for what is the same as nothing else.
    fn of(value: &'a Decoded) -> Option<Self> {
        match value {
            Decoded::Leaf(datum) => Self::of_leaf(datum),
            Decoded::Object(object) => {
                let class = object.class_name.as_ref().unwrap_or(&Datum::Undefined);
                let id = object.id.as_ref().and_then(Datum::as_text)?;
                Some(Self::Object(Box::new(Self::of_leaf(class)?), id))
            }
            _ => None,
        }
    }

    fn of_leaf(datum: &'a Datum) -> Option<Self> {
        match datum {
            Datum::Undefined => Some(Self::Undefined),
            Datum::Null => Some(Self::Null),
            Datum::Bool(value) => Some(Self::Bool(*value)),
            // Adding zero turns -0 into 0.
            Datum::Number(number) => Some(Self::Number((number + 0.0).to_bits())),
            Datum::Text(text) => Some(Self::Text(text)),
            _ => None,
        }
    }
}
