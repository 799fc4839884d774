//! Changes of the extents and of the order of axes.

use std::rc::Rc;

use super::Operation;
use crate::onnx::array::{Array, count};
use crate::onnx::build::{Builder, Node, Value, axis};
use crate::onnx::fold::{input, ints, transposed};

pub const OPERATIONS: &[Operation] = &[
    Operation::lazy(
        "Reshape",
        &[1, 5, 13, 14, 19, 21, 23, 24, 25],
        &["allowzero"],
        reshape,
        |node, inputs| {
            let array = input(inputs, 0)?;
            let target = ints(inputs, 1)?.ok_or("expected a shape, found none")?;
            let dims = target_dims(node, &array.dims, target)?;
            Ok(vec![array.clone().with_dims(dims)])
        },
    ),
    Operation::lazy(
        "Flatten",
        &[1, 9, 11, 13, 21, 23, 24, 25],
        &["axis"],
        |builder, node| {
            let dims = flat_dims(node, node.input(0)?.dims())?;
            reshaped(builder, node, dims)
        },
        |node, inputs| {
            let array = input(inputs, 0)?;
            let dims = flat_dims(node, &array.dims)?;
            Ok(vec![array.clone().with_dims(dims)])
        },
    ),
    Operation::lazy(
        "Squeeze",
        &[1, 11, 13, 21, 23, 24, 25],
        &["axes"],
        |builder, node| {
            let axes = listed_axes(builder, node)?;
            let dims = squeezed(node.input(0)?.dims(), axes.as_deref())?;
            reshaped(builder, node, dims)
        },
        |node, inputs| {
            let array = input(inputs, 0)?;
            let axes = constant_axes(node, inputs)?;
            let dims = squeezed(&array.dims, axes.as_deref())?;
            Ok(vec![array.clone().with_dims(dims)])
        },
    ),
    Operation::lazy(
        "Unsqueeze",
        &[1, 11, 13, 21, 23, 24, 25],
        &["axes"],
        |builder, node| {
            let axes = listed_axes(builder, node)?;
            let dims = unsqueezed(node.input(0)?.dims(), axes.as_deref())?;
            reshaped(builder, node, dims)
        },
        |node, inputs| {
            let array = input(inputs, 0)?;
            let axes = constant_axes(node, inputs)?;
            let dims = unsqueezed(&array.dims, axes.as_deref())?;
            Ok(vec![array.clone().with_dims(dims)])
        },
    ),
    Operation::lazy(
        "Transpose",
        &[1, 13, 21, 23, 24, 25],
        &["perm"],
        transpose,
        |node, inputs| {
            let array = input(inputs, 0)?;
            Ok(vec![transposed(
                array,
                &permutation(node, array.dims.len())?,
            )])
        },
    ),
    Operation::of_images(
        "Identity",
        &[1, 13, 14, 16, 19, 21, 23, 24, 25],
        &[],
        |_, node| Ok(vec![node.input(0)?.clone()]),
    ),
    Operation::of_images(
        "Dropout",
        &[1, 6, 7, 10, 12, 13, 22],
        &["ratio", "seed"],
        dropout,
    ),
    Operation::of_images(
        "DepthToSpace",
        &[1, 11, 13, 28],
        &["blocksize", "mode"],
        depth_to_space,
    ),
    Operation::of_images(
        "SpaceToDepth",
        &[1, 13, 28],
        &["blocksize", "mode"],
        space_to_depth,
    ),
];

fn reshape(builder: &mut Builder<'_>, node: &Node) -> Result<Vec<Value>, String> {
    let target = builder
        .ints(node, 1)?
        .ok_or("expected a shape, found none")?;
    let dims = target_dims(node, node.input(0)?.dims(), &target)?;
    reshaped(builder, node, dims)
}

