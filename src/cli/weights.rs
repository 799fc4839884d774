//! Which parameters a command loads.

use menagerie::graph::{Graph, Shape};
use menagerie::weights::{Weights, WeightsSource};
use menagerie::zoo::Model;
use menagerie::{ErrorKind, Result};

use super::output::warn;

/// The weights that `--weights` names, or those that come with the model.
///
/// # Errors
/// As `WeightsSource::open` and `Weights::default_for`.
pub fn open(model: &Model, argument: Option<&str>) -> Result<Weights> {
    match argument {
        Some(text) => text.parse::<WeightsSource>()?.open(),
        None => Weights::default_for(model),
    }
}

/// The same; where none come with the model, made-up ones, and a warning says so.
///
/// # Errors
/// As [`open`].
pub fn open_or_synthetic(model: &Model, argument: Option<&str>) -> Result<Weights> {
    match open(model, argument) {
        Err(error) if argument.is_none() && error.kind() == ErrorKind::Weights => {
            let made_up = WeightsSource::Synthetic(0);
            warn(&format_args!("{error}; using {made_up}"));
            made_up.open()
        }
        result => result,
    }
}

/// The graph of `model` for images of `input` and as many classes as `weights` tell apart.
///
/// # Errors
/// As `Weights::classes` and `Model::graph_with_classes`.
pub fn graph(model: &Model, input: Shape, weights: &Weights) -> Result<Graph> {
    model.graph_with_classes(input, weights.classes(model)?)
}

/// Where the weights that come with `model` are from, where there are any.
pub fn at_hand(model: &Model) -> Option<String> {
    Weights::default_for(model)
        .ok()
        .map(|weights| weights.to_string())
}
