//! A filter of the database, read into tests, and asked of a document.

use std::cmp::Ordering;

use super::super::Stop;
use super::bson::{Bson, compare, equals};

pub(super) enum Filter {
    All(Vec<Filter>),
    Any(Vec<Filter>),
    None(Vec<Filter>),
    Field(Vec<String>, Test),
}

/// What is asked of a path.
pub(super) enum Test {
    All(Vec<Test>),
    Equals(Bson),
    Not(Box<Test>),
    Stands(fn(Ordering) -> bool, Bson),
    Among(Vec<Bson>),
    Never,
    Exists,
    /// Of the elements of a list as they are.
    Element(Box<Test>),
    Matches(Pattern),
    Box([f64; 2], [f64; 2]),
    Polygon(Vec<[f64; 2]>),
}

pub(super) struct Pattern {
    at_start: bool,
    at_end: bool,
    literal: String,
    ignores_case: bool,
}

/// Reads a filter, which the database refuses with a fault.
pub(super) fn read(filter: &Bson) -> Result<Filter, Stop> {
    let Bson::Object(members) = filter else {
        return Err(Stop::Fault);
    };
    let filters = members.iter().map(|(name, operand)| {
        let group: fn(Vec<Filter>) -> Filter = match name.as_str() {
            "$or" => Filter::Any,
            "$and" => Filter::All,
            "$nor" => Filter::None,
            _ => {
                let path = name.split('.').map(str::to_owned).collect();
                return Ok(Filter::Field(path, constraint(operand)?));
            }
        };
        match operand {
            Bson::List(branches) if !branches.is_empty() => {
                let branches = branches.iter().map(read);
                branches.collect::<Result<_, _>>().map(group)
            }
            _ => Err(Stop::Fault),
        }
    });
    filters.collect::<Result<_, _>>().map(Filter::All)
}

fn constraint(operand: &Bson) -> Result<Test, Stop> {
    if !operand.is_expression() {
        return Ok(Test::Equals(operand.clone()));
    }
    let Bson::Object(members) = operand else {
        return Err(Stop::Fault);
    };
    let tests = members
        .iter()
        .map(|(name, value)| operator(name, value, members));
    tests.collect::<Result<_, _>>().map(Test::All)
}

fn operator(name: &str, operand: &Bson, beside: &[(String, Bson)]) -> Result<Test, Stop> {
    let not = |test| Test::Not(Box::new(test));
    Ok(match name {
        "$eq" => Test::Equals(operand.clone()),
        "$ne" => not(Test::Equals(operand.clone())),
        "$lt" => Test::Stands(Ordering::is_lt, operand.clone()),
        "$lte" => Test::Stands(Ordering::is_le, operand.clone()),
        "$gt" => Test::Stands(Ordering::is_gt, operand.clone()),
        "$gte" => Test::Stands(Ordering::is_ge, operand.clone()),
        "$in" => Test::Among(values(operand)?),
        "$nin" => not(Test::Among(values(operand)?)),
        "$all" => match values(operand)? {
            none if none.is_empty() => Test::Never,
            all => Test::All(all.into_iter().map(Test::Equals).collect()),
        },
        "$exists" => match operand {
            Bson::Null | Bson::Bool(false) => not(Test::Exists),
            Bson::Number(number) if *number == 0.0 => not(Test::Exists),
            _ => Test::Exists,
        },
        "$elemMatch" => match operand {
            Bson::Object(_) if operand.is_expression() => {
                Test::Element(Box::new(constraint(operand)?))
            }
            // The elements are documents by themselves.
            Bson::Object(_) => return Err(Stop::Unknown),
            _ => return Err(Stop::Fault),
        },
        "$regex" => {
            let options = beside.iter().find(|(name, _)| name == "$options");
            pattern(operand, options.map(|(_, options)| options))?
        }
        "$options" if beside.iter().any(|(name, _)| name == "$regex") => Test::All(Vec::new()),
        "$within" | "$geoWithin" => area(operand)?,
        // Only who knows the database's own operators can ask for an id by them.
        "$not" | "$size" | "$type" | "$mod" | "$nearSphere" | "$geoIntersects" | "$maxDistance"
        | "$minDistance" | "$near" | "$comment" | "$expr" | "$where" | "$jsonSchema"
        | "$bitsAllSet" | "$bitsAnySet" | "$bitsAllClear" | "$bitsAnyClear" => {
            return Err(Stop::Unknown);
        }
        _ => return Err(Stop::Fault),
    })
}

