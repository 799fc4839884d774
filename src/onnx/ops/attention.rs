//! Attention, as products of matrices and a softmax.

use super::Operation;
use super::composed::{Parts, int, ints, list, number};
use crate::onnx::build::{Builder, Node, Value};

pub const OPERATIONS: &[Operation] = &[Operation::of_images(
    "Attention",
    &[23, 24, 25],
    &[
        "is_causal",
        "kv_num_heads",
        "q_num_heads",
        "qk_matmul_output_mode",
        "scale",
        "softcap",
        "softmax_precision",
    ],
    attention,
)];

/// The weight of a pair that a mask leaves out, before the softmax.
const NONE: f64 = -1e30;

fn attention(builder: &mut Builder<'_>, node: &Node) -> Result<Vec<Value>, String> {
    node.expect_results(1)?;
    // How the softmax is computed, and what another result is.
    node.optional_int("softmax_precision")?;
    node.int("qk_matmul_output_mode", 0)?;
    if node.flag("is_causal", false)? {
        return Err("is_causal is not supported".to_owned());
    }
    if node.float("softcap", 0.0)? != 0.0 {
        return Err("softcap is not supported".to_owned());
    }
    if (4..node.inputs.len()).any(|index| node.optional(index).is_some()) {
        return Err("keys and values of earlier runs are not supported".to_owned());
    }
    let heads = [
        node.int("q_num_heads", 0)?,
        node.int("kv_num_heads", 0)?,
        node.int("kv_num_heads", 0)?,
    ];
    let is_joined = node.input(0)?.rank() == 3;
    let mut parts = Parts::new(builder, node);
    let mut all = Vec::with_capacity(3);
    for (index, heads) in heads.into_iter().enumerate() {
        all.push(parts.of_heads(node.input(index)?, heads)?);
    }
    let (q, k, v) = (&all[0], &all[1], &all[2]);
    if q.dims()[1] != k.dims()[1] || q.dims()[1] != v.dims()[1] {
        let (q, k) = (q.dims()[1], k.dims()[1]);
        return Err(format!(
            "expected as many heads of keys and values as of queries, found {k} and {q}"
        ));
    }
    let scale = node.optional_float("scale")?;
    let scale = scale.unwrap_or(1.0 / (q.dims()[3] as f64).sqrt());
    let turned = parts.add("Transpose", &[k], &[ints("perm", &[0, 1, 3, 2])])?;
    let product = parts.add("MatMul", &[q, &turned], &[])?;
    let mut weights = parts.add("Mul", &[&product, &number(scale)], &[])?;
    if let Some(mask) = node.optional(3) {
        weights = match mask.ty().is_float() {
            true => parts.add("Add", &[&weights, mask], &[])?,
            false => parts.add("Where", &[mask, &weights, &number(NONE)], &[])?,
        };
    }
    let weights = parts.add("Softmax", &[&weights], &[int("axis", -1)])?;
    let y = parts.add("MatMul", &[&weights, v], &[])?;
    if !is_joined {
        return Ok(vec![y]);
    }
    let turned = parts.add("Transpose", &[&y], &[ints("perm", &[0, 2, 1, 3])])?;
    let &[images, count, heads, length] = turned.dims() else {
        return Err(format!("expected heads, found {:?}", turned.dims()));
    };
    let dims = list(&[images, count, heads * length]);
    Ok(vec![parts.add("Reshape", &[&turned, &dims], &[])?])
}

impl Parts<'_, '_> {
    /// Returns queries, keys or values as `[images, heads, count, length]`. Those of three axes have the heads joined.
    fn of_heads(&mut self, value: &Value, heads: i64) -> Result<Value, String> {
        let heads = usize::try_from(heads).ok().filter(|&heads| heads > 0);
        match (value.dims(), heads) {
            ([_, _, _, _], _) => Ok(value.clone()),
            (&[images, count, all], Some(heads)) if all.is_multiple_of(heads) => {
                let dims = list(&[images, count, heads, all / heads]);
                let split = self.add("Reshape", &[value, &dims], &[])?;
                self.add("Transpose", &[&split], &[ints("perm", &[0, 2, 1, 3])])
            }
            (dims, _) => Err(format!(
                "expected heads, or a number of heads that divides them, found {dims:?}"
            )),
        }
    }
}
