//! Whole networks cost what others published.

use menagerie::graph::Op;

use crate::common::networks::published;

/// Billions of multiply-adds as torchvision publishes them (`_ops` of its weights' metadata): those of
/// convolutions and linear layers alone. Biases, activations, normalisation, pooling and residuals, which
/// `Cost::flops` has too, are left out there.
#[test]
fn networks_cost_what_torchvision_publishes() {
    let published_figures = [
        ("alexnet", 0.714),
        ("vgg11", 7.609),
        ("vgg13", 11.308),
        ("vgg16", 15.470),
        ("vgg19", 19.632),
        ("vgg16_bn", 15.470),
        ("googlenet", 1.498),
        ("inception_v3", 5.713),
        ("resnet18", 1.814),
        ("resnet34", 3.664),
        ("resnet50", 4.089),
        ("resnet101", 7.801),
        ("resnet152", 11.514),
        ("convnext_tiny", 4.456),
        ("densenet121", 2.834),
        ("densenet169", 3.360),
        ("densenet201", 4.291),
        ("mobilenet_v2", 0.301),
        ("squeezenet1_1", 0.349),
    ];
    for (model, expected) in published_figures {
        let graph = published(model);
        let flops: u64 = graph
            .iter()
            .map(|(id, node)| match node.op() {
                Op::Conv2d(_) | Op::Linear(_) => {
                    let results = graph.ty(node.result()).count() as u64;
                    let biases = u64::from(node.inputs()[2].is_some());
                    graph.cost(id).flops - biases * results
                }
                _ => 0,
            })
            .sum();
        let found = flops as f64 / 2.0 / 1e9;
        assert!((found - expected).abs() <= 0.0005, "{model}: {found}");
    }
}
