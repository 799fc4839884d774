use crate::graph::{Reduce, Reduction};
use crate::tensor::{Strided, dense_strides};

/// Reduces axes of each image, which has these `extents`.
pub(super) fn reduce(op: &Reduce, extents: &[usize], input: &[f32], output: &mut [f32]) {
    let strides = dense_strides(extents);
    let of = |reduced: bool| {
        let axes = (0..extents.len()).filter(|axis| op.axes.contains(axis) == reduced);
        Strided {
            begin: 0,
            axes: axes
                .map(|axis| (extents[axis], strides[axis] as isize))
                .collect(),
        }
    };
    let (kept, reduced) = (of(false), of(true));
    let count: usize = reduced.axes.iter().map(|(extent, _)| extent).product();
    let elements: usize = extents.iter().product();
    let images = input
        .chunks(elements)
        .zip(output.chunks_mut(elements / count));
    for (image, results) in images {
        for (index, result) in results.iter_mut().enumerate() {
            let first = kept.source(index);
            let value = |index| f64::from(image[first + reduced.source(index)]);
            *result = reduced_value(op.reduction, (0..count).map(value)) as f32;
        }
    }
}

fn reduced_value(reduction: Reduction, values: impl Iterator<Item = f64> + Clone) -> f64 {
    let count = values.clone().count() as f64;
    let largest = || values.clone().fold(f64::NEG_INFINITY, f64::max);
    let smallest = || values.clone().fold(f64::INFINITY, f64::min);
    let index_of = |wanted: f64| {
        values
            .clone()
            .position(|value| value == wanted)
            .unwrap_or(0)
    };
    match reduction {
        Reduction::Sum => values.sum(),
        Reduction::Mean => values.sum::<f64>() / count,
        Reduction::Max => largest(),
        Reduction::Min => smallest(),
        Reduction::Product => values.product(),
        Reduction::AbsoluteSum => values.map(f64::abs).sum(),
        Reduction::Norm => values.map(|value| value * value).sum::<f64>().sqrt(),
        Reduction::ArgMax => index_of(largest()) as f64,
        Reduction::ArgMin => index_of(smallest()) as f64,
    }
}
