//! The one rule for names: what is found under other names than the network's, and what is refused.

use menagerie::graph::{Conv, Graph, image_network};
use menagerie::tensor::Shape;
use menagerie::weights::Weights;
use menagerie::zoo::{self, Checkpoint, Remark};
use menagerie::{Error, ErrorKind};

use crate::common::safetensors_file::zeros;

/// Names and extents of a file's tensors.
type Tensors = Vec<(String, Vec<usize>)>;

/// Further tensors of a file.
type Further<'a> = &'a [(&'a str, &'a [usize])];

/// The tensors of ResNet 18.
fn resnet18() -> (Graph, Tensors) {
    let graph = zoo::find("resnet18").unwrap().graph().unwrap();
    let stored = graph.stored();
    let tensors = stored.map(|(_, value)| (value.name().to_owned(), value.ty().dims().to_vec()));
    let tensors = tensors.collect();
    (graph, tensors)
}

fn weights(tensors: &Tensors) -> Weights {
    let tensors = tensors
        .iter()
        .map(|(name, shape)| (name.as_str(), shape.as_slice()));
    Weights::from_bytes("file", zeros(tensors)).unwrap()
}

/// The tensors with other names.
fn renamed(tensors: &Tensors, rename: impl Fn(&str) -> String) -> Tensors {
    let tensors = tensors.iter();
    tensors
        .map(|(name, shape)| (rename(name), shape.clone()))
        .collect()
}

/// Replaces whole parts of a name.
fn replaced(name: &str, parts: &[(&str, &str)]) -> String {
    let part = |part: &str| {
        let other = parts.iter().find(|(ours, _)| *ours == part);
        other.map_or(part.to_owned(), |(_, theirs)| (*theirs).to_owned())
    };
    name.split('.').map(part).collect::<Vec<_>>().join(".")
}

/// torch.nn.Sequential(*resnet18().children())
const CHILDREN: &[(&str, &str)] = &[
    ("conv1", "0"),
    ("bn1", "1"),
    ("layer1", "4"),
    ("layer2", "5"),
    ("layer3", "6"),
    ("layer4", "7"),
    ("fc", "9"),
];

/// As in a well-known repository for CIFAR.
const CIFAR: &[(&str, &str)] = &[("downsample", "shortcut"), ("fc", "linear")];

#[test]
fn consistent_names_are_found() {
    let (graph, own) = resnet18();
    type Rename = Box<dyn Fn(&str) -> String>;
    let with = |prefix: &'static str| -> Rename { Box::new(move |name| format!("{prefix}{name}")) };
    let head = |module: &'static str, layer: &'static str| -> Rename {
        Box::new(move |name| match name.strip_prefix("fc.") {
            Some(tensor) => format!("{layer}.{tensor}"),
            None => format!("{module}{name}"),
        })
    };
    let parts = |module: &'static str, parts: &'static [(&str, &str)]| -> Rename {
        Box::new(move |name| {
            // Only the first part of a name is a child of the network.
            let (first, rest) = name.split_once('.').unwrap();
            match parts == CHILDREN {
                true => format!("{module}{}.{rest}", replaced(first, parts)),
                false => format!("{module}{}", replaced(name, parts)),
            }
        })
    };
    let cases: Vec<Rename> = vec![
        with("model."),
        with("ema."),
        with("state_dict."),
        with("backbone."),
        with("net."),
        with("_forward_module."),
        with("model.module."),
        with("anything at all.0.x."),
        head("", "head.fc"),
        head("", "classifier"),
        head("", "fc.1"),
        head("backbone.", "head.fc"),
        head("model.backbone.", "model.cls_head.layers.3"),
        parts("", CIFAR),
        parts("module.", CIFAR),
        parts("", CHILDREN),
        parts("features.", CHILDREN),
    ];
    for rename in cases {
        let file = renamed(&own, &rename);
        let bound = weights(&file).bind(&graph).unwrap();
        for (ours, _) in &own {
            let theirs = rename(ours);
            assert_eq!(bound.found_as(ours), Some(theirs.as_str()), "{theirs}");
        }
    }
}