/// Returns the extents that `target` means for an input of extents `dims`.
fn target_dims(node: &Node, dims: &[usize], target: &[i64]) -> Result<Vec<usize>, String> {
    let refused = || format!("the shape {target:?} does not fit {dims:?}");
    let allows_zero = node.flag("allowzero", false)?;
    let extents = target
        .iter()
        .enumerate()
        .map(|(axis, &extent)| match extent {
            -1 => Some(None),
            0 if !allows_zero => dims.get(axis).map(|&extent| Some(extent)),
            extent => usize::try_from(extent).ok().map(Some),
        });
    let extents: Vec<Option<usize>> = extents.collect::<Option<_>>().ok_or_else(refused)?;
    let known: Vec<usize> = extents.iter().flatten().copied().collect();
    let (all, known) = (
        count(dims).ok_or_else(refused)?,
        count(&known).ok_or_else(refused)?,
    );
    let open = extents.iter().filter(|extent| extent.is_none()).count();
    let rest = match open {
        0 if known == all => 1,
        1 if known > 0 && all.is_multiple_of(known) => all / known,
        _ => return Err(refused()),
    };
    Ok(extents
        .iter()
        .map(|extent| extent.unwrap_or(rest))
        .collect())
}

/// Returns the first input with the extents `dims`.
pub fn reshaped(
    builder: &mut Builder<'_>,
    node: &Node,
    dims: Vec<usize>,
) -> Result<Vec<Value>, String> {
    let value = builder.tensor(node.input(0)?)?;
    let is_constant = matches!(node.input(0)?, Value::Constant(_));
    let counts_images = dims.len() >= 2 && dims[0] == builder.images && !is_constant;
    if value.has_images && !counts_images {
        builder.expect_one_image()?;
    }
    // A first extent of 1 is that of the images, also where an earlier reshaping has joined it with others.
    let has_images = counts_images && (value.has_images || builder.images == 1);
    let id = builder.view(value.id, &dims[usize::from(has_images)..])?;
    Ok(vec![builder.result(id, value.ty, dims, has_images)?])
}

fn flat_dims(node: &Node, dims: &[usize]) -> Result<Vec<usize>, String> {
    let at = node.int("axis", 1)?;
    let at = match at == dims.len() as i64 {
        true => dims.len(),
        false => axis(at, dims.len())?,
    };
    let product = |dims: &[usize]| dims.iter().product();
    Ok(vec![product(&dims[..at]), product(&dims[at..])])
}

/// Returns the axes of an attribute, or of the second input since operator set 13.
fn listed_axes(builder: &Builder<'_>, node: &Node) -> Result<Option<Vec<i64>>, String> {
    Ok(builder.ints(node, 1)?.or(node.ints("axes")?))
}

fn constant_axes(node: &Node, inputs: &[Option<Rc<Array>>]) -> Result<Option<Vec<i64>>, String> {
    let given = ints(inputs, 1)?.map(<[i64]>::to_vec);
    Ok(given.or(node.ints("axes")?))
}

fn squeezed(dims: &[usize], axes: Option<&[i64]>) -> Result<Vec<usize>, String> {
    let rank = dims.len();
    let axes: Vec<usize> = match axes {
        Some(axes) => axes
            .iter()
            .map(|&at| axis(at, rank))
            .collect::<Result<_, _>>()?,
        None => (0..rank).filter(|&axis| dims[axis] == 1).collect(),
    };
    if let Some(&axis) = axes.iter().find(|&&axis| dims[axis] != 1) {
        return Err(format!(
            "expected an extent of 1 at axis {axis}, found {dims:?}"
        ));
    }
    let kept = (0..rank).filter(|axis| !axes.contains(axis));
    Ok(kept.map(|axis| dims[axis]).collect())
}

fn unsqueezed(dims: &[usize], axes: Option<&[i64]>) -> Result<Vec<usize>, String> {
    let axes = axes.ok_or("expected axes, found none")?;
    let rank = dims.len() + axes.len();
    let axes: Vec<usize> = axes
        .iter()
        .map(|&at| axis(at, rank))
        .collect::<Result<_, _>>()?;
    let mut rest = dims.iter();
    let extents = (0..rank).map(|axis| match axes.contains(&axis) {
        true => Some(1),
        false => rest.next().copied(),
    });
    let extents: Option<Vec<usize>> = extents.collect();
    extents.ok_or_else(|| format!("expected different axes, found {axes:?}"))
}

fn permutation(node: &Node, rank: usize) -> Result<Vec<usize>, String> {
    let axes = match node.sizes("perm")? {
        Some(axes) => axes,
        None => (0..rank).rev().collect(),
    };
    let mut sorted = axes.clone();
    sorted.sort_unstable();
    match sorted.into_iter().eq(0..rank) {
        true => Ok(axes),
        false => Err(format!(
            "expected a permutation of {rank} axes, found {axes:?}"
        )),
    }
}

