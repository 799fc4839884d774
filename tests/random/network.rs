//! Networks that nobody would write: a few random operations on what is there so far.

use menagerie::graph::{
    Activation, AdaptiveAveragePool, Add, AveragePool, Combination, Concat, Crop, Dropout, Flatten,
    Function, GlobalAveragePool, Graph, Interpolation, LocalResponseNorm, MaxPool, Number, Op, Pad,
    Padding, Pointwise, Resize, Rounding, Softmax, Split, ValueId, Window,
};
use menagerie::tensor::{Element, HostTensor, Shape, Type};
use menagerie::{Error, Result};

use crate::chance::Chance;

/// The most values of a constant that is known.
const MOST_KNOWN: usize = 1 << 12;

/// How large and how unusual random networks are.
#[derive(Clone, Copy)]
pub struct Extremes {
    /// Most channels, and pixels of a side.
    pub most: usize,
    /// One attribute in so many is zero, or next to 2^31.
    pub odd_once_in: usize,
}

/// Made to be run: small, and computed in moments.
pub const SMALL: Extremes = Extremes {
    most: 11,
    odd_once_in: usize::MAX,
};

/// Made to be refused, or planned at most.
pub const ODD: Extremes = Extremes {
    most: 70,
    odd_once_in: 40,
};

/// A random network under construction.
pub struct Builder<'a> {
    pub chance: Chance,
    extremes: Extremes,
    pub graph: Graph,
    values: Vec<ValueId>,
    /// What was refused, for the tests to look at.
    refusals: &'a mut Vec<Error>,
}

/// The network that follows from `chance`. What was refused on the way is left out of it and added to `refusals`.
pub fn network(chance: Chance, extremes: Extremes, refusals: &mut Vec<Error>) -> Result<Graph> {
    let mut builder = Builder {
        chance,
        extremes,
        graph: Graph::new("random"),
        values: Vec::new(),
        refusals,
    };
    for index in 0..builder.chance.one_of(&[1, 1, 1, 2]) {
        let [channels, height, width] = [(); 3].map(|()| builder.extent());
        let ty = Type::image(Shape::new(channels, height, width))?;
        let input = builder.graph.add_input(format!("input{index}"), ty)?;
        builder.values.push(input);
    }
    for index in 0..builder.chance.between(1, 9) {
        builder.add_node(&format!("node{index}"));
    }
    builder.finish()
}

