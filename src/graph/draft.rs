//! A graph while it is rewritten.

use std::borrow::Cow;

use super::{Graph, Name, Node, NodeId, Op, Origin, Pointwise, Value, ValueId};
use crate::error::{Error, ErrorKind, Result};
use crate::tensor::Type;

/// A graph whose nodes are exchanged one at a time, and to which nodes are added in front of others. Ids stay put until
/// [`Draft::finish`] drops what is dead and renumbers the rest, so an edit costs as much as the nodes it touches and
/// not as much as the graph has. A node only ever reads what is computed before it: the order stays one to compute in.
pub(crate) struct Draft {
    graph: Graph,
    /// All nodes, in an order in which they can be computed.
    order: Vec<NodeId>,
    /// Of each node, its place in `order`.
    places: Vec<usize>,
    /// Live readers of each value, once for each time they read it.
    readers: Vec<Vec<NodeId>>,
    alive: Vec<bool>,
}

/// A node that is to be.
pub(crate) struct Insertion {
    pub name: Name,
    pub op: Op,
    pub inputs: Vec<Option<Source>>,
    pub pre: Pointwise,
    pub pre_operands: Vec<Source>,
    pub post: Pointwise,
    pub operands: Vec<Source>,
}

/// What a node that is to be reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// A value that there is.
    Value(ValueId),
    /// The first result of the so-manieth node that is put in with it.
    Inserted(usize),
}

impl From<ValueId> for Source {
    fn from(value: ValueId) -> Self {
        Source::Value(value)
    }
}

impl Insertion {
    /// A node of `op` that reads `inputs` and computes nothing in front of it or behind it.
    pub fn new(name: impl Into<Name>, op: Op, inputs: Vec<Option<Source>>) -> Self {
        Self {
            name: name.into(),
            op,
            inputs,
            pre: Pointwise::identity(),
            pre_operands: Vec::new(),
            post: Pointwise::identity(),
            operands: Vec::new(),
        }
    }

    /// A node that is like `node` at first.
    pub fn like(node: &Node) -> Self {
        let inputs = node.inputs.iter();
        let sources = |values: &[ValueId]| values.iter().copied().map(Source::Value).collect();
        Self {
            name: node.name.clone(),
            op: node.op.clone(),
            inputs: inputs.map(|input| input.map(Source::Value)).collect(),
            pre: node.pre.clone(),
            pre_operands: sources(&node.pre_operands),
            post: node.post.clone(),
            operands: sources(&node.operands),
        }
    }
}

impl Draft {
    /// A draft of `graph`, without the nodes that none of its outputs depends on.
    pub fn new(graph: Graph) -> Self {
        let mut draft = Self {
            readers: graph.readers(),
            alive: vec![true; graph.nodes.len()],
            order: (0..graph.nodes.len() as u32).map(NodeId).collect(),
            places: (0..graph.nodes.len()).collect(),
            graph,
        };
        // Readers come after what they read, so one walk from the end finds all that is unread.
        for index in (0..draft.alive.len()).rev() {
            draft.drop_if_unread(NodeId(index as u32));
        }
        draft
    }

