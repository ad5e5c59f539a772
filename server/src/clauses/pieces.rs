//! Work on a class that leaves more to be done.

use std::sync::Arc;

use tokio::sync::oneshot;

use super::Clauses;
use crate::registry::Unsettled;
use crate::turns::{Progress, Turn, Weight};

impl Clauses {
    /// Does work on a class once there is room for a query of this weight, and then what it says is due, one piece in each turn
    /// of the client. The answer comes in the end.
    ///
    /// It is done whether or not anybody waits for it to be. There is no answer if the work panics.
    pub(super) async fn in_room<T: Send + 'static>(
        &self,
        turn: &Arc<Turn>,
        weight: Weight,
        class_name: &str,
        work: impl FnOnce() -> (T, Vec<Unsettled>) + Send + 'static,
    ) -> Option<T> {
        let (answer, answered) = oneshot::channel();
        let (registry, class_name) = (Arc::clone(&self.registry), class_name.to_owned());
        let (mut work, mut answer) = (Some(work), Some(answer));
        let (mut done, mut due) = (None, Vec::new());
        self.filing.in_pieces(turn, weight, move || {
            if work.is_some() && weight == Weight::Heavy && !registry.has_room(&class_name) {
                return Progress::More;
            }
            if let Some(work) = work.take() {
                let (result, left) = work();
                (done, due) = (Some(result), left);
            } else if let Some(next) = due.pop() {
                due.push(registry.settle(next));
            }
            due.retain(|due: &Unsettled| !due.is_nothing());
            if !due.is_empty() {
                return Progress::More;
            }
            // Whoever asked may have gone.
            let _ = answer
                .take()
                .zip(done.take())
                .map(|(answer, done)| answer.send(done));
            Progress::Done
        });
        answered.await.ok()
    }
}
