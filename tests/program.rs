//! Programs, without a GPU: what they need of a device, what they share, and what stands against one.

mod common;

use common::networks::optimized;
use menagerie::device::{DeviceKind, DeviceProfile, Storage};
use menagerie::error::ErrorKind;
use menagerie::graph::{Activation, Conv, Conv2d, Graph, Op, Window, image_network, network};
use menagerie::kernels::{Candidate, Resource};
use menagerie::passes::{PassSet, optimize};
use menagerie::program::{Planning, Precision, Program, Reason, Tuning, kept_in};
use menagerie::tensor::{Element, Shape, Type};

fn program(model: &str, profile: &DeviceProfile) -> Program {
    let graph = optimized(model);
    Program::new(&graph, profile, &Planning::default()).unwrap()
}

/// A program runs where it was planned for, where there is more, and nowhere with less of anything that it needs.
#[test]
fn a_device_must_have_what_a_program_needs() {
    let webgpu = DeviceProfile::WEBGPU;
    let textures = DeviceProfile {
        storage: Storage::Texture,
        shared_slots: true,
        read_write_textures: true,
        subgroup_size: Some(8),
        kind: DeviceKind::Software,
        ..webgpu.clone()
    };
    for profile in [&webgpu, &textures] {
        assert!(program("squeezenet1_1", profile).check(profile).is_ok());
    }
    let lesser = [
        (
            DeviceProfile {
                max_binding_bytes: 1 << 20,
                ..webgpu.clone()
            },
            "squeezenet1_1: 3154176 bytes of a binding are needed, found at most 1048576",
        ),
        (
            DeviceProfile {
                max_invocations: 32,
                ..webgpu.clone()
            },
            "squeezenet1_1: 256 invocations of a workgroup are needed, found at most 32",
        ),
        (
            DeviceProfile {
                max_storage_buffers: 3,
                ..webgpu.clone()
            },
            "squeezenet1_1: 4 storage buffers of a kernel are needed, found at most 3",
        ),
        (
            DeviceProfile {
                uniform_alignment: 1024,
                ..webgpu.clone()
            },
            "squeezenet1_1: uniform blocks are aligned to 256 bytes, and this device needs 1024",
        ),
    ];
    for (device, expected) in lesser {
        let error = program("squeezenet1_1", &webgpu)
            .check(&device)
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Limit);
        assert_eq!(error.to_string(), expected);
    }
    let lesser = [
        (
            DeviceProfile {
                subgroup_size: Some(4),
                ..textures.clone()
            },
            "squeezenet1_1: subgroups of 8 are needed, found 4",
        ),
        (
            DeviceProfile {
                subgroup_size: None,
                ..textures.clone()
            },
            "squeezenet1_1: subgroups of 8 are needed, found none",
        ),
        (
            DeviceProfile {
                read_write_textures: false,
                ..textures.clone()
            },
            "squeezenet1_1: read-write storage textures are needed, and this device has none",
        ),
        (
            DeviceProfile {
                max_texture_side: 16,
                ..textures.clone()
            },
            "squeezenet1_1: 62 rows of a texture are needed, found at most 16",
        ),
    ];
    for (device, expected) in lesser {
        let error = program("squeezenet1_1", &textures)
            .check(&device)
            .unwrap_err();
        assert_eq!(error.to_string(), expected);
    }
}

