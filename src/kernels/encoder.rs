//! The interface by which a kernel's host side encodes its calls.

use super::bound::{Bound, Resource};
use super::call::Call;
use super::fused_epilogue::FusedOperand;
use super::uniforms::Value;
use super::{Format, Fused, Instance, Kernel, View};

/// The tensors of an operation.
#[derive(Clone, Copy, Debug)]
pub struct Operands<'a> {
    /// Its inputs, without parameters.
    pub inputs: &'a [View],
    /// Its first result.
    pub output: &'a View,
    /// All its results, the first included.
    pub outputs: &'a [View],
    /// Index of the recipe of its parameters in the program's list, if it has parameters.
    pub recipe: Option<usize>,
    /// Format of its parameters.
    pub parameters: Format,
}

impl Operands<'_> {
    /// The binding of the packed parameters, of which a call reads the first `reach` quads.
    pub fn parameters(&self, reach: usize) -> Bound {
        match self.recipe {
            Some(recipe) => Bound {
                resource: Resource::Parameters(recipe),
                format: self.parameters,
                reach,
            },
            None => Bound::NOTHING,
        }
    }

    /// The residual that is added to the result of a convolution, if there is one.
    pub fn residual(&self) -> Option<&View> {
        self.inputs.get(1)
    }
}

/// Collects the calls of a kernel.
#[derive(Debug)]
pub struct Encoder {
    kernel: &'static Kernel,
    instance: &'static Instance,
    fused: Fused,
    /// Operands that only the fused expressions read.
    operands: Vec<FusedOperand>,
    images: usize,
    /// Index of the operation's result that the next call writes.
    result: usize,
    calls: Vec<Call>,
}

impl Encoder {
    /// An encoder for calls of `kernel` in the size `instance`.
    pub(crate) fn new(kernel: &'static Kernel, instance: &'static Instance) -> Self {
        Self {
            kernel,
            instance,
            fused: Fused::default(),
            operands: Vec::new(),
            images: 0,
            result: 0,
            calls: Vec::new(),
        }
    }

    /// The same encoder for calls with the expressions `fused`, which read `operands`, each of `images` images.
    pub(crate) fn fusing(self, fused: &Fused, operands: &[FusedOperand], images: usize) -> Self {
        Self {
            fused: fused.clone(),
            operands: operands.to_vec(),
            images,
            ..self
        }
    }

    /// The size of the kernel.
    pub fn instance(&self) -> &'static Instance {
        self.instance
    }

    /// Sets the index of the operation's result that later calls write. It is 0 at first.
    pub fn writing(&mut self, result: usize) {
        self.result = result;
    }

    /// Adds a call of `invocations` invocations, with `values` in the uniform block and the bindings `bound`.
    pub fn call(&mut self, values: &[Value<'_>], bound: Vec<Bound>, invocations: usize) {
        let (kernel, instance) = (self.kernel, self.instance);
        let fused = (&self.fused, self.operands.as_slice(), self.images);
        let call = Call::with_fused(kernel, instance, values, bound, invocations, fused);
        self.calls.push(Call {
            result: self.result,
            ..call
        });
    }

    /// The calls, in order.
    pub(crate) fn into_calls(self) -> Vec<Call> {
        self.calls
    }
}
