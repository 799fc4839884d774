//! The weights of the values that each value of a resized axis is computed from, as the definition of `Resize` gives
//! them (<https://onnx.ai/onnx/operators/onnx__Resize.html>).

/// How an axis is resized.
#[derive(Default)]
pub struct Sampling {
    pub method: Method,
    pub place: Place,
    /// How a position is rounded by [`Method::Nearest`].
    pub nearest: String,
    /// Whether a smaller axis is computed from all values, and not only from the nearest.
    pub antialias: bool,
    /// Whether values outside of the axis have no weight. Otherwise they are those of the border.
    pub excludes_outside: bool,
}

#[derive(Default)]
pub enum Method {
    #[default]
    Nearest,
    Linear,
    /// With the coefficient of the polynomial.
    Cubic(f64),
}

/// The position in the input of each value of the result.
#[derive(Default)]
pub enum Place {
    #[default]
    HalfPixel,
    HalfPixelSymmetric,
    PytorchHalfPixel,
    AlignCorners,
    Asymmetric,
    TfHalfPixel,
    /// Begin and end of the region of each axis, from 0 to 1.
    Crop(Vec<[f64; 2]>),
}

impl Sampling {
    /// Returns the matrix (`[result, size]`) that resizes axis `axis` from `size` values to `result`.
    pub fn matrix(
        &self,
        axis: usize,
        size: usize,
        result: usize,
        scale: f64,
    ) -> Result<Vec<f64>, String> {
        if size == 0 || result == 0 || result.saturating_mul(size) > 1 << 24 {
            return Err(format!("an axis of {size} cannot be resized to {result}"));
        }
        let mut matrix = vec![0.0; result * size];
        for (index, row) in matrix.chunks_mut(size).enumerate() {
            let position = self.position(axis, index, size, result, scale);
            let is_outside = position < 0.0 || position > (size - 1) as f64;
            if matches!(self.place, Place::Crop(_)) && is_outside {
                continue;
            }
            for (tap, weight) in self.taps(position, size, scale)? {
                let inside = tap.clamp(0, size as i64 - 1);
                if inside == tap || !self.excludes_outside {
                    row[inside as usize] += weight;
                }
            }
            let sum: f64 = row.iter().sum();
            if (self.excludes_outside || self.antialias) && sum != 0.0 {
                row.iter_mut().for_each(|weight| *weight /= sum);
            }
        }
        Ok(matrix)
    }

    fn position(&self, axis: usize, index: usize, size: usize, result: usize, scale: f64) -> f64 {
        let (x, last) = (index as f64, size as f64 - 1.0);
        match &self.place {
            Place::HalfPixel => (x + 0.5) / scale - 0.5,
            Place::HalfPixelSymmetric => {
                let adjustment = result as f64 / (scale * size as f64);
                let offset = size as f64 / 2.0 * (1.0 - adjustment);
                offset + (x + 0.5) / scale - 0.5
            }
            Place::PytorchHalfPixel if result == 1 => 0.0,
            Place::PytorchHalfPixel => (x + 0.5) / scale - 0.5,
            Place::AlignCorners if result == 1 => 0.0,
            Place::AlignCorners => x * last / (result as f64 - 1.0),
            Place::Asymmetric => x / scale,
            Place::TfHalfPixel => (x + 0.5) / scale,
            Place::Crop(regions) => {
                let [begin, end] = regions[axis];
                match result {
                    1 => 0.5 * (begin + end) * last,
                    _ => begin * last + x * (end - begin) * last / (result as f64 - 1.0),
                }
            }
        }
    }

    /// Returns the values around `position` with their weights.
    fn taps(&self, position: f64, size: usize, scale: f64) -> Result<Vec<(i64, f64)>, String> {
        let kernel: (f64, Box<dyn Fn(f64) -> f64>) = match self.method {
            Method::Nearest => return Ok(vec![(self.rounded(position)?, 1.0)]),
            Method::Linear => (1.0, Box::new(|x: f64| (1.0 - x.abs()).max(0.0))),
            Method::Cubic(a) => (2.0, Box::new(move |x: f64| cubic(x.abs(), a))),
        };
        let (reach, weight) = kernel;
        // A smaller result is the mean of more values.
        let stretch = match self.antialias {
            true => scale.min(1.0),
            false => 1.0,
        };
        let reach = reach / stretch;
        // Positions far outside have the value of the border.
        let limit = size as f64 + reach;
        let position = position.clamp(-limit, limit + size as f64);
        let first = (position - reach).ceil() as i64;
        let last = (position + reach).floor() as i64;
        Ok((first..=last)
            .map(|tap| (tap, weight((tap as f64 - position) * stretch)))
            .collect())
    }

    fn rounded(&self, position: f64) -> Result<i64, String> {
        Ok(match self.nearest.as_str() {
            "round_prefer_floor" => (position - 0.5).ceil() as i64,
            "round_prefer_ceil" => (position + 0.5).floor() as i64,
            "floor" => position.floor() as i64,
            "ceil" => position.ceil() as i64,
            other => return Err(format!("nearest_mode {other} is not known")),
        })
    }
}

/// Keys's cubic convolution (1981, "Cubic convolution interpolation for digital image processing").
fn cubic(x: f64, a: f64) -> f64 {
    if x <= 1.0 {
        ((a + 2.0) * x - (a + 3.0)) * x * x + 1.0
    } else if x < 2.0 {
        ((a * x - 5.0 * a) * x + 8.0 * a) * x - 4.0 * a
    } else {
        0.0
    }
}
