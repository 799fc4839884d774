//! The largest image that fits the device.

use super::{Device, Network, Origin};
use crate::error::{Error, ErrorKind, Result};
use crate::passes;
use crate::tensor::Shape;

impl Network {
    /// The largest size, height first, with the proportions of `size` that fits the device, or `None` if no size fits.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] if the input of your own graph is not an image.
    pub fn largest_size(&self, size: [usize; 2]) -> Result<Option<[usize; 2]>> {
        let channels = self.input_shape()?.channels;
        let fits = |size| self.fits(&self.device, channels, size);
        Ok(match fits(size) {
            true => Some(size),
            false => largest(size, fits),
        })
    }

    /// `error`, with the largest size that fits if the device has not enough memory for images of `shape`.
    pub(crate) fn explained(&self, error: Error, shape: Shape) -> Error {
        let size @ [height, width] = [shape.height, shape.width];
        if error.kind() != ErrorKind::Limit {
            return error;
        }
        let Ok(Some([rows, columns])) = self.largest_size(size) else {
            return error;
        };
        let other = match &self.device {
            Device::Gpu(_) if self.fits(&Device::Reference, shape.channels, size) => {
                ", or use the reference executor"
            }
            _ => "",
        };
        let advice = match &self.origin {
            Origin::Zoo(checkpoint) if !checkpoint.model().keeps_photo_size() => {
                "crop the photo to another shape or load the network for a smaller size"
            }
            _ => "make the photo smaller",
        };
        let (name, device) = (self.name(), &self.device);
        Error::new(
            ErrorKind::Limit,
            format!(
                "{width}x{height} pixels are too many for {name} on {device}, which takes up to {columns}x{rows} of \
                 this shape; {advice}{other}"
            ),
        )
        .caused_by(error)
    }

    fn fits(&self, device: &Device, channels: usize, [height, width]: [usize; 2]) -> bool {
        let graph = self.graph(Shape::new(channels, height, width));
        let graph = graph.and_then(|graph| passes::optimize(&graph, &self.passes));
        graph.is_ok_and(|graph| device.check(&graph, self.batch).is_ok())
    }
}

/// The largest size with the proportions of `size` for which `fits` is true. It is false for `size`.
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
