//! Keys with dots inside of an included object: the SDK takes them for paths.

use super::encode::Mode;
use super::{Attributes, Decoded, Refusal, is_dangerous};
use crate::value::{Datum, Text, builtin, convert, key::array_index};

/// How many members an object with paths may have: each is looked for among the others.
const MAX_MEMBERS: usize = 1_000;

/// How many elements a path may leave out at the end of an array; the original makes any number.
const MAX_GAP: usize = 8;

/// Stores attributes whose keys may be paths, at most `depth` levels deep. Tells whether the SDK then takes the object for changed:
/// it does if a value is not what it was when the SDK last noted it down under the same key.
pub(super) fn commit(decoded: Attributes, depth: u32) -> Result<(Attributes, bool), Refusal> {
    let mut data = Decoded::Plain(Attributes::default());
    let mut noted = Vec::new();
    if decoded.iter().len() > MAX_MEMBERS {
        return Err(Refusal::new("too many members beside a dotted key"));
    }
    for (key, value) in decoded.into_entries() {
        if is_dangerous(&key) {
            continue;
        }
        if is_noted(&value) {
            noted.push((key.clone(), value.clone().encode(Mode::Pointers)?));
        }
        let path: Vec<&str> = key.split('.').collect();
        // Each component is a level, and what walks the object recurses once for each.
        if path.len() + value.levels() > depth as usize {
            return Err(Refusal::TOO_DEEP.at(&key));
        }
        set(&mut data, &path, value).map_err(|refusal| refusal.at(&key))?;
    }
    let Decoded::Plain(data) = data else {
        return Err(NOWHERE);
    };
    let dirty = data
        .iter()
        .any(|(key, value)| is_noted(value) && is_changed(key, value, &noted));
    Ok((data, dirty))
}

fn is_noted(value: &Decoded) -> bool {
    !matches!(
        value,
        Decoded::Leaf(_) | Decoded::Object(_) | Decoded::File { .. } | Decoded::Relation(_)
    )
}

fn is_changed(key: &str, value: &Decoded, noted: &[(Text, Datum)]) -> bool {
    let before = noted.iter().find(|(name, _)| **name == *key);
    let now = value.clone().encode(Mode::Pointers).ok();
    now.is_none() || before.map(|(_, json)| json) != now.as_ref()
}

const NOWHERE: Refusal = Refusal::new("a dotted key that leads nowhere");

fn set(target: &mut Decoded, path: &[&str], value: Decoded) -> Result<(), Refusal> {
    let Some((key, rest)) = path.split_first() else {
        return Ok(());
    };
    let place = match target {
        Decoded::Leaf(_) => return Err(NOWHERE),
        Decoded::Plain(members) => member(members, key, rest.first()),
        Decoded::Array(items) => element(items, key, rest.first())?,
        // A new property of an instance does not show in its JSON.
        _ => None,
    };
    match place {
        Some(place) if rest.is_empty() => *place = value,
        Some(place) => set(place, rest, value)?,
        None => {}
    }
    Ok(())
}

/// The member that `key` names, made if it is missing; none if JavaScript has one of that name.
fn member<'a>(
    members: &'a mut Attributes,
    key: &str,
    next: Option<&&str>,
) -> Option<&'a mut Decoded> {
    if members.get(key).is_none() {
        if next.is_some() && builtin::is_name(key) {
            return None;
        }
        members.set(key, container(next));
    }
    members.get_mut(key)
}

fn element<'a>(
    items: &'a mut Vec<Decoded>,
    key: &str,
    next: Option<&&str>,
) -> Result<Option<&'a mut Decoded>, Refusal> {
    let Some(index) = array_index(key) else {
        return Ok(None);
    };
    let index = index as usize;
    if index > items.len() + MAX_GAP {
        return Err(NOWHERE);
    }
    if index >= items.len() {
        items.resize(index + 1, Decoded::Leaf(Datum::Undefined));
    }
    if matches!(items[index], Decoded::Leaf(Datum::Undefined)) {
        items[index] = container(next);
    }
    Ok(items.get_mut(index))
}

/// What a path makes for a member that is missing: an array if its next key reads as a number.
fn container(next: Option<&&str>) -> Decoded {
    match next {
        Some(next) if convert::text_to_number(next).is_nan() => {
            Decoded::Plain(Attributes::default())
        }
        Some(_) => Decoded::Array(Vec::new()),
        None => Decoded::Leaf(Datum::Undefined),
    }
}
