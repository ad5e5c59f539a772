//! What a clause may cost.

use crate::pattern::PatternLimits;

/// Bounds on a clause; one that exceeds them is refused with [`ErrorKind::Limit`](crate::ErrorKind::Limit).
///
/// Clauses come from strangers. Parse Server has no such bounds: there, deep nesting overflows the stack at
/// match time and large clauses are paid for on every save.
///
/// # Examples
///
/// ```
/// use livematch::{Limits, Query};
///
/// let limits = Limits::new().with_list_members(2);
/// let query = Query::builder().limits(limits).compile_str(r#"{"a": {"$in": [1, 2, 3]}}"#);
/// assert_eq!(query.unwrap_err().to_string(), "at /a/$in: expected at most 2 members in a list");
/// ```
///
/// Each limit can be set and asked for:
///
/// ```
/// use livematch::{Limits, PatternLimits};
///
/// let limits = Limits::new();
/// assert_eq!(limits.group_depth(), Limits::DEFAULT_GROUP_DEPTH);
/// assert_eq!(limits.operand_depth(), Limits::DEFAULT_OPERAND_DEPTH);
/// assert_eq!(limits.path_components(), Limits::DEFAULT_PATH_COMPONENTS);
/// assert_eq!(limits.constraints(), Limits::DEFAULT_CONSTRAINTS);
/// assert_eq!(limits.text_bytes(), Limits::DEFAULT_TEXT_BYTES);
/// assert_eq!(limits.list_members(), Limits::DEFAULT_LIST_MEMBERS);
/// assert_eq!(limits.polygon_vertices(), Limits::DEFAULT_POLYGON_VERTICES);
/// assert_eq!(limits.patterns(), PatternLimits::new());
///
/// let small = limits
///     .with_group_depth(4)
///     .with_operand_depth(10)
///     .with_path_components(8)
///     .with_constraints(64)
///     .with_text_bytes(16 * 1024)
///     .with_polygon_vertices(100)
///     .with_patterns(PatternLimits::new().with_length(100));
/// assert_eq!((small.constraints(), small.patterns().length()), (64, 100));
/// ```
///
/// What exceeds one of them is refused, and the error names the place:
///
/// ```
/// use livematch::{Limits, PatternLimits, Query};
///
/// let refused = |limits: Limits, clause: &str| {
///     let query = Query::builder().limits(limits).compile_str(clause);
///     query.unwrap_err().to_string()
/// };
/// let limits = Limits::new().with_constraints(1);
/// assert_eq!(refused(limits, r#"{"a": 1, "b": 2}"#), "at /b: expected at most 1 constraints in a clause");
/// let limits = Limits::new().with_path_components(2);
/// assert_eq!(refused(limits, r#"{"a.b.c": 1}"#), "at /a.b.c: expected at most 2 components in a path");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    pub(crate) group_depth: usize,
    pub(crate) operand_depth: usize,
    pub(crate) path_components: usize,
    pub(crate) constraints: usize,
    pub(crate) text_bytes: usize,
    pub(crate) list_members: usize,
    pub(crate) polygon_vertices: usize,
    pub(crate) patterns: PatternLimits,
}

impl Limits {
    /// Levels of `$or`, `$and` and `$nor` unless [`with_group_depth`](Self::with_group_depth) says otherwise.
    pub const DEFAULT_GROUP_DEPTH: usize = 32;
    /// Levels of JSON in an operand unless [`with_operand_depth`](Self::with_operand_depth) says otherwise.
    pub const DEFAULT_OPERAND_DEPTH: usize = 100;
    /// Components of a path unless [`with_path_components`](Self::with_path_components) says otherwise.
    pub const DEFAULT_PATH_COMPONENTS: usize = 64;
    /// Constraints of a clause unless [`with_constraints`](Self::with_constraints) says otherwise.
    pub const DEFAULT_CONSTRAINTS: usize = 4_096;
    /// Bytes of clause text unless [`with_text_bytes`](Self::with_text_bytes) says otherwise.
    pub const DEFAULT_TEXT_BYTES: usize = 2 * 1024 * 1024;
    /// Members of a list unless [`with_list_members`](Self::with_list_members) says otherwise.
    pub const DEFAULT_LIST_MEMBERS: usize = 100_000;
    /// Vertices of a polygon unless [`with_polygon_vertices`](Self::with_polygon_vertices) says otherwise.
    pub const DEFAULT_POLYGON_VERTICES: usize = 1_000;

