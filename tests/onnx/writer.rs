//! ONNX files written by hand, for those that no exporter would write. Numbers of fields are those of `onnx.proto3`.

/// The bytes of a Protocol Buffers message.
#[derive(Clone, Default)]
pub struct Message(pub Vec<u8>);

impl Message {
    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }

    /// Adds the integer field `number`.
    pub fn int(mut self, number: u64, value: i64) -> Self {
        self.varint(number << 3);
        self.varint(value as u64);
        self
    }

    /// Adds the field `number`, a float.
    pub fn float(mut self, number: u64, value: f32) -> Self {
        self.varint(number << 3 | 5);
        self.0.extend_from_slice(&value.to_le_bytes());
        self
    }

    /// Adds the field `number` of bytes or text.
    pub fn bytes(mut self, number: u64, value: impl AsRef<[u8]>) -> Self {
        let value = value.as_ref();
        self.varint(number << 3 | 2);
        self.varint(value.len() as u64);
        self.0.extend_from_slice(value);
        self
    }

    /// Adds the field `number` that is a message.
    pub fn message(self, number: u64, value: Message) -> Self {
        self.bytes(number, value.0)
    }
}

/// A tensor of f32, without data.
pub fn tensor(name: &str, dims: &[i64]) -> Message {
    let tensor = Message::default().bytes(8, name).int(2, 1);
    dims.iter()
        .fold(tensor, |tensor, &extent| tensor.int(1, extent))
}

/// A tensor of f32 with its values.
pub fn values(name: &str, dims: &[i64], values: &[f32]) -> Message {
    let bytes: Vec<u8> = values
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect();
    tensor(name, dims).bytes(9, bytes)
}

/// A vector of i64.
pub fn integers(name: &str, values: &[i64]) -> Message {
    let tensor = Message::default().bytes(8, name).int(2, 7);
    let tensor = tensor.int(1, values.len() as i64);
    let bytes = values.iter().flat_map(|value| value.to_le_bytes());
    tensor.bytes(9, bytes.collect::<Vec<u8>>())
}

/// A tensor of f32 with its data in another file.
pub fn external(name: &str, dims: &[i64], entries: &[(&str, &str)]) -> Message {
    let tensor = tensor(name, dims).int(14, 1);
    entries.iter().fold(tensor, |tensor, (key, value)| {
        tensor.message(13, Message::default().bytes(1, key).bytes(2, value))
    })
}

/// A node.
pub fn node(op: &str, inputs: &[&str], outputs: &[&str]) -> Message {
    let node = Message::default().bytes(4, op).bytes(3, outputs[0]);
    let node = inputs.iter().fold(node, |node, input| node.bytes(1, input));
    outputs
        .iter()
        .fold(node, |node, output| node.bytes(2, output))
}

/// An input or output of f32.
pub fn port(name: &str, dims: &[i64]) -> Message {
    let shape = dims.iter().fold(Message::default(), |shape, &extent| {
        shape.message(1, Message::default().int(1, extent))
    });
    let tensor = Message::default().int(1, 1).message(2, shape);
    let ty = Message::default().message(1, tensor);
    Message::default().bytes(1, name).message(2, ty)
}

/// An input of f32 with extents that are numbers, or names where they are open.
#[allow(dead_code, reason = "the tests of the command use it")]
pub fn open_port(name: &str, dims: &[&str]) -> Message {
    let shape = dims.iter().fold(Message::default(), |shape, extent| {
        shape.message(
            1,
            match extent.parse() {
                Ok(number) => Message::default().int(1, number),
                Err(_) => Message::default().bytes(2, extent),
            },
        )
    });
    let tensor = Message::default().int(1, 1).message(2, shape);
    let ty = Message::default().message(1, tensor);
    Message::default().bytes(1, name).message(2, ty)
}

/// A graph of `nodes` from the image `x` to `y`.
pub fn graph(nodes: &[Message], initializers: &[Message]) -> Message {
    let inputs = [port("x", &[1, 3, 32, 32])];
    graph_of(&inputs, &["y"], nodes, initializers)
}

/// A graph of `nodes` from `inputs` to `outputs`.
pub fn graph_of(
    inputs: &[Message],
    outputs: &[&str],
    nodes: &[Message],
    initializers: &[Message],
) -> Message {
    let all = |graph: Message, number, parts: &[Message]| {
        parts
            .iter()
            .fold(graph, |graph, part| graph.message(number, part.clone()))
    };
    let graph = Message::default().bytes(2, "graph");
    let graph = all(graph, 1, nodes);
    let graph = all(graph, 5, initializers);
    let graph = all(graph, 11, inputs);
    let outputs: Vec<Message> = outputs.iter().map(|name| port(name, &[])).collect();
    all(graph, 12, &outputs)
}

/// A file with this graph.
pub fn model(opset: i64, graph: Message) -> Message {
    let import = Message::default().int(2, opset);
    Message::default()
        .int(1, 8)
        .message(7, graph)
        .message(8, import)
}

/// A file of one node, from `x` to `y`.
pub fn of_node(node: Message) -> Vec<u8> {
    model(17, graph(&[node], &[])).0
}
