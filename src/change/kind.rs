//! What happened to an object.

use std::error::Error;
use std::fmt;
use std::str::FromStr;

/// Whether an object was saved or deleted.
///
/// Parse Server publishes the two on channels of their own, named by the id of the application and
/// one of these texts.
///
/// # Examples
///
/// ```
/// use livematch::ChangeKind;
///
/// let channel = "myAppafterDelete";
/// let kind = channel.strip_prefix("myApp").map(str::parse);
/// assert_eq!(kind, Some(Ok(ChangeKind::Delete)));
/// assert_eq!(ChangeKind::Save.to_string(), "afterSave");
/// assert_eq!(ChangeKind::Delete.as_str(), "afterDelete");
/// ```
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ChangeKind {
    /// `afterSave`: the object was created or updated.
    Save,
    /// `afterDelete`: the object is gone.
    Delete,
}

impl ChangeKind {
    /// The name of the channel without the id of the application.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Save => "afterSave",
            Self::Delete => "afterDelete",
        }
    }
}

impl fmt::Display for ChangeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for ChangeKind {
    type Err = UnknownChangeKind;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        match name {
            "afterSave" => Ok(Self::Save),
            "afterDelete" => Ok(Self::Delete),
            _ => Err(UnknownChangeKind(())),
        }
    }
}

/// A text names no [`ChangeKind`].
///
/// # Examples
///
/// ```
/// use livematch::ChangeKind;
///
/// let error = "afterFind".parse::<ChangeKind>().unwrap_err();
/// assert_eq!(error.to_string(), "expected `afterSave` or `afterDelete`");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownChangeKind(());

impl fmt::Display for UnknownChangeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected `afterSave` or `afterDelete`")
    }
}

impl Error for UnknownChangeKind {}
