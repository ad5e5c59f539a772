//! Where paths stand among those that a change touches.

use super::stamped::Stamped;
use crate::set::store::slab::NONE;

/// Where the paths of the set stand among those that a change touches.
#[derive(Clone, Debug, Default)]
pub(crate) struct Positions(Stamped<u32>);

impl Positions {
    pub(crate) fn reset(&mut self, paths: usize) {
        self.0.reset(paths);
    }

    pub(crate) fn get(&self, path: u32) -> Option<usize> {
        self.0.get(path).map(|at| at as usize)
    }

    pub(crate) fn set(&mut self, path: u32, position: usize) {
        self.0.set(path, u32::try_from(position).unwrap_or(NONE));
    }
}
