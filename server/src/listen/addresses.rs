//! How many places each address has.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Counts the clients of each address.
#[derive(Default)]
pub(crate) struct Addresses {
    counts: Mutex<HashMap<IpAddr, usize>>,
}

/// A place of an address, until it is dropped. Where addresses are not known nothing is counted.
pub(crate) struct AddressPlace {
    counted: Option<(Arc<Addresses>, IpAddr)>,
}

impl Addresses {
    /// Takes a place of an address, if fewer than the limit are taken.
    pub(crate) fn enter(
        self: &Arc<Self>,
        address: Option<IpAddr>,
        most: usize,
    ) -> Option<AddressPlace> {
        let Some(address) = address else {
            return Some(AddressPlace { counted: None });
        };
        let mut counts = self.lock();
        let count = counts.entry(address).or_default();
        if *count >= most {
            return None;
        }
        *count += 1;
        let counted = Some((Arc::clone(self), address));
        Some(AddressPlace { counted })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for AddressPlace {
    fn drop(&mut self) {
        let Some((addresses, address)) = &self.counted else {
            return;
        };
        let mut counts = addresses.lock();
        if let Some(count) = counts.get_mut(address) {
            *count -= 1;
            if *count == 0 {
                counts.remove(address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_address_has_its_places() {
        let addresses = Arc::new(Addresses::default());
        let (one, other) = (Some([1, 1, 1, 1].into()), Some([2, 2, 2, 2].into()));
        let first = addresses.enter(one, 2);
        let _second = addresses.enter(one, 2);
        assert!(addresses.enter(one, 2).is_none());
        assert!(addresses.enter(other, 2).is_some());
        drop(first);
        assert!(addresses.enter(one, 2).is_some());
        assert!(addresses.enter(None, 0).is_some());
        assert_eq!(addresses.lock().len(), 1);
    }
}
