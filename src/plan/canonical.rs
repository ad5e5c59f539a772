//! Which plans are the same: a text that two plans share only if they always answer alike.
//!
//! Fields keep their order. `{"a": 1, "b": 2}` and `{"b": 2, "a": 1}` look alike, but looking a field up faults for
//! an object there whose `__type` owns a `toString`, and whether that is reached depends on the order. Within one
//! constraint the value is the same, so neighbours that fault for no value, or for the same ones, are sorted.

use std::fmt::Write;
use std::mem::discriminant;

use smallvec::{SmallVec, smallvec};

use super::Plan;
use super::code::{Next, Step, Target};
use crate::geo::Point;
use crate::op::Op;
use crate::op::all::{All, Required};
use crate::op::geo::{Circle, Corners, Intersects, Near, Polygon, Within};
use crate::op::list::List;
use crate::op::membership::Membership;
use crate::op::order::Relation;
use crate::op::regex::Regex;
use crate::value::convert::write_number;
use crate::value::{Datum, Fault, Fields, Val, write_text};

/// The canonical text of a plan.
pub(crate) fn text(plan: &Plan) -> String {
    let path = |path: u32| plan.paths.get(path as usize).map_or("", |path| path.text());
    code_text(&plan.code, plan.run.entry(), path, None, USUAL)
}

/// What stands for the members of a list in no order, if there are more than [`FEW`]: to write them and to sort them takes
/// far longer than to hash them. Texts with digests are not the same as texts without.
pub(crate) type Digest<'d> = &'d dyn Fn(&[Datum]) -> u64;

/// So many members are always written.
const FEW: usize = 16;

/// Bytes of most texts, at most.
pub(crate) const USUAL: usize = 128;

/// The canonical text of steps, given the paths they ask for; it gets room for so many bytes at once.
pub(crate) fn code_text<'p>(
    code: &[Step],
    entry: Target,
    path: impl Fn(u32) -> &'p str,
    digest: Option<Digest<'_>>,
    room: usize,
) -> String {
    let mut out = String::with_capacity(room);
    let starts = constraint_starts(code, entry);
    let name = |target: Target, out: &mut String| match target.next() {
        Next::Step(position) => decimal(starts.partition_point(|start| *start < position), out),
        Next::Done(answer) => out.push(if answer { 'T' } else { 'F' }),
    };
    name(entry, &mut out);
    for (index, start) in starts.iter().enumerate() {
        let end = starts.get(index + 1).copied().unwrap_or(code.len());
        let steps = &code[*start..end];
        let (Some(first), Some(last)) = (steps.first(), steps.last()) else {
            continue;
        };
        out.push(';');
        write_text(path(first.path), &mut out);
        operators(steps, digest, &mut out);
        out.push('?');
        name(last.then, &mut out);
        out.push(':');
        name(last.otherwise, &mut out);
    }
    out
}

/// Where constraints begin: steps in a row that ask for one path, hold together and are entered at the first only.
fn constraint_starts(code: &[Step], entry: Target) -> SmallVec<[usize; 8]> {
    let mut entered: SmallVec<[bool; 32]> = smallvec![false; code.len()];
    let mut enter = |target: Target| {
        if let Next::Step(position) = target.next() {
            entered[position] = true;
        }
    };
    enter(entry);
    for (position, step) in code.iter().enumerate() {
        let next = code.get(position + 1);
        let goes_on = next.is_some_and(|next| {
            next.path == step.path
                && next.otherwise == step.otherwise
                && step.then == Target::step(position + 1)
        });
        if !goes_on {
            enter(step.then);
        }
        enter(step.otherwise);
    }
    (0..code.len())
        .filter(|position| entered[*position])
        .collect()
}

/// The operators of a constraint, those sorted that may change places, each once.
fn operators(steps: &[Step], digest: Option<Digest<'_>>, out: &mut String) {
    for run in steps.chunk_by(|a, b| commute(&a.op, &b.op)) {
        if let [only] = run {
            op(&only.op, digest, out);
            continue;
        }
        each_once(run, |step, out| op(&step.op, digest, out), "", out);
    }
}

