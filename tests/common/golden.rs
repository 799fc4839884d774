//! The answers of the reference frameworks in `tests/golden`, and what it takes to agree with them.
//!
//! `tools/golden.py` computed them in float64 from synthetic weights. A file is named
//! `MODEL-seedSEED-HEIGHTxWIDTH[-batchN].safetensors`, and holds the tensor `output`, `[N, C]` in F64, a
//! map's values lined up, or those of the pixels at multiples of the metadata's `pixel_stride`; its metadata names the
//! input's dimensions. Where statistics were scaled, see `golden_scales`, it
//! holds the tensor `variance_scales` in F32 too, and its metadata how far the framework's arithmetic in float32 is off.

use std::fs;
use std::path::Path;

use super::compare::largest_difference;
use super::families;
use super::golden_features::{self, GoldenFeatures, SLACK};
use super::golden_scales::Scales;
use menagerie::graph::Graph;
use menagerie::tensor::Shape;
use menagerie::weights::{Weights, synthetic_input};
use menagerie::{Tensor, zoo};
use safetensors::SafeTensors;
use safetensors::tensor::Dtype;

/// Largest difference over largest magnitude that f32 arithmetic may show.
pub const TOLERANCE: f64 = 1e-5;

/// How many of the best classes must be the same, in the same order.
const TOP: usize = 5;

/// A reference framework's answer.
pub struct Golden {
    /// The file's name without its extension.
    pub case: String,
    pub model: String,
    /// Seed of the synthetic weights and input.
    pub seed: u64,
    pub batch: usize,
    /// Shape of one input image.
    pub shape: Shape,
    /// Values of the answer for one image: a number for each class, or for each class and pixel that is kept.
    pub classes: usize,
    /// Of a map, the pixels at multiples of this are kept.
    pub pixel_stride: usize,
    /// The answers, one image behind the other.
    pub output: Vec<f64>,
    /// What the synthetic statistics were multiplied by, if they were.
    pub scales: Option<Scales>,
}

impl Golden {
    /// Every committed answer, sorted by name.
    pub fn all() -> Vec<Golden> {
        Self::of_folder("tests/golden")
    }

