//! NASNet-A (6 @ 4032): Zoph, Vasudevan, Shlens, Le 2017, "Learning transferable architectures for scalable image
//! recognition" (arXiv:1707.07012), as Keras's `applications/nasnet.py` has it: zeros around an image count in the pools of
//! reductions, as largest values too.

use super::EPSILON;
use super::unnamed::Unnamed;
use crate::error::Result;
use crate::graph::{Conv, Padding, Scope, ValueId, Window};

/// Channels of the first convolution.
const STEM: usize = 96;
/// Channels of each branch in the first stage; each later stage has twice as many.
const FILTERS: usize = 168;
/// Normal cells in each stage: N in the paper.
const CELLS: usize = 6;

/// All layers before the classifier.
pub fn features(net: &Scope<'_>, x: ValueId) -> Result<ValueId> {
    let x = net.conv("stem_conv1", x, Conv::new(STEM, 3).stride(2))?;
    let stem = net.batch_norm("stem_bn1", x, EPSILON)?;
    let mut cells = Cells {
        net,
        unnamed: Unnamed::default(),
    };
    let mut previous = cells.reduction("stem_1", stem, stem, FILTERS / 4)?;
    let mut x = cells.reduction("stem_2", previous, stem, FILTERS / 2)?;
    for stage in 0..3 {
        let filters = FILTERS << stage;
        if stage > 0 {
            // The next cell reads what the reduction read as the older state (`skip_reduction`).
            x = cells.reduction(&format!("reduce_{}", stage * CELLS), x, previous, filters)?;
        }
        for index in 0..CELLS {
            // Keras leaves out the number of its first reduction.
            let id = stage * CELLS + index + stage.min(1);
            let next = cells.normal(&id.to_string(), x, previous, filters)?;
            (x, previous) = (next, x);
        }
    }
    let x = cells.relu(x)?;
    net.global_average_pool("global_average_pooling2d", x)
}

struct Cells<'a> {
    net: &'a Scope<'a>,
    unnamed: Unnamed,
}

