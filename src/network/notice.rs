//! What loading a network has to say beside errors.

use std::fmt;

use crate::error::Error;

/// Something that a person may want to know while a network is loaded. Nothing in it is a failure.
#[derive(Debug)]
#[non_exhaustive]
pub enum Notice {
    /// There is no adapter: the reference executor answers.
    NoAdapter(Error),
    /// What autotuning found out about the device is of no use, so kernels are chosen without it.
    TuningUnusable(Error),
    /// The network has no trained weights here: made-up ones of this seed take their place.
    SyntheticWeights {
        /// Why there are no others.
        missing: Error,
        /// Their seed.
        seed: u64,
    },
    /// Published weights are being downloaded; told again and again.
    Downloading {
        /// Bytes that are here.
        received: u64,
        /// Bytes that the file has.
        total: u64,
    },
    /// The download has ended, well or not.
    DownloadEnded,
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Notice::NoAdapter(_) => {
                f.write_str("no GPU adapter here; the reference executor answers, slowly")
            }
            Notice::TuningUnusable(error) => write!(f, "{error}; kernels are chosen without it"),
            Notice::SyntheticWeights { missing, seed } => {
                write!(f, "{missing}; using synthetic:{seed}")
            }
            Notice::Downloading { received, total } => write!(f, "{received} of {total} bytes"),
            Notice::DownloadEnded => f.write_str("the download has ended"),
        }
    }
}
