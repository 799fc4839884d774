//! Changes of the size of an image.

use super::Operation;
use super::rows::multiplied;
use super::sampling::{Method, Place, Sampling};
use crate::graph::{Interpolation, Op, Resize};
use crate::onnx::build::{Builder, Computed, Node, Value, axis};

pub const OPERATIONS: &[Operation] = &[
    Operation::of_images(
        "Resize",
        &[10, 11, 13, 18, 19],
        &[
            "antialias",
            "axes",
            "coordinate_transformation_mode",
            "cubic_coeff_a",
            "exclude_outside",
            "extrapolation_value",
            "keep_aspect_ratio_policy",
            "mode",
            "nearest_mode",
        ],
        resize,
    ),
    Operation::of_images("Upsample", &[1, 7, 9, 10], &["mode", "scales"], upsample),
];

/// The size of a result along each axis, and the factor by which it is larger.
struct Scaled {
    size: usize,
    scale: f64,
}

fn upsample(builder: &mut Builder<'_>, node: &Node) -> Result<Vec<Value>, String> {
    let scales = match node.floats("scales") {
        Some(scales) => scales,
        None => builder
            .floats(node, 1)?
            .ok_or("expected scales, found none")?,
    };
    let value = node.input(0)?;
    let scaled = by_scales(value.dims(), &scales)?;
    let sampling = Sampling {
        method: method(&node.text("mode", "nearest")?, -0.75)?,
        place: Place::Asymmetric,
        nearest: "floor".to_owned(),
        ..Sampling::default()
    };
    resized(builder, value, &scaled, &sampling)
}

fn resize(builder: &mut Builder<'_>, node: &Node) -> Result<Vec<Value>, String> {
    let value = node.input(0)?;
    let rank = value.rank();
    // Before operator set 11, the second input is the scales.
    let (scales, sizes) = match node.opset < 11 {
        true => (builder.floats(node, 1)?, None),
        false => (builder.floats(node, 2)?, builder.ints(node, 3)?),
    };
    let axes: Vec<usize> = match node.ints("axes")? {
        Some(axes) => axes
            .iter()
            .map(|&at| axis(at, rank))
            .collect::<Result<_, _>>()?,
        None => (0..rank).collect(),
    };
    let mut all = vec![1.0; rank];
    let scaled = match (scales, sizes.filter(|sizes| !sizes.is_empty())) {
        (Some(scales), None) if scales.len() == axes.len() => {
            for (&axis, scale) in axes.iter().zip(scales) {
                all[axis] = scale;
            }
            by_scales(value.dims(), &all)?
        }
        (None, Some(sizes)) if sizes.len() == axes.len() => {
            let policy = node.text("keep_aspect_ratio_policy", "stretch")?;
            by_sizes(value.dims(), &axes, &sizes, &policy)?
        }
        _ => {
            return Err(format!(
                "expected either scales or sizes of {} axes",
                axes.len()
            ));
        }
    };
    let mode = node.text("mode", "nearest")?;
    let usual = if node.opset < 11 {
        "asymmetric"
    } else {
        "half_pixel"
    };
    let nearest = if node.opset < 11 {
        "floor"
    } else {
        "round_prefer_floor"
    };
    let sampling = Sampling {
        method: method(&mode, node.float("cubic_coeff_a", -0.75)?)?,
        place: place(builder, node, usual, &axes)?,
        nearest: node.text("nearest_mode", nearest)?,
        antialias: node.flag("antialias", false)?,
        excludes_outside: node.flag("exclude_outside", false)?,
    };
    if node.float("extrapolation_value", 0.0)? != 0.0 && matches!(sampling.place, Place::Crop(_)) {
        return Err("an extrapolation_value other than 0 is not supported".to_owned());
    }
    resized(builder, value, &scaled, &sampling)
}

fn method(mode: &str, coefficient: f64) -> Result<Method, String> {
    match mode {
        "nearest" => Ok(Method::Nearest),
        "linear" | "bilinear" => Ok(Method::Linear),
        "cubic" => Ok(Method::Cubic(coefficient)),
        other => Err(format!("mode {other} is not known")),
    }
}

fn place(builder: &Builder<'_>, node: &Node, usual: &str, axes: &[usize]) -> Result<Place, String> {
    let mode = node.text("coordinate_transformation_mode", usual)?;
    Ok(match mode.as_str() {
        "half_pixel" => Place::HalfPixel,
        "half_pixel_symmetric" => Place::HalfPixelSymmetric,
        "pytorch_half_pixel" => Place::PytorchHalfPixel,
        "align_corners" => Place::AlignCorners,
        "asymmetric" => Place::Asymmetric,
        "tf_half_pixel_for_nn" => Place::TfHalfPixel,
        "tf_crop_and_resize" => {
            let region = builder
                .floats(node, 1)?
                .ok_or("expected a region, found none")?;
            let count = axes.len();
            if region.len() != 2 * count {
                return Err(format!("expected a region of {count} axes"));
            }
            let mut all = vec![[0.0, 1.0]; node.input(0)?.rank()];
            for (index, &axis) in axes.iter().enumerate() {
                all[axis] = [region[index], region[index + count]];
            }
            Place::Crop(all)
        }
        other => {
            return Err(format!(
                "coordinate_transformation_mode {other} is not known"
            ));
        }
    })
}

