//! Products of matrices. A product with a constant matrix is a linear layer, or a convolution of one pixel.

use super::Operation;
use super::elementwise::Operands;
use super::join::repeated;
use super::rows::multiplied;
use crate::graph::{Linear, MatMul, Op, Pointwise, ValueId};
use crate::onnx::build::{Builder, Computed, Node, Value};
use crate::onnx::fold::broadcast_dims;

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
    let beta = node.float("beta", 1.0)?;
    let features = builder.extents(weight)[0];
    let count = |bias: &Value| bias.dims().iter().product::<usize>();
    match node.optional(2) {
        Some(bias) if count(bias) == 1 || count(bias) == features => {
            let bias = bias_of(builder, bias, weight, beta)?;
            product(builder, &x, weight, Some(bias))
        }
        Some(bias) if beta == 1.0 => {
            let results = product(builder, &x, weight, None)?;
            let operands = Operands::new(builder, &[&results[0], bias])?;
            let sum = operands.terms[0].plus(&operands.terms[1]);
            operands.apply(builder, sum)
        }
        Some(bias) => Err(format!(
            "a matrix {:?} times {beta} is not supported",
            bias.dims()
        )),
        None => product(builder, &x, weight, None),
    }
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
        (Value::Computed(x), Value::Constant(matrix))
            if matrix.dims.len() == 2 && x.rank() >= 2 =>
        {
            let weight = builder.tensor(b)?.id;
            let weight = builder.permuted(weight, &[1, 0])?;
            product(builder, x, weight, None)
        }
        (Value::Constant(matrix), Value::Computed(x))
            if matrix.dims.len() == 2 && x.rank() >= 3 =>
        {
            let weight = builder.tensor(a)?.id;
            let axis = x.rank() - 2;
            let id = multiplied(builder, x.id, x.axis(axis), weight, None)?;
            builder.like(id, x)
        }
        _ => product_of_both(builder, a, b),
    }
}

/// Returns the product of two values of which at least one is computed.
fn product_of_both(builder: &mut Builder<'_>, a: &Value, b: &Value) -> Result<Vec<Value>, String> {
    let dims = product_dims(a.dims(), b.dims())?;
    let is_batch = |value: &Value| match value {
        Value::Computed(computed) => computed.has_images && computed.rank() >= 3,
        _ => value.rank() < 3 || value.dims()[0] == 1,
    };
    let rank = a.rank().max(b.rank());
    let has_images = is_batch(a) && is_batch(b) && rank >= 3 && dims.len() == rank;
    let like = match (a, b) {
        (Value::Computed(computed), _) | (_, Value::Computed(computed)) => computed.clone(),
        _ => return Err("expected a matrix of the image".to_owned()),
    };
    let mut ids = Vec::with_capacity(2);
    for (index, value) in [a, b].into_iter().enumerate() {
        let mut extents = value.dims().to_vec();
        match extents.len() {
            // A vector is a row on the left, and a column on the right.
            1 => extents.insert(index, 1),
            0 => return Err("expected matrices, found a number".to_owned()),
            _ => {}
        }
        if has_images && extents.len() == rank {
            extents.remove(0);
        }
        let id = match value {
            Value::Constant(_) => repeated(builder, value, &extents)?,
            Value::Computed(computed) if has_images && computed.rank() == rank => computed.id,
            Value::Computed(computed) => builder.whole(computed)?.id,
            Value::Unknown => return Err("an input is not known".to_owned()),
        };
        ids.push(builder.view(id, &extents)?);
    }
    let id = builder.op(Op::MatMul(MatMul), &ids)?;
    let id = builder.view(id, &dims[usize::from(has_images)..])?;
    Ok(vec![builder.result(id, like.ty, dims, has_images)?])
}

/// Returns the extents of NumPy's `matmul`.
fn product_dims(a: &[usize], b: &[usize]) -> Result<Vec<usize>, String> {
    let refused = || format!("{a:?} and {b:?} cannot be multiplied");
    let (outer_a, rows, depth) = match a {
        [outer @ .., rows, depth] => (outer, Some(*rows), *depth),
        [depth] => (&[][..], None, *depth),
        [] => return Err(refused()),
    };
    let (outer_b, depth_b, columns) = match b {
        [outer @ .., depth, columns] => (outer, *depth, Some(*columns)),
        [depth] => (&[][..], *depth, None),
        [] => return Err(refused()),
    };
    if depth != depth_b {
        return Err(refused());
    }
    let mut dims = broadcast_dims([outer_a, outer_b].into_iter())?;
    dims.extend(rows);
    dims.extend(columns);
    Ok(dims)
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
