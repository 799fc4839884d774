//! Work on slices of a result, shared out to threads.

use std::num::NonZero;
use std::sync::{Mutex, PoisonError};
use std::thread;

/// Calls `work` with the index and values of each run of `length` values of `output`, on as many
/// threads as the machine has. Threads fetch the next run when they are done with one, so a busy
/// core does not hold up the rest.
pub(super) fn for_each(output: &mut [f32], length: usize, work: impl Fn(usize, &mut [f32]) + Sync) {
    // An empty result has no runs, of any length.
    let length = length.max(1);
    let threads = thread::available_parallelism()
        .map_or(1, NonZero::get)
        .min(output.len().div_ceil(length));
    if threads < 2 {
        for (index, run) in output.chunks_mut(length).enumerate() {
            work(index, run);
        }
        return;
    }
    let runs = Mutex::new(output.chunks_mut(length).enumerate());
    let next = || runs.lock().unwrap_or_else(PoisonError::into_inner).next();
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some((index, run)) = next() {
                    work(index, run);
                }
            });
        }
    });
}
