//! Why a file has no match with a network.

use std::fmt;

use super::alignment::Alignments;
use super::comparison::{Comparison, listed};
use super::layer::{Expected, Layer};
use crate::error::ErrorKind;
use crate::weights::printable;

/// What hinders a match.
#[derive(Clone, Debug)]
pub(crate) enum Mismatch {
    /// Tensors that are missing, misshapen or surplus.
    Tensors(Comparison),
    /// The modules of the file have other names, and no order of them fits.
    Order {
        /// The number of layers, from the first one on, that fit.
        fitting: usize,
        /// The number of layers of the network.
        layers: usize,
        /// The first layer that no layer of the file fits, with its shapes.
        next: String,
    },
    /// The search for an order took too long.
    Undecided,
    /// Several layers of the file can be one layer of the network.
    Ambiguous {
        /// The layer of the network.
        layer: String,
        /// The layers of the file.
        candidates: Vec<String>,
    },
    /// The file has several copies of the network, in these modules.
    Copies(Vec<String>),
    /// No name begins with this prefix.
    Prefix(String),
}

impl Mismatch {
    /// The reason after a search for an order: what is known about names, or where the order ended.
    pub(super) fn of_search(
        comparison: Comparison,
        search: &Alignments,
        expected: &Expected<'_>,
    ) -> Self {
        if search.is_cut_short {
            return Self::Undecided;
        }
        let layers = expected.layers.len();
        let fitting = search.furthest as f64 / layers.max(1) as f64;
        match expected.layers.get(search.furthest) {
            Some(next) if fitting > comparison.found_share() => Self::Order {
                fitting: search.furthest,
                layers,
                next: described(next),
            },
            _ => Self::Tensors(comparison),
        }
    }

    /// The kind of the error.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Copies(_) => ErrorKind::AmbiguousWeights,
            _ => ErrorKind::Weights,
        }
    }

    /// The share of tensors or layers that match, from 0 to 1.
    pub fn agreement(&self) -> f64 {
        match self {
            Self::Tensors(comparison) => comparison.agreement(),
            Self::Order {
                fitting, layers, ..
            } => *fitting as f64 / *layers as f64,
            Self::Ambiguous { .. } | Self::Copies(_) => 1.0,
            Self::Undecided | Self::Prefix(_) => 0.0,
        }
    }
}

fn described(layer: &Layer<'_>) -> String {
    let tensors = layer.tensors.iter();
    let tensors: Vec<String> = tensors
        .map(|tensor| {
            format!("{} {:?}", tensor.role, tensor.shape)
                .trim_start()
                .to_owned()
        })
        .collect();
    format!("{} ({})", layer.path, tensors.join(", "))
}

/// Completes a message that says whose weights were expected.
impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tensors(comparison) => comparison.fmt(f),
            Self::Order {
                fitting,
                layers,
                next,
            } => write!(
                f,
                "{fitting} of {layers} layers correspond in their order, then no layer of the file is {next}"
            ),
            Self::Undecided => {
                f.write_str("its names leave too many orders of the layers to try all")
            }
            Self::Ambiguous { layer, candidates } => {
                let candidates = candidates.iter().map(String::as_str);
                write!(f, "{layer} can be {}", listed(candidates, " or "))
            }
            Self::Copies(bases) => {
                let bases = bases.iter().map(|base| match base.as_str() {
                    "" => "no module",
                    base => base,
                });
                let count = bases.len();
                write!(
                    f,
                    "expected one copy of the network, found {count}: in {}",
                    listed(bases, " and in ")
                )
            }
            Self::Prefix(prefix) => write!(
                f,
                "expected names that begin with {}, found none",
                printable(prefix)
            ),
        }
    }
}
