//! Tuned plans: they call the kernels that were fastest where those can compute the layer, and answer the
//! same whichever it is. And what was found out comes back from the cache, or is told apart from what holds
//! here.

mod common;

use std::fs;

use common::compare::assert_near;
use common::device::devices;
use common::golden::TOLERANCE;
use common::networks::{optimized, published};
use menagerie::cache::Cache;
use menagerie::device::{DeviceKind, DeviceProfile, Storage};
use menagerie::graph::{Graph, NodeId, Padding, Window};
use menagerie::kernels::{Candidate, Site};
use menagerie::program::{Planning, Program, Tuning};
use menagerie::reference::Reference;
use menagerie::session::{Parameters, Session, SessionOptions};
use menagerie::tensor::Shape;
use menagerie::weights::{Weights, synthetic_input};
use menagerie::{ErrorKind, tune};

fn kernels(graph: &Graph, profile: &DeviceProfile, tuning: &Tuning) -> Vec<(String, &'static str)> {
    let planning = Planning::default().tuned(tuning.clone());
    let plan = Program::new(graph, profile, &planning).unwrap();
    let named = |op: &str| op.starts_with("conv2d") || op.starts_with("linear");
    plan.dispatches()
        .iter()
        .filter(|dispatch| named(&dispatch.operation))
        .map(|dispatch| (dispatch.node.clone(), dispatch.kernel.name))
        .collect()
}

#[test]
fn a_plan_calls_the_winner_where_it_can() {
    let software = DeviceProfile {
        kind: DeviceKind::Software,
        storage: Storage::Texture,
        subgroup_size: Some(8),
        ..DeviceProfile::WEBGPU
    };
    let graph = published("lenet5");
    let names = ["conv1", "conv2", "fc1", "fc2", "fc3"];
    let expect = |profile: &DeviceProfile, winner: Option<&str>, expected: [&str; 5]| {
        let mut tuning = Tuning::NONE;
        for layer in tune::layers(&graph, profile, &Planning::of_batch(1)) {
            if let Some(winner) = winner {
                tuning.prefer(layer.key, winner);
            }
        }
        let expected = names.map(str::to_owned).into_iter().zip(expected);
        assert_eq!(
            kernels(&graph, profile, &tuning),
            expected.collect::<Vec<_>>(),
            "{winner:?} on {profile}"
        );
    };
    let [s, c, l] = ["conv_subgroup", "conv", "linear"];
    let [k, t] = ["conv_split_k", "conv_tiled"];
    let webgpu = DeviceProfile::WEBGPU;
    expect(&webgpu, None, [k, k, k, k, k]);
    expect(&webgpu, Some("conv_tiled 64x64"), [t, t, t, t, t]);
    let small = DeviceProfile {
        max_invocations: 64,
        ..DeviceProfile::WEBGPU
    };
    expect(&small, None, [k, k, k, k, k]);
    expect(&small, Some("conv_tiled 64x64"), [t, t, t, t, t]);
    // It takes workgroups of 128.
    expect(&small, Some("conv_tiled 64x128-128"), [k, k, k, k, k]);
    expect(&webgpu, Some("conv 8 pixels"), [c, c, c, c, c]);
    // No subgroups, no such kernel, a kernel of another operation: as if nothing had been tried.
    for stranger in [s, "winograd", "softmax", "depthwise", ""] {
        expect(&webgpu, Some(stranger), [k, k, k, k, k]);
    }
    expect(&software, None, [c, s, l, l, l]);
    expect(&software, Some(s), [s, s, s, s, s]);
    expect(&software, Some("conv 8 pixels"), [c, c, c, c, c]);
    expect(&software, Some(l), [c, s, l, l, l]);
}