fn by_scales(dims: &[usize], scales: &[f64]) -> Result<Vec<Scaled>, String> {
    if dims.len() != scales.len() {
        return Err(format!("expected {} scales, found {scales:?}", dims.len()));
    }
    let scaled = dims.iter().zip(scales).map(|(&extent, &scale)| Scaled {
        // Scales are numbers of f32.
        size: (extent as f64 * scale).floor() as usize,
        scale,
    });
    Ok(scaled.collect())
}

fn by_sizes(
    dims: &[usize],
    axes: &[usize],
    sizes: &[i64],
    policy: &str,
) -> Result<Vec<Scaled>, String> {
    let unchanged = dims.iter().map(|&size| Scaled { size, scale: 1.0 });
    let mut scaled: Vec<Scaled> = unchanged.collect();
    let factors = axes
        .iter()
        .zip(sizes)
        .map(|(&axis, &size)| size as f64 / dims[axis] as f64);
    let common = match policy {
        "stretch" | "" => None,
        "not_larger" => Some(factors.clone().fold(f64::INFINITY, f64::min)),
        "not_smaller" => Some(factors.clone().fold(0.0, f64::max)),
        other => return Err(format!("keep_aspect_ratio_policy {other} is not known")),
    };
    for ((&axis, &size), factor) in axes.iter().zip(sizes).zip(factors) {
        scaled[axis] = match common {
            Some(scale) => Scaled {
                size: (scale * dims[axis] as f64).round() as usize,
                scale,
            },
            None => Scaled {
                size: usize::try_from(size)
                    .map_err(|_| format!("expected a size, found {size}"))?,
                scale: factor,
            },
        };
    }
    Ok(scaled)
}

fn resized(
    builder: &mut Builder<'_>,
    value: &Value,
    scaled: &[Scaled],
    sampling: &Sampling,
) -> Result<Vec<Value>, String> {
    let dims = value.dims().to_vec();
    let is_crop =
        |axis: usize| matches!(&sampling.place, Place::Crop(region) if region[axis] != [0.0, 1.0]);
    let changed: Vec<usize> = (0..dims.len())
        .filter(|&axis| {
            scaled[axis].size != dims[axis] || scaled[axis].scale != 1.0 || is_crop(axis)
        })
        .collect();
    let value = builder.along(value, &changed)?;
    if let Some(interpolation) = of_images(&value, &changed, scaled, sampling) {
        let op = Resize {
            height: scaled[2].size,
            width: scaled[3].size,
            interpolation,
        };
        let id = builder.op(Op::Resize(op), &[value.id])?;
        return builder.like(id, &value);
    }
    let mut id = value.id;
    for axis in changed {
        let Scaled { size, scale } = scaled[axis];
        let matrix = sampling.matrix(axis, dims[axis], size, scale)?;
        let weight = builder.known(&[size, dims[axis]], matrix)?;
        id = multiplied(builder, id, value.axis(axis), weight, None)?;
    }
    builder.like(id, &value)
}

/// Returns the interpolation of our graph that gives the same values, if there is one.
fn of_images(
    value: &Computed,
    changed: &[usize],
    scaled: &[Scaled],
    sampling: &Sampling,
) -> Option<Interpolation> {
    let is_image = value.has_images && value.rank() == 4;
    // Our graph computes the factor from the sizes.
    let is_exact = changed.iter().all(|&axis| {
        let exact = scaled[axis].size as f64 / value.dims[axis] as f64;
        (scaled[axis].scale / exact - 1.0).abs() < 1e-6
    });
    if !is_image || !is_exact || changed.iter().any(|&axis| axis < 2) || sampling.antialias {
        return None;
    }
    match (&sampling.method, &sampling.place) {
        (Method::Nearest, Place::Asymmetric) if sampling.nearest == "floor" => {
            Some(Interpolation::Nearest)
        }
        (Method::Linear, Place::AlignCorners) => Some(Interpolation::Bilinear {
            align_corners: true,
        }),
        (Method::Linear, Place::HalfPixel | Place::PytorchHalfPixel)
            if changed.iter().all(|&axis| scaled[axis].size > 1) =>
        {
            Some(Interpolation::Bilinear {
                align_corners: false,
            })
        }
        _ => None,
    }
}
