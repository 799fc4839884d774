//! Networks, passes, sizes and adapters that there are not, and weights that are not here.

use super::assert_complaints;
use crate::program::{Ending, command, end, json};

#[test]
fn names_and_sizes_that_will_not_do() {
    assert_complaints(&[
        (
            "summary resnet51",
            "no model is called \"resnet51\"; did you mean resnet50? `menagerie models` lists all networks",
        ),
        (
            "summary nasnet",
            "no model is called \"nasnet\"; did you mean nasnet_large? `menagerie models` lists all networks",
        ),
        (
            "summary whale",
            "no model is called \"whale\"; `menagerie models` lists all networks",
        ),
        (
            "fetch resnet51",
            "no model is called \"resnet51\"; did you mean resnet50? `menagerie models` lists all networks",
        ),
        (
            "fetch resnet18 alexnet_lrn",
            "alexnet_lrn: the Hub has no weights of it; --weights takes a safetensors or PyTorch file of \
             the reference implementation, and tools/convert.py converts Keras's; --weights synthetic:0 uses synthetic weights",
        ),
        (
            "plan lenet5 --adapter cpu",
            "the reference executor has no plan; without --adapter, the plan is for any WebGPU device",
        ),
        (
            "plan lenet5 --without magic",
            "no pass is called \"magic\"; there are drop_dropout, drop_adaptive_pool, sink_transpose, sink_reshape, \
             fuse_layer_norm, fold_batch_norm, fold_affine, name_activation, fuse_activation, fuse_residual, \
             fuse_expressions, fuse_pointwise, fuse_pad, fuse_flatten, fuse_before",
        ),
        (
            "classify samples/cat.png --model vgg16 --weights synthetic:0 --size 31",
            "vgg16: expected images of at least 32x32, found 3x31x31",
        ),
        (
            "summary inception_v3 --size 300x74",
            "inception_v3: expected images of at least 75x75, found 3x300x74",
        ),
        (
            "plan resnet50 --size 8192 --batch 256",
            "input: a tensor of 274877906944 bytes does not fit: this adapter allows 134217728 bytes; try a \
             smaller batch or size",
        ),
    ]);
}

#[test]
fn weights_that_a_model_has_not_are_asked_for() {
    for (model, advice) in [
        (
            "resnet18",
            "the Hub has them as timm/resnet18.tv_in1k; `menagerie fetch MODEL` or --fetch downloads them",
        ),
        (
            "squeezenet1_1",
            "torchvision has them as squeezenet1_1-b8a52dc0.pth; `menagerie fetch MODEL` or --fetch downloads them",
        ),
        (
            "alexnet_lrn",
            "the Hub has none either; --weights takes a safetensors or PyTorch file of the reference \
             implementation, and tools/convert.py converts Keras's",
        ),
    ] {
        let ending = end(command(&["classify", "samples/cat.png", "--model", model]));
        assert_eq!(ending.status, Some(1));
        let Ending { stderr, .. } = ending;
        let begins = format!("error: no weights of {model} here (weights/{model}.safetensors, ");
        let ends = format!(" not found); {advice}; --weights synthetic:0 uses synthetic weights\n");
        assert!(
            stderr.starts_with(&begins) && stderr.ends_with(&ends),
            "{stderr}"
        );
    }
}

#[test]
fn an_unknown_adapter_is_answered_with_a_list() {
    let listed = |unknown: &str, adapters: &str| {
        format!(
            "error: no adapter \"{unknown}\"; there are: {adapters}; `cpu` is the reference executor\n"
        )
    };
    let adapters = json(&["adapters", "--json"]);
    let adapters: Vec<String> = adapters
        .as_array()
        .unwrap()
        .iter()
        .map(|adapter| {
            let text = |key: &str| adapter[key].as_str().unwrap();
            format!(
                "{}: {} ({})",
                adapter["index"],
                text("name"),
                text("backend")
            )
        })
        .collect();
    for unknown in ["no such thing", "99", ""] {
        let ending = end(command(&["bench", "lenet5", "--adapter", unknown]));
        assert_eq!(ending.stderr, listed(unknown, &adapters.join(", ")));
        assert_eq!(ending.status, Some(1));
    }
    let mut command = command(&["bench", "lenet5", "--adapter", "0"]);
    command.env("WGPU_BACKEND", "none");
    assert_eq!(end(command).stderr, listed("0", "none"));
}
