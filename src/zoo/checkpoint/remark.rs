//! What a person should know about weights that were accepted.

use std::fmt;
use std::path::PathBuf;

use crate::preprocess::Preprocess;

/// The most names that a remark lists.
const LISTED: usize = 3;

/// What a person should know about a file of weights. It is not an error.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Remark {
    /// The layers are in this module of the file.
    Module(String),
    /// Layers have other names in the file: the network's and the file's. The layers have the network's options, which
    /// the file does not contain: strides, padding, and the epsilon of normalisations.
    Renamed(Vec<(String, String)>),
    /// Tensors beside the network, which are not used.
    Unused(Vec<String>),
    /// The file has several copies of the network.
    Copies {
        /// The module of the copy that is used: a moving average.
        used: String,
        /// The modules of the others.
        others: Vec<String>,
    },
    /// Parameters that the file does not have, which are zero.
    Zero(Vec<String>),
    /// The first convolution is 3x3. It has stride 1, and no pooling follows it.
    SmallStem,
    /// A file beside the weights says that they are of this network of timm, which pads and normalises as TensorFlow does.
    /// The network that they were opened for does not.
    TensorFlowVariant(String),
    /// The file does not say how photos are prepared, so this is assumed.
    AssumedPreprocess(Preprocess),
    /// The file does not name its classes. It has as many as the network's published weights, whose names are assumed.
    AssumedLabels(usize),
    /// The file names another number of classes than its network has, so these names are not used.
    WrongLabels {
        /// The number of names.
        names: usize,
        /// The number of classes.
        classes: usize,
    },
    /// A file beside the weights was not used.
    Unread {
        /// Its path.
        path: PathBuf,
        /// Why it was not used.
        reason: String,
    },
}

/// Completes a line that begins with the name of the file.
impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Module(module) => write!(f, "the network is in {module}"),
            Self::Renamed(layers) => {
                let renamed = layers.iter().map(|(ours, theirs)| format!("{ours} is {theirs}"));
                match layers.len() {
                    1 => f.write_str(&listed(renamed)),
                    count => write!(
                        f,
                        "{count} layers have other names: {}; strides, padding and epsilons are those of this network",
                        listed(renamed)
                    ),
                }
            }
            Self::Unused(names) => {
                let count = names.len();
                let tensors = if count == 1 { "tensor is" } else { "tensors are" };
                let names = names.iter().cloned();
                write!(f, "{count} {tensors} not used: {}", listed(names))
            }
            Self::Copies { used, others } => write!(
                f,
                "{} copies of the network; {used} is used, and not {}",
                others.len() + 1,
                listed(others.iter().map(|other| match other.as_str() {
                    "" => "the one without a module".to_owned(),
                    other => other.to_owned(),
                }))
            ),
            Self::Zero(names) => {
                write!(f, "{} is missing and taken as zero", listed(names.iter().cloned()))
            }
            Self::SmallStem => f.write_str(
                "the first convolution is 3x3; stride 1 without pooling is assumed, as for small images",
            ),
            Self::TensorFlowVariant(name) => write!(
                f,
                "they are of {name}, which pads and normalises as TensorFlow does; this network does not, so its answers \
                 differ"
            ),
            Self::AssumedPreprocess(preprocess) => write!(
                f,
                "nothing says how photos are prepared for it; assumed is {preprocess}"
            ),
            Self::AssumedLabels(classes) => write!(
                f,
                "nothing names its {classes} classes; assumed are those of the network's published weights"
            ),
            Self::WrongLabels { names, classes } => write!(
                f,
                "its metadata names {names} classes, and the network has {classes}, so the names are not used"
            ),
            Self::Unread { path, reason } => {
                write!(f, "{} is not used: {reason}", path.display())
            }
        }
    }
}

fn listed(names: impl ExactSizeIterator<Item = String>) -> String {
    let count = names.len();
    let named: Vec<String> = names.take(LISTED).collect();
    match count > LISTED {
        true => format!("{} and {} more", named.join(", "), count - LISTED),
        false => named.join(", "),
    }
}