impl Cells<'_> {
    /// The paper's figure 4, left: a new state of the newer and the older one.
    fn normal(
        &mut self,
        id: &str,
        newer: ValueId,
        older: ValueId,
        filters: usize,
    ) -> Result<ValueId> {
        let net = self.net;
        let p = self.adjusted(id, older, newer, filters)?;
        let h = self.squeezed("normal", id, newer, filters)?;
        let named = |branch: &str| format!("normal_{branch}_{id}");

        let left = self.separable(&named("left1"), h, filters, 5, 1)?;
        let right = self.separable(&named("right1"), p, filters, 3, 1)?;
        let first = net.add(&named("add_1"), left, right)?;
        let left = self.separable(&named("left2"), p, filters, 5, 1)?;
        let right = self.separable(&named("right2"), p, filters, 3, 1)?;
        let second = net.add(&named("add_2"), left, right)?;
        let left = average(net, &named("left3"), h)?;
        let third = net.add(&named("add_3"), left, p)?;
        let left = average(net, &named("left4"), p)?;
        let right = average(net, &named("right4"), p)?;
        let fourth = net.add(&named("add_4"), left, right)?;
        let left = self.separable(&named("left5"), h, filters, 3, 1)?;
        let fifth = net.add(&named("add_5"), left, h)?;
        net.concat(&named("concat"), &[p, first, second, third, fourth, fifth])
    }

    /// The paper's figure 4, right: the same at half the size.
    fn reduction(
        &mut self,
        id: &str,
        newer: ValueId,
        older: ValueId,
        filters: usize,
    ) -> Result<ValueId> {
        let net = self.net;
        let p = match older == newer {
            true => older,
            false => self.adjusted(id, older, newer, filters)?,
        };
        let h = self.squeezed("reduction", id, newer, filters)?;
        let named = |branch: &str| format!("reduction_{branch}_{id}");
        let window = Window::square(3, 2);
        let border = window.same_padding(net.shape(h)?)?;
        let padded = net.pad(&named("pad_1"), h, border)?;

        let left = self.separable(&named("left1"), h, filters, 5, 2)?;
        let right = self.separable(&named("right1"), p, filters, 7, 2)?;
        let first = net.add(&named("add_1"), left, right)?;
        let left = net.max_pool(&named("left2"), padded, window)?;
        let right = self.separable(&named("right2"), p, filters, 7, 2)?;
        let second = net.add(&named("add_2"), left, right)?;
        let left = net.average_pool(&named("left3"), padded, window, true)?;
        let right = self.separable(&named("right3"), p, filters, 5, 2)?;
        let third = net.add(&named("add3"), left, right)?;
        let left = average(net, &named("left4"), first)?;
        let fourth = net.add(&self.unnamed.next("add"), second, left)?;
        let left = self.separable(&named("left4"), first, filters, 3, 1)?;
        let right = net.max_pool(&named("right5"), padded, window)?;
        let fifth = net.add(&named("add4"), left, right)?;
        net.concat(&named("concat"), &[second, third, fourth, fifth])
    }

    /// The older state with as many channels as a branch, and with the size of the newer one.
    fn adjusted(
        &mut self,
        id: &str,
        older: ValueId,
        newer: ValueId,
        filters: usize,
    ) -> Result<ValueId> {
        let net = self.net;
        if net.shape(older)?.width == net.shape(newer)?.width {
            let x = self.relu(older)?;
            let projection = format!("adjust_conv_projection_{id}");
            let x = net.conv(&projection, x, Conv::new(filters, 1))?;
            return net.batch_norm(&format!("adjust_bn_{id}"), x, EPSILON);
        }
        // One path reads every other pixel, the other those one down and to the right, with zeros where there are none.
        let x = net.relu(&format!("adjust_relu_1_{id}"), older)?;
        let path = |index: usize, x| {
            let every_other = Window::square(1, 2);
            let x = net.average_pool(
                &format!("adjust_avg_pool_{index}_{id}"),
                x,
                every_other,
                true,
            )?;
            let conv = Conv::new(filters / 2, 1);
            net.conv(&format!("adjust_conv_{index}_{id}"), x, conv)
        };
        let first = path(1, x)?;
        let [opposite, corner] = [
            Padding {
                bottom: 1,
                right: 1,
                ..Padding::default()
            },
            Padding {
                top: 1,
                left: 1,
                ..Padding::default()
            },
        ];
        let shifted = net.pad(&self.unnamed.next("zero_padding2d"), x, opposite)?;
        let shifted = net.crop(&self.unnamed.next("cropping2d"), shifted, corner)?;
        let second = path(2, shifted)?;
        let joined = net.concat(&self.unnamed.next("concatenate"), &[first, second])?;
        net.batch_norm(&format!("adjust_bn_{id}"), joined, EPSILON)
    }

    /// The newer state with as many channels as a branch.
    fn squeezed(&mut self, kind: &str, id: &str, x: ValueId, filters: usize) -> Result<ValueId> {
        let net = self.net;
        let x = self.relu(x)?;
        let x = net.conv(&format!("{kind}_conv_1_{id}"), x, Conv::new(filters, 1))?;
        net.batch_norm(&format!("{kind}_bn_1_{id}"), x, EPSILON)
    }

    /// Twice a ReLU and a separable convolution, the first with the stride.
    fn separable(
        &mut self,
        id: &str,
        mut x: ValueId,
        filters: usize,
        kernel: usize,
        stride: usize,
    ) -> Result<ValueId> {
        let net = self.net;
        for (index, stride) in [(1, stride), (2, 1)] {
            x = self.relu(x)?;
            let channels = net.shape(x)?.channels;
            let mut depthwise = Conv::new(channels, kernel).stride(stride).groups(channels);
            if stride == 1 {
                depthwise = depthwise.padding(kernel / 2);
            } else {
                // What Keras computes as `correct_pad`.
                let same = Window::square(kernel, stride).same_padding(net.shape(x)?)?;
                x = net.pad(&format!("separable_conv_{index}_pad_{id}"), x, same)?;
            }
            let layer = net.at(format!("separable_conv_{index}_{id}"));
            x = layer.conv("depthwise", x, depthwise)?;
            x = layer.conv("pointwise", x, Conv::new(filters, 1))?;
            x = net.batch_norm(&format!("separable_conv_{index}_bn_{id}"), x, EPSILON)?;
        }
        Ok(x)
    }

    fn relu(&mut self, x: ValueId) -> Result<ValueId> {
        self.net.relu(&self.unnamed.next("activation"), x)
    }
}

/// The mean of 3x3 pixels, those beyond the border left out.
fn average(net: &Scope<'_>, name: &str, x: ValueId) -> Result<ValueId> {
    let window = Window {
        padding: Padding::all(1),
        ..Window::square(3, 1)
    };
    net.average_pool(name, x, window, false)
}
