//! A graph that passes edit.

mod checks;
mod finish;
mod insertion;
mod liveness;

use std::borrow::Cow;

pub(crate) use insertion::{Insertion, Source};

use super::{Graph, Node, NodeId, Value, ValueId};
use crate::error::Result;
use checks::shape_error;

/// A graph in which nodes can be replaced one at a time, and new nodes inserted before others. Ids stay valid until
/// [`Draft::finish`] removes dead nodes and renumbers the rest. So the cost of an edit depends on the nodes it
/// touches, and not on the size of the graph. A node only reads values that are computed before it, so the order
/// stays topological.
pub(crate) struct Draft {
    graph: Graph,
    /// All nodes in topological order.
    order: Vec<NodeId>,
    /// The index of each node in `order`.
    positions: Vec<usize>,
    /// The live readers of each value. A node that reads a value twice is listed twice.
    readers: Vec<Vec<NodeId>>,
    alive: Vec<bool>,
}

impl Draft {
    /// Creates a draft of `graph` and removes the nodes that no output depends on.
    pub fn new(graph: Graph) -> Self {
        let mut draft = Self {
            readers: graph.readers(),
            alive: vec![true; graph.nodes.len()],
            order: (0..graph.nodes.len() as u32).map(NodeId).collect(),
            positions: (0..graph.nodes.len()).collect(),
            graph,
        };
        // Readers come after what they read, so one walk from the end finds all dead nodes.
        for index in (0..draft.alive.len()).rev() {
            draft.drop_if_unread(NodeId(index as u32));
        }
        draft
    }

