//! Distribution of work on parts of a result to threads.

use std::num::NonZero;
use std::sync::{Mutex, PoisonError};
use std::thread;

/// Smaller results are computed in less time than a thread needs to start.
const MIN_PARALLEL: usize = 1 << 11;

/// Calls `work` with the index and the values of each run of `length` values of `output`, on as many threads as the
/// machine has. Each thread takes the next run when it has finished one, so a busy core does not delay the others.
pub(super) fn for_each(output: &mut [f32], length: usize, work: impl Fn(usize, &mut [f32]) + Sync) {
    // Avoids chunks of length 0 for an empty result.
    let length = length.max(1);
    let threads = match output.len() {
        ..MIN_PARALLEL => 1,
        count => thread::available_parallelism()
            .map_or(1, NonZero::get)
            .min(count.div_ceil(length)),
    };
    let runs = Mutex::new(output.chunks_mut(length).enumerate());
    let next = || runs.lock().unwrap_or_else(PoisonError::into_inner).next();
    let share = || {
        while let Some((index, run)) = next() {
            work(index, run);
        }
    };
    thread::scope(|scope| {
        for _ in 1..threads {
            // Where the system starts no more threads, those that run do all.
            if thread::Builder::new().spawn_scoped(scope, share).is_err() {
                break;
            }
        }
        share();
    });
}
