//! Notices of the library while it loads a network, on standard error.

use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressStyle};
use menagerie::network::Notice;
use menagerie::zoo::Remark;

use super::advice::advised;
use super::output::warn;

/// The message for a machine without a GPU adapter.
pub const NO_ADAPTER: &str =
    "no GPU adapter found; Debian's package mesa-vulkan-drivers has a software Vulkan driver";

/// Prints the notices of loading the network `name`: warnings, and a progress bar while its weights are downloaded.
pub fn notices(name: &str) -> impl FnMut(Notice) + Send + use<> {
    let name = name.to_owned();
    let mut bar: Option<ProgressBar> = None;
    move |notice| match notice {
        Notice::NoAdapter(_) => warn(&format_args!(
            "{NO_ADAPTER}; using the reference executor, which is slow"
        )),
        Notice::TuningUnusable(error) => warn(&format_args!(
            "{error}; `menagerie autotune` measures again"
        )),
        Notice::SyntheticWeights { missing, seed } => {
            let missing = advised(missing);
            warn(&format_args!("{missing}; using synthetic:{seed}"));
        }
        Notice::Downloading { received, total } => {
            let bar = bar.get_or_insert_with(|| download_bar(&name));
            bar.set_length(total);
            bar.set_position(received);
        }
        Notice::DownloadEnded => {
            if let Some(bar) = bar.take() {
                bar.finish_and_clear();
            }
        }
        other => warn(&other),
    }
}

/// The same for a network that runs on tensors, for which it does not matter what photos are.
pub fn notices_about_tensors(name: &str) -> impl FnMut(Notice) + Send + use<> {
    let mut notices = notices(name);
    move |notice| match notice {
        Notice::Weights {
            remark:
                Remark::AssumedPreprocess(_)
                | Remark::AssumedLabels(_)
                | Remark::WrongLabels { .. }
                | Remark::Unread { .. },
            ..
        }
        | Notice::Assumed { .. }
        | Notice::SeveralOutputs { .. } => {}
        notice => notices(notice),
    }
}

/// A progress bar for the weights of the network `name`, on standard error if that is a terminal.
pub fn download_bar(name: &str) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let template = "{msg} {bar:32} {bytes}/{total_bytes}, {bytes_per_sec}, {eta} left";
    let style =
        ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(0)
        .with_style(style)
        .with_message(name.to_owned())
}
