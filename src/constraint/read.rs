//! From JSON to a [`Clause`], within the limits.

use super::{
    Branch, Branches, Clause, Combine, Constraint, Field, Form, Group, Operator, OperatorName,
    Place, components,
};
use crate::error::{CompileError, ErrorKind};
use crate::limits::Limits;
use crate::value::text::{Unit, units};
use crate::value::{Datum, Fields, Text};

/// Reads a clause.
pub(crate) fn read(clause: Datum, limits: &Limits) -> Result<Clause, CompileError> {
    let mut reader = Reader {
        limits,
        constraints: 0,
        path_bytes: 0,
    };
    match clause {
        Datum::Object(fields) => reader.clause(
            Form::Object,
            fields.into_entries(),
            &Place::ROOT,
            Level::TOP,
        ),
        _ => Err(Place::ROOT.error(ErrorKind::NotAnObject, "expected an object of constraints")),
    }
}

struct Reader<'l> {
    limits: &'l Limits,
    /// How many constraints have been read.
    constraints: usize,
    /// Bytes of the paths below groups that stand behind a path, written out: many short branches below one long path would
    /// be far more than the text of the clause.
    path_bytes: usize,
}

/// Where in a clause the reader is.
#[derive(Clone, Copy)]
struct Level {
    /// How many groups are above.
    depth: usize,
    /// Bytes of the path before the groups above, if there is one.
    scope: usize,
}

impl Level {
    const TOP: Self = Self { depth: 0, scope: 0 };

    /// That of the branches of a group.
    fn below(self, key: &str) -> Self {
        let own = key.rsplit_once('.').map_or(0, |(path, _)| path.len() + 1);
        Self {
            depth: self.depth + 1,
            scope: self.scope + own,
        }
    }
}

impl Reader<'_> {
    fn clause(
        &mut self,
        form: Form,
        entries: Vec<(Text, Datum)>,
        at: &Place<'_>,
        level: Level,
    ) -> Result<Clause, CompileError> {
        let mut fields = Vec::with_capacity(entries.len());
        for (key, json) in entries {
            let constraint = self.constraint(&key, json, &at.key(&key), level)?;
            fields.push(Field { key, constraint });
        }
        Ok(Clause { form, fields })
    }

    fn constraint(
        &mut self,
        key: &str,
        json: Datum,
        at: &Place<'_>,
        level: Level,
    ) -> Result<Constraint, CompileError> {
        self.count(at)?;
        check_path(key, self.limits, at)?;
        let name = components(key).next_back().unwrap_or_default();
        if let Some(combine) = Combine::from_name(name) {
            let group = self.group(combine, json, at, level.below(key))?;
            return Ok(Constraint::Group(group));
        }
        self.count_path(level, key.len(), at)?;
        if json == Datum::Null {
            return Ok(Constraint::Null);
        }
        if name == "$relatedTo" {
            check_json(&json, self.limits, at)?;
            return Ok(Constraint::RelatedTo(json));
        }
        self.form(json, at)
    }

    fn form(&mut self, json: Datum, at: &Place<'_>) -> Result<Constraint, CompileError> {
        if let Datum::Object(fields) = json {
            if !fields.is_typed() {
                return self.operators(fields, at).map(Constraint::Operators);
            }
            let typed = Datum::Object(fields);
            return check_json(&typed, self.limits, at).map(|()| Constraint::Typed(typed));
        }
        check_json(&json, self.limits, at)?;
        match json {
            Datum::Array(items) => Ok(Constraint::List(items.into())),
            scalar => Ok(Constraint::Scalar(scalar)),
        }
    }

    fn operators(&mut self, fields: Fields, at: &Place<'_>) -> Result<Vec<Operator>, CompileError> {
        let mut operators = Vec::with_capacity(fields.len());
        for (name, operand) in fields.into_entries() {
            let name = OperatorName::from(name);
            let at = at.key(name.as_str());
            if !operators.is_empty() && !name.is_modifier() {
                self.count(&at)?;
            }
            check_json(&operand, self.limits, &at)?;
            operators.push(Operator { name, operand });
        }
        Ok(operators)
    }

    fn group(
        &mut self,
        combine: Combine,
        json: Datum,
        at: &Place<'_>,
        inside: Level,
    ) -> Result<Group, CompileError> {
        self.check_depth(inside.depth, at)?;
        let Datum::Array(items) = json else {
            check_json(&json, self.limits, at)?;
            return Ok(Group {
                combine,
                branches: Branches::Other(json),
            });
        };
        check_members(items.len(), self.limits, at)?;
        let mut branches = Vec::with_capacity(items.len());
        for (index, json) in items.into_iter().enumerate() {
            self.count_path(inside, 0, at)?;
            branches.push(self.branch(json, &at.index(index), inside)?);
        }
        Ok(Group {
            combine,
            branches: Branches::List(branches),
        })
    }

    fn branch(
        &mut self,
        json: Datum,
        at: &Place<'_>,
        level: Level,
    ) -> Result<Branch, CompileError> {
        match json {
            Datum::Object(fields) => self
                .clause(Form::Object, fields.into_entries(), at, level)
                .map(Branch::Clause),
            Datum::Array(items) => {
                check_members(items.len(), self.limits, at)?;
                self.clause(Form::List, numbered(items), at, level)
                    .map(Branch::Clause)
            }
            Datum::Text(text) => {
                let units = units(&text).map(|unit| match unit {
                    Unit::Char(text) => Datum::text(text),
                    Unit::Half(half) => Datum::Unit(half),
                });
                // Each is a constraint; one more than there may be is refused.
                let units = units.take(self.limits.constraints.saturating_add(1));
                self.clause(Form::Text, numbered(units), at, level)
                    .map(Branch::Clause)
            }
            Datum::Null => Ok(Branch::Null),
            scalar => Ok(Branch::Scalar(scalar)),
        }
    }

    fn count(&mut self, at: &Place<'_>) -> Result<(), CompileError> {
        self.constraints += 1;
        let most = self.limits.constraints;
        check(self.constraints <= most, at, || {
            format!("expected at most {most} constraints in a clause")
        })
    }

    /// Counts what stands below a path once more.
    fn count_path(&mut self, level: Level, own: usize, at: &Place<'_>) -> Result<(), CompileError> {
        if level.scope == 0 {
            return Ok(());
        }
        self.path_bytes = self.path_bytes.saturating_add(level.scope + own);
        let most = self.limits.text_bytes;
        check(self.path_bytes <= most, at, || {
            format!("expected at most {most} bytes of paths below groups, written out")
        })
    }

    fn check_depth(&self, depth: usize, at: &Place<'_>) -> Result<(), CompileError> {
        let most = self.limits.group_depth;
        check(depth <= most, at, || {
            format!("expected at most {most} levels of groups")
        })
    }
}

