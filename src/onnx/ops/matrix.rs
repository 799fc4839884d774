//! Products of matrices. A product with a constant matrix is a linear layer, or a convolution of one pixel.

use super::Operation;
use super::rows::multiplied;
use crate::graph::{Linear, Op, Pointwise, ValueId};
use crate::onnx::import::{Builder, Computed, Node, Value};

pub const OPERATIONS: &[Operation] = &[
    Operation::of_images(
        "Gemm",
        &[1, 6, 7, 9, 11, 13],
        &["alpha", "beta", "transA", "transB"],
        gemm,
    ),
    Operation::of_images("MatMul", &[1, 9, 13], &[], matmul),
];

fn gemm(builder: &mut Builder<'_>, node: &Node) -> Result<Vec<Value>, String> {
    let (a, b) = (node.input(0)?, node.input(1)?);
    if matches!(b, Value::Computed(_)) {
        return Err("a matrix depends on the image".to_owned());
    }
    let mut x = builder.tensor(a)?;
    if x.rank() != 2 {
        return Err(format!("expected a matrix, found {:?}", x.dims));
    }
    if node.flag("transA", false)? {
        let whole = builder.whole(&x)?;
        let id = builder.permuted(whole.id, &[1, 0])?;
        let dims = vec![whole.dims[1], whole.dims[0]];
        x = match builder.result(id, whole.ty, dims, false)? {
            Value::Computed(computed) => computed,
            _ => return Err("expected a matrix of the image".to_owned()),
        };
    }
    let alpha = node.float("alpha", 1.0)?;
    let mut weight = builder.tensor(b)?.id;
    if !node.flag("transB", false)? {
        weight = builder.permuted(weight, &[1, 0])?;
    }
    weight = scaled(builder, weight, alpha)?;
    let bias = match node.optional(2) {
        None => None,
        Some(bias) => Some(bias_of(builder, bias, weight, node.float("beta", 1.0)?)?),
    };
    product(builder, &x, weight, bias)
}

/// Returns the bias of a linear layer with the matrix `weight`.
fn bias_of(
    builder: &mut Builder<'_>,
    bias: &Value,
    weight: ValueId,
    beta: f64,
) -> Result<ValueId, String> {
    let features = builder.extents(weight)[0];
    let count: usize = bias.dims().iter().product();
    let id = match count {
        1 if features > 1 => {
            let number = builder.number(bias).ok_or("expected a constant bias")?;
            builder.known(&[features], vec![number; features])?
        }
        _ if count == features => {
            let id = builder.tensor(bias)?.id;
            builder.view(id, &[features])?
        }
        _ => {
            return Err(format!(
                "expected a bias of {features} features, found {:?}",
                bias.dims()
            ));
        }
    };
    scaled(builder, id, beta)
}

fn scaled(builder: &mut Builder<'_>, id: ValueId, factor: f64) -> Result<ValueId, String> {
    if factor == 1.0 {
        return Ok(id);
    }
    let scaled = Pointwise::identity().times(&Pointwise::constant(factor));
    builder.op(Op::Pointwise(scaled), &[id])
}

fn matmul(builder: &mut Builder<'_>, node: &Node) -> Result<Vec<Value>, String> {
    let (a, b) = (node.input(0)?, node.input(1)?);
    match (a, b) {
        (Value::Computed(x), Value::Constant(matrix)) if matrix.dims.len() == 2 && x.rank() >= 2 => {
            let weight = builder.tensor(b)?.id;
            let weight = builder.permuted(weight, &[1, 0])?;
            product(builder, x, weight, None)
        }
        _ => Err(format!(
            "expected a constant matrix on the right, found {:?} and {:?}",
            a.dims(),
            b.dims()
        )),
    }
}

/// Returns the product of each row of `x` and the matrix `weight` (`[out, in]`), plus `bias`.
fn product(
    builder: &mut Builder<'_>,
    x: &Computed,
    weight: ValueId,
    bias: Option<ValueId>,
) -> Result<Vec<Value>, String> {
    let id = match (x.has_images, x.extents()) {
        (true, [_]) => {
            let op = Op::Linear(Linear::default());
            builder.ops(op, vec![Some(x.id), Some(weight), bias])?[0]
        }
        (_, extents) => {
            let last = extents.len() - 1;
            multiplied(builder, x.id, last, weight, bias)?
        }
    };
    let features = builder.extents(weight)[0];
    let mut dims = x.dims.clone();
    if let Some(last) = dims.last_mut() {
        *last = features;
    }
    Ok(vec![builder.result(id, x.ty, dims, x.has_images)?])
}
