//! Notices of loading a network, which are not errors.

use std::fmt;

use crate::error::Error;
use crate::graph::NamedType;
use crate::zoo::Remark;

/// A message for a person while a network is loaded. It is not an error.
#[derive(Debug)]
#[non_exhaustive]
pub enum Notice {
    /// There is no adapter, so the reference executor is used.
    NoAdapter(Error),
    /// A better adapter gives no device, for this reason, so another one is used.
    AdapterPassedOver(String),
    /// The autotuning results of the device are unusable, so kernels are chosen without them.
    TuningUnusable(Error),
    /// The network has no trained weights on this machine, so synthetic weights are used.
    SyntheticWeights {
        /// Why there are no trained weights.
        missing: Error,
        /// The seed of the synthetic weights.
        seed: u64,
    },
    /// What a person should know about the weights.
    Weights {
        /// The file.
        weights: String,
        /// What is to be known.
        remark: Remark,
    },
    /// The progress of a download of published weights; repeated during the download.
    Downloading {
        /// Bytes that were received.
        received: u64,
        /// Size of the file in bytes.
        total: u64,
    },
    /// A model file does not have this, so it is assumed.
    Assumed {
        /// The name of the network.
        name: String,
        /// What is assumed.
        what: Vec<&'static str>,
    },
    /// A model file has several outputs, and tasks use only the first.
    SeveralOutputs {
        /// The name of the network.
        name: String,
        /// The outputs.
        outputs: Vec<NamedType>,
    },
    /// The download has succeeded or failed.
    DownloadEnded,
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Notice::NoAdapter(_) => {
                f.write_str("no GPU adapter found; using the reference executor, which is slow")
            }
            Notice::AdapterPassedOver(reason) => {
                write!(f, "{reason}; using the next adapter")
            }
            Notice::TuningUnusable(error) => write!(f, "{error}; kernels are chosen without it"),
            Notice::SyntheticWeights { missing, seed } => {
                write!(f, "{missing}; using synthetic:{seed}")
            }
            Notice::Weights { weights, remark } => write!(f, "{weights}: {remark}"),
            Notice::Downloading { received, total } => write!(f, "{received} of {total} bytes"),
            Notice::Assumed { name, what } => {
                write!(
                    f,
                    "{name}: the file does not say otherwise, so it is taken to have {}",
                    what.join(" and ")
                )
            }
            Notice::SeveralOutputs { name, outputs } => {
                let outputs: Vec<String> = outputs.iter().map(NamedType::to_string).collect();
                write!(
                    f,
                    "{name}: the answer is the first of its outputs: {}",
                    outputs.join(", ")
                )
            }
            Notice::DownloadEnded => f.write_str("the download has ended"),
        }
    }
}
