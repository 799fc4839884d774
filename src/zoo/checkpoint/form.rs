//! The form of a network that weights have: its number of classes and of channels, and its first layers.

use crate::error::Result;
use crate::graph::Graph;
use crate::tensor::Shape;
use crate::weights::{Freedom, Weights};
use crate::zoo::Model;

/// What weights decide about a network's graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::zoo) struct Form {
    /// Number of classes.
    pub classes: usize,
    /// Number of channels of the input.
    pub channels: usize,
    /// Whether the first convolution is 3x3 and no pooling follows it, as for small images.
    pub small_stem: bool,
}

/// Height and width of the images that networks with a small stem are trained on: those of CIFAR.
const SMALL_IMAGE: usize = 32;

impl Form {
    /// The form of the network's published weights.
    pub fn of(model: &Model) -> Self {
        Self {
            classes: model.classes,
            channels: model.input.channels,
            small_stem: false,
        }
    }

    /// Height and width of the images that `model` in this form is made for.
    pub fn size(&self, model: &Model) -> [usize; 2] {
        match self.small_stem {
            true => [SMALL_IMAGE; 2],
            false => [model.input.height, model.input.width],
        }
    }

    /// The shape of such images.
    pub fn input(&self, model: &Model) -> Shape {
        let [height, width] = self.size(model);
        Shape::new(self.channels, height, width)
    }
}

/// The form that `weights` give `model`, whose graph with its own classes is `graph`, and the weights with the names
/// that were found. The network's own form, and the weights as they are, if they are those of another network.
///
/// # Errors
/// [`ErrorKind::Weights`](crate::ErrorKind::Weights) if no graph can have their number of classes.
pub(super) fn formed(weights: &Weights, model: &Model, graph: &Graph) -> Result<(Form, Weights)> {
    let mut form = Form::of(model);
    if weights.seed().is_some() {
        return Ok((form, weights.clone()));
    }
    let freedom = Freedom {
        classes: true,
        channels: true,
        small_stem: model.has_small_form(),
    };
    let Ok(naming) = weights.match_with(graph, freedom) else {
        return Ok((form, weights.clone()));
    };
    let (head, stem) = (naming.head.clone(), naming.stem.clone());
    let weights = weights.named(naming);
    if let Some(name) = head
        && let Some(&[classes, ..]) = weights.shape_of(&name)
    {
        if !(1..=Model::MOST_CLASSES).contains(&classes) {
            let most = Model::MOST_CLASSES;
            let message = format!("expected 1 to {most} classes, found {classes}");
            return Err(weights.error(&name, message));
        }
        form.classes = classes;
    }
    if let Some(name) = stem
        && let Some(&[_, channels, height, width]) = weights.shape_of(&name)
    {
        form.channels = channels;
        form.small_stem = model.has_small_form() && [height, width] == [3, 3];
    }
    Ok((form, weights))
}

impl Model {
    /// Whether the network has a form for small images.
    fn has_small_form(&self) -> bool {
        let small = Shape::new(self.input.channels, SMALL_IMAGE, SMALL_IMAGE);
        let graph = self
            .architecture
            .build_small(self.name, small, self.classes);
        graph.is_some_and(|graph| graph.is_ok())
    }
}
