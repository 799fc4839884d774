//! What to say of a photo that is too large.

use menagerie::weights::Weights;
use menagerie::zoo::Model;
use menagerie::{Error, ErrorKind};

use super::graph;
use crate::cli::executor::Device;

/// What to say of a photo of `size`, height first, that `device` refuses: which size it takes. Nothing where
/// a single pixel is too much, as it is not for the photo's size then.
pub fn too_large(
    model: &Model,
    weights: &Weights,
    device: &Device,
    size: [usize; 2],
) -> Option<Error> {
    let fits = |device: &Device, size: [usize; 2]| {
        graph(model, weights, size).is_ok_and(|graph| device.admits(&graph, 1).is_ok())
    };
    let [rows, columns] = largest(size, |size| fits(device, size))?;
    let [height, width] = size;
    let other = match device {
        Device::Gpu(_) if fits(&Device::Reference, size) => ", or use --adapter cpu",
        _ => "",
    };
    Some(Error::new(
        ErrorKind::Limit,
        format!(
            "{width}x{height} pixels are too many for {} on {}, which takes up to {columns}x{rows} of this \
             shape; make the photo smaller{other}",
            model.name,
            device.describe()
        ),
    ))
}

/// The largest size with the proportions of `size` that `fits`.
fn largest(size: [usize; 2], fits: impl Fn([usize; 2]) -> bool) -> Option<[usize; 2]> {
    let longer = size[0].max(size[1]);
    let scaled = |side: usize| size.map(|other| (other * side / longer).max(1));
    let (mut fitting, mut refused) = (0, longer);
    while refused - fitting > 1 {
        let middle = fitting + (refused - fitting) / 2;
        match fits(scaled(middle)) {
            true => fitting = middle,
            false => refused = middle,
        }
    }
    (fitting > 0).then(|| scaled(fitting))
}

#[cfg(test)]
mod tests {
    use super::largest;

    #[test]
    fn the_largest_size_is_as_large_as_it_can_be() {
        let of = |most: usize| largest([300, 400], |[height, width]| height * width <= most);
        assert_eq!(of(75 * 100), Some([75, 100]));
        assert_eq!(of(75 * 100 - 1), Some([74, 99]));
        assert_eq!(of(1), Some([1, 1]));
        assert_eq!(of(0), None);
    }
}