/// The names of the first implementations, in which modules of several lists take turns: torchvision's of DenseNet, which its
/// published files still have, and that of the authors of ConvNeXt.
#[test]
fn lists_may_take_turns() {
    let densenet = |name: &str| {
        let dotted = [".norm1.", ".norm2.", ".conv1.", ".conv2."].map(|own| {
            let (word, number) = own.trim_matches('.').split_at(4);
            (own, format!(".{word}.{number}."))
        });
        let is_dense = name.contains("denselayer");
        let mut changes = dotted
            .iter()
            .filter(|(own, _)| is_dense && name.contains(own));
        let change = changes.next();
        change.map_or(name.to_owned(), |(own, other)| name.replace(own, other))
    };
    let convnext = |name: &str| {
        let parts: Vec<&str> = name.split('.').collect();
        match parts[..] {
            ["classifier", "0", tensor] => format!("norm.{tensor}"),
            ["classifier", "2", tensor] => format!("head.{tensor}"),
            ["features", stage, index, ref rest @ ..] => {
                let stage: usize = stage.parse().unwrap();
                let list = ["downsample_layers", "stages"][stage % 2];
                let rest = match rest {
                    ["layer_scale"] => "gamma".to_owned(),
                    ["block", layer, tensor] => {
                        let layer: usize = layer.parse().unwrap();
                        let names = ["dwconv", "", "norm", "pwconv1", "", "pwconv2"];
                        format!("{}.{tensor}", names[layer])
                    }
                    rest => rest.join("."),
                };
                format!("{list}.{}.{index}.{rest}", stage / 2)
            }
            _ => panic!("{name}"),
        }
    };
    type Rename<'a> = &'a dyn Fn(&str) -> String;
    let cases: [(&str, Rename<'_>, bool); 2] = [
        ("densenet121", &densenet, false),
        ("convnext_tiny", &convnext, true),
    ];
    for (model, rename, is_told) in cases {
        let model = zoo::find(model).unwrap();
        let graph = model.graph().unwrap();
        let own: Tensors = graph
            .stored()
            .map(|(_, value)| (value.name().to_owned(), value.ty().dims().to_vec()))
            .collect();
        let file = weights(&renamed(&own, rename));
        let bound = file.bind(&graph).unwrap();
        for (ours, _) in &own {
            assert_eq!(bound.found_as(ours), Some(rename(ours).as_str()));
        }
        let checkpoint = Checkpoint::new(model, file).unwrap();
        let is_renaming = |remark: &Remark| matches!(remark, Remark::Renamed(_));
        assert_eq!(checkpoint.remarks().iter().any(is_renaming), is_told);
    }
}

/// What is beside a network, and what its last layer may be.
#[test]
fn what_computes_the_same_is_accepted() {
    let (graph, own) = resnet18();
    let with = |name: &str, shape: &[usize]| (name.to_owned(), shape.to_vec());
    let cases: [(&str, Further<'_>); 7] = [
        (
            "",
            &[
                ("fc.total_ops", &[1]),
                ("layer1.total_ops", &[1]),
                ("total_ops", &[1]),
            ],
        ),
        ("", &[("normalize.mean", &[3]), ("normalize.std", &[3])]),
        ("model.", &[("mean", &[1, 3, 1, 1]), ("std", &[1, 3, 1, 1])]),
        (
            "",
            &[
                ("criterion.weight", &[1000]),
                ("optimizer.0.exp_avg", &[64, 3, 7, 7]),
            ],
        ),
        ("", &[("aux_head.conv.weight", &[16, 256, 3, 3])]),
        (
            "model.",
            &[
                ("projector.0.weight", &[512, 512]),
                ("projector.0.bias", &[512]),
            ],
        ),
        ("backbone.", &[("neck.weight", &[512])]),
    ];
    for (prefix, more) in cases {
        let mut file = renamed(&own, |name| format!("{prefix}{name}"));
        file.extend(more.iter().map(|(name, shape)| with(name, shape)));
        weights(&file).check(&graph).unwrap();
    }
    let mut file = own.clone();
    file.retain(|(name, _)| name != "fc.bias");
    let bound = weights(&file).bind(&graph).unwrap();
    assert_eq!(bound.found_as("fc.bias"), None);
    let convolution = own.iter().map(|(name, shape)| match name.as_str() {
        "fc.weight" => with("head.conv.weight", &[1000, 512, 1, 1]),
        "fc.bias" => with("head.conv.bias", &[1000]),
        _ => (name.clone(), shape.clone()),
    });
    weights(&convolution.collect()).check(&graph).unwrap();
}

#[test]
fn the_moving_average_of_two_copies_is_used() {
    let (graph, own) = resnet18();
    let copies = |prefixes: [&str; 2]| -> Tensors {
        let copies = prefixes.map(|prefix| renamed(&own, |name| format!("{prefix}{name}")));
        copies.concat()
    };
    for (prefixes, expected) in [
        (["state_dict.", "state_dict_ema."], "state_dict_ema."),
        (["", "ema.module."], "ema.module."),
        (["averaged_model.", "model."], "averaged_model."),
    ] {
        let bound = weights(&copies(prefixes)).bind(&graph).unwrap();
        let expected = format!("{expected}conv1.weight");
        assert_eq!(bound.found_as("conv1.weight"), Some(expected.as_str()));
    }
    // As mmpretrain saves them: the layer that scores classes is beside the module of the others.
    let prefixes = ["state_dict.", "ema_state_dict.module."];
    let split = prefixes.map(|prefix| {
        renamed(&own, |name| match name.strip_prefix("fc.") {
            Some(tensor) => format!("{prefix}head.fc.{tensor}"),
            None => format!("{prefix}backbone.{name}"),
        })
    });
    let bound = weights(&split.concat()).bind(&graph).unwrap();
    let expected = "ema_state_dict.module.head.fc.bias";
    assert_eq!(bound.found_as("fc.bias"), Some(expected));

    let both = weights(&copies(["encoder_q.", "encoder_k."]));
    let error = both.check(&graph).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AmbiguousWeights);
    assert_eq!(
        error.to_string(),
        "file: not the weights of resnet18: expected one copy of the network, found 2: in encoder_k and in encoder_q"
    );
    let bound = both.with_prefix("encoder_q").bind(&graph).unwrap();
    assert_eq!(bound.found_as("fc.bias"), Some("encoder_q.fc.bias"));
    let error = both.with_prefix("model").check(&graph).unwrap_err();
    assert_eq!(
        error.to_string(),
        "file: not the weights of resnet18: expected names that begin with model, found none"
    );
}

#[test]
fn what_hinders_is_told() {
    let (graph, own) = resnet18();
    let two_heads = |name: &str| match name.strip_prefix("fc.") {
        Some(tensor) => format!("head.0.{tensor}"),
        None => name.to_owned(),
    };
    let with = |mut tensors: Tensors, more: Further<'_>| {
        tensors.extend(
            more.iter()
                .map(|(name, shape)| (name.to_string(), shape.to_vec())),
        );
        tensors
    };
    let stages = |name: &str| replaced(name, &[("layer1", "a"), ("layer2", "b"), ("layer3", "c")]);
    let mut misshapen = renamed(&own, stages);
    for (name, shape) in &mut misshapen {
        if name == "c.0.conv1.weight" {
            shape[0] = 255;
        }
    }
    for (tensors, expected) in [
        (
            with(own.clone(), &[("layer1.2.conv1.weight", &[64, 64, 3, 3])]),
            "1 surplus (layer1.2.conv1.weight)",
        ),
        (
            with(own.clone(), &[("layer5.0.conv1.weight", &[64, 64, 3, 3])]),
            "1 surplus (layer5.0.conv1.weight)",
        ),
        (
            with(own.clone(), &[("conv1.bias", &[64])]),
            "1 surplus (conv1.bias)",
        ),
        (
            with(renamed(&own, two_heads), &[("head.2.weight", &[1000, 512])]),
            "fc can be head.0 or head.2",
        ),
        (
            misshapen,
            "20 of 41 layers correspond in their order, then no layer of the file is layer3.0.conv1 (weight \
             [256, 128, 3, 3])",
        ),
    ] {
        let error = weights(&tensors).check(&graph).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Weights);
        assert_eq!(
            error.to_string(),
            format!("file: not the weights of resnet18: {expected}")
        );
    }
}

