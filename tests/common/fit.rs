//! Which windows fit, by arithmetic of the tests' own. Generators of cases go by it and not by what the library refuses:
//! a library that refused too much would then be tested on less, and every test would pass.

use menagerie::graph::{Rounding, Window};

/// Whether `window` fits at least once into an image of this height and width.
pub fn fits(window: &Window, size: [usize; 2]) -> bool {
    (0..2).all(|axis| {
        let overhang = match window.rounding {
            Rounding::Floor => 0,
            Rounding::Ceil => window.stride[axis] - 1,
        };
        size[axis] + border(window, axis) + overhang >= extent(window, axis)
    })
}

/// Whether a transposed convolution of an image of this height and width leaves anything inside its border.
pub fn leaves_something(window: &Window, size: [usize; 2], output_padding: [usize; 2]) -> bool {
    (0..2).all(|axis| {
        let whole = (size[axis] - 1) * window.stride[axis] + extent(window, axis);
        whole + output_padding[axis] > border(window, axis)
    })
}

fn border(window: &Window, axis: usize) -> usize {
    let padding = window.padding;
    [padding.top + padding.bottom, padding.left + padding.right][axis]
}

fn extent(window: &Window, axis: usize) -> usize {
    window.dilation[axis] * (window.kernel[axis] - 1) + 1
}
