//! Signals that end the command: nothing half-written is left.

#[cfg(unix)]
use {
    menagerie::atomic_write::discard_unfinished,
    signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGXFSZ},
    signal_hook::flag,
    signal_hook::iterator::Signals,
    signal_hook::low_level::emulate_default_handler,
    std::ffi::c_int,
    std::fs,
    std::sync::{Arc, mpsc},
    std::thread,
};

/// Removes unfinished files before SIGHUP, SIGINT or SIGTERM ends the process, as it would end without this. A file that
/// grows beyond the limit of the process (`ulimit -f`) is an error of its write, and SIGXFSZ ends nothing.
#[cfg(unix)]
pub fn handle() {
    let _ = flag::register(SIGXFSZ, Arc::default());
    let (registered, wait) = mpsc::channel();
    // Without the handler, a signal may leave a temporary file.
    let started = thread::Builder::new().spawn(move || {
        let Ok(mut signals) = Signals::new(that_end_the_process()) else {
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

/// Those of the signals that the process does not ignore. A shell starts it so for `nohup`, and `&` in a script: a handler
/// would end what is to go on.
#[cfg(unix)]
fn that_end_the_process() -> Vec<c_int> {
    let ignored = ignored();
    // Without the list, SIGHUP keeps its meaning: a command that `nohup` started matters more than a temporary file.
    let signals = match ignored {
        Some(_) => &[SIGINT, SIGTERM, SIGHUP][..],
        None => &[SIGINT, SIGTERM],
    };
    let is_ignored = |signal: c_int| ignored.unwrap_or(0) >> (signal - 1) & 1 == 1;
    let ending = signals.iter().filter(|signal| !is_ignored(**signal));
    ending.copied().collect()
}

/// The set of ignored signals: bit 0 is signal 1. Linux tells it (`proc_pid_status(5)`).
#[cfg(unix)]
fn ignored() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let set = status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))?;
    u64::from_str_radix(set.trim(), 16).ok()
}

/// There are no such signals.
#[cfg(not(unix))]
pub fn handle() {}
