//! Filing a query under many keys, some at a time.

use super::access::Access;
use super::cover::Choice;
use super::pending::Pending;
use super::{FilingContext, Index, forget};
use crate::set::filed::Where;
use crate::set::store::number::GroupId;

impl Index {
    /// Has every change run a query until it is filed.
    pub(super) fn begin(&mut self, pending: &Pending, context: &mut FilingContext<'_>) {
        if let Some(record) = context.slots.record_mut(pending.number) {
            // Whatever it is filed under is recorded, and is not to be moved each time some more comes.
            record.filed.reserve_exact(pending.left + 1);
        }
        self.scan(pending.number, GroupId::ROOT, context);
    }

    /// Files a query under about so many more keys; how many it were. It is done when [none are left](Pending::left).
    pub(crate) fn go_on(
        &mut self,
        pending: &mut Pending,
        most: usize,
        context: &mut FilingContext<'_>,
    ) -> usize {
        let mut filed = 0;
        while filed < most
            && let Some(choice) = pending.cover.pop()
        {
            filed += self.go_on_with(&choice, pending, most - filed, context);
            if pending.done > 0 {
                pending.cover.push(choice);
            }
        }
        pending.left -= filed;
        if pending.left == 0 {
            self.end(pending.number, context);
        }
        filed
    }

    /// Files a query by one test, by a long list as far as so many keys go; how many it were.
    fn go_on_with(
        &mut self,
        choice: &Choice,
        pending: &mut Pending,
        most: usize,
        context: &mut FilingContext<'_>,
    ) -> usize {
        let number = pending.number;
        let Access::Long(list) = &choice.access else {
            self.file_one(
                number.into(),
                choice,
                &pending.necessary,
                GroupId::ROOT,
                context,
            );
            return choice.access.keys();
        };
        let from = pending.done;
        let to = list.len().min(from.saturating_add(most));
        let some = (choice.path, &**list, from..to);
        self.file_long(number.into(), some, GroupId::ROOT, context);
        pending.done = if to < list.len() { to } else { 0 };
        to - from
    }

    /// Lets changes find a query by its keys only.
    fn end(&mut self, number: u32, context: &mut FilingContext<'_>) {
        forget(context, number, |filed| {
            filed.group == GroupId::ROOT && Where::from(filed.place) == Where::Scan
        });
        if let Some(root) = self.groups.get_mut(GroupId::ROOT) {
            root.postings.remove(number);
        }
    }
}
