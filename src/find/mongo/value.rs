//! What MongoDB's matcher asks of a stored value, wherever it is kept.

/// A stored value: one of a document, as it is read without being copied.
pub(crate) trait Value<'v>: Copy {
    fn kind(self) -> Kind<'v>;

    /// How many elements a list has.
    fn len(self) -> usize;

    /// An element of a list.
    fn item(self, index: usize) -> Option<Self>;

    /// Whether some element of a list passes a test.
    fn any_item(self, mut test: impl FnMut(Self) -> bool) -> bool {
        let mut items = (0..self.len()).filter_map(|index| self.item(index));
        items.any(&mut test)
    }

    /// A member of an object.
    fn member(self, name: &str) -> Option<Self>;

    /// The class and the id, if it is an object that is a pointer in a list. One that knows them need not show its members to
    /// be compared with another one.
    fn pointer_object(self) -> Option<(&'v str, &'v str)> {
        None
    }

    /// Shows the members of an object in their order, until one is enough.
    fn each_member(self, visit: &mut dyn FnMut(&'v str, Self) -> bool);
}

/// What a stored value is: its bracket, and what is in it unless it has parts.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind<'v> {
    Null,
    Bool(bool),
    Number(f64),
    Text(&'v str),
    /// The text of a pointer: its class, a dollar and its id.
    Pointer {
        class: &'v str,
        id: &'v str,
    },
    Object,
    List,
    Binary {
        subtype: u8,
        base64: &'v str,
    },
    Date(f64),
    /// Only a document that did not come from Parse has one.
    Regex {
        source: &'v str,
        options: &'v str,
    },
}

/// A value that has no parts.
impl<'v> Value<'v> for Kind<'v> {
    #[inline]
    fn kind(self) -> Self {
        self
    }

    fn len(self) -> usize {
        0
    }

    fn item(self, _: usize) -> Option<Self> {
        None
    }

    fn member(self, _: &str) -> Option<Self> {
        None
    }

    fn each_member(self, _: &mut dyn FnMut(&'v str, Self) -> bool) {}
}

/// The classes of values that are compared with each other only, in MongoDB's order of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Bracket {
    Null,
    Number,
    Text,
    Object,
    List,
    Binary,
    Bool,
    Date,
    Regex,
}

impl Kind<'_> {
    pub(crate) const fn bracket(self) -> Bracket {
        match self {
            Self::Null => Bracket::Null,
            Self::Bool(_) => Bracket::Bool,
            Self::Number(_) => Bracket::Number,
            Self::Text(_) | Self::Pointer { .. } => Bracket::Text,
            Self::Object => Bracket::Object,
            Self::List => Bracket::List,
            Self::Binary { .. } => Bracket::Binary,
            Self::Date(_) => Bracket::Date,
            Self::Regex { .. } => Bracket::Regex,
        }
    }
}
