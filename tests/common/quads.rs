//! Where tensors lie, quad by quad.

use std::collections::BTreeSet;

use menagerie::kernels::View;

/// A slot and a quad of it.
pub type Quad = (usize, usize);

/// Bytes of a quad of f32.
#[allow(dead_code, reason = "only tests of f32 use it")]
pub const BYTES: u64 = 16;

/// The quads of `batch` images that belong to `view` and to no other tensor.
pub fn of(view: &View, batch: usize) -> BTreeSet<Quad> {
    let first = view.format.quads(view.place.begin);
    (0..batch * view.shape.pixels())
        .flat_map(|pixel| {
            let pixel = view.offset + pixel * view.pitch;
            (0..view.quads()).map(move |quad| first + pixel + quad)
        })
        .map(|quad| (view.place.slot, quad))
        .collect()
}
