//! Operations of ONNX Runtime's own domain that its optimiser writes: several standard operations as one.

use super::Operation;
use super::composed::{Parts, float, ints, number, text};
use super::layer_norm::{layer_norm, rms_norm};
use crate::onnx::build::{Builder, Node, Value};
use crate::onnx::schema::Attribute;

pub const OPERATIONS: &[Operation] = &[
    Operation::of_images(
        "FusedConv",
        &[1],
        &[
            "activation",
            "activation_params",
            "auto_pad",
            "dilations",
            "group",
            "kernel_shape",
            "pads",
            "strides",
        ],
        conv,
    ),
    Operation::of_images(
        "FusedGemm",
        &[1],
        &[
            "activation",
            "activation_alpha",
            "activation_beta",
            "activation_gamma",
            "alpha",
            "beta",
            "transA",
            "transB",
        ],
        gemm,
    ),
    Operation::of_images(
        "FusedMatMul",
        &[1],
        &["alpha", "transA", "transB", "transBatchA", "transBatchB"],
        matmul,
    ),
    Operation::of_images("Gelu", &[1], &[], |builder, node| {
        biased(builder, node, "Gelu", &[])
    }),
    Operation::of_images("BiasGelu", &[1], &[], |builder, node| {
        biased(builder, node, "Gelu", &[])
    }),
    Operation::of_images("FastGelu", &[1], &[], |builder, node| {
        biased(builder, node, "Gelu", &[text("approximate", "tanh")])
    }),
    Operation::of_images("QuickGelu", &[1], &["alpha"], |builder, node| {
        let alpha = float("alpha", node.float("alpha", 1.702)?);
        biased(builder, node, "Swish", &[alpha])
    }),
    Operation::of_images(
        "SkipLayerNormalization",
        &[1],
        &["epsilon"],
        |builder, node| {
            let bias = node.optional(4);
            normalised_sum(builder, node, "LayerNormalization", &[2, 3], bias)
        },
    ),
    Operation::of_images(
        "SkipSimplifiedLayerNormalization",
        &[1],
        &["epsilon"],
        |builder, node| {
            let bias = node.optional(3);
            normalised_sum(builder, node, "RMSNormalization", &[2], bias)
        },
    ),
    Operation::of_images(
        "NhwcMaxPool",
        &[1],
        &[
            "auto_pad",
            "ceil_mode",
            "dilations",
            "kernel_shape",
            "pads",
            "strides",
        ],
        |builder, node| {
            let mut parts = Parts::new(builder, node);
            let x = parts.channels_first(node.input(0)?)?;
            let y = parts.add("MaxPool", &[&x], &node.attributes)?;
            let y = parts.channels_last(&y)?;
            Ok(vec![y.with_type(node.input(0)?.ty())])
        },
    ),
];

/// Operations that ONNX Runtime has in the standard domain, in operator sets that do not have them.
pub const OF_STANDARD_DOMAIN: &[Operation] = &[
    Operation::of_images(
        "LayerNormalization",
        &[1],
        &["axis", "epsilon", "stash_type"],
        layer_norm,
    ),
    Operation::of_images(
        "SimplifiedLayerNormalization",
        &[1],
        &["axis", "epsilon", "stash_type"],
        rms_norm,
    ),
];

/// A convolution, the sum with another value, and a function.
fn conv(builder: &mut Builder<'_>, node: &Node) -> Result<Vec<Value>, String> {
    let function = node.text("activation", "")?;
    let parameters = node.floats("activation_params").unwrap_or_default();
    let mut parts = Parts::new(builder, node);
    let mut inputs = vec![node.input(0)?, node.input(1)?];
    inputs.extend(node.optional(2));
    let mut y = parts.add("Conv", &inputs, &node.attributes)?;
    if let Some(other) = node.optional(3) {
        y = parts.add("Add", &[&y, other], &[])?;
    }
    Ok(vec![activated(&mut parts, y, &function, &parameters)?])
}

