//! The layers of a network and their numbers of parameters, counted like in Keras.

mod keras;

use std::fmt;

use super::{Graph, Origin};
use crate::terminal::one_line;

/// How the [`Summary`] of a graph lists its layers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Listing {
    /// One layer for each node, in the order in which they are computed. The kind is that of the operation, and shapes
    /// have the channels first.
    #[default]
    Nodes,
    /// The list of Keras's `model.summary()`: its classes of layers, its order, and shapes with the channels last. The
    /// nodes of the graph must have Keras's names. Nodes whose names are equal up to a dot are one layer.
    Keras,
}

impl Graph {
    /// Sets how the summary of the graph lists its layers.
    pub fn set_listing(&mut self, listing: Listing) {
        self.listing = listing;
    }
}

/// Layers, shapes and numbers of parameters of a graph. Its text has the layout of Keras's `model.summary()`.
///
/// ```
/// use menagerie::graph::{Conv, Summary, image_network};
/// use menagerie::tensor::Shape;
///
/// let graph = image_network("edges", Shape::new(3, 32, 32), |net, photo| {
///     net.conv("edges", photo, Conv::new(8, 3).bias())
/// })?;
/// let summary = Summary::of(&graph);
/// assert_eq!(summary.total(), 8 * 3 * 3 * 3 + 8);
/// print!("{summary}");
/// # Ok::<(), menagerie::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Summary {
    /// The network's name.
    pub name: String,
    /// The inputs, then the nodes that a run computes, in order.
    pub layers: Vec<Layer>,
    /// Number of values in the stored tensors that training changes. A tensor counts once, even if several layers
    /// read it.
    pub trainable: usize,
    /// Number of values in the other stored tensors: running statistics.
    pub fixed: usize,
}

/// A line of a [`Summary`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layer {
    /// The name of the input or node.
    pub name: String,
    /// The kind of the operation, or Keras's class of the layer.
    pub kind: &'static str,
    /// Extents of the first result for one image, in the order that the [`Listing`] has.
    pub extents: Vec<usize>,
    /// The type of the result, as text.
    pub output: String,
    /// Number of values in the parameters that the layer reads.
    pub parameters: usize,
}

impl Summary {
    /// Creates the summary of `graph`.
    pub fn of(graph: &Graph) -> Self {
        let layers = match graph.listing {
            Listing::Nodes => nodes(graph),
            Listing::Keras => keras::layers(graph),
        };
        let count = |wanted: bool| {
            let stored = graph.stored().filter(|(_, value)| {
                matches!(value.origin(), Origin::Stored { trainable } if *trainable == wanted)
            });
            stored.map(|(_, value)| value.ty().count()).sum()
        };
        Self {
            name: graph.name().to_owned(),
            layers,
            trainable: count(true),
            fixed: count(false),
        }
    }

    /// Values of all stored tensors.
    pub fn total(&self) -> usize {
        self.trainable + self.fixed
    }
}

/// A layer for each input and each node.
fn nodes(graph: &Graph) -> Vec<Layer> {
    let inputs = graph
        .inputs()
        .iter()
        .map(|port| (port.name.as_str(), "input", port.value, 0));
    let nodes = graph.computed().map(|(_, node)| {
        let parameters = node.reads().map(|read| graph.value(read));
        let parameters = parameters.filter(|value| value.is_constant());
        let count = parameters.map(|value| value.ty().count()).sum();
        (node.name(), node.op.kind(), node.result(), count)
    });
    inputs
        .chain(nodes)
        .map(|(name, kind, value, parameters)| {
            let ty = graph.ty(value);
            let extents = match ty.shape() {
                Some(shape) => vec![shape.channels, shape.height, shape.width],
                None => ty.dims().to_vec(),
            };
            Layer {
                name: name.to_owned(),
                kind,
                extents,
                output: ty.to_string(),
                parameters,
            }
        })
        .collect()
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let header = ["Layer (type)", "Output Shape", "Param #"].map(String::from);
        let rows = self.layers.iter().map(|layer| {
            [
                one_line(&format!("{} ({})", layer.name, layer.kind)).into_owned(),
                layer.output.clone(),
                with_thousands_separators(layer.parameters),
            ]
        });
        let rows: Vec<[String; 3]> = rows.collect();
        let width = |column: usize| {
            let cells = rows.iter().chain([&header]).map(|row| &row[column]);
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let [name, output, count] = [0, 1, 2].map(width);
        // Columns are separated by two spaces.
        let rule = name + output + count + 4;
        let line = |f: &mut fmt::Formatter<'_>, row: &[String; 3]| {
            let [first, second, third] = row;
            writeln!(f, "{first:name$}  {second:output$}  {third:>count$}")
        };
        writeln!(f, "Model: \"{}\"", one_line(&self.name))?;
        writeln!(f, "{}", "_".repeat(rule))?;
        line(f, &header)?;
        writeln!(f, "{}", "=".repeat(rule))?;
        rows.iter().try_for_each(|row| line(f, row))?;
        writeln!(f, "{}", "=".repeat(rule))?;
        writeln!(
            f,
            "Total params: {}",
            with_thousands_separators(self.total())
        )?;
        writeln!(
            f,
            "Trainable params: {}",
            with_thousands_separators(self.trainable)
        )?;
        writeln!(
            f,
            "Non-trainable params: {}",
            with_thousands_separators(self.fixed)
        )
    }
}

/// Formats `number` with commas between thousands, as summaries do: `1,068,490`.
pub fn with_thousands_separators(number: usize) -> String {
    let digits = number.to_string();
    let mut with_thousands_separators = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            with_thousands_separators.push(',');
        }
        with_thousands_separators.push(digit);
    }
    with_thousands_separators
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_set_off() {
        assert_eq!(with_thousands_separators(0), "0");
        assert_eq!(with_thousands_separators(999), "999");
        assert_eq!(with_thousands_separators(1_000), "1,000");
        assert_eq!(with_thousands_separators(4_253_864), "4,253,864");
    }
}
