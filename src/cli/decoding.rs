//! The arguments for decoding photos.

use std::str::FromStr;

use clap::Args;
use menagerie::photo::Decoding;

/// `--no-icc` and `--max-pixels`.
#[derive(Args)]
pub struct DecodingArguments {
    /// Ignore the ICC profiles of photos, instead of converting their colours to sRGB
    #[arg(long)]
    no_icc: bool,
    /// The most pixels of a photo, such as 20000000 or 20M. Larger ones are not decoded
    #[arg(long, value_name = "PIXELS", default_value = "100M")]
    max_pixels: Pixels,
}

impl DecodingArguments {
    /// The options of the library.
    pub fn decoding(&self) -> Decoding {
        Decoding::new()
            .profile(!self.no_icc)
            .max_pixels(self.max_pixels.0)
    }
}

/// A number of pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Pixels(u64);

impl FromStr for Pixels {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (digits, unit) = match text.strip_suffix(['M', 'm']) {
            Some(digits) => (digits, 1_000_000),
            None => (text, 1),
        };
        let number: Option<u64> = digits.parse().ok();
        let pixels = number.and_then(|number| number.checked_mul(unit));
        match pixels {
            Some(pixels) if pixels > 0 => Ok(Self(pixels)),
            _ => Err("expected a number of pixels, or of millions of them with M after it"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pixels_are_counted_in_ones_or_millions() {
        let default = Decoding::MAX_PIXELS;
        assert_eq!("100M".parse(), Ok(Pixels(default)));
        assert_eq!("1".parse(), Ok(Pixels(1)));
        for text in ["", "0", "M", "-1", "1.5M", "1G", "99999999999999999999M"] {
            assert!(text.parse::<Pixels>().is_err(), "{text}");
        }
    }
}
