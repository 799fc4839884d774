//! What a network is made of, layer by layer, counted as Keras counts.

mod keras;

use std::fmt;

use super::{Graph, Origin};

/// In whose words a graph's [`Summary`] lists its layers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Listing {
    /// A layer for each node, in the order in which they are computed, its kind as everywhere here, and its shape with
    /// the channels first.
    #[default]
    Nodes,
    /// As Keras's `model.summary()` lists them: its classes of layers, its order, and shapes with the channels last. It is
    /// for graphs of which the layers are called as in Keras; what stands behind a dot in a node's name is a part of
    /// the layer before it.
    Keras,
}

impl Graph {
    /// Lets the graph's summary be a list of this kind.
    pub fn set_listing(&mut self, listing: Listing) {
        self.listing = listing;
    }
}

/// Layers, shapes and numbers of parameters of a graph. Its text is the table that Keras users know.
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
pub struct Summary {
    /// The network's name.
    pub name: String,
    /// Inputs, then what is computed in a run, in order.
    pub layers: Vec<Layer>,
    /// Values of stored tensors that training changes, each counted once, however many layers read it.
    pub trainable: usize,
    /// Values of those that it does not: running statistics.
    pub fixed: usize,
}

/// A line of a [`Summary`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layer {
    /// Name of the input or node.
    pub name: String,
    /// Kind of the operation, or class of the layer.
    pub kind: &'static str,
    /// Extents of the first result for one image, in the order that the [`Listing`] has.
    pub extents: Vec<usize>,
    /// The result's type, as text.
    pub output: String,
    /// Values of the parameters that it reads.
    pub parameters: usize,
}

impl Summary {
    /// The summary of `graph`.
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
                printable(&format!("{} ({})", layer.name, layer.kind)),
                layer.output.clone(),
                grouped(layer.parameters),
            ]
        });
        let rows: Vec<[String; 3]> = rows.collect();
        let width = |column: usize| {
            let cells = rows.iter().chain([&header]).map(|row| &row[column]);
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let [name, output, count] = [0, 1, 2].map(width);
        // Two spaces stand between columns.
        let rule = name + output + count + 4;
        let line = |f: &mut fmt::Formatter<'_>, row: &[String; 3]| {
            let [first, second, third] = row;
            writeln!(f, "{first:name$}  {second:output$}  {third:>count$}")
        };
        writeln!(f, "Model: \"{}\"", printable(&self.name))?;
        writeln!(f, "{}", "_".repeat(rule))?;
        line(f, &header)?;
        writeln!(f, "{}", "=".repeat(rule))?;
        rows.iter().try_for_each(|row| line(f, row))?;
        writeln!(f, "{}", "=".repeat(rule))?;
        writeln!(f, "Total params: {}", grouped(self.total()))?;
        writeln!(f, "Trainable params: {}", grouped(self.trainable))?;
        writeln!(f, "Non-trainable params: {}", grouped(self.fixed))
    }
}

/// A name fit to stand in a line: what moves a terminal's cursor is written out.
fn printable(name: &str) -> String {
    let mut shown = String::with_capacity(name.len());
    for character in name.chars() {
        match character.is_control() {
            true => shown.extend(character.escape_default()),
            false => shown.push(character),
        }
    }
    shown
}

/// `number` with its thousands set off, as summaries have it: `1,068,490`.
pub fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_set_off() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1_000), "1,000");
        assert_eq!(grouped(4_253_864), "4,253,864");
    }
}
