//! What large queries leave to be done for their class.

/// Steps that are to be done for a class, by whoever made them necessary.
#[derive(Debug)]
pub(crate) struct Unsettled {
    pub(super) class_name: Box<str>,
    pub(super) steps: usize,
}

impl Unsettled {
    pub(super) fn nothing(class_name: &str) -> Self {
        let class_name = class_name.into();
        Self {
            class_name,
            steps: 0,
        }
    }

    /// What has become due for a class that owed so many steps before and does now.
    pub(super) fn between(before: usize, now: usize, class_name: &str) -> Self {
        Self {
            steps: now.saturating_sub(before),
            ..Self::nothing(class_name)
        }
    }

    /// Whether nothing is to be done.
    pub(crate) fn is_nothing(&self) -> bool {
        self.steps == 0
    }
}
