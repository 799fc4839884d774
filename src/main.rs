//! The `menagerie` command.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    keep_device_select_quiet();
    cli::main()
}

/// Mesa's device-select layer asks the desktop which GPU draws it. Where there is no desktop session it
/// finds none, and its Wayland library writes an error to stderr each time: then it is told to stay out.
fn keep_device_select_quiet() {
    if cfg!(target_os = "linux") && std::env::var_os("XDG_RUNTIME_DIR").is_none() {
        // SAFETY: the process has just started; there is no other thread that could read the environment.
        unsafe { std::env::set_var("NODEVICE_SELECT", "1") };
    }
}
