//! Constants that are computed from stored tensors, in f64 and rounded to f32 once. Only the requested range is
//! computed.

use std::collections::BTreeSet;
use std::ops::Range;

use super::bound::BoundWeights;
use super::checks::check_root;
use crate::error::{Error, ErrorKind, Result};
use crate::graph::winograd::{INPUT_TILE, weights_of};
use crate::graph::{Combination, Constant, Function, Op, Pointwise, Step, Winograd};
use crate::tensor::{Broadcast, Dims, Strided, dense_strides, first_not_finite};

/// The most values that are computed at once, so that they stay in a cache until they are rounded.
const BLOCK: usize = 1 << 15;

impl BoundWeights {
    /// Returns the elements in `range` of `constant`, in the order of its extents. Computes in f64 and rounds once.
    ///
    /// # Errors
    /// [`ErrorKind::Weights`](crate::ErrorKind::Weights) if a tensor is missing, has the wrong shape, has a dtype
    /// that is not a float, or contains a variance without a positive square root.
    /// [`ErrorKind::NotFinite`](crate::ErrorKind::NotFinite) if a value is NaN or infinite, unless that is
    /// [allowed](super::Weights::allow_non_finite). The message names the tensor.
    /// [`ErrorKind::Input`](crate::ErrorKind::Input) if `range` exceeds the constant.
    pub fn values(&self, constant: &Constant, range: Range<usize>) -> Result<Vec<f32>> {
        if range.start > range.end || range.end > constant.count() {
            return Err(Error::new(
                ErrorKind::Input,
                format!(
                    "{}: expected elements up to {}, found {range:?}",
                    constant.name(),
                    constant.count()
                ),
            ));
        }
        let values = values(self, constant, range)?;
        self.largest.add(&values);
        Ok(values)
    }
}

/// Returns the elements in `range` of `constant`. All of them are finite, unless the weights allow others.
fn values(weights: &BoundWeights, constant: &Constant, range: Range<usize>) -> Result<Vec<f32>> {
    if let Constant::Stored { name, ty } = constant {
        return weights.stored(name, ty, range);
    }
    // A reshaped stored tensor is read like the stored tensor.
    if let Constant::Computed { op, inputs, .. } = constant
        && passes_on(op)
        && let Some(Some(input)) = inputs.first()
    {
        return values(weights, input, range);
    }
    let begin = range.start;
    let mut values = Vec::with_capacity(range.len());
    for first in range.clone().step_by(BLOCK) {
        let block = first..range.end.min(first + BLOCK);
        let exact = exact(weights, constant, block)?;
        values.extend(exact.into_iter().map(|value| value as f32));
    }
    match first_not_finite(&values) {
        Some(index) if !weights.allows_non_finite() => {
            let (found, index) = (values[index], begin + index);
            let mut of = BTreeSet::new();
            sources(weights, constant, &mut of);
            let of: Vec<&str> = of.into_iter().collect();
            let of = match of.is_empty() {
                true => String::new(),
                false => format!(", computed of {}", of.join(", ")),
            };
            let message = format!("expected finite f32 values, found {found} at index {index}{of}");
            Err(weights.not_finite(constant.name(), message))
        }
        _ => Ok(values),
    }
}

/// Collects the names, in the file, of the stored tensors that `constant` is computed from.
fn sources<'a>(weights: &'a BoundWeights, constant: &'a Constant, found: &mut BTreeSet<&'a str>) {
    match constant {
        Constant::Stored { name, .. } => {
            found.insert(weights.name_in_file(name));
        }
        Constant::Known(_) => {}
        Constant::Computed { inputs, .. } => {
            let inputs = inputs.iter().flatten();
            inputs.for_each(|input| sources(weights, input, found));
        }
    }
}

/// Returns values before rounding, so that a chain of computed constants is rounded once.
fn exact(weights: &BoundWeights, constant: &Constant, range: Range<usize>) -> Result<Vec<f64>> {
    match constant {
        Constant::Stored { name, ty } => {
            let values = weights.stored(name, ty, range)?;
            Ok(values.into_iter().map(f64::from).collect())
        }
        Constant::Known(known) => {
            let tensor = known.tensor();
            Ok(range.map(|index| tensor.value(index)).collect())
        }
        Constant::Computed {
            name,
            op,
            inputs,
            dims,
        } => {
            let inputs: Vec<&Constant> = inputs.iter().flatten().map(AsRef::as_ref).collect();
            if let [input] = inputs.as_slice()
                && let Some(strided) = op.strided(input.dims(), &dense_strides(input.dims()))
            {
                return rearranged(weights, &strided, input, range);
            }
            if let (Op::Winograd(Winograd::Weight), [input]) = (op, inputs.as_slice()) {
                return winograd_weight(weights, input, range);
            }
            match (passes_on(op), inputs.first(), op.as_pointwise()) {
                (true, Some(input), _) => exact(weights, input, range),
                (false, _, Some(expression)) => {
                    pointwise(weights, &expression, &inputs, dims, range)
                }
                _ => Err(Error::new(
                    ErrorKind::Weights,
                    format!("{name}: {} of constants cannot be computed", op.kind()),
                )),
            }
        }
    }
}

