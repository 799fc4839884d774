//! Comparing a network on its device with the reference executor.

use super::Network;
use crate::error::{Error, ErrorKind, Result};
use crate::graph::Graph;
use crate::program::Precision;
use crate::reference::{Operand, Reference};
use crate::tensor::Tensor;
use crate::weights::synthetic_inputs;

/// The largest error of f32: ten times the bar that the tests hold for all networks on all drivers.
const OF_F32: f64 = 1e-4;

/// The largest error of a lower precision: three times the largest that was measured; see docs/precision.md.
const OF_LOWER: f64 = 5e-2;

/// How far the answer of a device is from that of the reference executor.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct SelfTest {
    /// The largest difference of a value, over the largest magnitude of its output.
    pub error: f64,
    /// The largest error that is taken for rounding.
    pub tolerance: f64,
    /// The name of the output with the largest error.
    pub output: String,
}

impl Network {
    /// Runs the network on a synthetic input of its default size, on its device and on the reference executor, and compares
    /// all outputs. A driver that computes wrongly shows itself by this, whatever the weights are. The reference executor
    /// takes the network as it is, without passes, and a second copy of the weights in host memory. Between its layers it
    /// yields to the executor of the future.
    ///
    /// ```no_run
    /// use menagerie::Network;
    ///
    /// let mut network = Network::load("resnet50")?;
    /// println!("the largest error is {:.1e}", network.self_test()?.error);
    /// # Ok::<(), menagerie::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::SelfTest`] if the error is beyond the tolerance; [`ErrorKind::Shape`] if the network has an input that
    /// is no tensor of images; the same as [`Network::run_named_async`].
    pub async fn self_test_async(&mut self) -> Result<SelfTest> {
        let wanted = self.usual()?;
        let graph = self.graph(wanted.input)?;
        let signature = graph.signature();
        let inputs = synthetic_inputs(0, 1, &signature)?;
        let named = signature.named(&inputs);
        let found = self.run_named_async(&named).await?.into_tensors();
        let expected = self.expected(graph, &inputs).await?;
        let tolerance = match self.precision {
            Precision::F32 => OF_F32,
            _ => OF_LOWER,
        };
        let errors = expected.iter().zip(&found);
        let errors = errors.map(|(expected, found)| relative_error(expected, found));
        let largest = errors.zip(&signature.outputs);
        let largest = largest.max_by(|(error, _), (other, _)| error.total_cmp(other));
        let (error, output) = largest.map_or((0.0, String::new()), |(error, output)| {
            (error, output.name.clone())
        });
        if error <= tolerance {
            return Ok(SelfTest {
                error,
                tolerance,
                output,
            });
        }
        Err(Error::new(
            ErrorKind::SelfTest,
            format!(
                "{} on {}: {}: expected the answer of the reference executor within {tolerance:.0e} of its largest \
                 value, found an error of {error:.1e}",
                self.name(),
                self.device(),
                output.escape_debug()
            ),
        ))
    }

    /// The outputs that the reference executor computes.
    async fn expected(&self, graph: Graph, inputs: &[Tensor]) -> Result<Vec<Operand<'static>>> {
        self.device.check(&graph, 1)?;
        let reference = Reference::new(graph, &self.weights)?;
        let ports = reference.graph().inputs().iter();
        let operands = ports.zip(inputs).map(|(port, tensor)| {
            let ty = *reference.graph().ty(port.value);
            Operand::new(ty, tensor.batch(), tensor.data())
        });
        let operands: Vec<Operand<'_>> = operands.collect::<Result<_>>()?;
        reference.run_in_turns(&operands).await
    }
}

/// The largest difference over the largest magnitude. Other numbers of values, or a value that is not finite, are as far
/// away as can be.
fn relative_error(expected: &Operand<'_>, found: &Tensor) -> f64 {
    let (expected, found) = (expected.data(), found.data());
    let mut largest = 0.0_f64;
    let mut difference = 0.0_f64;
    for (&expected, &found) in expected.iter().zip(found) {
        let (expected, found) = (f64::from(expected), f64::from(found));
        if expected.to_bits() == found.to_bits() {
            largest = largest.max(expected.abs());
            continue;
        }
        let apart = (expected - found).abs();
        if !apart.is_finite() {
            return f64::INFINITY;
        }
        largest = largest.max(expected.abs());
        difference = difference.max(apart);
    }
    match (expected.len() == found.len(), difference) {
        (false, _) => f64::INFINITY,
        (true, 0.0) => 0.0,
        (true, difference) => difference / largest,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tensor::{Shape, Type};

    #[test]
    fn an_error_is_relative_to_the_largest_value() {
        let shape = Shape::vector(3);
        let error = |expected: [f32; 3], found: [f32; 3]| {
            let ty = Type::image(shape).unwrap();
            let expected = Operand::new(ty, 1, expected.to_vec()).unwrap();
            relative_error(&expected, &Tensor::new(1, shape, found.to_vec()).unwrap())
        };
        assert_eq!(error([1.0, -4.0, 2.0], [1.0, -4.0, 2.5]), 0.125);
        assert_eq!(error([0.0; 3], [0.0; 3]), 0.0);
        for wrong in [f32::NAN, f32::INFINITY] {
            assert_eq!(error([1.0; 3], [1.0, wrong, 1.0]), f64::INFINITY);
        }
        assert_eq!(error([0.0; 3], [0.0, 0.0, 1.0]), f64::INFINITY);
    }
}
