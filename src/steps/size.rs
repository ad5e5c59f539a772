//! How large a value is, as far as it matters to what is asked of it.

/// What kind of value it is: operators take different ways with each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Nothing, a boolean, a number, a date.
    Plain,
    Text,
    Array,
    Object,
}

impl Shape {
    pub(crate) const ALL: [Self; 4] = [Self::Plain, Self::Text, Self::Array, Self::Object];
}

/// The size of a value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Size {
    /// Elements of an array; otherwise the value itself.
    pub(crate) members: u64,
    /// The value, its elements, and those of arrays in it.
    pub(crate) nodes: u64,
    /// Bytes of the text that it is, or that it converts to; no fewer than all texts in its arrays have.
    pub(crate) bytes: u64,
    /// How many of the nodes are objects: what they are is read from their members.
    pub(crate) objects: u64,
    /// How many of these are pointers.
    pub(crate) pointers: u64,
    /// How many pointers have a class or an id that is no text.
    pub(crate) odd_pointers: u64,
}