#[test]
fn a_layer_is_known_by_all_that_counts() {
    let window = Window::square(3, 2).padded(1);
    let shape = Shape::new(16, 9, 8);
    let textures = DeviceProfile {
        storage: Storage::Texture,
        ..DeviceProfile::WEBGPU
    };
    let key_on = |profile: &DeviceProfile, window: Window, groups: usize, bias: bool| {
        let graph = Graph::convolution(shape, 32, window, groups, bias).unwrap();
        Site::new(&graph, NodeId::FIRST, 2, profile)
            .unwrap()
            .layer()
            .to_string()
    };
    let key = |window, groups, bias| key_on(&DeviceProfile::WEBGPU, window, groups, bias);
    assert_eq!(
        key(window, 4, false),
        "conv2d 16->32 3x3 stride 2 padding 1 groups 4 of 16x9x8, batch 2, buffers"
    );
    assert_eq!(key(window, 4, true), key(window, 4, false));
    let lopsided = Window {
        padding: Padding {
            top: 0,
            left: 0,
            bottom: 1,
            right: 1,
        },
        ..window
    };
    assert_ne!(key(lopsided, 4, false), key(window, 4, false));
    assert_ne!(key(window, 1, false), key(window, 4, false));
    assert_ne!(key(window, 4, false), key_on(&textures, window, 4, true));
}

/// Dense, grouped, merged and depthwise layers and vectors, by every kernel that can compute them.
#[test]
fn the_answer_does_not_depend_on_the_winner() {
    let conv = |input: [usize; 3], out: usize, window: Window, groups: usize| {
        let [channels, height, width] = input;
        Graph::convolution(
            Shape::new(channels, height, width),
            out,
            window,
            groups,
            true,
        )
        .unwrap()
    };
    let three = Window::square(3, 1).padded(1);
    let fused = optimized("lenet5");
    let networks = [
        (published("lenet5"), 3),
        (fused, 1),
        (conv([20, 9, 7], 24, three, 1), 2),
        (conv([16, 9, 7], 24, three, 4), 1),
        (conv([6, 9, 7], 10, three, 2), 1),
        (conv([19, 9, 7], 19, Window::square(3, 2), 19), 2),
        (conv([37, 1, 1], 50, Window::square(1, 1), 1), 3),
    ];
    let mut called = Vec::new();
    for (index, (graph, batch)) in networks.iter().enumerate() {
        let weights = Weights::synthetic(3);
        let input = synthetic_input(3, *batch, graph.input_shape().unwrap());
        let reference = Reference::new(graph.clone(), &weights).unwrap();
        let expected = reference.run(&input).unwrap();
        for (device, gpu) in devices() {
            let parameters = Parameters::new(gpu, &weights.bind(graph).unwrap());
            for kernel in Candidate::of("conv2d") {
                let name = kernel.name();
                let planning = Planning::of_batch(*batch).kernel(&name);
                let program = Program::new(graph, gpu.profile(), &planning).unwrap();
                let options = SessionOptions::default();
                let mut session = Session::of_program(&program, &parameters, &options).unwrap();
                let kernels = session.program().kernels();
                called.extend(kernels.iter().map(|kernel| (index, kernel.name)));
                let found = session.run(&input).unwrap();
                let case = format!("{} by {name} on {device}", graph.name());
                assert_near(&case, &found, &expected, TOLERANCE);
            }
        }
    }
    // Each by others than those that are chosen untried: linear layers as convolutions and the other way
    // round, depthwise layers as dense ones.
    for expected in [
        (2, "conv"),
        (5, "conv"),
        (5, "depthwise"),
        (6, "linear"),
        (6, "conv"),
    ] {
        assert!(called.contains(&expected), "{expected:?}");
    }
}

#[test]
fn trying_ends_with_a_kernel_that_was_tried() {
    let (_, gpu) = &devices()[0];
    let graph = published("lenet5");
    let layers = tune::layers(&graph, gpu.profile(), &Planning::of_batch(2));
    let of_linear = layers
        .iter()
        .filter(|layer| layer.key.starts_with("linear"));
    assert_eq!(of_linear.count(), 3);
    let options = SessionOptions {
        batch: 2,
        ..SessionOptions::default()
    };
    for layer in &layers {
        let tried = tune::try_kernels(gpu, &graph, layer, &options, 3).unwrap();
        assert!(tried.winner < tried.kernels.len());
        assert_eq!(tried.kernels[0].kernel, layer.kernels[0]);
        assert_eq!(tried.kernels[0].ratio.median, 1.0);
    }
}

