//! The groups of a filter.

/// A filter: groups, and leaves that ask for something.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Node<L> {
    /// Every one holds.
    All(Box<[Node<L>]>),
    /// Some one holds.
    Any(Box<[Node<L>]>),
    /// None holds.
    None(Box<[Node<L>]>),
    Leaf(L),
}

impl<L> Node<L> {
    /// Whether it holds, given whether a leaf does.
    pub(crate) fn holds(&self, leaf: &mut impl FnMut(&L) -> bool) -> bool {
        match self {
            Self::All(nodes) => nodes.iter().all(|node| node.holds(leaf)),
            Self::Any(nodes) => nodes.iter().any(|node| node.holds(leaf)),
            Self::None(nodes) => !nodes.iter().any(|node| node.holds(leaf)),
            Self::Leaf(one) => leaf(one),
        }
    }

    /// Whether it is a group of leaves.
    pub(crate) fn is_flat(&self) -> bool {
        match self {
            Self::All(nodes) | Self::Any(nodes) | Self::None(nodes) => {
                nodes.iter().all(|node| node.as_leaf().is_some())
            }
            Self::Leaf(_) => false,
        }
    }

    /// What is asked, if it is no group.
    pub(crate) const fn as_leaf(&self) -> Option<&L> {
        match self {
            Self::Leaf(leaf) => Some(leaf),
            Self::All(_) | Self::Any(_) | Self::None(_) => None,
        }
    }

    /// The leaf that is asked first, if it is this one or stands in this group.
    #[inline]
    pub(crate) fn first_leaf(&self) -> Option<&L> {
        match self {
            Self::All(nodes) | Self::Any(nodes) | Self::None(nodes) => nodes.first()?.as_leaf(),
            Self::Leaf(leaf) => Some(leaf),
        }
    }

    /// All that hold.
    pub(crate) fn all(mut nodes: Vec<Self>) -> Self {
        match nodes.len() {
            1 => nodes.swap_remove(0),
            _ => Self::All(nodes.into()),
        }
    }

    /// Shows the leaves in their order.
    pub(crate) fn each_leaf<'n>(&'n self, visit: &mut impl FnMut(&'n L)) {
        match self {
            Self::All(nodes) | Self::Any(nodes) | Self::None(nodes) => {
                nodes.iter().for_each(|node| node.each_leaf(visit));
            }
            Self::Leaf(leaf) => visit(leaf),
        }
    }

    /// The same, to be changed.
    pub(crate) fn each_leaf_mut(&mut self, visit: &mut impl FnMut(&mut L)) {
        match self {
            Self::All(nodes) | Self::Any(nodes) | Self::None(nodes) => {
                nodes.iter_mut().for_each(|node| node.each_leaf_mut(visit));
            }
            Self::Leaf(leaf) => visit(leaf),
        }
    }

    /// Heap bytes, given those of a leaf.
    pub(crate) fn memory_usage(&self, leaf: &impl Fn(&L) -> usize) -> usize {
        match self {
            Self::All(nodes) | Self::Any(nodes) | Self::None(nodes) => {
                let below = nodes.iter().map(|node| node.memory_usage(leaf));
                size_of_val(&**nodes) + below.sum::<usize>()
            }
            Self::Leaf(one) => leaf(one),
        }
    }
}
