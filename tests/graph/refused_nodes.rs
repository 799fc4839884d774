//! What a graph says of a node that it does not take.

use menagerie::ErrorKind;
use menagerie::graph::{Activation, Conv2d, Graph, Op, Window};
use menagerie::tensor::{Element, Shape, Type};

fn conv(window: Window, groups: usize) -> Op {
    Op::Conv2d(Conv2d { window, groups })
}

/// The graph names the node, the kind and what it was given.
#[test]
fn a_graph_names_the_node() {
    let mut graph = Graph::new("net");
    let image = Type::image(Shape::new(3, 4, 4)).unwrap();
    let x = graph.add_input("input", image).unwrap();
    let weight = Type::shared(Element::F32, &[8, 3, 5, 5]).unwrap();
    let weight = graph.add_stored("weight", weight, true).unwrap();
    let op = conv(Window::square(5, 1), 1);
    let error = graph.add("stem.conv", op, vec![Some(x), Some(weight), None]);
    assert_eq!(
        error.unwrap_err().to_string(),
        "stem.conv (conv2d) cannot take [3x4x4, f32[8, 3, 5, 5], nothing]: a window of 5x5 does not fit into \
         3x4x4"
    );
    assert_eq!(graph.nodes().len(), 0, "what is refused is not added");
    assert_eq!(graph.values().len(), 2);
}

#[test]
fn values_of_other_graphs() {
    let mut other = Graph::new("other");
    let image = Type::image(Shape::new(3, 4, 4)).unwrap();
    let strangers = ["a", "b"].map(|name| other.add_input(name, image).unwrap());
    let mut graph = Graph::new("net");
    graph.add_input("input", image).unwrap();
    let relu = Op::Activation(Activation::Relu);
    for (error, message) in [
        (
            graph
                .add("relu", relu, vec![Some(strangers[1])])
                .map(|_| ()),
            "relu: there is no value %1",
        ),
        (
            graph.add_output("output", strangers[1]).map(|_| ()),
            "output: there is no value %1",
        ),
    ] {
        let error = error.unwrap_err();
        assert_eq!(
            (error.kind(), error.to_string().as_str()),
            (ErrorKind::Shape, message)
        );
    }
}