#[test]
fn a_merged_layer_that_fits_nowhere_keeps_its_kernel() {
    let graph = Graph::convolution(
        Shape::new(4096, 5, 5),
        4096,
        Window::square(5, 1),
        4096,
        false,
    )
    .unwrap();
    let webgpu = DeviceProfile::WEBGPU;
    let site = Site::new(&graph, NodeId::FIRST, 1, &webgpu).unwrap();
    let mut kernels_of_it = Candidate::of(site.kind());
    let conv = kernels_of_it
        .find(|kernel| kernel.kernel.name == "conv")
        .unwrap();
    assert_eq!(
        conv.accept(&site).unwrap_err().to_string(),
        "needs 104858624 vec4<f32> for 4096 groups merged into one, and a tensor has at most 8388608"
    );
    let layers = tune::layers(&graph, &webgpu, &Planning::of_batch(1));
    let mut timed = layers.iter().flat_map(|layer| &layer.kernels);
    assert!(timed.all(|kernel| kernel.kernel.name != "conv"));
    let mut tuning = Tuning::NONE;
    tuning.prefer(site.layer().to_string(), conv.name());
    assert_eq!(
        kernels(&graph, &webgpu, &tuning),
        kernels(&graph, &webgpu, &Tuning::NONE)
    );
}

#[test]
fn winners_are_remembered_for_this_adapter_and_these_kernels() {
    let (_, gpu) = &devices()[0];
    let adapter = gpu.description();
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::in_folder(folder.path());
    assert_eq!(tune::recall(&cache, adapter).unwrap(), None);
    let mut tuning = Tuning::NONE;
    tuning.prefer("a layer".into(), "conv");
    tuning.prefer("another \"layer\"".into(), "linear");
    tune::remember(&cache, adapter, &tuning).unwrap();
    assert_eq!(tune::recall(&cache, adapter).unwrap(), Some(tuning));

    let path = cache.path("tuning", adapter);
    let sound = fs::read_to_string(&path).unwrap();
    let with = |from: &str, to: &str| {
        assert!(sound.contains(from), "{sound}");
        sound.replace(from, to)
    };
    let digest = sound.split("\"kernels\": \"").nth(1).unwrap()[..16].to_owned();
    for (content, expected) in [
        (
            with(&digest, "0123456789abcdef"),
            "measured with other kernels",
        ),
        (
            with(&adapter.driver, "another"),
            "measured with the driver \"another\"",
        ),
        (
            with(&adapter.name, "another"),
            "measured with the adapter \"another\"",
        ),
        (with("\"conv\"", "7"), "holds no sound tuning"),
        (with("\"winners\"", "\"losers\""), "holds no sound tuning"),
        (sound[..sound.len() / 2].to_owned(), "not JSON"),
        (String::new(), "not JSON"),
    ] {
        fs::write(&path, &content).unwrap();
        let error = tune::recall(&cache, adapter).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Io);
        let text = error.to_string();
        assert!(text.contains(expected) && !text.contains('\n'), "{text}");
    }
}

/// A tuning that was made elsewhere, which the user may read and not write.
#[test]
fn a_read_only_tuning_is_used() {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::in_folder(folder.path());
    let (_, gpu) = &devices()[0];
    let adapter = gpu.description();
    let mut tuning = Tuning::NONE;
    tuning.prefer("layer".into(), "conv");
    tune::remember(&cache, adapter, &tuning).unwrap();
    let path = cache.path("tuning", adapter);
    let set = |path: &std::path::Path, readonly| {
        let mut permissions = fs::metadata(path).unwrap().permissions();
        permissions.set_readonly(readonly);
        fs::set_permissions(path, permissions).unwrap();
    };
    set(&path, true);
    set(folder.path(), true);
    let found = tune::recall(&cache, adapter).unwrap();
    // The folder is removed at the end.
    set(folder.path(), false);
    assert_eq!(found, Some(tuning));
}