    /// The answers in `folder` of the checkout, sorted by name.
    pub fn of_folder(folder: &str) -> Vec<Golden> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        let mut paths: Vec<_> = fs::read_dir(folder)
            .expect("a folder of the checkout")
            .map(|entry| entry.expect("a readable folder").path())
            .filter(|path| path.extension().is_some_and(|end| end == "safetensors"))
            .collect();
        paths.sort();
        paths.iter().map(|path| Self::load(path)).collect()
    }

    /// Every committed answer of the networks that are to be tried, [`families::tested`].
    pub fn of_zoo() -> Vec<Golden> {
        let mut goldens = Self::all();
        let tested: Vec<&str> = families::tested().map(|model| model.name).collect();
        goldens.retain(|golden| tested.contains(&golden.model.as_str()));
        goldens
    }

    /// The committed answer that is called `case`.
    pub fn of_case(case: &str) -> Golden {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
        Self::load(&folder.join(format!("{case}.safetensors")))
    }

    /// The answer of the example `name`, which is called as its network and nothing else.
    pub fn of_example(name: &str) -> Golden {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/examples");
        Self::read(&folder.join(format!("{name}.safetensors")))
    }

    fn load(path: &Path) -> Golden {
        let golden = Self::read(path);
        assert_eq!(
            golden.case,
            golden.name(),
            "the file's name and its metadata"
        );
        golden
    }

    fn read(path: &Path) -> Golden {
        let bytes = fs::read(path).expect("a readable file");
        let case = path
            .file_stem()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        let (_, header) = SafeTensors::read_metadata(&bytes).expect("a safetensors file");
        let metadata = header.metadata().clone().expect("metadata");
        let dimensions: Vec<usize> = metadata["input"]
            .split('x')
            .map(|size| size.parse().expect("a size"))
            .collect();
        let &[batch, channels, height, width] = dimensions.as_slice() else {
            panic!("{case}: an input of {dimensions:?}");
        };
        let file = SafeTensors::deserialize(&bytes).expect("a safetensors file");
        let output = file.tensor("output").expect("the tensor `output`");
        assert_eq!(output.dtype(), Dtype::F64, "{case}");
        let &[answers, classes] = output.shape() else {
            panic!("{case}: an output of {:?}", output.shape());
        };
        assert_eq!(answers, batch, "{case}");
        let scales = file.tensor("variance_scales").ok().map(|tensor| {
            assert_eq!(tensor.dtype(), Dtype::F32, "{case}");
            let bytes = tensor.data().as_chunks().0.iter();
            let error = metadata["float32_error"].parse().expect("a number");
            // A framework that is farther off would hide what is wrong with ours.
            assert!(error <= TOLERANCE, "{case}: {error}");
            Scales {
                variance: bytes.map(|&bytes| f32::from_le_bytes(bytes)).collect(),
                float32_error: error,
            }
        });
        Golden {
            scales,
            model: metadata.get("model").unwrap_or(&case).clone(),
            seed: metadata["seed"].parse().expect("a seed"),
            batch,
            shape: Shape::new(channels, height, width),
            classes,
            pixel_stride: metadata
                .get("pixel_stride")
                .map_or(1, |stride| stride.parse().expect("a number")),
            output: (output.data().as_chunks().0.iter())
                .map(|&bytes| f64::from_le_bytes(bytes))
                .collect(),
            case,
        }
    }

    /// What the file must be called.
    fn name(&self) -> String {
        let Shape { height, width, .. } = self.shape;
        let batch = match self.batch {
            1 => String::new(),
            batch => format!("-batch{batch}"),
        };
        format!("{}-seed{}-{height}x{width}{batch}", self.model, self.seed)
    }

    /// The network, with its features behind the answer where a framework's are known.
    pub fn graph(&self) -> Graph {
        let model = zoo::find(&self.model).expect("a network of the zoo");
        let graph = model.graph_for(self.shape).expect("a size that it takes");
        match self.features() {
            Some(_) => golden_features::with_outputs(&graph),
            None => graph,
        }
    }

    /// What a framework finds in the same input, where it is known.
    pub fn features(&self) -> Option<GoldenFeatures> {
        GoldenFeatures::of(&self.case)
    }

    /// The weights that the answer belongs to.
    pub fn weights(&self) -> Weights {
        match &self.scales {
            Some(scales) => scales.weights(self.seed, &self.graph()),
            None => Weights::synthetic(self.seed),
        }
    }

    /// The input that the answer belongs to.
    pub fn input(&self) -> Tensor {
        synthetic_input(self.seed, self.batch, self.shape)
    }

    /// Largest absolute difference of `answer` over the largest magnitude, where that is at most
    /// `tolerance`, or at most three times that of the framework's own arithmetic in float32 where it is known, and each image's best five classes are the same in the same order, or each pixel's
    /// best class; else what is wrong and where.
    pub fn compare(&self, answer: &Tensor, tolerance: f64) -> Result<f64, String> {
        let case = &self.case;
        let float32_error = (self.scales.as_ref()).map_or(0.0, |scales| scales.float32_error);
        let tolerance = tolerance.max(SLACK * float32_error);
        let shape = self.answer_shape(answer.shape());
        if (answer.batch(), answer.shape()) != (self.batch, shape) {
            return Err(format!(
                "{case}: expected {} x {shape}, found {} x {}",
                self.batch,
                answer.batch(),
                answer.shape()
            ));
        }
        let found = self.kept(answer);
        let (difference, index) = largest_difference(&found, &self.output);
        if difference.is_nan() || difference > tolerance {
            return Err(format!(
                "{case}: image {}, class {}: expected {}, found {}: {difference:.2e} of the \
                 largest magnitude, more than {tolerance:.0e}",
                index / self.classes,
                index % self.classes,
                self.output[index],
                found[index],
            ));
        }
        for (image, expected) in self.output.chunks(self.classes).enumerate() {
            let found = found[image * self.classes..][..self.classes].iter();
            let found: Vec<f64> = found.copied().map(f64::from).collect();
            if !shape.is_vector() {
                self.same_classes(image, shape, expected, &found)?;
                continue;
            }
            let (expected, found) = (best(expected), best(&found));
            if expected != found {
                return Err(format!(
                    "{case}: image {image}: expected the classes {expected:?} first, found {found:?}"
                ));
            }
        }
        Ok(difference)
    }

    /// As [`Golden::compare`], of all outputs of [`Golden::graph`]: the largest of their differences.
    pub fn compare_outputs(&self, outputs: &[Tensor], tolerance: f64) -> Result<f64, String> {
        let answer = self.compare(&outputs[0], tolerance)?;
        match self.features() {
            Some(features) => {
                let difference = features.compare(&self.case, &outputs[1..], tolerance)?;
                Ok(answer.max(difference))
            }
            None => Ok(answer),
        }
    }

    /// What an answer of `found` must be like: a map has the size of the input.
    fn answer_shape(&self, found: Shape) -> Shape {
        if found.is_vector() {
            return Shape::vector(self.classes);
        }
        let Shape { height, width, .. } = self.shape;
        Shape::new(self.classes / self.pixels(self.shape), height, width)
    }

    /// The number of pixels of a map of `shape` that are kept.
    fn pixels(&self, shape: Shape) -> usize {
        shape.pixels().div_ceil(self.pixel_stride)
    }

    /// The values of `answer` that are kept.
    pub fn kept(&self, answer: &Tensor) -> Vec<f32> {
        let planes = answer.data().chunks(answer.shape().pixels());
        let kept = planes.flat_map(|plane| plane.iter().step_by(self.pixel_stride));
        kept.copied().collect()
    }

    /// Whether each pixel's best class is the same.
    fn same_classes(
        &self,
        image: usize,
        shape: Shape,
        expected: &[f64],
        found: &[f64],
    ) -> Result<(), String> {
        let pixels = self.pixels(shape);
        for pixel in 0..pixels {
            let of = |values: &[f64]| -> Vec<f64> {
                let values = values.iter().skip(pixel).step_by(pixels);
                values.copied().collect()
            };
            let (expected, found) = (best(&of(expected)), best(&of(found)));
            if expected[0] != found[0] {
                return Err(format!(
                    "{}: image {image}, pixel {}: expected class {}, found {}",
                    self.case,
                    pixel * self.pixel_stride,
                    expected[0],
                    found[0]
                ));
            }
        }
        Ok(())
    }
}

/// Indices of the largest values, largest first.
fn best(values: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[b].total_cmp(&values[a]));
    order.truncate(TOP);
    order
}
