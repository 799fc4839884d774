//! Random layers: operations that have parameters of their own.

use menagerie::Result;
use menagerie::graph::{
    BatchNorm, Conv2d, ConvTranspose2d, Flatten, GroupNorm, LayerNorm, Linear, Number, Op, PRelu,
    Reshape, Rounding, ValueId, Window,
};
use menagerie::tensor::{Dims, Shape};

use crate::network::Builder;

impl Builder<'_> {
    pub fn conv(&mut self, name: &str, x: ValueId, shape: Shape) -> Result<Vec<ValueId>> {
        let channels = shape.channels;
        let (groups, out_channels) = match self.chance.between(0, 5) {
            0 => (channels, channels),
            1 => {
                let groups = self.chance.between(1, channels);
                (groups, groups * self.chance.between(1, 5))
            }
            _ => (1, self.extent()),
        };
        let mut op = Conv2d {
            window: self.window(),
            groups: self.attribute(groups),
        };
        op.window.rounding = Rounding::Floor;
        if self.chance.once_in(3) {
            op.window.kernel = [3, 3];
        }
        let weight = op.weight_dims(channels, out_channels);
        let weight = self.stored(format!("{name}.weight"), &weight)?;
        let bias = match self.chance.once_in(2) {
            true => Some(self.stored(format!("{name}.bias"), &[out_channels])?),
            false => None,
        };
        let inputs = vec![Some(x), Some(weight), bias];
        self.graph.add(name, Op::Conv2d(op), inputs)
    }

    /// A depthwise convolution and one of pixels, in either order. The second one alone reads the first.
    pub fn conv_pair(&mut self, name: &str, x: ValueId, shape: Shape) -> Result<Vec<ValueId>> {
        let side = self.chance.one_of(&[3, 5]);
        let out_channels = self.extent();
        let is_expanded = self.chance.once_in(2);
        let channels = match is_expanded {
            true => out_channels,
            false => shape.channels,
        };
        let depthwise = Conv2d {
            window: Window::square(side, self.chance.between(1, 2)).padded(side / 2),
            groups: channels,
        };
        let pixels = Conv2d {
            window: Window::square(1, 1),
            groups: 1,
        };
        let mut layers = [
            ("depthwise", depthwise, [channels; 2]),
            ("conv", pixels, [shape.channels, out_channels]),
        ];
        if is_expanded {
            layers.reverse();
        }
        let mut results = vec![x];
        for (part, op, [from, to]) in layers {
            let name = format!("{name}.{part}");
            let weight = op.weight_dims(from, to);
            let weight = self.stored(format!("{name}.weight"), &weight)?;
            let inputs = vec![Some(results[0]), Some(weight), None];
            results = self.graph.add(name, Op::Conv2d(op), inputs)?;
        }
        Ok(results)
    }

    pub fn conv_transpose(&mut self, name: &str, x: ValueId, shape: Shape) -> Result<Vec<ValueId>> {
        let groups = match self.chance.once_in(3) {
            true => self.chance.between(1, shape.channels),
            false => 1,
        };
        let mut op = ConvTranspose2d {
            window: self.window(),
            output_padding: [0, 0],
            groups: self.attribute(groups),
        };
        op.window.rounding = Rounding::Floor;
        if self.chance.once_in(4) {
            op.output_padding = [self.attribute(1), 0];
        }
        let out_channels = groups * self.chance.between(1, 5);
        let weight = op.weight_dims(shape.channels, out_channels);
        let weight = self.stored(format!("{name}.weight"), &weight)?;
        let inputs = vec![Some(x), Some(weight), None];
        self.graph.add(name, Op::ConvTranspose2d(op), inputs)
    }

    pub fn linear(&mut self, name: &str, x: ValueId, shape: Shape) -> Result<Vec<ValueId>> {
        let out_features = self.extent();
        let flattens = !shape.is_vector() && self.chance.once_in(2);
        let extents = [out_features, shape.elements()];
        let weight = self.stored(format!("{name}.weight"), &extents)?;
        let bias = self.stored(format!("{name}.bias"), &[out_features])?;
        let x = match shape.is_vector() || flattens {
            true => x,
            false => {
                let flat = format!("{name}.flat");
                self.graph.add(flat, Op::Flatten(Flatten), vec![Some(x)])?[0]
            }
        };
        let inputs = vec![Some(x), Some(weight), Some(bias)];
        self.graph
            .add(name, Op::Linear(Linear { flattens }), inputs)
    }

    /// A batch normalisation, with a convolution behind it that alone reads it, or not.
    pub fn normalised(&mut self, name: &str, x: ValueId, shape: Shape) -> Result<Vec<ValueId>> {
        let results = self.batch_norm(name, x, shape)?;
        match self.chance.once_in(2) {
            true => self.conv(&format!("{name}.conv"), results[0], shape),
            false => Ok(results),
        }
    }

    fn batch_norm(&mut self, name: &str, x: ValueId, shape: Shape) -> Result<Vec<ValueId>> {
        let mut inputs = vec![Some(x)];
        for (part, needed) in [
            ("weight", false),
            ("bias", false),
            ("running_mean", true),
            ("running_var", true),
        ] {
            inputs.push(match needed || self.chance.once_in(2) {
                true => Some(self.stored(format!("{name}.{part}"), &[shape.channels])?),
                false => None,
            });
        }
        let op = BatchNorm {
            epsilon: Number(1e-3),
        };
        self.graph.add(name, Op::BatchNorm(op), inputs)
    }

    pub fn layer_norm(&mut self, name: &str, x: ValueId, shape: Shape) -> Result<Vec<ValueId>> {
        let gamma = self.stored(format!("{name}.weight"), &[shape.channels])?;
        let beta = match self.chance.once_in(2) {
            true => Some(self.stored(format!("{name}.bias"), &[shape.channels])?),
            false => None,
        };
        let op = LayerNorm {
            epsilon: Number(1e-6),
        };
        self.graph
            .add(name, Op::LayerNorm(op), vec![Some(x), Some(gamma), beta])
    }

    pub fn group_norm(&mut self, name: &str, x: ValueId, shape: Shape) -> Result<Vec<ValueId>> {
        let groups = self.chance.between(1, shape.channels);
        let gamma = self.stored(format!("{name}.weight"), &[shape.channels])?;
        let op = GroupNorm {
            groups,
            epsilon: Number(1e-5),
        };
        self.graph
            .add(name, Op::GroupNorm(op), vec![Some(x), Some(gamma), None])
    }

    pub fn prelu(&mut self, name: &str, x: ValueId, shape: Shape) -> Result<Vec<ValueId>> {
        let slope = self.stored(format!("{name}.weight"), &[shape.channels])?;
        let slope = match self.graph.ty(x).dims().rank() {
            4 => {
                let dims = Dims::new(&[shape.channels, 1, 1])?;
                let op = Op::Reshape(Reshape { dims });
                self.graph
                    .add(format!("{name}.slope"), op, vec![Some(slope)])?[0]
            }
            _ => slope,
        };
        self.graph
            .add(name, Op::PRelu(PRelu), vec![Some(x), Some(slope)])
    }
}
