//! NASNet-A: Zoph, Vasudevan, Shlens, Le 2017, "Learning transferable architectures for scalable image
//! recognition" (arXiv:1707.07012). The names are timm's `models/nasnet.py`, which has the large network;
//! of the mobile one, the graph is Keras's `applications/nasnet.py`, and the names are timm's with the
//! cells left out that it lacks.
//!
//! A cell makes a new hidden state of the last two. Whoever reads a hidden state applies a ReLU first,
//! so that they are kept with the ReLU applied, once.

use crate::error::Result;
use crate::graph::{Conv, Graph, Padding, Scope, ValueId, Window, image_network};
use crate::tensor::Shape;

/// Added to each variance.
const EPSILON: f64 = 1e-3;
/// Cells whose numbers a stage takes up, as many as the large network has.
const NUMBERS: usize = 6;

/// What tells the networks apart.
pub struct Config {
    /// Channels of the first convolution.
    pub stem: usize,
    /// Channels of each branch in the first stage; each later stage has twice as many.
    pub filters: usize,
    /// Normal cells in each stage: N in the paper.
    pub normal_cells: usize,
    /// Whether the cell behind a reduction reads what the reduction read as the older hidden state, not
    /// its newer one (`skip_reduction_layer_input` of TF-slim).
    pub skips_reduction: bool,
    /// Whether the zeros around an image can be the largest value in a window, as in Keras.
    pub zeros_win: bool,
}

/// NASNet-A (4 @ 1056).
pub const MOBILE: Config = Config {
    stem: 32,
    filters: 44,
    normal_cells: 4,
    skips_reduction: false,
    zeros_win: true,
};

/// NASNet-A (6 @ 4032).
pub const LARGE: Config = Config {
    stem: 96,
    filters: 168,
    normal_cells: 6,
    skips_reduction: true,
    zeros_win: false,
};

/// The network of `config` for images of `input`.
pub fn build(name: &str, config: &Config, input: Shape, classes: usize) -> Result<Graph> {
    let filters = config.filters;
    image_network(name, input, |net, x| {
        let conv0 = net.at("conv0");
        let x = conv0.conv("conv", x, Conv::new(config.stem, 3).stride(2))?;
        let x = conv0.batch_norm("bn", x, EPSILON)?;
        let stem = conv0.relu("act", x)?;

        let cell = net.at("cell_stem_0");
        let newer = squeezed(&cell, "conv_1x1", stem, filters / 4)?;
        let newer = Hidden::new(&cell, "newer", newer)?;
        // The only hidden state whose plain values nothing reads.
        let stem_state = Hidden {
            plain: stem,
            active: stem,
        };
        let mut previous = reduction_cell(&cell, config, &newer, &stem_state)?;

        let cell = net.at("cell_stem_1");
        let newer = squeezed(&cell, "conv_1x1", previous, filters / 2)?;
        let newer = Hidden::new(&cell, "newer", newer)?;
        let older = factorized_reduction(&cell, stem, filters / 2)?;
        let older = Hidden::new(&cell, "older", older)?;
        let mut x = reduction_cell(&cell, config, &newer, &older)?;

        for stage in 0..3 {
            let width = filters << stage;
            if stage > 0 {
                let cell = net.at(format!("reduction_cell_{}", stage - 1));
                let [newer, older] = inputs(&cell, x, previous, width, Older::SameSize)?;
                let reduced = reduction_cell(&cell, config, &newer, &older)?;
                if !config.skips_reduction {
                    previous = x;
                }
                x = reduced;
            }
            for index in 0..config.normal_cells {
                let cell = net.at(format!("cell_{}", NUMBERS * stage + index));
                let older = match index {
                    0 => Older::TwiceTheSize,
                    _ => Older::SameSize,
                };
                let [newer, older] = inputs(&cell, x, previous, width, older)?;
                let next = normal_cell(&cell, &newer, &older)?;
                (x, previous) = (next, x);
            }
        }
        let x = net.global_average_pool("global_pool", x)?;
        let x = net.dropout("head_drop", x)?;
        net.linear("last_linear", x, classes)
    })
}

/// A hidden state inside a cell: pools and sums read it as it is, convolutions behind a ReLU.
struct Hidden {
    plain: ValueId,
    active: ValueId,
}

impl Hidden {
    fn new(cell: &Scope<'_>, name: &str, plain: ValueId) -> Result<Self> {
        let active = cell.relu(&format!("{name}.act"), plain)?;
        Ok(Self { plain, active })
    }
}

/// How large the older hidden state is, beside the newer one.
enum Older {
    SameSize,
    TwiceTheSize,
}

/// Both hidden states, newer and older, brought to `width` channels and the newer one's size.
fn inputs(
    cell: &Scope<'_>,
    newer: ValueId,
    older: ValueId,
    width: usize,
    size: Older,
) -> Result<[Hidden; 2]> {
    let newer = squeezed(cell, "conv_1x1", newer, width)?;
    let older = match size {
        Older::SameSize => squeezed(cell, "conv_prev_1x1", older, width)?,
        Older::TwiceTheSize => factorized_reduction(cell, older, width)?,
    };
    Ok([
        Hidden::new(cell, "newer", newer)?,
        Hidden::new(cell, "older", older)?,
    ])
}

fn squeezed(cell: &Scope<'_>, name: &str, x: ValueId, width: usize) -> Result<ValueId> {
    let layer = cell.at(name);
    let x = layer.conv("conv", x, Conv::new(width, 1))?;
    layer.batch_norm("bn", x, EPSILON)
}