fn transpose(builder: &mut Builder<'_>, node: &Node) -> Result<Vec<Value>, String> {
    let value = builder.tensor(node.input(0)?)?;
    let axes = permutation(node, value.rank())?;
    let value = match axes.first() {
        Some(0) => value,
        _ => builder.whole(&value)?,
    };
    let has_images = value.has_images;
    let own: Vec<usize> = axes[usize::from(has_images)..]
        .iter()
        .map(|&axis| value.axis(axis))
        .collect();
    let id = builder.permuted(value.id, &own)?;
    let dims = axes.iter().map(|&axis| value.dims[axis]).collect();
    Ok(vec![builder.result(id, value.ty, dims, has_images)?])
}

fn dropout(builder: &mut Builder<'_>, node: &Node) -> Result<Vec<Value>, String> {
    // Both are for training.
    node.optional_float("ratio")?;
    node.optional_int("seed")?;
    node.expect_results(1)?;
    let trains = node.optional(2).map(|mode| builder.number(mode));
    match trains {
        None | Some(Some(0.0)) => Ok(vec![node.input(0)?.clone()]),
        _ => Err("training_mode is not supported".to_owned()),
    }
}

/// Returns the block size of `node` and the extents of its input, an image.
fn blocks(builder: &mut Builder<'_>, node: &Node) -> Result<(usize, [usize; 3]), String> {
    let size = node.int("blocksize", 0)?;
    let value = builder.tensor(node.input(0)?)?;
    let size = usize::try_from(size).ok().filter(|&size| size > 0);
    let size = size.ok_or("expected a blocksize of at least 1")?;
    match (value.has_images, value.extents()) {
        (true, &[channels, height, width]) => Ok((size, [channels, height, width])),
        _ => Err(format!(
            "expected images in a batch, found {:?}",
            value.dims
        )),
    }
}

fn depth_to_space(builder: &mut Builder<'_>, node: &Node) -> Result<Vec<Value>, String> {
    let (size, [channels, height, width]) = blocks(builder, node)?;
    let places = size.checked_mul(size);
    let places = places.filter(|&places| channels.is_multiple_of(places));
    let depth = channels
        / places.ok_or_else(|| {
            format!("expected a multiple of {size} * {size} channels, found {channels}")
        })?;
    let (split, axes) = match node.text("mode", "DCR")?.as_str() {
        "DCR" => ([size, size, depth, height, width], [2, 3, 0, 4, 1]),
        "CRD" => ([depth, size, size, height, width], [0, 3, 1, 4, 2]),
        other => return Err(format!("mode {other} is not known")),
    };
    let result = [depth, height * size, width * size];
    rearranged(builder, node, &split, &axes, &result)
}

fn space_to_depth(builder: &mut Builder<'_>, node: &Node) -> Result<Vec<Value>, String> {
    let (size, [channels, height, width]) = blocks(builder, node)?;
    if !height.is_multiple_of(size) || !width.is_multiple_of(size) {
        return Err(format!(
            "expected a height and width of multiples of {size}, found {height}x{width}"
        ));
    }
    let (rows, columns) = (height / size, width / size);
    let split = [channels, rows, size, columns, size];
    let axes = match node.text("mode", "DCR")?.as_str() {
        "DCR" => [2, 4, 0, 1, 3],
        "CRD" => [0, 2, 4, 1, 3],
        other => return Err(format!("mode {other} is not known")),
    };
    let result = [channels * size * size, rows, columns];
    rearranged(builder, node, &split, &axes, &result)
}

/// Reshapes the input to `split`, permutes it by `axes`, and reshapes it to `extents`.
fn rearranged(
    builder: &mut Builder<'_>,
    node: &Node,
    split: &[usize],
    axes: &[usize],
    extents: &[usize],
) -> Result<Vec<Value>, String> {
    let value = builder.tensor(node.input(0)?)?;
    let id = builder.view(value.id, split)?;
    let id = builder.permuted(id, axes)?;
    let id = builder.view(id, extents)?;
    builder.like(id, &value)
}
