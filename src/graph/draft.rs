//! A graph while it is rewritten.

use super::{Concat, Graph, Node, NodeId, Op, Parameter, ParameterId, Shape};
use crate::error::{Error, ErrorKind, Result};

/// A graph whose nodes are exchanged one at a time. Ids stay put until [`Draft::finish`] drops the dead
/// nodes and renumbers the rest, so an edit costs as much as the nodes it touches and not as much as
/// the graph has. A node only ever reads nodes before it: the order stays one to compute in.
pub(crate) struct Draft {
    graph: Graph,
    /// Live readers of each node, once for each time they read it.
    readers: Vec<Vec<NodeId>>,
    alive: Vec<bool>,
}

impl Draft {
    /// A draft of `graph`, without the nodes that none of its outputs depends on. Every concat copies
    /// until it is decided anew: that one can do without was true of who read what before.
    pub(crate) fn new(mut graph: Graph) -> Self {
        for node in &mut graph.nodes {
            if let Op::Concat(Concat { in_place }) = &mut node.op {
                *in_place = false;
            }
        }
        let mut draft = Self {
            readers: graph.readers(),
            alive: vec![true; graph.nodes.len()],
            graph,
        };
        // Readers come after what they read, so one walk from the end finds all that is unread.
        for index in (0..draft.alive.len()).rev() {
            draft.drop_if_unread(NodeId(index as u32));
        }
        draft
    }

    /// The graph as it is now, dead nodes included.
    pub(crate) fn graph(&self) -> &Graph {
        &self.graph
    }

    /// The node `id`.
    pub(crate) fn node(&self, id: NodeId) -> &Node {
        self.graph.node(id)
    }

    /// Whether an output depends on `id`.
    pub(crate) fn is_alive(&self, id: NodeId) -> bool {
        self.alive[id.index()]
    }

    /// Whether the result of `id` can be read after a run.
    pub(crate) fn is_output(&self, id: NodeId) -> bool {
        self.graph.outputs.contains(&id)
    }

    /// The nodes that read `id`, once for each time they read it.
    pub(crate) fn readers(&self, id: NodeId) -> &[NodeId] {
        &self.readers[id.index()]
    }

    /// The id that the next parameter gets, or the one `ahead` places after it.
    pub(crate) fn next_parameter(&self, ahead: usize) -> ParameterId {
        ParameterId((self.graph.parameters.len() + ahead) as u32)
    }

    /// Computes `id` by `op` from `inputs`; `parameters` join the graph's.
    ///
    /// # Errors
    /// [`ErrorKind::Shape`] where the result would have another shape, an input comes after `id`, or a
    /// parameter does not fit `op`. The draft is then of no more use.
    pub(crate) fn replace(
        &mut self,
        id: NodeId,
        name: String,
        op: Op,
        inputs: Vec<NodeId>,
        parameters: Vec<Parameter>,
    ) -> Result<()> {
        self.graph.parameters.extend(parameters);
        for &input in &inputs {
            self.check_earlier(id, input)?;
        }
        let shape = self.graph.infer(&name, &op, &inputs)?;
        self.check_shape(id, shape)?;
        self.check_parameters(&op)?;

        for &input in &inputs {
            self.readers[input.index()].push(id);
        }
        let node = &mut self.graph.nodes[id.index()];
        node.name = name;
        node.op = op;
        let before = std::mem::replace(&mut node.inputs, inputs);
        for input in before {
            self.stop_reading(id, input);
        }
        Ok(())
    }

    /// Lets the readers of `id` read `source` instead.
    ///
    /// # Errors
    /// [`ErrorKind::Shape`] where `source` has another shape than `id`, or comes after it.
    pub(crate) fn bypass(&mut self, id: NodeId, source: NodeId) -> Result<()> {
        self.check_earlier(id, source)?;
        self.check_shape(id, self.node(source).shape)?;
        for reader in std::mem::take(&mut self.readers[id.index()]) {
            // Listed once for each time it reads `id`, so one place is changed at a time.
            let inputs = &mut self.graph.nodes[reader.index()].inputs;
            if let Some(input) = inputs.iter_mut().find(|input| **input == id) {
                *input = source;
            }
            self.readers[source.index()].push(reader);
        }
        for output in &mut self.graph.outputs {
            if *output == id {
                *output = source;
            }
        }
        self.drop_if_unread(id);
        Ok(())
    }

    /// The graph, dead nodes dropped and the others renumbered. Parameters all stay: a weights file
    /// has them whether they are read or not.
    pub(crate) fn finish(mut self) -> Graph {
        let mut renumbered = vec![NodeId(0); self.alive.len()];
        let mut nodes = Vec::with_capacity(self.alive.len());
        for (index, mut node) in self.graph.nodes.into_iter().enumerate() {
            if self.alive[index] {
                renumbered[index] = NodeId(nodes.len() as u32);
                for input in &mut node.inputs {
                    *input = renumbered[input.index()];
                }
                nodes.push(node);
            }
        }
        self.graph.nodes = nodes;
        for output in &mut self.graph.outputs {
            *output = renumbered[output.index()];
        }
        self.graph
    }

    fn stop_reading(&mut self, reader: NodeId, source: NodeId) {
        let readers = &mut self.readers[source.index()];
        if let Some(position) = readers.iter().position(|&id| id == reader) {
            readers.swap_remove(position);
        }
        self.drop_if_unread(source);
    }

    fn drop_if_unread(&mut self, id: NodeId) {
        let wanted = id == self.graph.input() || self.is_output(id);
        if wanted || !self.alive[id.index()] || !self.readers(id).is_empty() {
            return;
        }
        self.alive[id.index()] = false;
        for input in self.graph.nodes[id.index()].inputs.clone() {
            self.stop_reading(id, input);
        }
    }

    fn check_earlier(&self, id: NodeId, input: NodeId) -> Result<()> {
        if input < id && self.alive[input.index()] {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::Shape,
            format!("{id} can only read what is computed before it, found {input}"),
        ))
    }

    fn check_shape(&self, id: NodeId, found: Shape) -> Result<()> {
        let expected = self.node(id).shape;
        if found == expected {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::Shape,
            format!("the result must stay {expected}, found {found}"),
        ))
    }

    fn check_parameters(&self, op: &Op) -> Result<()> {
        for (id, expected) in op.parameter_shapes() {
            let Some(parameter) = self.graph.parameters.get(id.index()) else {
                return Err(Error::new(
                    ErrorKind::Shape,
                    format!(
                        "{op} reads parameter {} of {}",
                        id.index(),
                        self.graph.parameters.len()
                    ),
                ));
            };
            if parameter.shape != expected {
                return Err(Error::new(
                    ErrorKind::Shape,
                    format!(
                        "{op} needs {} as {expected:?}, found {:?}",
                        parameter.name, parameter.shape
                    ),
                ));
            }
        }
        Ok(())
    }
}