/// Two branches of the same shapes, whose names do not say which is which.
#[test]
fn an_ambiguous_order_is_refused() -> Result<(), Error> {
    let graph = image_network("fork", Shape::new(3, 8, 8), |net, x| {
        let x = net.conv("stem", x, Conv::new(4, 3))?;
        let left = net.conv("left", x, Conv::new(4, 1))?;
        let right = net.conv("right", x, Conv::new(4, 1))?;
        net.conv("last", net.add("sum", left, right)?, Conv::new(2, 1))
    })?;
    let file = |names: [&str; 4]| -> Tensors {
        let shapes = [
            vec![4, 3, 3, 3],
            vec![4, 4, 1, 1],
            vec![4, 4, 1, 1],
            vec![2, 4, 1, 1],
        ];
        let names = names.map(|name| format!("{name}.weight"));
        names.into_iter().zip(shapes).collect()
    };
    // Numbers say which is first, and a name that is the network's.
    weights(&file(["a", "b1", "b2", "c"])).check(&graph)?;
    weights(&file(["a", "left", "b", "c"])).check(&graph)?;
    let error = weights(&file(["a", "b", "c", "d"]))
        .check(&graph)
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "file: not the weights of fork: left can be c or b"
    );
    Ok(())
}

/// A file may be made to slow down the search.
#[test]
fn hostile_names_take_no_time() {
    let (graph, _) = resnet18();
    let deep = vec![("a.".repeat(500) + "weight", vec![64, 3, 7, 7])];
    let wide = (0..20_000).map(|index| (format!("m{index}x.weight"), vec![64, 64, 3, 3]));
    let wide: Tensors = wide
        .chain([("z.weight".to_owned(), vec![64, 3, 7, 7])])
        .collect();
    for tensors in [deep, wide] {
        assert!(weights(&tensors).check(&graph).is_err());
    }
}
