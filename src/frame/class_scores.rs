//! The class map of a run on the device: which pixels of the features contribute to a class.

use super::dispatch::Compiled;
use super::paint::Scores;
use super::storage::{empty, filled};
use crate::error::{Error, ErrorKind, Result};
use crate::gpu::{DeviceBuffer, DeviceTensor, Gpu};
use crate::kernels::interface::Formats;
use crate::kernels::uniforms::{Field, Value};
use crate::kernels::{Access, Binding, BindingKind, Kernel, clamp_of, numbers, read};
use crate::maps::{ClassMaps, check_class};
use crate::session::{BoundCall, Output};
use crate::tensor::Shape;

/// Finds the class with the highest score.
pub static TOP_CLASS: Kernel = Kernel {
    name: "top_class",
    shader: &[include_str!("../../shaders/frame/top_class.wgsl")],
    uniform: &[("input", Field::View), ("image", Field::Word)],
    bindings: &[read("input"), chosen(Access::Write)],
    ..Kernel::COMMON
};

/// Computes the map of a class from the features.
pub static CLASS_MAP: Kernel = Kernel {
    name: "class_map",
    shader: &[include_str!("../../shaders/frame/class_map.wgsl")],
    uniform: &[
        ("features", Field::View),
        ("bounds", Field::Bounds),
        ("image", Field::Word),
        ("score_count", Field::Word),
    ],
    bindings: &[
        read("features"),
        numbers("weights", Access::Read),
        chosen(Access::Read),
        numbers("scores", Access::Write),
    ],
    ..Kernel::COMMON
};

/// Finds the lowest and the highest score of a map.
pub static SCORE_RANGE: Kernel = Kernel {
    name: "score_range",
    shader: &[include_str!("../../shaders/frame/score_range.wgsl")],
    uniform: &[("pixels", Field::Word)],
    bindings: &[
        numbers("scores", Access::Read),
        numbers("range", Access::Write),
    ],
    ..Kernel::COMMON
};

const fn chosen(access: Access) -> Binding {
    Binding {
        name: "chosen",
        access,
        kind: BindingKind::Integers,
    }
}

/// Computes the map of a class, with the weights of all classes on the device. It is that of [`ClassMaps::map`] and
/// [`ScoreMap::relative`].
///
/// [`ScoreMap::relative`]: crate::maps::ScoreMap::relative
pub struct ClassScores {
    gpu: Gpu,
    classes: usize,
    fixed: bool,
    class: DeviceBuffer,
    find_top: BoundCall,
    calls: [BoundCall; 2],
    map: Scores,
}

impl ClassScores {
    /// Prepares the maps of image number `image` of a session's runs. The output `scores` has a score for each class, and
    /// `maps` come from the session's graph and weights.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] if `maps` belong to another graph. [`ErrorKind::Limit`] if the weights of the linear layer are
    /// longer than a binding may be.
    pub async fn new_async(output: &Output<'_>, maps: &ClassMaps, image: usize) -> Result<Self> {
        let (session, answer) = (output.session(), output.view());
        let (gpu, program) = (session.gpu(), session.program());
        let batch = program.batch();
        let mut shapes: Vec<Shape> = program
            .outputs()
            .iter()
            .map(|port| port.view.shape)
            .collect();
        shapes[0] = answer.shape;
        maps.check_outputs(&shapes)?;
        let features = &program.outputs()[maps.output()].view;
        let Some(clamp) = clamp_of(&maps.activation().expression()) else {
            return Err(Error::new(
                ErrorKind::Unsupported,
                format!(
                    "class maps on a device need a clamp before their pooling, found {}",
                    maps.activation()
                ),
            ));
        };
        let formats = Formats::with(&TOP_CLASS, "input", answer.format);
        let top_class = Compiled::with(gpu, &TOP_CLASS, formats).await?;
        let formats = Formats::with(&CLASS_MAP, "features", features.format);
        let class_map = Compiled::with(gpu, &CLASS_MAP, formats).await?;
        let score_range = Compiled::new(gpu, &SCORE_RANGE).await?;
        let made = gpu.accepted("class maps", || {
            let class = empty(gpu, "class", 1)?;
            let map = Scores::new(gpu, maps.shape())?;
            let weights = filled(gpu, "weights", &maps.rows())?;
            let find_top = top_class.call(
                gpu,
                &[Value::View(answer, batch), Value::Word(image)],
                vec![session.binding(answer), class.as_entire_binding()],
                1,
            )?;
            let compute = class_map.call(
                gpu,
                &[
                    Value::View(features, batch),
                    Value::Bounds(clamp),
                    Value::Word(image),
                    Value::Word(maps.scores()),
                ],
                vec![
                    session.binding(features),
                    weights.as_entire_binding(),
                    class.as_entire_binding(),
                    map.scores.as_entire_binding(),
                ],
                features.shape.pixels() * CLASS_MAP.instances[0].workgroup_size as usize,
            )?;
            let range = score_range.call(
                gpu,
                &[Value::Word(features.shape.pixels())],
                vec![
                    map.scores.as_entire_binding(),
                    map.range.as_entire_binding(),
                ],
                1,
            )?;
            Ok(Self {
                gpu: gpu.clone(),
                classes: maps.classes(),
                fixed: false,
                class,
                find_top,
                calls: [compute.holding([DeviceTensor::Buffer(weights)]), range],
                map,
            })
        });
        made.await
    }

    /// Sets the class, from the next submission on. With `None` it is the most probable class of each run, which the device
    /// finds itself.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] if there is no such class.
    pub fn set_class(&mut self, class: Option<usize>) -> Result<()> {
        if let Some(class) = class {
            check_class(class, self.classes)?;
            let queue = self.gpu.queue();
            queue.write_buffer(&self.class, 0, &(class as i32).to_ne_bytes());
        }
        self.fixed = class.is_some();
        Ok(())
    }

    /// The map after [`ClassScores::calls`].
    pub fn map(&self) -> &Scores {
        &self.map
    }

    /// The dispatches that compute the map, in their order.
    pub fn calls(&self) -> impl Iterator<Item = &BoundCall> + Clone {
        let find_top = (!self.fixed).then_some(&self.find_top);
        find_top.into_iter().chain(&self.calls)
    }
}
