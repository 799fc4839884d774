//! Signals that end the command: nothing half-written is left.

#[cfg(unix)]
use {
    menagerie::atomic_write::discard_unfinished,
    signal_hook::consts::{SIGINT, SIGTERM},
    signal_hook::iterator::Signals,
    signal_hook::low_level::emulate_default_handler,
    std::thread,
};

/// Removes unfinished files before SIGINT or SIGTERM ends the process, as it would end without this.
#[cfg(unix)]
pub fn handle() {
    // Without the handler, a signal may leave a temporary file.
    let Ok(mut signals) = Signals::new([SIGINT, SIGTERM]) else {
        return;
    };
    thread::spawn(move || {
        for signal in signals.forever() {
            discard_unfinished();
            let _ = emulate_default_handler(signal);
        }
    });
}

/// There are no such signals.
#[cfg(not(unix))]
pub fn handle() {}
