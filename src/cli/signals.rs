//! Signals that end the command: nothing half-written is left.

#[cfg(unix)]
use {
    menagerie::atomic_write::discard_unfinished,
    signal_hook::consts::{SIGINT, SIGTERM, SIGXFSZ},
    signal_hook::flag,
    signal_hook::iterator::Signals,
    signal_hook::low_level::emulate_default_handler,
    std::sync::{Arc, mpsc},
    std::thread,
};

/// Removes unfinished files before SIGINT or SIGTERM ends the process, as it would end without this. A file that grows beyond
/// the limit of the process (`ulimit -f`) is an error of its write, and SIGXFSZ ends nothing.
#[cfg(unix)]
pub fn handle() {
    let _ = flag::register(SIGXFSZ, Arc::default());
    let (registered, wait) = mpsc::channel();
    // Without the handler, a signal may leave a temporary file.
    let started = thread::Builder::new().spawn(move || {
        let Ok(mut signals) = Signals::new([SIGINT, SIGTERM]) else {
            return;
        };
        drop(registered);
        for signal in signals.forever() {
            discard_unfinished();
            let _ = emulate_default_handler(signal);
        }
    });
    if started.is_ok() {
        // Nothing is written before.
        let _: Result<(), _> = wait.recv();
    }
}

/// There are no such signals.
#[cfg(not(unix))]
pub fn handle() {}