/// Returns the elements in `range` of the weights of Winograd's products. Reads the windows that they are sums of, for one
/// product after the other.
fn winograd_weight(
    weights: &BoundWeights,
    input: &Constant,
    range: Range<usize>,
) -> Result<Vec<f64>> {
    const WINDOW: usize = 9;
    let windows = input.count() / WINDOW;
    let mut values = Vec::with_capacity(range.len());
    let mut next = range.start;
    while next < range.end {
        let (product, first) = (next / windows, next % windows);
        let last = windows.min(first + range.end - next);
        let (row, column) = (product / INPUT_TILE, product % INPUT_TILE);
        let read = exact(weights, input, WINDOW * first..WINDOW * last)?;
        let (windows_read, _) = read.as_chunks::<WINDOW>();
        let weight =
            |window: &[f64; WINDOW]| weights_of(&window.map(|value| [value]))[row][column][0];
        values.extend(windows_read.iter().map(weight));
        next += last - first;
    }
    Ok(values)
}

/// Returns whether the operation's result has the values of its input in the same order.
fn passes_on(op: &Op) -> bool {
    matches!(op, Op::Reshape(_) | Op::Dropout(_))
}

/// Returns the elements in `range` of values of `input` in another order. Reads the input from the first of its elements
/// that are needed to the last.
fn rearranged(
    weights: &BoundWeights,
    strided: &Strided,
    input: &Constant,
    range: Range<usize>,
) -> Result<Vec<f64>> {
    let needed: Vec<usize> = range.map(|index| strided.source(index)).collect();
    let (Some(&first), Some(&last)) = (needed.iter().min(), needed.iter().max()) else {
        return Ok(Vec::new());
    };
    let values = exact(weights, input, first..last + 1)?;
    Ok(needed.iter().map(|index| values[index - first]).collect())
}

/// Computes `expression` of `inputs` for the elements in `range` of a result with extents `dims`.
fn pointwise(
    weights: &BoundWeights,
    expression: &Pointwise,
    inputs: &[&Constant],
    dims: &Dims,
    range: Range<usize>,
) -> Result<Vec<f64>> {
    let extents: Vec<&Dims> = inputs.iter().map(|input| input.dims()).collect();
    let broadcast = Broadcast::new(dims, &extents);
    let mut operands = Vec::with_capacity(inputs.len());
    for (index, input) in inputs.iter().enumerate() {
        let read = broadcast.read(index, range.clone());
        let values = exact(weights, input, read.clone())?;
        check_roots(weights, expression, index, input, &values, read.start)?;
        operands.push((read.start, values));
    }
    let mut result = vec![0.0; range.len()];
    let mut evaluation = expression.evaluation();
    for run in broadcast.runs(range.clone()) {
        let target = run.places.start - range.start..run.places.end - range.start;
        let operand = |index: usize| {
            let ((begin, values), read) = (&operands[index], broadcast.of(index, &run));
            &values[read.start - begin..read.end - begin]
        };
        evaluation.write(operand, &mut result[target]);
    }
    Ok(result)
}

/// Checks the values of operand `index` if the expression computes the square root of their sum with a number, such
/// as a variance plus its epsilon. Without this check, an error would occur only in the final result, and would not
/// name the stored tensor.
fn check_roots(
    weights: &BoundWeights,
    expression: &Pointwise,
    index: usize,
    input: &Constant,
    values: &[f64],
    begin: usize,
) -> Result<()> {
    if weights.allows_non_finite() {
        return Ok(());
    }
    let steps = expression.steps();
    for step in steps {
        let Step::Unary(Function::Sqrt, of) = *step else {
            continue;
        };
        let Step::Binary(Combination::Add, a, b) = steps[of] else {
            continue;
        };
        let (Step::Operand(read), Step::Constant(number)) = (steps[a], steps[b]) else {
            continue;
        };
        if read != index {
            continue;
        }
        let values = values.iter().copied();
        check_root(values, number.0, begin).map_err(|message| {
            let name = match input {
                Constant::Stored { name, .. } => weights.name_in_file(name),
                _ => input.name(),
            };
            weights.error(name, message)
        })?;
    }
    Ok(())
}