/// Whether two neighbours answer alike in either order: neither faults, or both are ranges with plain operands,
/// which fault for the same values.
fn commute(a: &Op, b: &Op) -> bool {
    let plain_range = |op: &Op| match op {
        Op::Order(order) => matches!(
            order.operand(),
            Val::Number(_) | Val::Text(_) | Val::Date(_)
        ),
        _ => false,
    };
    (a.never_faults() && b.never_faults()) || (plain_range(a) && plain_range(b))
}

/// Appends a number that is most often a digit; the library's way takes longer than all the rest.
fn decimal(number: usize, out: &mut String) {
    if number >= 10 {
        decimal(number / 10, out);
    }
    out.extend(u8::try_from(number % 10).map(|digit| char::from(b'0' + digit)));
}

fn op(op: &Op, digest: Option<Digest<'_>>, out: &mut String) {
    match op {
        Op::Is(operand) => named("=", operand, out),
        Op::PointsTo(pointer) => {
            let [class_name, object_id] = pointer.to_data();
            named("->", &class_name, out);
            named("#", &object_id, out);
        }
        Op::Like(op) => named("~", &op.operand, out),
        Op::Order(op) => named(relation(op.relation), &op.to_datum(), out),
        Op::Equal(op) => named("$eq", &op.operand, out),
        Op::NotEqual(op) => named("$ne", &op.operand, out),
        Op::In(op) => membership("$in", op, digest, out),
        Op::NotIn(op) => membership("$nin", op, digest, out),
        Op::All(op) => all(op, digest, out),
        Op::ContainedBy(op) => membership("$containedBy", op, digest, out),
        Op::Exists(required) => out.push_str(if *required { "$exists" } else { "$missing" }),
        Op::Regex(op) => regex(op, out),
        Op::Near(op) => near(op, out),
        Op::Within(op) => within(op, out),
        Op::Polygon(op) => polygon(op, out),
        Op::Circle(op) => circle(op, out),
        Op::Intersects(op) => intersects(op, out),
        Op::Always => out.push_str("$always"),
        Op::Never => out.push_str("$never"),
        Op::Fault => out.push_str("$fault"),
    }
}

fn relation(relation: Relation) -> &'static str {
    match relation {
        Relation::Lt => "$lt",
        Relation::Lte => "$lte",
        Relation::Gt => "$gt",
        Relation::Gte => "$gte",
    }
}

fn named(name: &str, operand: &Datum, out: &mut String) {
    out.push_str(name);
    out.push(':');
    datum(operand, out);
}

fn membership(name: &str, operand: &Membership, digest: Option<Digest<'_>>, out: &mut String) {
    match operand {
        Membership::List(list) if operand.never_faults() => {
            unordered(name, list.items(), digest, out);
        }
        Membership::List(list) => ordered(name, list.items(), out),
        Membership::Text(operand) | Membership::Other(operand) => named(name, operand, out),
    }
}

/// The items of a list whose order can be observed.
fn ordered(name: &str, items: &[Datum], out: &mut String) {
    out.push_str(name);
    out.push('[');
    for item in items {
        datum(item, out);
        out.push(',');
    }
    out.push(']');
}

/// The items of a list whose order cannot be observed: sorted, or what stands for many.
fn unordered(name: &str, items: &[Datum], digest: Option<Digest<'_>>, out: &mut String) {
    out.push_str(name);
    out.push('[');
    match digest {
        // Writing to a string cannot fail.
        Some(digest) if items.len() > FEW => drop(write!(out, "#{:x}", digest(items))),
        _ => each_once(items, datum, ",", out),
    }
    out.push(']');
}

