//! Threads that work for callers. They are kept: to start one takes as long as a run of a small network.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;
use std::{io, thread};

/// The main thread's, on most systems.
const STACK: usize = 8 << 20;

/// Work, which returns what hands over its result.
type Job = Box<dyn FnOnce() -> Delivery + Send>;
type Delivery = Box<dyn FnOnce() + Send>;

/// The threads without work.
static IDLE: Mutex<Vec<Sender<Job>>> = Mutex::new(Vec::new());

/// The number of jobs that are not done, also those that nobody waits for.
static RUNNING: (Mutex<usize>, Condvar) = (Mutex::new(0), Condvar::new());

/// Starts `work` on a thread. The receiver gets its result, or its panic.
///
/// # Errors
/// If the system refuses a thread.
pub fn start<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> io::Result<Receiver<thread::Result<T>>> {
    let (sender, receiver) = mpsc::sync_channel(1);
    let running = Running::begin();
    let job: Job = Box::new(move || {
        let result = catch_unwind(AssertUnwindSafe(work));
        drop(running);
        // Nobody receives what a caller has left.
        Box::new(move || drop(sender.send(result)))
    });
    let idle = IDLE.lock().unwrap_or_else(PoisonError::into_inner).pop();
    let worker = idle.map_or_else(spawn, Ok)?;
    // A worker ends with the process only.
    let _ = worker.send(job);
    Ok(receiver)
}

/// Waits until all jobs are done, but at most for `most`.
pub fn finish(most: Duration) {
    let (count, changed) = &RUNNING;
    let count = count.lock().unwrap_or_else(PoisonError::into_inner);
    drop(changed.wait_timeout_while(count, most, |count| *count > 0));
}

fn spawn() -> io::Result<Sender<Job>> {
    let (sender, receiver) = mpsc::channel::<Job>();
    let own = sender.clone();
    let named = thread::Builder::new().name("menagerie".to_owned());
    named.stack_size(STACK).spawn(move || {
        for job in receiver {
            let deliver = job();
            // Before the caller goes on, so that its next call finds this thread.
            IDLE.lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(own.clone());
            deliver();
        }
    })?;
    Ok(sender)
}

/// A job that is not done.
struct Running;

impl Running {
    fn begin() -> Self {
        *RUNNING.0.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        Self
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        *RUNNING.0.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
        RUNNING.1.notify_all();
    }
}
