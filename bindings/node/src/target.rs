//! The one place with `unsafe` of ours: an array of the caller's is written.

use napi::bindgen_prelude::Uint32ArraySlice;

/// Writes as many numbers as find room.
pub(crate) fn fill(mut target: Uint32ArraySlice<'_>, numbers: &[u32]) {
    // SAFETY: the array lives as long as the call whose argument it is. Its memory is that of the calling thread alone, as
    // `index.js` refuses arrays over a `SharedArrayBuffer`, and that thread waits for us: nobody else reads or writes it
    // before we return.
    let room = unsafe { target.as_mut() };
    for (place, number) in room.iter_mut().zip(numbers) {
        *place = *number;
    }
}