    /// The default limits.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            group_depth: Self::DEFAULT_GROUP_DEPTH,
            operand_depth: Self::DEFAULT_OPERAND_DEPTH,
            path_components: Self::DEFAULT_PATH_COMPONENTS,
            constraints: Self::DEFAULT_CONSTRAINTS,
            text_bytes: Self::DEFAULT_TEXT_BYTES,
            list_members: Self::DEFAULT_LIST_MEMBERS,
            polygon_vertices: Self::DEFAULT_POLYGON_VERTICES,
            patterns: PatternLimits::new(),
        }
    }

    /// Sets how many levels of `$or`, `$and` and `$nor` may stand in one another.
    ///
    /// Compiling and matching recurse once per level, so this bounds the stack that a clause can use: keep it
    /// below a few thousand.
    #[must_use]
    pub const fn with_group_depth(mut self, levels: usize) -> Self {
        self.group_depth = levels;
        self
    }

    /// Sets how deep the JSON of an operand may nest; a plain value is at depth 1.
    ///
    /// Deep equality recurses as deep as its operand. Text that nests more than 128 levels in all cannot be read
    /// whatever this says.
    #[must_use]
    pub const fn with_operand_depth(mut self, levels: usize) -> Self {
        self.operand_depth = levels;
        self
    }

    /// Sets how many components a path may have; `a.b.c` has three.
    #[must_use]
    pub const fn with_path_components(mut self, components: usize) -> Self {
        self.path_components = components;
        self
    }

    /// Sets how many constraints a clause may have: each operator of a field counts, and each group.
    #[must_use]
    pub const fn with_constraints(mut self, constraints: usize) -> Self {
        self.constraints = constraints;
        self
    }

    /// Sets how many bytes of text a clause may have.
    ///
    /// A clause that is given as a value is measured by the JSON text it makes. Paths below a group that stands behind a
    /// path (`"a.b.$or"`) are written out when they are compiled; they may have as many bytes in all.
    #[must_use]
    pub const fn with_text_bytes(mut self, bytes: usize) -> Self {
        self.text_bytes = bytes;
        self
    }

    /// Sets how many members a list may have: branches of a group, or an array anywhere in an operand.
    #[must_use]
    pub const fn with_list_members(mut self, members: usize) -> Self {
        self.list_members = members;
        self
    }

    /// Sets how many vertices the polygon of an operand may have.
    #[must_use]
    pub const fn with_polygon_vertices(mut self, vertices: usize) -> Self {
        self.polygon_vertices = vertices;
        self
    }

    /// Sets what a pattern may cost.
    #[must_use]
    pub const fn with_patterns(mut self, limits: PatternLimits) -> Self {
        self.patterns = limits;
        self
    }

    /// How many levels of `$or`, `$and` and `$nor` may stand in one another.
    #[must_use]
    pub const fn group_depth(&self) -> usize {
        self.group_depth
    }

    /// How deep the JSON of an operand may nest.
    #[must_use]
    pub const fn operand_depth(&self) -> usize {
        self.operand_depth
    }

    /// How many components a path may have.
    #[must_use]
    pub const fn path_components(&self) -> usize {
        self.path_components
    }

    /// How many constraints a clause may have.
    #[must_use]
    pub const fn constraints(&self) -> usize {
        self.constraints
    }

    /// How many bytes of text a clause may have.
    #[must_use]
    pub const fn text_bytes(&self) -> usize {
        self.text_bytes
    }

    /// How many members a list may have.
    #[must_use]
    pub const fn list_members(&self) -> usize {
        self.list_members
    }

    /// How many vertices the polygon of an operand may have.
    #[must_use]
    pub const fn polygon_vertices(&self) -> usize {
        self.polygon_vertices
    }

    /// What a pattern may cost.
    #[must_use]
    pub const fn patterns(&self) -> PatternLimits {
        self.patterns
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::new()
    }
}
