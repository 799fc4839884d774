//! Colours for values from 0 to 1.

use crate::error::{Error, ErrorKind, Result};

/// Colours for values from 0 to 1: 8-bit sRGB with opacity, evenly spaced, with linear interpolation between them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Palette {
    colours: Vec<[u8; 4]>,
}

/// The colour of the foreground, cyan. It differs from stained tissue, skin and wood, and is bright on a dark background.
pub(crate) const FOREGROUND: [u8; 3] = [0, 229, 255];

/// Number of colours of [`Palette::turbo`].
const STEPS: usize = 256;

/// Red, green and blue of Turbo as polynomials, with the coefficients of 1, x, x^2 and so on: Anton Mikhailov's colour
/// map of 2019 in Ruofei Du's approximation (gist.github.com/mikhailov-work/0d177465a8151eb6ede1768d51d476c7).
const TURBO: [[f64; 6]; 3] = [
    [
        0.13572138,
        4.61539260,
        -42.66032258,
        132.13108234,
        -152.94239396,
        59.28637943,
    ],
    [
        0.09140261,
        2.19418839,
        4.84296658,
        -14.18503333,
        4.27729857,
        2.82956604,
    ],
    [
        0.10667330,
        12.64194608,
        -60.58204836,
        110.36276771,
        -89.90310912,
        27.34824973,
    ],
];

impl Palette {
    /// A palette of opaque `colours`, at least one.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] if `colours` is empty.
    pub fn new(colours: Vec<[u8; 3]>) -> Result<Self> {
        Self::with_opacity(colours.into_iter().map(opaque).collect())
    }

    /// A palette of `colours` in RGBA, at least one. Red, green and blue are not multiplied by the opacity.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] if `colours` is empty.
    pub fn with_opacity(colours: Vec<[u8; 4]>) -> Result<Self> {
        match colours.is_empty() {
            true => Err(Error::new(ErrorKind::Input, "a palette has no colours")),
            false => Ok(Self { colours }),
        }
    }

    /// A heat map: from dark blue through green and yellow to dark red.
    pub fn turbo() -> Self {
        let colour = |step: usize| {
            let x = step as f64 / (STEPS - 1) as f64;
            opaque(TURBO.map(|coefficients| {
                let sum = coefficients.iter().rfold(0.0, |sum, c| sum * x + c);
                (sum.clamp(0.0, 1.0) * 255.0).round() as u8
            }))
        };
        Self {
            colours: (0..STEPS).map(colour).collect(),
        }
    }

    /// From black to white.
    pub fn gray() -> Self {
        Self {
            colours: [[0; 3], [255; 3]].map(opaque).to_vec(),
        }
    }

    /// From nothing to the colour of the foreground.
    pub fn foreground() -> Self {
        let clear = [0; 4];
        Self {
            colours: vec![clear, opaque(FOREGROUND)],
        }
    }

    /// All colours, in RGBA.
    pub fn colours(&self) -> &[[u8; 4]] {
        &self.colours
    }

    /// The colour of `value`, 0 to 1, in RGBA.
    pub fn colour(&self, value: f32) -> [u8; 4] {
        let place = value.clamp(0.0, 1.0) * (self.colours.len() - 1) as f32;
        let first = place as usize;
        let next = (first + 1).min(self.colours.len() - 1);
        let share = place - first as f32;
        std::array::from_fn(|channel| {
            let [from, to] = [first, next].map(|index| f32::from(self.colours[index][channel]));
            (from + (to - from) * share).round() as u8
        })
    }
}

fn opaque([red, green, blue]: [u8; 3]) -> [u8; 4] {
    [red, green, blue, u8::MAX]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turbo_is_near_its_authors_table() {
        // At the ends, the polynomial differs from the table by up to this many levels.
        const TOLERANCE: u8 = 33;
        let table = [
            (0.0, [48, 18, 59]),
            (64.0, [40, 188, 235]),
            (128.0, [164, 252, 60]),
            (192.0, [251, 126, 33]),
            (255.0, [122, 4, 3]),
        ];
        for (index, expected) in table {
            let [red, green, blue, _] = Palette::turbo().colour(index / 255.0);
            let found = [red, green, blue];
            let near = found
                .iter()
                .zip(expected)
                .all(|(a, b)| a.abs_diff(b) <= TOLERANCE);
            assert!(near, "{index}: {found:?}, not {expected:?}");
        }
    }

    #[test]
    fn values_between_colours_are_interpolated_and_values_outside_are_clamped() {
        let colours = vec![[0, 0, 0], [200, 100, 0], [200, 200, 200]];
        let palette = Palette::new(colours).unwrap();
        assert_eq!(palette.colour(0.25), [100, 50, 0, 255]);
        assert_eq!(palette.colour(0.75), [200, 150, 100, 255]);
        assert_eq!(palette.colour(-1.0), [0, 0, 0, 255]);
        assert_eq!(palette.colour(2.0), [200, 200, 200, 255]);
        let palette = Palette::with_opacity(vec![[0; 4], [200; 4]]).unwrap();
        assert_eq!(palette.colour(0.5), [100; 4]);
        let palette = Palette::new(vec![[7; 3]]).unwrap();
        assert_eq!(palette.colour(0.5), [7, 7, 7, 255]);
        assert!(Palette::new(Vec::new()).is_err());
    }
}
