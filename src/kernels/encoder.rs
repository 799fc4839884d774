//! From a kernel's host side to the calls that a program makes of it.

use super::bound::{Bound, Resource};
use super::call::Call;
use super::fused_epilogue::FusedOperand;
use super::uniforms::Value;
use super::{Format, Fused, Instance, Kernel, View};

/// Where an operation's tensors are.
#[derive(Clone, Copy, Debug)]
pub struct Operands<'a> {
    /// What it reads, its parameters left out.
    pub inputs: &'a [View],
    /// Its first result.
    pub output: &'a View,
    /// All its results.
    pub outputs: &'a [View],
    /// The place of its parameters' recipe in the program's list, where it has any.
    pub recipe: Option<usize>,
}

impl Operands<'_> {
    /// The packed parameters, of which a call reads the first `reach` of `vec4<f32>`.
    pub fn parameters(&self, reach: usize) -> Bound {
        match self.recipe {
            Some(recipe) => Bound {
                resource: Resource::Parameters(recipe),
                format: Format::default(),
                reach,
            },
            None => Bound::NOTHING,
        }
    }

    /// What is added to the result of a convolution, where there is something.
    pub fn residual(&self) -> Option<&View> {
        self.inputs.get(1)
    }
}

/// Takes a kernel's calls.
#[derive(Debug)]
pub struct Encoder {
    kernel: &'static Kernel,
    instance: &'static Instance,
    fused: Fused,
    /// What only the expressions around the operation read, of so many images.
    operands: Vec<FusedOperand>,
    images: usize,
    /// Which of the operation's results the next call writes.
    result: usize,
    calls: Vec<Call>,
}

impl Encoder {
    /// For calls of one size of `kernel`.
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

    /// For calls that compute `around` of so many images and `operands` around what the kernel does.
    pub(crate) fn fusing(self, fused: &Fused, operands: &[FusedOperand], images: usize) -> Self {
        Self {
            fused: fused.clone(),
            operands: operands.to_vec(),
            images,
            ..self
        }
    }

    /// The size that the kernel is called in.
    pub fn instance(&self) -> &'static Instance {
        self.instance
    }

    /// The calls from now on write the operation's result of this number; until then, its first.
    pub fn writing(&mut self, result: usize) {
        self.result = result;
    }

    /// A call with these values for the uniform block and these tensors, of so many invocations.
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
