//! Calls into the library: without Python's lock, with Ctrl-C, with errors as exceptions, and not after a fork.

use std::process;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use menagerie::{Error, ErrorKind, Result};
use pyo3::panic::PanicException;
use pyo3::prelude::*;

use crate::errors::{exception, raised};

/// How often a call that takes long lets Python handle signals.
const SIGNALS: Duration = Duration::from_millis(20);

/// How long the end of the program waits for calls that were left by Ctrl-C. A driver must not lose its memory during one.
const END: Duration = Duration::from_secs(5);

/// The process that imported the module.
static HOME: AtomicU32 = AtomicU32::new(0);

/// The number of calls that are not done, also those that nobody waits for.
static RUNNING: (Mutex<usize>, Condvar) = (Mutex::new(0), Condvar::new());

/// Whether the caller of some work has left it.
#[derive(Clone, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Returns an error, which nobody sees, if the caller has left.
    pub fn check(&self) -> Result<()> {
        match self.0.load(Ordering::Relaxed) {
            true => Err(Error::new(ErrorKind::Input, "interrupted")),
            false => Ok(()),
        }
    }
}

/// Prepares the module for calls.
pub fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
    HOME.store(process::id(), Ordering::Relaxed);
    let at_exit = module.py().import("atexit")?;
    at_exit.call_method1("register", (wrap_pyfunction!(finish, module)?,))?;
    Ok(())
}

/// Runs `work` on a thread of its own and returns its result. Meanwhile other threads of Python run. If a signal handler
/// raises an exception, as that of Ctrl-C does, the call returns it at once, and the work ends at its next check of
/// [`Stop`], or when it is done.
///
/// `work` must not attach to Python while it holds a lock that a thread of Python may wait for.
pub fn call<T: Send + 'static>(
    py: Python<'_>,
    work: impl FnOnce(&Stop) -> Result<T> + Send + 'static,
) -> PyResult<T> {
    check_process(py)?;
    let (sender, mut receiver) = mpsc::sync_channel(1);
    let stop = Stop::default();
    let stopped = stop.clone();
    let running = Running::begin();
    let worker = thread::Builder::new().name("menagerie".to_owned());
    let worker = worker.spawn(move || {
        let _running = running;
        // Nobody receives what a caller has left.
        let _ = sender.send(work(&stopped));
    })?;
    loop {
        let received;
        (received, receiver) = py.detach(move || (receiver.recv_timeout(SIGNALS), receiver));
        match received {
            Ok(result) => return result.map_err(|error| exception(py, &error)),
            Err(RecvTimeoutError::Timeout) => {
                if let Err(error) = py.check_signals() {
                    stop.0.store(true, Ordering::Relaxed);
                    return Err(error);
                }
            }
            Err(RecvTimeoutError::Disconnected) => {
                let panic = py.detach(|| worker.join());
                let panic = panic.err().unwrap_or_else(|| Box::new("no result"));
                let message = panic.downcast_ref::<String>().cloned();
                let message =
                    message.or_else(|| panic.downcast_ref::<&str>().map(|&text| text.to_owned()));
                return Err(PanicException::new_err(message));
            }
        }
    }
}

/// Whether this process is a child that was forked after the import. Threads and devices do not survive that.
pub fn is_forked() -> bool {
    process::id() != HOME.load(Ordering::Relaxed)
}

/// # Errors
/// If the process is forked.
pub fn check_process(py: Python<'_>) -> PyResult<()> {
    if !is_forked() {
        return Ok(());
    }
    Err(raised(
        py,
        "DeviceError",
        "this process was forked from one that had imported menagerie, and GPUs do not survive a fork; start it with \
         multiprocessing.set_start_method(\"spawn\"), or import menagerie only in the child",
        "forked",
    ))
}

/// Waits for the calls that Ctrl-C has left.
#[pyfunction]
fn finish(py: Python<'_>) {
    if is_forked() {
        return;
    }
    py.detach(|| {
        let (count, changed) = &RUNNING;
        let count = count.lock().unwrap_or_else(PoisonError::into_inner);
        drop(changed.wait_timeout_while(count, END, |count| *count > 0));
    });
}

/// A call that is not done.
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
