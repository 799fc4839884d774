//! Intermediate results by name.

use std::collections::BTreeSet;

use super::{Graph, ValueId};
use crate::error::{Error, ErrorKind, Result};
use crate::suggestion::nearest;

impl Graph {
    /// Returns the result of the layer `name`, the input `name`, or else the last result inside the module `name`:
    /// `layer3.5` finds the result of `layer3.5.relu`. For an operation with several results, returns the first
    /// one.
    ///
    /// Passes merge layers and remove their names, so call this method before the passes run.
    ///
    /// ```
    /// use menagerie::tensor::Shape;
    ///
    /// let mut graph = menagerie::zoo::find("resnet50")?.graph()?;
    /// let block = graph.find("layer3.5")?;
    /// assert_eq!(graph.shape(block)?, Shape::new(1024, 14, 14));
    /// graph.add_output("block", block)?;
    /// # Ok::<(), menagerie::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::UnknownLayer`] if no layer, module or input has this name. The message suggests a name that
    /// starts with `name` or is similar to it.
    pub fn find(&self, name: &str) -> Result<ValueId> {
        let is_inside = |layer: &str| {
            let rest = layer.strip_prefix(name);
            rest.is_some_and(|rest| rest.starts_with('.'))
        };
        let input = || self.inputs().iter().find(|port| port.name == name);
        let last = |is_wanted: &dyn Fn(&str) -> bool| {
            let mut nodes = self.computed().rev();
            let found = nodes.find(|(_, node)| is_wanted(node.name()));
            found.map(|(_, node)| node.result())
        };
        last(&|layer| layer == name)
            .or_else(|| input().map(|port| port.value))
            .or_else(|| last(&is_inside))
            .ok_or_else(|| self.unknown(name))
    }

    fn unknown(&self, name: &str) -> Error {
        let inputs = self.inputs().iter().map(|port| port.name.as_str());
        let layers = self.computed().map(|(_, node)| node.name());
        let with_modules = layers.flat_map(|layer| {
            let modules = layer.match_indices('.').map(|(end, _)| &layer[..end]);
            modules.chain([layer])
        });
        let names: BTreeSet<&str> = inputs.chain(with_modules).collect();
        let suggestion = nearest(names, name).map_or(String::new(), |near| {
            let near = near.escape_debug();
            format!("; did you mean {near}?")
        });
        let network = self.name();
        Error::new(
            ErrorKind::UnknownLayer,
            format!("{network}: no layer is called {name:?}{suggestion}"),
        )
    }
}
