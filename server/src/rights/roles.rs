//! The roles of somebody.

/// The roles of somebody, as far as they are known.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Roles<'a> {
    /// All of them, each as `role:` and its name.
    Known(&'a [String]),
    /// They could not be found out: nothing is opened for a role.
    Unknown,
}

impl Roles<'_> {
    /// Whether one of those that are known is such.
    pub(crate) fn any(self, is_such: impl Fn(&str) -> bool) -> bool {
        match self {
            Self::Known(roles) => roles.iter().any(|role| is_such(role)),
            Self::Unknown => false,
        }
    }
}
