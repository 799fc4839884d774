//! Calls into the library: without Python's lock, with Ctrl-C, with errors as exceptions, and not after a fork.

mod workers;

use std::any::Any;
use std::process;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::mpsc::RecvTimeoutError;
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

/// Runs `work` on another thread and returns its result. Meanwhile other threads of Python run. If a signal handler raises
/// an exception, as that of Ctrl-C does, the call returns it at once, and the work ends at its next check of [`Stop`], or
/// when it is done.
///
/// `work` must not attach to Python while it holds a lock that a thread of Python may wait for.
pub fn call<T: Send + 'static>(
    py: Python<'_>,
    work: impl FnOnce(&Stop) -> Result<T> + Send + 'static,
) -> PyResult<T> {
    check_process(py)?;
    let stop = Stop::default();
    let stopped = stop.clone();
    let mut receiver = workers::start(move || work(&stopped))?;
    loop {
        let received;
        (received, receiver) = py.detach(move || (receiver.recv_timeout(SIGNALS), receiver));
        match received {
            Ok(Ok(result)) => return result.map_err(|error| exception(py, &error)),
            Ok(Err(panic)) => return Err(panicked(&*panic)),
            Err(RecvTimeoutError::Timeout) => {
                if let Err(error) = py.check_signals() {
                    stop.0.store(true, Ordering::Relaxed);
                    return Err(error);
                }
            }
            Err(RecvTimeoutError::Disconnected) => return Err(panicked(&"no result")),
        }
    }
}

fn panicked(panic: &(dyn Any + Send)) -> PyErr {
    let text = panic.downcast_ref::<&str>().map(|&text| text.to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    PanicException::new_err(text)
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
    py.detach(|| workers::finish(END));
}
