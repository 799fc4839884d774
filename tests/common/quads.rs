//! Where tensors lie, quad by quad.

use std::collections::BTreeSet;

use menagerie::kernels::View;

/// A slot and a quad of it.
pub type Quad = (usize, usize);

/// The quads of `batch` images that belong to `view` and to no other tensor.
pub fn of(view: &View, batch: usize) -> BTreeSet<Quad> {
    let first = view.place.begin + view.offset;
    (0..batch * view.shape.pixels())
        .flat_map(|pixel| (0..view.groups()).map(move |quad| first + pixel * view.pitch + quad))
        .map(|quad| (view.place.slot, quad))
        .collect()
}