/// Members keyed by their index, as JavaScript walks a list or text.
fn numbered(items: impl IntoIterator<Item = Datum>) -> Vec<(Text, Datum)> {
    let items = items.into_iter().enumerate();
    items
        .map(|(index, item)| (index.to_string().into(), item))
        .collect()
}

fn check_path(key: &str, limits: &Limits, at: &Place<'_>) -> Result<(), CompileError> {
    let most = limits.path_components;
    let fits = components(key).nth(most).is_none();
    check(fits, at, || {
        format!("expected at most {most} components in a path")
    })
}

fn check_members(members: usize, limits: &Limits, at: &Place<'_>) -> Result<(), CompileError> {
    let most = limits.list_members;
    check(members <= most, at, || {
        format!("expected at most {most} members in a list")
    })
}

/// Checks depth and list lengths of an operand's JSON.
fn check_json(json: &Datum, limits: &Limits, at: &Place<'_>) -> Result<(), CompileError> {
    check_json_below(json, limits, limits.operand_depth, at)
}

fn check_json_below(
    json: &Datum,
    limits: &Limits,
    levels: usize,
    at: &Place<'_>,
) -> Result<(), CompileError> {
    let most = limits.operand_depth;
    check(levels > 0, at, || {
        format!("expected at most {most} levels of JSON in an operand")
    })?;
    match json {
        Datum::Array(items) => {
            check_members(items.len(), limits, at)?;
            let mut items = items.iter().enumerate();
            items.try_for_each(|(index, item)| {
                check_json_below(item, limits, levels - 1, &at.index(index))
            })
        }
        Datum::Object(fields) => {
            check_polygon(fields, limits, at)?;
            let mut fields = fields.iter();
            fields.try_for_each(|(key, value)| {
                check_json_below(value, limits, levels - 1, &at.key(key))
            })
        }
        _ => Ok(()),
    }
}

fn check_polygon(fields: &Fields, limits: &Limits, at: &Place<'_>) -> Result<(), CompileError> {
    let most = limits.polygon_vertices;
    for key in ["$polygon", "coordinates"] {
        if let Some(Datum::Array(vertices)) = fields.get(key) {
            let fits = vertices.len() <= most;
            check(fits, &at.key(key), || {
                format!("expected at most {most} vertices in a polygon")
            })?;
        }
    }
    Ok(())
}

fn check(fits: bool, at: &Place<'_>, message: impl FnOnce() -> String) -> Result<(), CompileError> {
    if fits {
        Ok(())
    } else {
        Err(at.error(ErrorKind::Limit, message()))
    }
}