    /// Returns `graph` without the nodes that no output depends on. Borrows it if there are no such nodes.
    pub fn pruned(graph: &Graph) -> Cow<'_, Graph> {
        let mut is_read = vec![false; graph.values.len()];
        let reads = graph.nodes.iter().flat_map(Node::reads);
        let outputs = graph.outputs.iter().map(|port| port.value);
        reads
            .chain(outputs)
            .for_each(|value| is_read[value.index()] = true);
        // If any node is dead, then at least one of the dead nodes has no readers.
        let is_dead = |node: &Node| !node.results.iter().any(|result| is_read[result.index()]);
        match graph.nodes.iter().any(is_dead) {
            true => Cow::Owned(Self::new(graph.clone()).finish()),
            false => Cow::Borrowed(graph),
        }
    }

    /// Returns the current graph, dead nodes included.
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// Returns all current nodes, dead ones included, in topological order.
    pub fn order(&self) -> Vec<NodeId> {
        self.order.clone()
    }

    /// Returns the node `id`.
    pub fn node(&self, id: NodeId) -> &Node {
        self.graph.node(id)
    }

    /// Returns the value `id`.
    pub fn value(&self, id: ValueId) -> &Value {
        self.graph.value(id)
    }

    /// Returns the node that computes the value `id`, with its id.
    pub fn producer(&self, id: ValueId) -> Option<(NodeId, &Node)> {
        let node = self.value(id).node()?;
        Some((node, self.node(node)))
    }

    /// Returns whether `a` is computed before `b`. Inputs, stored tensors and known tensors come before all
    /// results.
    pub fn is_before(&self, a: ValueId, b: ValueId) -> bool {
        let place = |value: ValueId| {
            self.value(value)
                .node()
                .map(|node| self.positions[node.index()])
        };
        place(a) < place(b)
    }

    /// Returns whether an output depends on `id`.
    pub fn is_alive(&self, id: NodeId) -> bool {
        self.alive[id.index()]
    }

    /// Returns whether `id` is an output.
    pub fn is_output(&self, id: ValueId) -> bool {
        self.graph.outputs.iter().any(|port| port.value == id)
    }

    /// Returns the nodes that read `id`. A node that reads it twice is listed twice.
    pub fn readers(&self, id: ValueId) -> &[NodeId] {
        &self.readers[id.index()]
    }

    /// Computes the results of `id` by `node` instead, and inserts the nodes `inserted` before it, in their order.
    /// `node` may read the inserted nodes and everything else that is computed before `id`.
    ///
    /// # Errors
    /// [`ErrorKind::Shape`] if the type of a result would change, an operation does not accept its inputs, or a
    /// node reads a value that is computed after `id`. The draft is unusable afterwards.
    pub fn replace(&mut self, id: NodeId, inserted: Vec<Insertion>, node: Insertion) -> Result<()> {
        let mut results = Vec::with_capacity(inserted.len());
        for insertion in inserted {
            results.push(self.insert(id, insertion, &results)?);
        }
        let Insertion {
            name,
            op,
            inputs,
            pre,
            pre_operands,
            pre_name,
            post,
            operands,
        } = node;
        let inputs = self.resolve(id, inputs, &results)?;
        let pre_operands = self.resolve_all(id, pre_operands, &results)?;
        let operands = self.resolve_all(id, operands, &results)?;
        let types = self.graph.infer(&name, &op, &inputs)?;
        self.check_types(id, &types)?;
        let checked_pre = self.graph.check_pre(&op, &inputs, &pre, &pre_operands);
        let checked =
            checked_pre.and_then(|()| self.graph.check_post(&op, &types, &post, &operands));
        checked.map_err(|error| error.in_context(&name))?;

        let reads = inputs.iter().flatten();
        for &read in reads.chain(&pre_operands).chain(&operands) {
            self.readers[read.index()].push(id);
        }
        let node = &mut self.graph.nodes[id.index()];
        for result in &node.results {
            self.graph.values[result.index()].name.clone_from(&name);
        }
        let before: Vec<ValueId> = node.reads().collect();
        node.name = name;
        node.op = op;
        node.inputs = inputs;
        node.pre = pre;
        node.pre_operands = pre_operands;
        node.pre_name = pre_name;
        node.post = post;
        node.operands = operands;
        for read in before {
            self.stop_reading(id, read);
        }
        Ok(())
    }

    /// Makes the readers of `value` read `source` instead.
    ///
    /// # Errors
    /// [`ErrorKind::Shape`] if `source` has another type than `value`, or is computed after it.
    pub fn bypass(&mut self, value: ValueId, source: ValueId) -> Result<()> {
        let Some(node) = self.value(value).node() else {
            return Err(shape_error(format!("{value} is computed by no node")));
        };
        self.check_earlier(node, source)?;
        let (expected, found) = (*self.graph.ty(value), *self.graph.ty(source));
        if expected != found {
            return Err(shape_error(format!(
                "the result must stay {expected}, found {found}"
            )));
        }
        for reader in std::mem::take(&mut self.readers[value.index()]) {
            // The list has one entry for each read, so each iteration changes one read.
            let mut reads = self.graph.nodes[reader.index()].reads_mut();
            if let Some(read) = reads.find(|read| **read == value) {
                *read = source;
            }
            self.readers[source.index()].push(reader);
        }
        for output in &mut self.graph.outputs {
            if output.value == value {
                output.value = source;
            }
        }
        self.drop_if_unread(node);
        Ok(())
    }

    /// Inserts a node before `before`.
    fn insert(
        &mut self,
        before: NodeId,
        insertion: Insertion,
        inserted: &[ValueId],
    ) -> Result<ValueId> {
        let Insertion {
            name, op, inputs, ..
        } = insertion;
        let inputs = self.resolve(before, inputs, inserted)?;
        let id = NodeId(self.graph.nodes.len() as u32);
        let results = self.graph.add(name, op, inputs)?;
        let reads: Vec<ValueId> = self.graph.node(id).reads().collect();
        for read in reads {
            self.readers[read.index()].push(id);
        }
        self.readers.resize(self.graph.values.len(), Vec::new());
        self.alive.push(true);
        let place = self.positions[before.index()];
        self.order.insert(place, id);
        self.positions.push(place);
        for &moved in &self.order[place + 1..] {
            self.positions[moved.index()] += 1;
        }
        Ok(results[0])
    }

    /// Resolves `sources` to values, and checks that each is computed before `id`.
    fn resolve(
        &self,
        id: NodeId,
        sources: Vec<Option<Source>>,
        inserted: &[ValueId],
    ) -> Result<Vec<Option<ValueId>>> {
        let value = |source: Source| match source {
            Source::Value(value) => {
                self.check_earlier(id, value)?;
                Ok(value)
            }
            Source::Inserted(index) => inserted.get(index).copied().ok_or_else(|| {
                shape_error(format!("there is no inserted node with index {index}"))
            }),
        };
        let sources = sources.into_iter();
        sources
            .map(|source| source.map(value).transpose())
            .collect()
    }

    /// Does the same as [`Draft::resolve`] for sources that are all present.
    fn resolve_all(
        &self,
        id: NodeId,
        sources: Vec<Source>,
        inserted: &[ValueId],
    ) -> Result<Vec<ValueId>> {
        let sources = sources.into_iter().map(Some).collect();
        let values = self.resolve(id, sources, inserted)?;
        Ok(values.into_iter().flatten().collect())
    }
}