    /// `graph` without the nodes that none of its outputs depends on: itself, where there are none.
    pub fn pruned(graph: &Graph) -> Cow<'_, Graph> {
        let mut is_read = vec![false; graph.values.len()];
        let reads = graph.nodes.iter().flat_map(Node::reads);
        let outputs = graph.outputs.iter().map(|port| port.value);
        reads
            .chain(outputs)
            .for_each(|value| is_read[value.index()] = true);
        // Where something is dead, a node is that nothing reads at all.
        let is_dead = |node: &Node| !node.results.iter().any(|result| is_read[result.index()]);
        match graph.nodes.iter().any(is_dead) {
            true => Cow::Owned(Self::new(graph.clone()).finish()),
            false => Cow::Borrowed(graph),
        }
    }

    /// The graph as it is now, dead nodes included.
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// The nodes that there are now, dead ones included, in an order in which they can be computed.
    pub fn order(&self) -> Vec<NodeId> {
        self.order.clone()
    }

    /// The node `id`.
    pub fn node(&self, id: NodeId) -> &Node {
        self.graph.node(id)
    }

    /// The value `id`.
    pub fn value(&self, id: ValueId) -> &Value {
        self.graph.value(id)
    }

    /// The node that makes the value `id`, with its id.
    pub fn producer(&self, id: ValueId) -> Option<(NodeId, &Node)> {
        let node = self.value(id).node()?;
        Some((node, self.node(node)))
    }

    /// Whether `a` is computed before `b`; inputs and constants that are there from the start come before all.
    pub fn is_before(&self, a: ValueId, b: ValueId) -> bool {
        let place = |value: ValueId| {
            self.value(value)
                .node()
                .map(|node| self.places[node.index()])
        };
        place(a) < place(b)
    }

    /// Whether an output depends on `id`.
    pub fn is_alive(&self, id: NodeId) -> bool {
        self.alive[id.index()]
    }

    /// Whether `id` can be read after a run.
    pub fn is_output(&self, id: ValueId) -> bool {
        self.graph.outputs.iter().any(|port| port.value == id)
    }

    /// The nodes that read `id`, once for each time they read it.
    pub fn readers(&self, id: ValueId) -> &[NodeId] {
        &self.readers[id.index()]
    }

    /// Computes the results of `id` by `node`, which reads what is computed before it: `inserted`, in their order,
    /// among others.
    ///
    /// # Errors
    /// [`ErrorKind::Shape`] where a result would have another type, an operation cannot take what it is given, or reads
    /// what comes after `id`. The draft is then of no more use.
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
            post,
            operands,
        } = node;
        let inputs = self.resolve(id, inputs, &results)?;
        let pre_operands = self.resolve_all(id, pre_operands, &results)?;
        let operands = self.resolve_all(id, operands, &results)?;
        let types = self.graph.infer(&name, &op, &inputs)?;
        self.check_types(id, &types)?;
        let in_front = self.graph.check_pre(&op, &inputs, &pre, &pre_operands);
        let around = in_front.and_then(|()| self.graph.check_post(&op, &types, &post, &operands));
        around.map_err(|error| error.in_context(&name))?;

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
        node.post = post;
        node.operands = operands;
        for read in before {
            self.stop_reading(id, read);
        }
        Ok(())
    }

    /// Lets the readers of `value` read `source` instead.
    ///
    /// # Errors
    /// [`ErrorKind::Shape`] where `source` has another type than `value`, or comes after it.
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
            // Listed once for each time it reads the value, so one place is changed at a time.
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

    /// The graph, what is dead dropped and the rest renumbered. Stored tensors all stay: a weights file has them whether
    /// they are read or not.
    pub fn finish(self) -> Graph {
        let Self {
            graph,
            order,
            readers,
            alive,
            ..
        } = self;
        let outputs: Vec<ValueId> = graph.outputs.iter().map(|port| port.value).collect();
        let mut node_ids = vec![NodeId(0); alive.len()];
        let live = order.into_iter().filter(|id| alive[id.index()]);
        let live: Vec<NodeId> = live.collect();
        for (index, id) in live.iter().enumerate() {
            node_ids[id.index()] = NodeId(index as u32);
        }
        let mut value_ids = vec![ValueId(0); graph.values.len()];
        let mut values = Vec::with_capacity(graph.values.len());
        for (index, mut value) in graph.values.into_iter().enumerate() {
            let stays = match &mut value.origin {
                Origin::Input | Origin::Stored { .. } => true,
                Origin::Known(_) => {
                    !readers[index].is_empty() || outputs.contains(&ValueId(index as u32))
                }
                Origin::Result { node, .. } => {
                    let stays = alive[node.index()];
                    *node = node_ids[node.index()];
                    stays
                }
            };
            if stays {
                value_ids[index] = ValueId(values.len() as u32);
                values.push(value);
            }
        }
        let renumbered = |id: &mut ValueId| *id = value_ids[id.index()];
        let mut old_nodes: Vec<Option<Node>> = graph.nodes.into_iter().map(Some).collect();
        let nodes = live.iter().filter_map(|id| old_nodes[id.index()].take());
        let nodes = nodes.map(|mut node| {
            node.reads_mut().for_each(renumbered);
            node.results.iter_mut().for_each(renumbered);
            node
        });
        let mut finished = Graph {
            nodes: nodes.collect(),
            values,
            ..graph
        };
        let ports = finished.inputs.iter_mut().chain(&mut finished.outputs);
        ports.for_each(|port| renumbered(&mut port.value));
        finished.stored.values_mut().for_each(renumbered);
        finished
    }

    /// Puts a node in front of `before`.
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
        let place = self.places[before.index()];
        self.order.insert(place, id);
        self.places.push(place);
        for &moved in &self.order[place + 1..] {
            self.places[moved.index()] += 1;
        }
        Ok(results[0])
    }

    /// What `id` is to read as values, each computed before it.
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
            Source::Inserted(index) => inserted
                .get(index)
                .copied()
                .ok_or_else(|| shape_error(format!("no node is put in as number {index}"))),
        };
        let sources = sources.into_iter();
        sources
            .map(|source| source.map(value).transpose())
            .collect()
    }

    /// As [`Draft::resolve`], of what is all there.
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

    fn stop_reading(&mut self, reader: NodeId, value: ValueId) {
        let readers = &mut self.readers[value.index()];
        if let Some(position) = readers.iter().position(|&id| id == reader) {
            readers.swap_remove(position);
        }
        if let Some(node) = self.value(value).node() {
            self.drop_if_unread(node);
        }
    }

    /// Drops `id`, and what only it has read, where nothing reads it any more. A list of what is left to look at, as
    /// chains may be longer than a stack is deep.
    fn drop_if_unread(&mut self, id: NodeId) {
        if self.is_wanted(id) {
            return;
        }
        let mut pending = vec![id];
        while let Some(id) = pending.pop() {
            if self.is_wanted(id) || !self.alive[id.index()] {
                continue;
            }
            self.alive[id.index()] = false;
            let reads: Vec<ValueId> = self.node(id).reads().collect();
            for read in reads {
                self.readers[read.index()].retain(|&reader| reader != id);
                pending.extend(self.value(read).node());
            }
        }
    }

    /// Whether something reads a result of `id`.
    fn is_wanted(&self, id: NodeId) -> bool {
        let mut results = self.node(id).results.iter();
        results.any(|&result| self.is_output(result) || !self.readers(result).is_empty())
    }

    fn check_earlier(&self, id: NodeId, value: ValueId) -> Result<()> {
        let known = self.graph.values.get(value.index());
        let earlier = known.is_some_and(|value| match value.node() {
            Some(node) => {
                self.alive[node.index()] && self.places[node.index()] < self.places[id.index()]
            }
            None => true,
        });
        if earlier {
            return Ok(());
        }
        Err(shape_error(match known {
            Some(found) => format!(
                "{} can only read what is computed before it, found {}",
                self.node(id).name,
                found.name
            ),
            None => format!("there is no value {value}"),
        }))
    }

    fn check_types(&self, id: NodeId, found: &[Type]) -> Result<()> {
        let results = self.node(id).results.iter();
        let expected: Vec<Type> = results.map(|&result| *self.graph.ty(result)).collect();
        if found == expected {
            return Ok(());
        }
        let listed = |types: &[Type]| {
            let types: Vec<String> = types.iter().map(Type::to_string).collect();
            types.join(", ")
        };
        Err(shape_error(format!(
            "the result must stay {}, found {}",
            listed(&expected),
            listed(found)
        )))
    }
}

fn shape_error(message: String) -> Error {
    Error::new(ErrorKind::Shape, message)
}