impl Builder<'_> {
    pub fn extent(&mut self) -> usize {
        let most = self.extremes.most;
        self.chance.between(1, most)
    }

    /// `usual`, or hardly ever something else.
    pub fn attribute(&mut self, usual: usize) -> usize {
        match self.chance.once_in(self.extremes.odd_once_in) {
            true => self.chance.one_of(&[
                0,
                1 << 15,
                1 << 30,
                (1 << 31) - 1,
                1 << 31,
                1 << 40,
                usize::MAX,
            ]),
            false => usual,
        }
    }

    /// One of the values so far, the newer the likelier.
    fn value(&mut self) -> ValueId {
        let last = self.values.len() - 1;
        let index = match self.chance.once_in(3) {
            true => self.chance.between(0, last),
            false => last,
        };
        self.values[index]
    }

    fn shape(&self, value: ValueId) -> Shape {
        let ty = self.graph.ty(value);
        ty.shape().unwrap_or(Shape::vector(1))
    }

    pub fn stored(&mut self, name: String, extents: &[usize]) -> Result<ValueId> {
        // Of another shape than is needed, once in a while.
        let mut extents = extents.to_vec();
        if let Some(first) = extents.first_mut() {
            *first = self.attribute(*first);
        }
        self.graph
            .add_stored(name, Type::shared(Element::F32, &extents)?, true)
    }

    pub fn window(&mut self) -> Window {
        let mut window = Window::square(1, 1);
        for axis in 0..2 {
            let kernel = self.chance.between(1, 4);
            window.kernel[axis] = self.attribute(kernel);
            let stride = self.chance.one_of(&[1, 1, 2, 3]);
            window.stride[axis] = self.attribute(stride);
            let dilation = self.chance.one_of(&[1, 1, 1, 2]);
            window.dilation[axis] = self.attribute(dilation);
        }
        window.padding = self.padding();
        if self.chance.once_in(4) {
            window.rounding = Rounding::Ceil;
        }
        window
    }

    fn padding(&mut self) -> Padding {
        let mut side = || {
            let usual = self.chance.one_of(&[0, 0, 1, 1, 2]);
            self.attribute(usual)
        };
        Padding {
            top: side(),
            left: side(),
            bottom: side(),
            right: side(),
        }
    }

    fn add_node(&mut self, name: &str) {
        match self.add(name) {
            Ok(results) => self.values.extend(results),
            Err(error) => self.refusals.push(error),
        }
    }

    fn add(&mut self, name: &str) -> Result<Vec<ValueId>> {
        let x = self.value();
        let shape = self.shape(x);
        let (op, inputs) = match self.chance.between(0, 36) {
            0 if self.chance.once_in(2) => return self.conv_pair(name, x, shape),
            0..=3 => return self.conv(name, x, shape),
            4 => return self.conv_transpose(name, x, shape),
            5 => return self.linear(name, x, shape),
            6 => return self.normalised(name, x, shape),
            7 => return self.prelu(name, x, shape),
            8 => {
                let window = self.window();
                (Op::MaxPool(MaxPool { window }), vec![Some(x)])
            }
            9 => {
                let op = AveragePool {
                    window: self.window(),
                    count_padding: self.chance.once_in(2),
                };
                (Op::AveragePool(op), vec![Some(x)])
            }
            10 => {
                let (height, width) = (self.chance.between(1, 8), self.chance.between(1, 8));
                let op = AdaptiveAveragePool {
                    height: self.attribute(height),
                    width: self.attribute(width),
                };
                (Op::AdaptiveAveragePool(op), vec![Some(x)])
            }
            11 => (Op::GlobalAveragePool(GlobalAveragePool), vec![Some(x)]),
            12..=14 => (Op::Activation(self.activation()), vec![Some(x)]),
            15..=16 => {
                let scale = self.chance.one_of(&[1.0, 1.0, 0.25, -2.0]);
                let other = self.value();
                let op = Add {
                    scale: Number(scale),
                };
                (Op::Add(op), vec![Some(x), Some(other)])
            }
            17..=18 => {
                let mut inputs = vec![Some(x)];
                for _ in 0..self.chance.between(0, 3) {
                    inputs.push(Some(self.value()));
                }
                (Op::Concat(Concat), inputs)
            }
            19 => {
                let first = self.chance.between(1, shape.channels);
                let rest = shape.channels - first;
                let mut channels = vec![self.attribute(first)];
                channels.extend((rest > 0).then_some(rest));
                (Op::Split(Split { channels }), vec![Some(x)])
            }
            20 => {
                let padding = self.padding();
                let value = Number(self.chance.one_of(&[0.0, 0.0, -0.5, 2.0]));
                (Op::Pad(Pad { padding, value }), vec![Some(x)])
            }
            21 => {
                let border = self.padding();
                (Op::Crop(Crop { border }), vec![Some(x)])
            }
            22 => {
                let [height, width] = [(); 2].map(|()| self.extent());
                let op = Resize {
                    height: self.attribute(height),
                    width: self.attribute(width),
                    interpolation: self.chance.one_of(&[
                        Interpolation::Nearest,
                        Interpolation::Bilinear {
                            align_corners: false,
                        },
                        Interpolation::Bilinear {
                            align_corners: true,
                        },
                    ]),
                };
                (Op::Resize(op), vec![Some(x)])
            }
            23 => {
                let size = self.chance.one_of(&[1, 3, 5]);
                let op = LocalResponseNorm {
                    size: self.attribute(size),
                    alpha: Number(1e-2),
                    beta: Number(0.75),
                    k: Number(1.0),
                };
                (Op::LocalResponseNorm(op), vec![Some(x)])
            }
            24 => (Op::Softmax(Softmax), vec![Some(x)]),
            25 => (Op::Flatten(Flatten), vec![Some(x)]),
            26 => (Op::Dropout(Dropout), vec![Some(x)]),
            27 => return self.reshape(name, x),
            28 => return self.transpose(name, x),
            29 => return self.slice(name, x),
            30 => return self.expand(name, x),
            32 => return self.reduce(name, x),
            33 => {
                let other = self.value();
                return self.mat_mul(name, x, other);
            }
            31 => return self.layer_norm(name, x, shape),
            34 => return self.group_norm(name, x, shape),
            _ => return self.pointwise(name, x, shape),
        };
        self.graph.add(name, op, inputs)
    }

    fn activation(&mut self) -> Activation {
        self.chance.one_of(&[
            Activation::Identity,
            Activation::Relu,
            Activation::Relu,
            Activation::Relu6,
            Activation::Sigmoid,
            Activation::Tanh,
            Activation::Silu,
            Activation::HardSigmoid,
            Activation::HardSwish,
            Activation::Gelu,
            Activation::Elu { alpha: Number(0.5) },
            Activation::LeakyRelu {
                slope: Number(0.125),
            },
        ])
    }

    /// An expression of two or three operands: the value itself, a gate for each channel or image, a number.
    fn pointwise(&mut self, name: &str, x: ValueId, shape: Shape) -> Result<Vec<ValueId>> {
        let combinations = [
            Combination::Add,
            Combination::Subtract,
            Combination::Multiply,
            Combination::Max,
            Combination::Min,
        ];
        let mut expression = Pointwise::operand(0);
        let mut inputs = vec![Some(x)];
        if self.chance.once_in(2) {
            expression = expression.unary(self.chance.one_of(&[
                Function::Abs,
                Function::Tanh,
                Function::Erf,
                Function::Sigmoid,
            ]));
        }
        let other = match self.chance.between(0, 2) {
            0 => self.value(),
            // Its values are made at once.
            1 if shape.channels <= MOST_KNOWN => {
                let extents: &[usize] = match self.graph.ty(x).dims().rank() {
                    4 => &[shape.channels, 1, 1],
                    _ => &[shape.channels],
                };
                let count: usize = extents.iter().product();
                let values: Vec<f32> = (0..count).map(|index| index as f32 / 8.0 - 1.0).collect();
                let tensor = HostTensor::new(extents, values)?;
                self.graph.add_known(format!("{name}.known"), tensor)?
            }
            _ => x,
        };
        inputs.push(Some(other));
        let combination = self.chance.one_of(&combinations);
        expression = expression.binary(combination, &Pointwise::operand(1));
        if self.chance.once_in(2) {
            let number = Pointwise::constant(0.75);
            expression = expression.binary(self.chance.one_of(&combinations), &number);
        }
        self.graph.add(name, Op::Pointwise(expression), inputs)
    }

    fn finish(mut self) -> Result<Graph> {
        let last = self.values[self.values.len() - 1];
        self.graph.add_output("answer", last)?;
        if self.chance.once_in(3) {
            let other = self.value();
            self.graph.add_output("other", other)?;
        }
        Ok(self.graph)
    }
}
