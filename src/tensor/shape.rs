use std::fmt;

/// The extents of one image or feature map. They do not include the number of images.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Shape {
    /// Number of channels.
    pub channels: usize,
    /// Rows of pixels.
    pub height: usize,
    /// Pixels in a row.
    pub width: usize,
}

impl Shape {
    /// Returns the shape of `channels` planes of `height` by `width` pixels.
    pub const fn new(channels: usize, height: usize, width: usize) -> Self {
        Self {
            channels,
            height,
            width,
        }
    }

    /// Returns the shape of a feature vector: one pixel of `channels` values.
    pub const fn vector(channels: usize) -> Self {
        Self::new(channels, 1, 1)
    }

    /// Returns the number of pixels in a plane.
    pub const fn pixels(&self) -> usize {
        self.height * self.width
    }

    /// Returns the number of values.
    pub const fn elements(&self) -> usize {
        self.channels * self.pixels()
    }

    /// Returns whether this is one pixel.
    pub const fn is_vector(&self) -> bool {
        self.height == 1 && self.width == 1
    }

    /// Extents of so many `images` as files have them: images and channels where each is a vector, else rows and columns
    /// too.
    pub(crate) fn extents(&self, images: usize) -> Vec<usize> {
        match self.is_vector() {
            true => vec![images, self.channels],
            false => vec![images, self.channels, self.height, self.width],
        }
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}x{}x{}", self.channels, self.height, self.width)
    }
}
