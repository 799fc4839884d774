//! Inception v3: Szegedy, Vanhoucke, Ioffe, Shlens, Wojna 2015, "Rethinking the Inception architecture for computer
//! vision" (arXiv:1512.00567), as Keras's `applications/inception_v3.py` has it: batch normalisations without gamma,
//! averages that leave the border out.

use super::unnamed::Unnamed;
use super::unscaled_batch_norm;
use crate::error::Result;
use crate::graph::{Conv, Scope, ValueId, Window};

/// Halves height and width without a border.
const HALVE: Window = Window::square(3, 2);

/// Layers of a network of which most have no name.
struct Layers<'a> {
    net: &'a Scope<'a>,
    unnamed: Unnamed,
}

/// All layers before the classifier.
pub fn features(net: &Scope<'_>, x: ValueId) -> Result<ValueId> {
    let mut layers = Layers {
        net,
        unnamed: Unnamed::default(),
    };
    let stem = [
        Conv::new(32, 3).stride(2),
        Conv::new(32, 3),
        same(64, [3, 3]),
    ];
    let x = layers.chain(x, &stem)?;
    let x = layers.max_pool(x)?;
    let x = layers.chain(x, &[Conv::new(80, 1), Conv::new(192, 3)])?;
    let mut x = layers.max_pool(x)?;
    for (number, pool_features) in [(0, 32), (1, 64), (2, 64)] {
        x = layers.inception_a(number, x, pool_features)?;
    }
    x = layers.inception_b(x)?;
    for (number, width) in [(4, 128), (5, 160), (6, 160), (7, 192)] {
        x = layers.inception_c(number, x, width)?;
    }
    x = layers.inception_d(x)?;
    for index in 0..2 {
        x = layers.inception_e(index, x)?;
    }
    net.global_average_pool("avg_pool", x)
}

impl Layers<'_> {
    /// 1x1, 5x5, two 3x3 and a pooling side by side: the paper's figure 5.
    fn inception_a(&mut self, number: usize, x: ValueId, pool_features: usize) -> Result<ValueId> {
        let one = self.conv(x, Conv::new(64, 1))?;
        let five = self.chain(x, &[Conv::new(48, 1), same(64, [5, 5])])?;
        let double = [Conv::new(64, 1), same(96, [3, 3]), same(96, [3, 3])];
        let double = self.chain(x, &double)?;
        let pooled = self.pooled(x, pool_features)?;
        self.mixed(number, &[one, five, double, pooled])
    }

    /// Half the size.
    fn inception_b(&mut self, x: ValueId) -> Result<ValueId> {
        let three = self.conv(x, Conv::new(384, 3).stride(2))?;
        let double = [
            Conv::new(64, 1),
            same(96, [3, 3]),
            Conv::new(96, 3).stride(2),
        ];
        let double = self.chain(x, &double)?;
        let pooled = self.max_pool(x)?;
        self.mixed(3, &[three, double, pooled])
    }

    /// 7x7 as a row and a column: the paper's figure 6.
    fn inception_c(&mut self, number: usize, x: ValueId, width: usize) -> Result<ValueId> {
        let one = self.conv(x, Conv::new(192, 1))?;
        let seven = [Conv::new(width, 1), same(width, [1, 7]), same(192, [7, 1])];
        let seven = self.chain(x, &seven)?;
        let double = [
            Conv::new(width, 1),
            same(width, [7, 1]),
            same(width, [1, 7]),
            same(width, [7, 1]),
            same(192, [1, 7]),
        ];
        let double = self.chain(x, &double)?;
        let pooled = self.pooled(x, 192)?;
        self.mixed(number, &[one, seven, double, pooled])
    }

    /// Half the size.
    fn inception_d(&mut self, x: ValueId) -> Result<ValueId> {
        let three = self.chain(x, &[Conv::new(192, 1), Conv::new(320, 3).stride(2)])?;
        let seven = [
            Conv::new(192, 1),
            same(192, [1, 7]),
            same(192, [7, 1]),
            Conv::new(192, 3).stride(2),
        ];
        let seven = self.chain(x, &seven)?;
        let pooled = self.max_pool(x)?;
        self.mixed(8, &[three, seven, pooled])
    }

    /// Rows and columns side by side: the paper's figure 7.
    fn inception_e(&mut self, index: usize, x: ValueId) -> Result<ValueId> {
        let one = self.conv(x, Conv::new(320, 1))?;
        let three = self.conv(x, Conv::new(384, 1))?;
        let three = self.row_beside_column(&format!("mixed9_{index}"), three)?;
        let double = self.chain(x, &[Conv::new(448, 1), same(384, [3, 3])])?;
        let name = self.unnamed.next("concatenate");
        let double = self.row_beside_column(&name, double)?;
        let pooled = self.pooled(x, 192)?;
        self.mixed(9 + index, &[one, three, double, pooled])
    }

    fn row_beside_column(&mut self, name: &str, x: ValueId) -> Result<ValueId> {
        let row = self.conv(x, same(384, [1, 3]))?;
        let column = self.conv(x, same(384, [3, 1]))?;
        self.net.concat(name, &[row, column])
    }

    /// A mean that keeps height and width, and 1x1.
    fn pooled(&mut self, x: ValueId, out_channels: usize) -> Result<ValueId> {
        let name = self.unnamed.next("average_pooling2d");
        let window = Window::square(3, 1).padded(1);
        let x = self.net.average_pool(&name, x, window, false)?;
        self.conv(x, Conv::new(out_channels, 1))
    }

    fn max_pool(&mut self, x: ValueId) -> Result<ValueId> {
        self.net
            .max_pool(&self.unnamed.next("max_pooling2d"), x, HALVE)
    }

    fn mixed(&self, number: usize, branches: &[ValueId]) -> Result<ValueId> {
        self.net.concat(&format!("mixed{number}"), branches)
    }

    /// Convolutions one behind the other.
    fn chain(&mut self, mut x: ValueId, convs: &[Conv]) -> Result<ValueId> {
        for &conv in convs {
            x = self.conv(x, conv)?;
        }
        Ok(x)
    }

    /// A convolution, normalised and rectified.
    fn conv(&mut self, x: ValueId, conv: Conv) -> Result<ValueId> {
        let x = self.net.conv(&self.unnamed.next("conv2d"), x, conv)?;
        let x = unscaled_batch_norm(self.net, &self.unnamed.next("batch_normalization"), x)?;
        self.net.relu(&self.unnamed.next("activation"), x)
    }
}

/// `out_channels` filters of an odd height and width that keep height and width.
fn same(out_channels: usize, kernel: [usize; 2]) -> Conv {
    Conv::rectangle(out_channels, kernel).centred()
}
