//! Graphs that end at an intermediate result.

use super::{Draft, Graph, ValueId};
use crate::error::Result;

impl Graph {
    /// Returns this graph with other outputs: `outputs` lists a name and a value each, the answer first. Nodes and
    /// tensors of the weights file on which only the old outputs depended are removed. All inputs stay. The values
    /// of the new graph have other ids.
    ///
    /// Checkpoints may still contain the layers of the removed tensors, in any shape, or leave them out.
    ///
    /// ```
    /// use menagerie::tensor::Shape;
    ///
    /// let graph = menagerie::zoo::find("resnet50")?.graph()?;
    /// let block = graph.find("layer3.5")?;
    /// let graph = graph.ending_at(&[("block", block)])?;
    /// assert_eq!(graph.output_shape()?, Shape::new(1024, 14, 14));
    /// assert!(graph.find("layer4").is_err());
    /// # Ok::<(), menagerie::Error>(())
    /// ```
    ///
    /// # Errors
    /// The same as [`Graph::add_output`], and [`ErrorKind::Shape`](crate::ErrorKind::Shape) if `outputs` is empty.
    pub fn ending_at(&self, outputs: &[(&str, ValueId)]) -> Result<Graph> {
        let mut graph = self.clone();
        graph.outputs.clear();
        for &(name, value) in outputs {
            graph.add_output(name, value)?;
        }
        graph.answer()?;
        let mut graph = Draft::new(graph).finish();
        let (before, after) = (self.is_read(), graph.is_read());
        let stored = graph.stored.iter();
        let removed: Vec<ValueId> = stored
            .filter(|(name, id)| before[self.stored[*name].index()] && !after[id.index()])
            .map(|(_, &id)| id)
            .collect();
        for &id in &removed {
            graph.make_optional(id);
        }
        graph.drop_stored(&removed);
        Ok(graph)
    }

    /// Returns for each value whether a node reads it or it is an output.
    fn is_read(&self) -> Vec<bool> {
        let mut is_read = vec![false; self.values.len()];
        let reads = self.nodes.iter().flat_map(|node| node.reads());
        let outputs = self.outputs.iter().map(|port| port.value);
        reads
            .chain(outputs)
            .for_each(|value| is_read[value.index()] = true);
        is_read
    }

    /// Allows checkpoints to contain the layer of the stored tensor `id`, or to leave it out.
    fn make_optional(&mut self, id: ValueId) {
        let name = self.value(id).name();
        let layer = name.rsplit_once('.').map_or(name, |(layer, _)| layer);
        if !self.training_branches.iter().any(|branch| branch == layer) {
            self.training_branches.push(layer.to_owned());
        }
    }

    /// Removes the stored tensors `removed`, which nothing reads, and renumbers the values.
    fn drop_stored(&mut self, removed: &[ValueId]) {
        let mut is_removed = vec![false; self.values.len()];
        removed.iter().for_each(|id| is_removed[id.index()] = true);
        let mut kept = 0;
        let ids = is_removed.iter().map(|&is_removed| {
            let id = ValueId(kept);
            kept += u32::from(!is_removed);
            id
        });
        let ids: Vec<ValueId> = ids.collect();
        let renumber = |id: &mut ValueId| *id = ids[id.index()];
        self.stored.retain(|_, id| !is_removed[id.index()]);
        self.stored.values_mut().for_each(renumber);
        for node in &mut self.nodes {
            node.reads_mut().for_each(renumber);
            node.results.iter_mut().for_each(renumber);
        }
        let ports = self.inputs.iter_mut().chain(&mut self.outputs);
        ports.for_each(|port| renumber(&mut port.value));
        let mut is_removed = is_removed.into_iter();
        self.values.retain(|_| is_removed.next() != Some(true));
    }
}
