use std::fmt;

use super::operands::{Operands, product, refused};
use crate::error::Result;
use crate::graph::Padding;
use crate::tensor::{Shape, Type};

/// Height and width of a tile of the result.
pub(crate) const TILE: usize = 4;

/// Height and width of the input under a tile of the result, for a window of 3x3.
pub(crate) const INPUT_TILE: usize = TILE + 2;

/// Multiply-adds of the transform of a row or a column.
pub(crate) const OF_A_ROW: usize = 12;

/// Number of products of a tile, for each pair of an input and an output channel.
pub(crate) const PRODUCTS: usize = INPUT_TILE * INPUT_TILE;

/// `B^T`: transforms a row or a column of a tile of the input.
pub(crate) const FROM_INPUT: [[f64; INPUT_TILE]; INPUT_TILE] = [
    [4.0, 0.0, -5.0, 0.0, 1.0, 0.0],
    [0.0, -4.0, -4.0, 1.0, 1.0, 0.0],
    [0.0, 4.0, -4.0, -1.0, 1.0, 0.0],
    [0.0, -2.0, -1.0, 2.0, 1.0, 0.0],
    [0.0, 2.0, -1.0, -2.0, 1.0, 0.0],
    [0.0, 4.0, 0.0, -5.0, 0.0, 1.0],
];

/// `A^T`: transforms a row or a column of products to the result.
pub(crate) const TO_RESULT: [[f64; INPUT_TILE]; TILE] = [
    [1.0, 1.0, 1.0, 1.0, 1.0, 0.0],
    [0.0, 1.0, -1.0, 2.0, -2.0, 0.0],
    [0.0, 1.0, 1.0, 4.0, 4.0, 0.0],
    [0.0, 1.0, -1.0, 8.0, -8.0, 1.0],
];

/// A step of a convolution of 3x3 with stride 1 by Winograd's minimal filtering F(4x4, 3x3). Planning replaces a convolution by
/// the steps where they are faster. A graph does not need them.
///
/// A tile of 4x4 of the result is `A^T ((G g G^T) * (B^T d B)) A`, where `g` is a window, `d` the 6x6 of the input under the
/// tile, and `*` multiplies the 36 values one by one. Their sums over the input channels are a convolution of 1x1 in 36 groups.
/// So a result takes 36 / 16 = 2.25 multiply-adds in place of 9 for each input channel. Andrew Lavin and Scott Gray, "Fast
/// Algorithms for Convolutional Neural Networks", 2015, arXiv:1509.09308.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Winograd {
    /// `B^T d B` of an image `[channels, height, width]`: an image of `36 channels` with a pixel for each tile. The channels of
    /// each of the 36 values are together.
    Input {
        /// The padding of the convolution.
        padding: Padding,
    },
    /// `G g G^T` of a weight `[out, in, 3, 3]`: a weight `[36 out, in, 1, 1]`.
    Weight,
    /// `A^T m A` of the sums of products, an image of `36 channels` with a pixel for each tile: an image of `channels`.
    Result {
        /// Height of the result.
        height: usize,
        /// Width of the result.
        width: usize,
    },
}

