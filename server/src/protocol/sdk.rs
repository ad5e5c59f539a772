//! Which SDK a client is, as far as its frames tell.

use super::fields::Fields;

/// What matters of it here: whether `reconnect: false` in an error is heeded as a command to stay away.
///
/// `false` makes ParseSwift close its connection as if its app had, until the app opens it again: for a subscription that
/// is refused, all others end. `true` makes the JavaScript SDKs open a second socket beside the first, hear everything
/// twice, and repeat their mistake for ever. Others hand the word on to the app and do nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Sdk {
    /// Any but ParseSwift.
    #[default]
    Other,
    /// ParseSwift, of parse-community and of netreconlab. It writes the members of each frame in alphabetical order, where
    /// others begin with `op`; Moralis' for Unity may seem to be it, which heeds neither.
    Swift,
}

impl Sdk {
    /// The one that writes a frame in this manner. A frame has to have `op`.
    pub(super) fn of(frame: &Fields<'_>) -> Self {
        if frame.are_sorted() {
            Self::Swift
        } else {
            Self::Other
        }
    }

    /// What an error says of connecting again.
    ///
    /// Parse Server says `false` for 101, 102 and 119 and `true` for the rest; neither does an SDK any good that heeds it.
    pub(super) fn reconnect(self) -> bool {
        match self {
            Self::Swift => true,
            Self::Other => false,
        }
    }
}