/// Half the size without losing what a stride skips: one path reads every other pixel, the other those
/// one down and to the right, with zeros where there are none.
fn factorized_reduction(cell: &Scope<'_>, x: ValueId, width: usize) -> Result<ValueId> {
    let every_other = Conv::new(width / 2, 1).stride(2);
    let first = cell.conv("path_1.conv", x, every_other)?;
    let corner = Padding {
        top: 1,
        left: 1,
        ..Padding::default()
    };
    let opposite = Padding {
        bottom: 1,
        right: 1,
        ..Padding::default()
    };
    let shifted = cell.crop("path_2.crop", x, corner)?;
    let shifted = cell.pad("path_2.pad", shifted, opposite)?;
    let second = cell.conv("path_2.conv", shifted, every_other)?;
    let joined = cell.concat("final_path", &[first, second])?;
    cell.batch_norm("final_path_bn", joined, EPSILON)
}

/// The paper's figure 4, left.
fn normal_cell(cell: &Scope<'_>, newer: &Hidden, older: &Hidden) -> Result<ValueId> {
    let width = cell.shape(newer.plain)?.channels;
    let separable = |name: &str, x: &Hidden, kernel: usize| {
        separable(&cell.at(name), x.active, width, kernel, 1)
    };
    let sum = |index: usize, left, right| cell.add(&format!("comb_iter_{index}"), left, right);

    let left = separable("comb_iter_0_left", newer, 5)?;
    let right = separable("comb_iter_0_right", older, 3)?;
    let first = sum(0, left, right)?;
    let left = separable("comb_iter_1_left", older, 5)?;
    let right = separable("comb_iter_1_right", older, 3)?;
    let second = sum(1, left, right)?;
    let left = average(cell, "comb_iter_2_left", newer.plain)?;
    let third = sum(2, left, older.plain)?;
    // Both sides of the fourth sum are the same pool.
    let both = average(cell, "comb_iter_3_left", older.plain)?;
    let fourth = sum(3, both, both)?;
    let left = separable("comb_iter_4_left", newer, 3)?;
    let fifth = sum(4, left, newer.plain)?;
    let branches = [older.plain, first, second, third, fourth, fifth];
    let joined = cell.concat("concat", &branches)?;
    cell.relu("act", joined)
}

/// The paper's figure 4, right.
fn reduction_cell(
    cell: &Scope<'_>,
    config: &Config,
    newer: &Hidden,
    older: &Hidden,
) -> Result<ValueId> {
    let width = cell.shape(newer.plain)?.channels;
    let separable = |name: &str, x: &Hidden, kernel: usize| {
        separable(&cell.at(name), x.active, width, kernel, 2)
    };
    let sum = |index: usize, left, right| cell.add(&format!("comb_iter_{index}"), left, right);

    let left = separable("comb_iter_0_left", newer, 5)?;
    let right = separable("comb_iter_0_right", older, 7)?;
    let first = sum(0, left, right)?;
    // The second and the fifth sum have it both.
    let maximum = largest(cell, config, "comb_iter_1_left", newer.plain)?;
    let right = separable("comb_iter_1_right", older, 7)?;
    let second = sum(1, maximum, right)?;
    let left = average_halved(cell, "comb_iter_2_left", newer.plain)?;
    let right = separable("comb_iter_2_right", older, 5)?;
    let third = sum(2, left, right)?;
    let right = average(cell, "comb_iter_3_right", first)?;
    let fourth = sum(3, right, second)?;
    let active = cell.relu("comb_iter_4_left.act_1", first)?;
    let left = self::separable(&cell.at("comb_iter_4_left"), active, width, 3, 1)?;
    let fifth = sum(4, left, maximum)?;
    let joined = cell.concat("concat", &[second, third, fourth, fifth])?;
    cell.relu("act", joined)
}

/// Twice a separable convolution, the first with the stride. The ReLU before it is the caller's.
fn separable(
    branch: &Scope<'_>,
    mut x: ValueId,
    width: usize,
    kernel: usize,
    stride: usize,
) -> Result<ValueId> {
    for (index, stride) in [(1, stride), (2, 1)] {
        if index == 2 {
            x = branch.relu("act_2", x)?;
        }
        let channels = branch.shape(x)?.channels;
        let depthwise = Conv::new(channels, kernel).stride(stride).same_padding();
        let layer = branch.at(format!("separable_{index}"));
        x = layer.conv("depthwise_conv2d", x, depthwise.groups(channels))?;
        x = layer.conv("pointwise_conv2d", x, Conv::new(width, 1))?;
        x = branch.batch_norm(&format!("bn_sep_{index}"), x, EPSILON)?;
    }
    Ok(x)
}

/// The mean of 3x3 pixels, those beyond the border left out.
fn average(cell: &Scope<'_>, name: &str, x: ValueId) -> Result<ValueId> {
    let window = Window {
        padding: Padding::all(1),
        ..Window::square(3, 1)
    };
    cell.average_pool(name, x, window, false)
}

/// As [`average`], at half the size; here zeros beyond the border count.
fn average_halved(cell: &Scope<'_>, name: &str, x: ValueId) -> Result<ValueId> {
    let mut window = Window::square(3, 2);
    window.padding = window.same_padding(cell.shape(x)?)?;
    cell.average_pool(name, x, window, true)
}

/// The largest of 3x3 pixels, at half the size.
fn largest(cell: &Scope<'_>, config: &Config, name: &str, x: ValueId) -> Result<ValueId> {
    let mut window = Window::square(3, 2);
    let border = window.same_padding(cell.shape(x)?)?;
    if config.zeros_win {
        let padded = cell.pad(&format!("{name}.pad"), x, border)?;
        return cell.max_pool(name, padded, window);
    }
    window.padding = border;
    cell.max_pool(name, x, window)
}
