//! The features that the reference frameworks find, in `tests/golden/features`.
//!
//! `tools/golden_features.py` computed them in float64 and stored them in float32, whose rounding is a hundred times
//! finer than what tests allow. A file is called as the answer to the same input. It holds the tensor `features`,
//! `[N, C]`, and in `spatial` each value of the spatial features at a multiple of a stride. Its metadata names their
//! extents, the stride, and how far the framework's own arithmetic in float32 is from that in float64.

use std::fs;
use std::path::Path;

use menagerie::Tensor;
use menagerie::features::{SPATIAL_FEATURES, spatial_features, with_features};
use menagerie::graph::Graph;
use menagerie::tensor::Shape;
use safetensors::SafeTensors;
use safetensors::tensor::Dtype;

use super::compare::largest_difference;

/// How much farther than the framework's own arithmetic in float32 ours may be from that in float64.
pub const SLACK: f64 = 3.0;

/// What a reference framework finds in images.
pub struct GoldenFeatures {
    batch: usize,
    /// Shape of the features of one image.
    pub shape: Shape,
    /// The features, one image behind the other.
    features: Vec<f64>,
    /// Shape of the spatial features of one image.
    pub spatial_shape: Shape,
    /// Of the values of the spatial features, each one that lies at a multiple of this is kept.
    stride: usize,
    spatial: Vec<f64>,
    /// The difference of the framework's own arithmetic in float32, of features and of spatial features.
    float32_errors: [f64; 2],
}

/// `graph` with features and spatial features behind its answer.
pub fn with_outputs(graph: &Graph) -> Graph {
    let mut graph = with_features(graph).expect("features");
    let spatial = spatial_features(&graph).expect("spatial features");
    graph
        .add_output(SPATIAL_FEATURES, spatial)
        .expect("an output");
    graph
}

impl GoldenFeatures {
    /// Those that belong to the answer `case`, if there are any.
    pub fn of(case: &str) -> Option<Self> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/features");
        let path = folder.join(format!("{case}.safetensors"));
        if !path.exists() {
            return None;
        }
        let bytes = fs::read(path).expect("a readable file");
        let (_, header) = SafeTensors::read_metadata(&bytes).expect("a safetensors file");
        let metadata = header.metadata().as_ref().expect("metadata");
        let number = |text: &str| text.parse().expect("a number");
        let error = |of: &str| {
            let error: f64 = metadata[of].parse().expect("a number");
            // A framework that is farther off would hide what is wrong with ours.
            assert!(error < 2e-4, "{case}: {of}: {error}");
            error
        };
        let extents: Vec<usize> = metadata["spatial"].split('x').map(number).collect();
        let &[batch, channels, height, width] = extents.as_slice() else {
            panic!("{case}: spatial features of {extents:?}");
        };
        let file = SafeTensors::deserialize(&bytes).expect("a safetensors file");
        let values = |name: &str| {
            let tensor = file.tensor(name).expect("a tensor");
            assert_eq!(tensor.dtype(), Dtype::F32, "{case}");
            let values = tensor.data().as_chunks().0.iter();
            let values = values.map(|&bytes| f64::from(f32::from_le_bytes(bytes)));
            (tensor.shape().to_vec(), values.collect())
        };
        let (shape, features) = values("features");
        let &[images, length] = shape.as_slice() else {
            panic!("{case}: features of {shape:?}");
        };
        assert_eq!(images, batch, "{case}");
        Some(Self {
            batch,
            shape: Shape::vector(length),
            features,
            spatial_shape: Shape::new(channels, height, width),
            stride: number(&metadata["stride"]),
            spatial: values("spatial").1,
            float32_errors: ["float32_error_of_features", "float32_error_of_spatial"].map(error),
        })
    }

    /// Largest absolute difference of features and spatial features over the largest magnitude, where that is at most
    /// `tolerance`, or at most three times that of the framework's own arithmetic in float32; else what is wrong and where.
    pub fn compare(&self, case: &str, found: &[Tensor], tolerance: f64) -> Result<f64, String> {
        let shapes: Vec<_> = found
            .iter()
            .map(|found| (found.batch(), found.shape()))
            .collect();
        let expected = [self.shape, self.spatial_shape].map(|shape| (self.batch, shape));
        if shapes != expected {
            return Err(format!(
                "{case}: expected features of {expected:?}, found {shapes:?}"
            ));
        }
        let samples = found[1].data().iter().step_by(self.stride).copied();
        let samples: Vec<f32> = samples.collect();
        assert_eq!(samples.len(), self.spatial.len(), "{case}");
        let mut largest: f64 = 0.0;
        let tolerances = self
            .float32_errors
            .map(|error| tolerance.max(SLACK * error));
        let compared = [
            ("feature", found[0].data(), &self.features, 1),
            ("spatial feature", &samples[..], &self.spatial, self.stride),
        ];
        for ((what, found, expected, stride), tolerance) in compared.into_iter().zip(tolerances) {
            let (difference, index) = largest_difference(found, expected);
            if difference.is_nan() || difference > tolerance {
                return Err(format!(
                    "{case}: {what} {}: expected {}, found {}: {difference:.2e} of the largest magnitude, more than \
                     {tolerance:.0e}",
                    index * stride,
                    expected[index],
                    found[index],
                ));
            }
            largest = largest.max(difference);
        }
        Ok(largest)
    }
}
