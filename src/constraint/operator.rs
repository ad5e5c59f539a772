//! The operators of a constraint, each named once.

use crate::value::{Datum, Text};

/// One operator of a constraint with its operand, as written.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Operator {
    pub(crate) name: OperatorName,
    pub(crate) operand: Datum,
}

/// The name of an operator: one of those that the matcher knows, whatever it makes of the operand, or another.
///
/// Whoever asks which operator it is names all of them, so that a new one is a compile error wherever something is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum OperatorName {
    Eq,
    Ne,
    Lt,
    Lte,
    Gt,
    Gte,
    In,
    Nin,
    All,
    ContainedBy,
    Exists,
    Regex,
    Options,
    NearSphere,
    MaxDistance,
    Within,
    GeoWithin,
    GeoIntersects,
    /// What the matcher does not know: for it nothing matches.
    Other(Text),
}

impl OperatorName {
    /// As it is written.
    pub(crate) fn as_str(&self) -> &str {
        match self {
            Self::Eq => "$eq",
            Self::Ne => "$ne",
            Self::Lt => "$lt",
            Self::Lte => "$lte",
            Self::Gt => "$gt",
            Self::Gte => "$gte",
            Self::In => "$in",
            Self::Nin => "$nin",
            Self::All => "$all",
            Self::ContainedBy => "$containedBy",
            Self::Exists => "$exists",
            Self::Regex => "$regex",
            Self::Options => "$options",
            Self::NearSphere => "$nearSphere",
            Self::MaxDistance => "$maxDistance",
            Self::Within => "$within",
            Self::GeoWithin => "$geoWithin",
            Self::GeoIntersects => "$geoIntersects",
            Self::Other(name) => name,
        }
    }

    /// Whether the matcher knows it.
    pub(crate) const fn is_known(&self) -> bool {
        !matches!(self, Self::Other(_))
    }

    /// Whether it only says more about another one, and is no constraint of its own.
    pub(crate) const fn is_modifier(&self) -> bool {
        matches!(self, Self::Options | Self::MaxDistance)
    }
}

impl From<Text> for OperatorName {
    fn from(name: Text) -> Self {
        match &*name {
            "$eq" => Self::Eq,
            "$ne" => Self::Ne,
            "$lt" => Self::Lt,
            "$lte" => Self::Lte,
            "$gt" => Self::Gt,
            "$gte" => Self::Gte,
            "$in" => Self::In,
            "$nin" => Self::Nin,
            "$all" => Self::All,
            "$containedBy" => Self::ContainedBy,
            "$exists" => Self::Exists,
            "$regex" => Self::Regex,
            "$options" => Self::Options,
            "$nearSphere" => Self::NearSphere,
            "$maxDistance" => Self::MaxDistance,
            "$within" => Self::Within,
            "$geoWithin" => Self::GeoWithin,
            "$geoIntersects" => Self::GeoIntersects,
            _ => Self::Other(name),
        }
    }
}

/// What is asked of one operator among those of a constraint.
pub(crate) fn operand_of<'o>(operators: &'o [Operator], name: &OperatorName) -> Option<&'o Datum> {
    let found = operators.iter().find(|operator| operator.name == *name);
    found.map(|operator| &operator.operand)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// All that the matcher knows.
    pub(crate) const KNOWN: [OperatorName; 18] = [
        OperatorName::Eq,
        OperatorName::Ne,
        OperatorName::Lt,
        OperatorName::Lte,
        OperatorName::Gt,
        OperatorName::Gte,
        OperatorName::In,
        OperatorName::Nin,
        OperatorName::All,
        OperatorName::ContainedBy,
        OperatorName::Exists,
        OperatorName::Regex,
        OperatorName::Options,
        OperatorName::NearSphere,
        OperatorName::MaxDistance,
        OperatorName::Within,
        OperatorName::GeoWithin,
        OperatorName::GeoIntersects,
    ];

    #[test]
    fn an_operator_is_read_as_it_is_written() {
        for name in KNOWN {
            assert!(name.is_known());
            assert_eq!(OperatorName::from(Text::from(name.as_str())), name);
        }
        for other in ["$inQuery", "$EQ", "$", "", "eq", "$regex ", "__type"] {
            let name = OperatorName::from(Text::from(other));
            assert_eq!((name.as_str(), name.is_known()), (other, false));
        }
    }
}