/// The members of a list of values, of which none may be an operator.
fn values(operand: &Bson) -> Result<Vec<Bson>, Stop> {
    match operand {
        Bson::List(values) if !values.iter().any(Bson::is_expression) => Ok(values.clone()),
        _ => Err(Stop::Fault),
    }
}

/// A literal between anchors; of other patterns nothing is known.
fn pattern(source: &Bson, options: Option<&Bson>) -> Result<Test, Stop> {
    let ignores_case = match options {
        None => false,
        Some(Bson::Text(options)) if options.chars().all(|option| "ims".contains(option)) => {
            options.contains('i')
        }
        Some(_) => return Err(Stop::Unknown),
    };
    let Bson::Text(source) = source else {
        return Err(Stop::Unknown);
    };
    let at_start = source.starts_with('^');
    let mut chars = source
        .strip_prefix('^')
        .unwrap_or(source)
        .chars()
        .peekable();
    let (mut literal, mut at_end) = (String::new(), false);
    while let Some(c) = chars.next() {
        match c {
            '$' if chars.peek().is_none() => at_end = true,
            '\\' => match chars.next() {
                Some(c) if c.is_ascii_punctuation() => literal.push(c),
                _ => return Err(Stop::Unknown),
            },
            c if c.is_alphanumeric() || " _-:,".contains(c) => literal.push(c),
            _ => return Err(Stop::Unknown),
        }
    }
    if ignores_case && !literal.is_ascii() {
        return Err(Stop::Unknown);
    }
    Ok(Test::Matches(Pattern {
        at_start,
        at_end,
        literal,
        ignores_case,
    }))
}

fn area(shape: &Bson) -> Result<Test, Stop> {
    let Bson::Object(members) = shape else {
        return Err(Stop::Unknown);
    };
    let [(name, Bson::List(corners))] = &members[..] else {
        return Err(Stop::Unknown);
    };
    let corners = corners
        .iter()
        .map(|corner| flat(corner).transpose().unwrap_or(Err(Stop::Unknown)));
    let corners: Vec<[f64; 2]> = corners.collect::<Result<_, _>>()?;
    match (name.as_str(), &corners[..]) {
        ("$box", [a, b]) => Ok(Test::Box(
            [a[0].min(b[0]), a[1].min(b[1])],
            [a[0].max(b[0]), a[1].max(b[1])],
        )),
        ("$polygon", [_, _, _, ..]) => Ok(Test::Polygon(corners)),
        _ => Err(Stop::Unknown),
    }
}

/// The first two parts of a value, if they are numbers: a place on a plane.
fn flat(value: &Bson) -> Result<Option<[f64; 2]>, Stop> {
    let parts: Vec<&Bson> = match value {
        Bson::List(items) => items.iter().collect(),
        Bson::Object(members) => {
            if members
                .iter()
                .any(|(name, _)| name == "type" || name == "coordinates")
            {
                return Err(Stop::Unknown);
            }
            members.iter().map(|(_, value)| value).collect()
        }
        _ => return Ok(None),
    };
    Ok(match parts[..] {
        [Bson::Number(x), Bson::Number(y), ..] if x.is_finite() && y.is_finite() => Some([*x, *y]),
        _ => None,
    })
}

impl Filter {
    pub(super) fn holds(&self, document: &Bson) -> Result<bool, Stop> {
        let some = |filters: &[Self], wanted| {
            for filter in filters {
                if filter.holds(document)? == wanted {
                    return Ok(true);
                }
            }
            Ok(false)
        };
        match self {
            Self::All(filters) => some(filters, false).map(|found| !found),
            Self::Any(filters) => some(filters, true),
            Self::None(filters) => some(filters, true).map(|found| !found),
            Self::Field(path, test) => {
                let mut ends = Vec::new();
                walk(Some(document), path, &mut ends);
                let opened: Vec<Option<&Bson>> = ends
                    .iter()
                    .flat_map(|(end, is_opened)| match end {
                        Some(Bson::List(items)) if *is_opened => {
                            items.iter().map(Some).chain([*end]).collect()
                        }
                        _ => vec![*end],
                    })
                    .collect();
                let whole: Vec<Option<&Bson>> = ends.iter().map(|(end, _)| *end).collect();
                test.holds(&opened, &whole)
            }
        }
    }
}

/// The ends of a path, each with whether it is opened if it is a list; nothing stands for a missing one.
fn walk<'v>(value: Option<&'v Bson>, path: &[String], ends: &mut Vec<(Option<&'v Bson>, bool)>) {
    let Some((first, rest)) = path.split_first() else {
        ends.push((value, true));
        return;
    };
    match value {
        Some(Bson::Object(members)) => {
            let member = members.iter().find(|(name, _)| name == first);
            walk(member.map(|(_, value)| value), rest, ends);
        }
        Some(Bson::List(items)) => through(items, path, ends),
        _ => ends.push((None, false)),
    }
}