/// A list in no order that has a digest.
#[derive(Clone, Copy)]
enum Digested<'o> {
    Members(&'o List),
    Required(&'o Required),
}

/// The list of an operator for which a digest may stand.
fn digested(op: &Op) -> Option<Digested<'_>> {
    match op {
        Op::In(op) | Op::NotIn(op) | Op::ContainedBy(op) => match op {
            Membership::List(list) if op.never_faults() && list.items().len() > FEW => {
                Some(Digested::Members(list))
            }
            Membership::List(_) | Membership::Text(_) | Membership::Other(_) => None,
        },
        Op::All(op) => match &**op {
            All::List(list) if is_plain(list) && list.items().len() > FEW => {
                Some(Digested::Required(list))
            }
            All::List(_) | All::ListLike(_) | All::Nothing | All::Fault => None,
        },
        Op::Is(_) | Op::PointsTo(_) | Op::Like(_) | Op::Order(_) => None,
        Op::Equal(_) | Op::NotEqual(_) | Op::Exists(_) | Op::Regex(_) | Op::Near(_) => None,
        Op::Within(_) | Op::Polygon(_) | Op::Circle(_) | Op::Intersects(_) => None,
        Op::Always | Op::Never | Op::Fault => None,
    }
}

/// Whether a digest stands for some list in the text of steps.
pub(crate) fn has_digests(code: &[Step]) -> bool {
    code.iter().any(|step| digested(&step.op).is_some())
}

/// Whether the lists of two codes are the same, one by one: given that all the rest is, the codes are equal. Those of
/// equal codes may stand in another order.
pub(crate) fn have_same_lists(a: &[Step], b: &[Step]) -> bool {
    fn lists(code: &[Step]) -> impl Iterator<Item = (&Step, Digested<'_>)> {
        code.iter()
            .filter_map(|step| Some((step, digested(&step.op)?)))
    }
    let is_same = |((step, list), (other, others))| {
        let (step, other): (&Step, &Step) = (step, other);
        discriminant(&step.op) == discriminant(&other.op) && Digested::is_same(list, others)
    };
    lists(a).count() == lists(b).count() && lists(a).zip(lists(b)).all(is_same)
}

impl Digested<'_> {
    fn items(&self) -> &[Datum] {
        match self {
            Self::Members(list) => list.items(),
            Self::Required(list) => list.items(),
        }
    }

    fn is_same(self, other: Digested<'_>) -> bool {
        // Most lists that are the same are written the same.
        if self.items() == other.items() {
            return true;
        }
        match (self, other) {
            (Self::Members(a), Digested::Members(b)) => {
                a.has_same_scalars(b) && self.odd_text() == other.odd_text()
            }
            (Self::Required(a), Digested::Required(b)) => {
                a.has_same_scalars(b) && self.odd_text() == other.odd_text()
            }
            (Self::Members(_), Digested::Required(_))
            | (Self::Required(_), Digested::Members(_)) => false,
        }
    }

    /// The items that are found neither by hash nor by order, each once.
    fn odd_text(&self) -> String {
        let is_odd = |item: &&Datum| !matches!(item, Datum::Text(_) | Datum::Number(_));
        let odd: Vec<&Datum> = self.items().iter().filter(is_odd).collect();
        let mut out = String::new();
        each_once(&odd, |item, out| datum(item, out), ",", &mut out);
        out
    }
}

/// Whether the order of the items cannot be observed.
fn is_plain(list: &Required) -> bool {
    let is_plain = |item: &Datum| {
        !matches!(
            item,
            Datum::Array(_) | Datum::Object(_) | Datum::Instance(_)
        )
    };
    list.items().iter().all(is_plain)
}

/// Appends the texts of some items, sorted and each once, and something after each.
fn each_once<T>(items: &[T], write: impl Fn(&T, &mut String), after: &str, out: &mut String) {
    let mut written = String::new();
    let ends = items.iter().map(|item| {
        write(item, &mut written);
        written.len()
    });
    let ends: SmallVec<[usize; 16]> = ends.collect();
    let starts = [0].into_iter().chain(ends.iter().copied());
    let texts = starts.zip(&ends).map(|(start, end)| &written[start..*end]);
    let mut texts: SmallVec<[&str; 16]> = texts.collect();
    texts.sort_unstable();
    texts.dedup();
    for text in texts {
        out.push_str(text);
        out.push_str(after);
    }
}

fn all(operand: &All, digest: Option<Digest<'_>>, out: &mut String) {
    match operand {
        All::List(list) if is_plain(list) => unordered("$all", list.items(), digest, out),
        All::List(list) => ordered("$all", list.items(), out),
        All::ListLike(sparse) => {
            out.push_str("$all{");
            write_number(sparse.length(), out);
            for (index, item) in sparse.items() {
                out.push(',');
                write_number(*index, out);
                out.push(':');
                datum(item, out);
            }
            out.push('}');
        }
        All::Nothing => out.push_str("$all-nothing"),
        All::Fault => out.push_str("$all-fault"),
    }
}

