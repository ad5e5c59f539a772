//! Whose answers clauses give.

use std::str::FromStr;

use clap::Args;

use super::class::{ForClasses, of_class};

/// Whose answers clauses give.
#[derive(Args, Clone)]
#[command(next_help_heading = "Dialect")]
pub(crate) struct DialectOptions {
    /// Whose answers clauses give: "livequery", those of Parse Server's LiveQuery, or "find", those of Parse.Query.find() on
    /// MongoDB, so that a list which a query has filled is kept as that query would fill it again.
    ///
    /// What the fields of a class hold is asked of Parse Server, which needs --parse-url and --master-key. Without them it is
    /// guessed from each object.
    #[arg(long, value_name = "DIALECT[:CLASS,…]", value_delimiter = ' ')]
    dialect: Vec<ForClasses<DialectName>>,

    /// Whether clauses are answered in the other dialect too, and where it would have told a subscriber something else is counted
    /// (livematch_shadow_differences_total) and told in the log, so that a dialect can be tried before it is switched to.
    ///
    /// It about doubles what a class costs, and what its clauses are charged for.
    #[arg(long, value_name = "BOOL[:CLASS,…]", value_delimiter = ' ')]
    shadow: Vec<ForClasses<bool>>,
}

/// Whose answers clauses give.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DialectName {
    /// Those of Parse Server's LiveQuery.
    LiveQuery,
    /// Those of `Parse.Query.find()`.
    Find,
}

impl FromStr for DialectName {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "livequery" => Ok(Self::LiveQuery),
            "find" => Ok(Self::Find),
            _ => Err("expected the dialect livequery or find"),
        }
    }
}

impl DialectName {
    /// As it is written among the options.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::LiveQuery => "livequery",
            Self::Find => "find",
        }
    }

    /// The other one.
    pub(crate) const fn other(self) -> Self {
        match self {
            Self::LiveQuery => Self::Find,
            Self::Find => Self::LiveQuery,
        }
    }
}

impl DialectOptions {
    /// The dialect of clauses on a class.
    pub(crate) fn dialect(&self, class_name: &str) -> DialectName {
        let said = of_class(&self.dialect, class_name).copied();
        said.unwrap_or(DialectName::LiveQuery)
    }

    /// Whether clauses on a class are answered in the other dialect too.
    pub(crate) fn has_shadow(&self, class_name: &str) -> bool {
        let said = of_class(&self.shadow, class_name).copied();
        said.unwrap_or(false)
    }

    /// Whether clauses on some class may be read in the dialect of `find()`.
    pub(crate) fn may_read_find(&self) -> bool {
        let mut dialects = self.dialect.iter().map(ForClasses::value);
        let mut shadows = self.shadow.iter().map(ForClasses::value);
        dialects.any(|dialect| *dialect == DialectName::Find)
            || shadows.any(|has_shadow| *has_shadow)
    }
}