fn gemm(builder: &mut Builder<'_>, node: &Node) -> Result<Vec<Value>, String> {
    let function = node.text("activation", "")?;
    let mut parameters = Vec::new();
    for name in ["activation_alpha", "activation_beta", "activation_gamma"] {
        parameters.extend(node.optional_float(name)?);
    }
    let mut parts = Parts::new(builder, node);
    let y = parts.add("Gemm", &node.all_inputs()?, &node.attributes)?;
    Ok(vec![activated(&mut parts, y, &function, &parameters)?])
}

/// Returns the operation `function` of `x`.
fn activated(
    parts: &mut Parts<'_, '_>,
    x: Value,
    function: &str,
    parameters: &[f64],
) -> Result<Value, String> {
    match (function, parameters) {
        ("", _) => Ok(x),
        ("Relu" | "Sigmoid" | "Tanh" | "HardSwish", []) => parts.add(function, &[&x], &[]),
        ("LeakyRelu", &[alpha]) => parts.add(function, &[&x], &[float("alpha", alpha)]),
        ("HardSigmoid", &[alpha, beta]) => {
            let parameters = [float("alpha", alpha), float("beta", beta)];
            parts.add(function, &[&x], &parameters)
        }
        ("Clip", &[low, high]) => parts.add(function, &[&x, &number(low), &number(high)], &[]),
        _ => Err(format!(
            "activation {function} with parameters {parameters:?} is not known"
        )),
    }
}

/// A product of matrices, of which each may be transposed, times a number.
fn matmul(builder: &mut Builder<'_>, node: &Node) -> Result<Vec<Value>, String> {
    if node.flag("transBatchA", false)? || node.flag("transBatchB", false)? {
        return Err("transBatchA and transBatchB are not supported".to_owned());
    }
    let alpha = node.float("alpha", 1.0)?;
    let mut parts = Parts::new(builder, node);
    let mut inputs = Vec::with_capacity(2);
    for (index, name) in ["transA", "transB"].into_iter().enumerate() {
        let input = node.input(index)?;
        let rank = input.rank();
        inputs.push(match node.flag(name, false)? && rank >= 2 {
            true => {
                let mut axes: Vec<usize> = (0..rank).collect();
                axes.swap(rank - 2, rank - 1);
                parts.add("Transpose", &[input], &[ints("perm", &axes)])?
            }
            false => input.clone(),
        });
    }
    let product = parts.add("MatMul", &[&inputs[0], &inputs[1]], &[])?;
    match alpha == 1.0 {
        true => Ok(vec![product]),
        false => Ok(vec![parts.add("Mul", &[&product, &number(alpha)], &[])?]),
    }
}

/// A function of the sum of all inputs, of which the second is a bias that may be absent.
fn biased(
    builder: &mut Builder<'_>,
    node: &Node,
    function: &str,
    attributes: &[Attribute],
) -> Result<Vec<Value>, String> {
    let mut parts = Parts::new(builder, node);
    let mut x = node.input(0)?.clone();
    if let Some(bias) = node.optional(1) {
        x = parts.add("Add", &[&x, bias], &[])?;
    }
    Ok(vec![parts.add(function, &[&x], attributes)?])
}

/// `norm` of the sum of two inputs and `bias`, with the inputs `parameters`. The fourth result is the sum.
fn normalised_sum(
    builder: &mut Builder<'_>,
    node: &Node,
    norm: &str,
    parameters: &[usize],
    bias: Option<&Value>,
) -> Result<Vec<Value>, String> {
    if node.is_read.iter().skip(1).take(2).any(|&is_read| is_read) {
        return Err("mean and deviation as results are not supported".to_owned());
    }
    let epsilon = float("epsilon", node.float("epsilon", 1e-12)?);
    let mut parts = Parts::new(builder, node);
    let mut sum = parts.add("Add", &[node.input(0)?, node.input(1)?], &[])?;
    if let Some(bias) = bias {
        sum = parts.add("Add", &[&sum, bias], &[])?;
    }
    let parameters = parameters.iter().filter_map(|&index| node.optional(index));
    let inputs: Vec<&Value> = std::iter::once(&sum).chain(parameters).collect();
    let y = parts.add(norm, &inputs, &[epsilon])?;
    Ok(vec![y, Value::Unknown, Value::Unknown, sum])
}