fn regex(operand: &Regex, out: &mut String) {
    match operand {
        Regex::Pattern(pattern) => {
            out.push_str("$regex/");
            // Units and not text: a rewritten pattern may hold half a surrogate pair.
            for unit in pattern.source() {
                hex(*unit, out);
            }
            out.push('/');
            out.push_str(&pattern.flags().letters());
        }
        Regex::Invalid => out.push_str("$never"),
    }
}

fn near(operand: &Near, out: &mut String) {
    match operand {
        Near::Nowhere => out.push_str("$near-nowhere"),
        Near::NoPoint => out.push_str("$near-fault"),
        Near::Around {
            point: center,
            limit,
            ..
        } => {
            out.push_str("$near");
            point(*center, out);
            number(*limit, out);
        }
    }
}

fn within(operand: &Within, out: &mut String) {
    match operand {
        Within::Nothing => out.push_str("$within-nothing"),
        Within::NoBox => out.push_str("$within-fault"),
        Within::Box(corners) => {
            out.push_str("$within");
            corner_texts(corners, out);
        }
    }
}

fn corner_texts(corners: &Corners, out: &mut String) {
    match corners {
        Corners::Numbers(numbers) => numbers
            .iter()
            .for_each(|number| datum(&Datum::Number(*number), out)),
        Corners::Odd(corners) => {
            for corner in &**corners {
                match corner {
                    Ok(corner) => datum(corner, out),
                    Err(Fault) => out.push_str("fault"),
                }
            }
        }
    }
}

fn polygon(operand: &Polygon, out: &mut String) {
    match operand.ring() {
        Ok(ring) => {
            out.push_str("$polygon");
            for vertex in &ring.vertices {
                point(*vertex, out);
            }
        }
        Err(Fault) => out.push_str("$polygon-fault"),
    }
}

fn circle(operand: &Circle, out: &mut String) {
    match operand.circle() {
        Ok((center, radius)) => {
            out.push_str("$circle");
            point(center, out);
            number(Ok(radius), out);
        }
        Err(Fault) => out.push_str("$circle-fault"),
    }
}

fn intersects(operand: &Intersects, out: &mut String) {
    out.push_str("$intersects");
    match operand.point() {
        Ok(at) => point(at, out),
        Err(Fault) => out.push_str("-fault"),
    }
}

fn point(point: Point, out: &mut String) {
    out.push('(');
    number(Ok(point.latitude), out);
    number(Ok(point.longitude), out);
    out.push(')');
}

fn number(number: Result<f64, Fault>, out: &mut String) {
    match number {
        Ok(number) => write_number(number, out),
        Err(Fault) => out.push_str("fault"),
    }
    out.push(';');
}

/// A value so that different values have different texts; `write_json` would make dates text and instances objects.
pub(crate) fn datum(value: &Datum, out: &mut String) {
    match value {
        Datum::Undefined => out.push('u'),
        Datum::Null => out.push_str("null"),
        Datum::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Datum::Number(number) => write_number(*number, out),
        Datum::Text(text) => write_text(text, out),
        Datum::Unit(half) => hex(*half, out),
        Datum::Array(list) => ordered("", list, out),
        Datum::Object(fields) => members("", fields, out),
        Datum::Date(ms) => {
            out.push('@');
            write_number(*ms, out);
        }
        Datum::Instance(instance) => {
            members(&format!("{:?}", instance.species), &instance.own, out);
        }
    }
    out.push(' ');
}

fn hex(unit: u16, out: &mut String) {
    // Writing to a string cannot fail.
    let _ = write!(out, "\\u{unit:04x}");
}

fn members(name: &str, fields: &Fields, out: &mut String) {
    out.push_str(name);
    out.push('{');
    for (key, member) in fields.iter() {
        write_text(key, out);
        out.push(':');
        datum(member, out);
    }
    out.push('}');
}
