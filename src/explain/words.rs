//! What a constraint asks for, in words.

use super::found::Found;
use crate::constraint::OperatorName;
use crate::value::Datum;

/// What an operator asks for by an operand, and by what stands beside it under a name.
pub(crate) fn expected<'b>(
    operator: &OperatorName,
    operand: Option<&Datum>,
    beside: impl Fn(&str) -> Option<&'b Datum>,
) -> String {
    let text = |datum: Option<&Datum>| datum.map(|datum| Found::of(datum).to_string());
    let operand_text = text(operand).unwrap_or_default();
    let with = |words: &str| format!("{words} {operand_text}");
    match operator {
        OperatorName::Eq => operand_text,
        OperatorName::Ne => with("anything but"),
        OperatorName::Lt => with("less than"),
        OperatorName::Lte => with("at most"),
        OperatorName::Gt => with("more than"),
        OperatorName::Gte => with("at least"),
        OperatorName::In => with("one of"),
        OperatorName::Nin => with("none of"),
        OperatorName::All => with("all of"),
        OperatorName::ContainedBy => with("a list of nothing but"),
        OperatorName::Exists => match operand {
            Some(Datum::Bool(true)) => "a value".to_owned(),
            Some(Datum::Bool(false)) => "no value".to_owned(),
            _ => with("$exists"),
        },
        OperatorName::Regex => match text(beside("$options")) {
            Some(options) => {
                format!("a text with the pattern {operand_text} and the options {options}")
            }
            None => with("a text with the pattern"),
        },
        OperatorName::NearSphere => match text(beside("$maxDistance")) {
            Some(distance) => {
                format!("a place near {operand_text}, within $maxDistance {distance}")
            }
            None => with("a place near"),
        },
        OperatorName::Within | OperatorName::GeoWithin => with("a place within"),
        OperatorName::GeoIntersects => with("an area around"),
        OperatorName::Options | OperatorName::MaxDistance => with(operator.as_str()),
        OperatorName::Other(name) => match &**name {
            "$or" => "a branch that holds".to_owned(),
            "$and" => "branches that hold".to_owned(),
            "$nor" => "branches that do not hold".to_owned(),
            other => with(other),
        },
    }
}