/// Objects in a list are walked with the whole path, an element at an index with what is behind it.
fn through<'v>(items: &'v [Bson], path: &[String], ends: &mut Vec<(Option<&'v Bson>, bool)>) {
    for (index, item) in items.iter().enumerate() {
        if matches!(item, Bson::Object(_)) {
            walk(Some(item), path, ends);
        }
        if path[0] != index.to_string() {
            continue;
        }
        match (item, &path[1..]) {
            (_, []) => ends.push((Some(item), false)),
            (Bson::Object(_), rest) => walk(Some(item), rest, ends),
            (Bson::List(inner), rest) => through(inner, rest, ends),
            _ => {}
        }
    }
}

impl Test {
    fn holds(&self, opened: &[Option<&Bson>], whole: &[Option<&Bson>]) -> Result<bool, Stop> {
        let any = |test: &dyn Fn(&Bson) -> Result<bool, Stop>| {
            for value in opened.iter().flatten() {
                if test(value)? {
                    return Ok(true);
                }
            }
            Ok(false)
        };
        match self {
            Self::All(tests) => {
                for test in tests {
                    if !test.holds(opened, whole)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            Self::Not(test) => test.holds(opened, whole).map(|holds| !holds),
            Self::Never => Ok(false),
            Self::Equals(operand) => Ok(opened.iter().any(|value| equals(*value, operand))),
            Self::Among(operands) => Ok(opened
                .iter()
                .any(|value| operands.iter().any(|operand| equals(*value, operand)))),
            Self::Stands(stands, operand) => Ok(opened.iter().any(|value| {
                let value = value.unwrap_or(&Bson::Null);
                value.bracket() == operand.bracket()
                    && value.is_nan() == operand.is_nan()
                    && stands(compare(value, operand))
            })),
            Self::Exists => Ok(opened.iter().any(Option::is_some)),
            Self::Element(test) => {
                for value in whole {
                    let Some(Bson::List(items)) = value else {
                        continue;
                    };
                    for item in items {
                        if test.holds(&[Some(item)], &[Some(item)])? {
                            return Ok(true);
                        }
                    }
                }
                Ok(false)
            }
            Self::Matches(pattern) => any(&|value| pattern.matches(value)),
            Self::Box(low, high) => any(&|value| {
                Ok(flat(value)?.is_some_and(|at| {
                    (0..2).all(|axis| low[axis] <= at[axis] && at[axis] <= high[axis])
                }))
            }),
            Self::Polygon(ring) => {
                any(&|value| Ok(flat(value)?.is_some_and(|at| surrounds(ring, at))))
            }
        }
    }
}

impl Pattern {
    fn matches(&self, value: &Bson) -> Result<bool, Stop> {
        let Bson::Text(text) = value else {
            return Ok(false);
        };
        if text.contains('\n') || self.ignores_case && !text.is_ascii() {
            return Err(Stop::Unknown);
        }
        let (text, literal) = if self.ignores_case {
            (text.to_lowercase(), self.literal.to_lowercase())
        } else {
            (text.clone(), self.literal.clone())
        };
        Ok(match (self.at_start, self.at_end) {
            (true, true) => text == literal,
            (true, false) => text.starts_with(&literal),
            (false, true) => text.ends_with(&literal),
            (false, false) => text.contains(&literal),
        })
    }
}

/// Even and odd on a plane: corners and level or upright edges are inside, a slanted one to the right of what it bounds.
#[expect(clippy::float_cmp, reason = "a border is where it is")]
fn surrounds(ring: &[[f64; 2]], [x, y]: [f64; 2]) -> bool {
    let mut is_inside = false;
    for (at, [ax, ay]) in ring.iter().enumerate() {
        let [bx, by] = ring[(at + 1) % ring.len()];
        let is_corner = [x, y] == [*ax, *ay];
        let (left, right) = (ax.min(bx), ax.max(bx));
        if is_corner || *ay == by && y == by && left <= x && x <= right {
            return true;
        }
        if y <= ay.min(by) || y > ay.max(by) || x > right {
            continue;
        }
        if *ax == bx && x == bx {
            return true;
        }
        if *ax == bx || x <= (y - ay) * (bx - ax) / (by - ay) + ax {
            is_inside = !is_inside;
        }
    }
    is_inside
}