/// One line: the node, the operation, and the rule of each kernel.
#[test]
fn a_node_that_no_kernel_computes_is_told_with_every_reason() {
    let conv = Conv::new(12, 3).groups(2);
    let graph = image_network("narrow", Shape::new(8, 5, 5), |net, x| {
        net.conv("conv", x, conv)
    });
    let graph = graph.unwrap();
    let narrow = DeviceProfile {
        max_storage_buffers: 3,
        ..DeviceProfile::WEBGPU
    };
    let error = Program::new(&graph, &narrow, &Planning::default()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    let expected = "conv: no kernel computes conv2d 8->12 3x3 groups 2: \
                    depthwise_unrolled needs a group for each channel, found 2 of 8 input and 12 output channels; \
                    depthwise needs a group for each channel, found 2 of 8 input and 12 output channels; \
                    conv_grouped binds 4 buffers, found at most 3; \
                    conv_subgroup binds 4 buffers, found at most 3; \
                    conv_tiled binds 4 buffers, found at most 3; \
                    conv_split_k binds 4 buffers, found at most 3; \
                    conv binds 4 buffers, found at most 3; \
                    linear needs a 1x1 window on one pixel, found 3x3 on 8x5x5";
    assert_eq!(error.to_string(), expected);
}

/// Only f32 of which each image has its own is moved between host and device.
#[test]
fn inputs_and_outputs_are_f32_for_each_image() {
    let image = Type::image(Shape::new(2, 4, 4)).unwrap();
    for (ty, found) in [
        (Type::per_image(Element::F32, &[3]), None),
        (Type::shared(Element::F32, &[3]), Some("f32[3]")),
        (Type::shared(Element::I32, &[3]), Some("i32[3]")),
    ] {
        let mut graph = Graph::new("net");
        let x = graph.add_input("x", image).unwrap();
        graph.add_input("other", ty.unwrap()).unwrap();
        let relu = Op::Activation(Activation::Relu);
        let answer = graph.add("relu", relu, vec![Some(x)]).unwrap()[0];
        graph.add_output("answer", answer).unwrap();
        let planned = Program::new(&graph, &DeviceProfile::WEBGPU, &Planning::default());
        let refusal = planned.err().map(|error| (error.kind(), error.to_string()));
        let expected = found.map(|ty| {
            let says = format!("other: expected f32 for each image, found {ty}");
            (ErrorKind::Shape, says)
        });
        assert_eq!(refusal, expected);
    }
}

/// Layers that read the same parameters in the same way share what is packed.
#[test]
fn equal_recipes_are_packed_once() {
    let mut graph = Graph::new("twice");
    let image = Type::image(Shape::new(8, 5, 5)).unwrap();
    let mut x = graph.add_input("input", image).unwrap();
    let weight = Type::shared(Element::F32, &[8, 8, 3, 3]).unwrap();
    let weight = graph.add_stored("weight", weight, true).unwrap();
    for (name, padding) in [("first", 1), ("second", 0)] {
        let conv = Op::Conv2d(Conv2d {
            window: Window::square(3, 1).padded(padding),
            groups: 1,
        });
        x = graph
            .add(name, conv, vec![Some(x), Some(weight), None])
            .unwrap()[0];
        graph.add_output(name, x).unwrap();
    }
    let planning = Planning::default();
    let program = Program::new(&graph, &DeviceProfile::WEBGPU, &planning).unwrap();
    assert_eq!(program.dispatches().len(), 2);
    assert_eq!(program.recipes().len(), 1);
    for (dispatch, relocation) in program.dispatches().iter().zip(program.relocations()) {
        assert!(dispatch.resources.contains(&Resource::Parameters(0)));
        let shader = program.shader_of(dispatch);
        let block = dispatch.uniform_offset..dispatch.uniform_offset + shader.uniform_bytes();
        assert!(block.contains(&relocation.place) && relocation.recipe == 0);
        let word = relocation.place..relocation.place + 4;
        assert_eq!(program.uniforms()[word], [0; 4]);
    }
    let names = |ports: &[menagerie::program::Port]| -> Vec<String> {
        ports.iter().map(|port| port.name.clone()).collect()
    };
    assert_eq!(names(program.inputs()), ["input"]);
    assert_eq!(names(program.outputs()), ["first", "second"]);
}

/// A convolution of 3x3 with a batch normalisation in front of it.
fn normalised(channels: usize, size: usize) -> Graph {
    let graph = image_network("net", Shape::new(channels, size, size), |net, x| {
        let x = net.batch_norm("norm", x, 1e-5)?;
        let x = net.relu("relu", x)?;
        net.conv("conv", x, Conv::new(channels, 3).padding(1).bias())
    });
    graph.unwrap()
}

/// The names of the nodes and of the kernels that compute them.
fn computed_by(graph: &Graph, planning: &Planning) -> Vec<[String; 2]> {
    let graph = optimize(graph, &PassSet::all()).unwrap();
    let program = Program::new(&graph, &DeviceProfile::WEBGPU, planning).unwrap();
    let dispatches = program.dispatches().iter();
    dispatches
        .map(|dispatch| [dispatch.node.clone(), dispatch.kernel.name.to_owned()])
        .collect()
}

#[test]
fn a_node_is_divided_where_its_steps_are_faster() {
    let planning = Planning::default();
    let small = computed_by(&normalised(4, 8), &planning);
    assert_eq!(small.len(), 1, "{small:?}");
    assert_eq!(small[0][0], "conv");

    let large = normalised(256, 56);
    let kernels = [
        ["norm", "activation"],
        ["conv.tiles", "winograd_input"],
        ["conv.products", "conv_tiled"],
        ["conv", "winograd_result"],
    ];
    assert_eq!(computed_by(&large, &planning), kernels);

    // A kernel that was asked for decides.
    let asked = computed_by(&large, &Planning::default().kernel("conv 8 pixels"));
    assert_eq!(asked, [["conv", "conv"]]);
    let [asked, other] = ["conv", "conv_tiled"]
        .map(|kernel| Candidate::all().find(|candidate| candidate.kernel.name == kernel));
    let planning = Planning::default().kernel(other.unwrap().name());
    let asked = computed_by(&large, &planning.candidate(asked.unwrap()));
    assert_eq!(asked, [["conv", "conv"]]);
}

/// A depthwise convolution, then one of pixels.
fn separable(activation: Activation, is_output: bool) -> Graph {
    let graph = network("net", |net| {
        let x = net.image("x", Shape::new(32, 56, 56))?;
        let x = net.conv("depthwise", x, Conv::new(32, 3).padding(1).groups(32))?;
        let x = net.activation("activation", x, activation)?;
        let answer = net.conv("conv", x, Conv::new(16, 1).bias())?;
        net.output("answer", answer)?;
        if is_output {
            net.output("activation", x)?;
        }
        Ok(())
    });
    graph.unwrap()
}

#[test]
fn two_nodes_are_joined_where_one_is_faster() {
    let joined = [["conv", "conv_separable"]];
    let planning = Planning::default();
    let relu = separable(Activation::Relu6, false);
    assert_eq!(computed_by(&relu, &planning), joined);
    let in_f16 = planning.clone().precision(Precision::F16Storage);
    assert_eq!(computed_by(&relu, &in_f16), joined);
    // A kernel that was asked for decides.
    for (kernel, nodes) in [
        ("conv 8 pixels", 2),
        ("depthwise_unrolled 3x3 stride 1", 2),
        ("conv_separable 3x3 32x64", 1),
    ] {
        let planning = Planning::default().kernel(kernel);
        let found = computed_by(&relu, &planning);
        assert_eq!(found.len(), nodes, "{kernel}: {found:?}");
    }
    // Any expression may be between them, if nothing else needs it.
    let silu = separable(Activation::Silu, false);
    assert_eq!(computed_by(&silu, &planning), joined);
    let needed = separable(Activation::Relu6, true);
    assert_eq!(computed_by(&needed, &planning).len(), 2);
}

#[test]
fn a_prologue_has_the_name_of_its_layer() {
    let source = normalised(256, 56);
    let graph = optimize(&source, &PassSet::all()).unwrap();
    let (_, conv) = graph.computed().last().unwrap();
    assert_eq!(conv.pre_name(), Some("norm"));
    let kept = kept_in(&source, &graph, &["relu".to_owned()]).unwrap();
    assert_eq!(kept, ["norm", "relu"]);
}

/// Precision, predicted time and reasons, in words and numbers.
#[test]
fn a_program_describes_itself() {
    let graph = normalised(4, 8);
    for (precision, remark) in [
        (Precision::F32, ""),
        (Precision::F16, " (as f16-storage: no matrix units)"),
    ] {
        let planning = Planning::default().precision(precision);
        let program = Program::new(&graph, &DeviceProfile::WEBGPU, &planning).unwrap();
        assert_eq!(program.precision(), precision);
        assert_eq!(program.remark(), remark);
        let dispatches = program.dispatches().iter();
        let seconds: f64 = dispatches
            .map(|dispatch| dispatch.predicted.unwrap().seconds())
            .sum();
        assert!(seconds > 0.0);
        assert_eq!(program.predicted_seconds(), Some(seconds));
    }
    let reasons = [
        Reason::Only,
        Reason::Predicted,
        Reason::Measured,
        Reason::Asked,
    ];
    assert_eq!(
        reasons.map(|reason| reason.to_string()),
        [
            "the only kernel",
            "the shortest predicted time",
            "measured as the fastest",
            "asked for"
        ]
    );
    let mut tuning = Tuning::NONE;
    assert!(tuning.is_empty());
    tuning.prefer("layer".to_owned(), "conv 8 pixels");
    assert!(!tuning.is_empty());
}