impl Winograd {
    /// Returns the step's name in listings.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Winograd::Input { .. } => "winograd_input",
            Winograd::Weight => "winograd_weight",
            Winograd::Result { .. } => "winograd_result",
        }
    }

    pub(super) fn infer(&self, inputs: &[Option<&Type>]) -> Result<Vec<Type>> {
        let operands = Operands::new(inputs, 1, 1)?;
        let result = match *self {
            Winograd::Input { padding } => {
                let input = operands.image(0)?;
                padding.check()?;
                let tiles = |axis: usize, size: usize| {
                    let padded = size + padding.along(axis).iter().sum::<usize>();
                    let result = padded.checked_sub(2).filter(|&result| result > 0);
                    let missing =
                        || refused(format!("a window of 3x3 needs a larger image than {input}"));
                    result
                        .map(|result| result.div_ceil(TILE))
                        .ok_or_else(missing)
                };
                let [height, width] = [tiles(0, input.height)?, tiles(1, input.width)?];
                let channels = checked(input.channels, PRODUCTS)?;
                Type::image(Shape::new(channels, height, width))?
            }
            Winograd::Weight => {
                let weight = operands.get(0, "a weight")?;
                let dims = operands.parameter(0, "a weight")?;
                let &[out_channels, in_channels, 3, 3] = &dims[..] else {
                    return Err(refused(format!(
                        "expected a weight of [out, in, 3, 3], found {dims}"
                    )));
                };
                let channels = checked(out_channels, PRODUCTS)?;
                weight.with_extents(&[channels, in_channels, 1, 1])?
            }
            Winograd::Result { height, width } => {
                let input = operands.image(0)?;
                let tiles = [height.div_ceil(TILE), width.div_ceil(TILE)];
                let is_whole = input.channels.is_multiple_of(PRODUCTS);
                if !is_whole || tiles != [input.height, input.width] {
                    return Err(refused(format!(
                        "expected the products of {}x{} tiles, found {input}",
                        tiles[0], tiles[1]
                    )));
                }
                Type::image(Shape::new(input.channels / PRODUCTS, height, width))?
            }
        };
        Ok(vec![result])
    }

    /// A multiply-add counts once, because most are only additions.
    pub(super) fn flops(&self, input: &Type, output: &Type) -> u64 {
        let [tiles, rows] = match self {
            Winograd::Input { .. } => [output.count() / PRODUCTS, 2 * INPUT_TILE],
            Winograd::Weight => return 0,
            Winograd::Result { .. } => [input.count() / PRODUCTS, TILE + INPUT_TILE],
        };
        product(&[tiles, rows, OF_A_ROW])
    }
}

/// The number of `count` values for each of `each`.
fn checked(each: usize, count: usize) -> Result<usize> {
    each.checked_mul(count)
        .ok_or_else(|| refused(format!("{count} times {each} channels are too many")))
}

/// Height and width of the window.
const WINDOW: usize = 3;

/// Values of several windows, which are computed together.
type Lanes<const N: usize> = [f64; N];

/// Returns `G g G^T`: the weights of all products, for each of the 3x3 windows `g`.
pub(crate) fn weights_of<const N: usize>(
    windows: &[Lanes<N>; WINDOW * WINDOW],
) -> [[Lanes<N>; INPUT_TILE]; INPUT_TILE] {
    let row = |row: usize| [0, 1, 2].map(|column| windows[WINDOW * row + column]);
    let rows = [0, 1, 2].map(|index| from_window(&row(index)));
    let mut weights = [[[0.0; N]; INPUT_TILE]; INPUT_TILE];
    for column in 0..INPUT_TILE {
        let values = from_window(&[0, 1, 2].map(|row: usize| rows[row][column]));
        for (weights, values) in weights.iter_mut().zip(values) {
            weights[column] = values;
        }
    }
    weights
}

/// `G` times a row or a column of each window. The rows of `G` are
///
/// ```text
///  1/4    0     0
/// -1/6  -1/6  -1/6
/// -1/6   1/6  -1/6
/// 1/24  1/12   1/6
/// 1/24 -1/12   1/6
///    0     0     1
/// ```
fn from_window<const N: usize>([a, b, c]: &[Lanes<N>; WINDOW]) -> [Lanes<N>; INPUT_TILE] {
    // Products, because divisions take the host much longer.
    const SIXTH: f64 = 1.0 / 6.0;
    let mut values = [[0.0; N]; INPUT_TILE];
    for lane in 0..N {
        let (a, b, c) = (a[lane], b[lane], c[lane]);
        let near = -SIXTH * (a + c);
        let far = SIXTH * (0.25 * a + c);
        values[0][lane] = 0.25 * a;
        values[1][lane] = near - SIXTH * b;
        values[2][lane] = near + SIXTH * b;
        values[3][lane] = far + 0.5 * SIXTH * b;
        values[4][lane] = far - 0.5 * SIXTH * b;
        values[5][lane] = c;
    }
    values
}

impl fmt::Display for Winograd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{TILE}x{TILE}")?;
        match self {
            Winograd::Input { padding } => write!(f, " padding {padding}"),
            Winograd::Weight => Ok(()),
            Winograd::Result { height, width } => write!(f, " to {height}x{width}"),
        }
    }
}
