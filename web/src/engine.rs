//! A network as JavaScript sees it.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Float32Array, Promise, Reflect};
use menagerie::frame::TextureTarget;
use menagerie::gpu::Gpu;
use menagerie::graph::Signature;
use menagerie::maps::Style;
use menagerie::profile::Roofline;
use menagerie::{Error, ErrorKind, Network, wgpu};
use wasm_bindgen::prelude::*;

use crate::error::{input, thrown};
use crate::executor::promise;
use crate::object::{Object, count, get};
use crate::picture::Picture;
use crate::tensors::Given;
use crate::texture::wrapped;
use crate::{answers, prepare, tensors};

/// A network on a device. Its methods must not overlap: a call during another one is an error.
#[wasm_bindgen]
pub struct Engine {
    network: Rc<RefCell<Option<Network>>>,
    gpu: Option<Gpu>,
    about: JsValue,
}

impl Engine {
    /// `network`, of which a page can know `about` without waiting.
    pub fn new(network: Network, about: JsValue) -> Self {
        Self {
            gpu: network.device().gpu().cloned(),
            about,
            network: Rc::new(RefCell::new(Some(network))),
        }
    }
}

#[wasm_bindgen]
impl Engine {
    /// `{ name, task, labels, parameters, precision, adapter, notices, missing }`: `missing` is why there is no adapter.
    #[wasm_bindgen(getter)]
    pub fn about(&self) -> JsValue {
        self.about.clone()
    }

    /// The `GPUDevice`, or `null`.
    #[wasm_bindgen(getter)]
    pub fn device(&self) -> JsValue {
        let device = self.gpu.as_ref().and_then(|gpu| gpu.device().as_webgpu());
        device.map_or(JsValue::NULL, |device| device.clone().into())
    }

    /// Compiles what the network's task needs, and what the `calls` need, by their names here. So the first answer takes as long
    /// as the others.
    pub fn prepare(&self, calls: Vec<String>) -> Promise {
        let gpu = self.gpu.clone();
        self.with(async move |network| {
            network.prepare_async().await?;
            // The reference executor compiles nothing.
            if let Some(gpu) = gpu {
                prepare::task(network, &gpu).await;
                for call in calls {
                    prepare::call(network, &gpu, &call).await?;
                }
            }
            Ok(JsValue::UNDEFINED)
        })
    }

    /// The `top` most probable classes of `picture`.
    pub fn classify(&self, picture: &JsValue, top: usize) -> Result<Promise, JsValue> {
        let picture = self.picture(picture)?;
        Ok(self.with(async move |network| {
            let answer = network.classify_async(picture.of_task()).await?;
            Ok(answers::classes(&answer, top))
        }))
    }

    /// The class activation map of `class`, or of the most probable one.
    pub fn explain(&self, picture: &JsValue, class: Option<usize>) -> Result<Promise, JsValue> {
        let size = size(picture);
        let picture = self.picture(picture)?;
        let network = Rc::clone(&self.network);
        Ok(promise(async move {
            let answer = with(&network, async |network| {
                network.explain_async(picture.of_task(), class).await
            });
            answers::explanation(&answer.await?, size)
        }))
    }

    /// Paints the class activation map of `class`, or of the most probable one, into `texture`, and returns the class.
    #[wasm_bindgen(js_name = paintExplanation)]
    pub fn paint_explanation(
        &self,
        picture: &JsValue,
        class: Option<usize>,
        texture: JsValue,
    ) -> Result<Promise, JsValue> {
        let picture = self.picture(picture)?;
        let texture = self.target(texture)?;
        Ok(self.with(async move |network| {
            let target = TextureTarget::new(&texture);
            let answer = network.paint_explanation_async(picture.of_task(), class, target);
            let answer = answer.await?;
            let guess = match class {
                Some(class) => answer.class(class),
                None => answer.top(1).into_iter().next(),
            };
            Ok(guess.map_or(JsValue::UNDEFINED, answers::guess))
        }))
    }

    /// A mask for networks of two classes, or the class of each pixel.
    pub fn segment(&self, picture: &JsValue) -> Result<Promise, JsValue> {
        let picture = self.picture(picture)?;
        let network = Rc::clone(&self.network);
        Ok(promise(async move {
            let classes = with(&network, async |network| network.classes()).await?;
            if classes <= 2 {
                let mask = with(&network, async |network| {
                    network.segment_async(picture.of_task()).await
                });
                return Ok(answers::mask(&mask.await?));
            }
            let found = with(&network, async |network| {
                let found = network.segment_classes_async(picture.of_task()).await?;
                Ok((found, network.labels().clone()))
            });
            let (found, labels) = found.await?;
            answers::segmentation(&found, &labels)
        }))
    }

    /// Paints the foreground, or the class of each pixel, into `texture`.
    #[wasm_bindgen(js_name = paintSegmentation)]
    pub fn paint_segmentation(
        &self,
        picture: &JsValue,
        texture: JsValue,
    ) -> Result<Promise, JsValue> {
        let picture = self.picture(picture)?;
        let texture = self.target(texture)?;
        Ok(self.with(async move |network| {
            let target = TextureTarget {
                style: Style::foreground(),
                ..TextureTarget::new(&texture)
            };
            match network.classes()? {
                0..=2 => network.paint_mask_async(picture.of_task(), target).await?,
                _ => {
                    network
                        .paint_classes_async(picture.of_task(), target)
                        .await?
                }
            }
            Ok(JsValue::UNDEFINED)
        }))
    }

    /// The feature vector of `picture`.
    pub fn embed(&self, picture: &JsValue) -> Result<Promise, JsValue> {
        let picture = self.picture(picture)?;
        Ok(self.with(async move |network| {
            let features = network.features_async(picture.of_task()).await?;
            Ok(Float32Array::from(features.data()).into())
        }))
    }

    /// The outputs for `inputs`: an object of tensors by name, or one tensor.
    pub fn run(&self, inputs: &JsValue) -> Result<Promise, JsValue> {
        if inputs.is_instance_of::<Float32Array>() || !get(inputs, "data").is_undefined() {
            let given = Given::read(inputs)?;
            return Ok(self.with(async move |network| {
                let Signature {
                    inputs, outputs, ..
                } = network.signature()?;
                let input = given.tensor(network, &inputs[0])?;
                let answer = network.run_async(&input).await?;
                Ok(tensors::written(network, &outputs[0], &answer))
            }));
        }
        let mut named = Vec::new();
        for name in Reflect::own_keys(inputs)?.iter() {
            if let Some(name) = name.as_string() {
                let given = Given::read(&get(inputs, &name))?;
                named.push((name, given));
            }
        }
        Ok(self.with(async move |network| {
            let signature = network.signature()?;
            let mut tensors = Vec::new();
            for (name, given) in named {
                let tensor = given.tensor(network, signature.input(&name)?)?;
                tensors.push((name, tensor));
            }
            let given: Vec<_> = tensors
                .iter()
                .map(|(name, tensor)| (name.as_str(), tensor))
                .collect();
            let outputs = network.run_named_async(&given).await?;
            let mut object = Object::new();
            for (name, tensor) in outputs.iter() {
                let ty = signature.output(name)?;
                object = object.with(name, tensors::written(network, ty, tensor));
            }
            Ok(object.into())
        }))
    }

    /// Compares the device with the reference executor: `{ error, tolerance, output }`.
    #[wasm_bindgen(js_name = selfTest)]
    pub fn self_test(&self) -> Promise {
        self.with(async |network| Ok(answers::self_test(&network.self_test_async().await?)))
    }

    /// Each dispatch with its median time over `runs` runs.
    pub fn profile(&self, runs: usize) -> Promise {
        self.with(async move |network| Ok(answers::profile(&network.profile_async(runs).await?)))
    }

    /// The roofline of the device: `{ flopsPerSecond, bytesPerSecond }`. The network answers nothing meanwhile.
    pub fn roofline(&self) -> Promise {
        let gpu = self.gpu.clone();
        self.with(async move |_| {
            let message = "the roofline is that of a GPU, and this network runs on the CPU";
            let gpu = gpu.ok_or_else(|| Error::new(ErrorKind::Unsupported, message))?;
            Ok(answers::roofline(&Roofline::measure_async(&gpu).await?))
        })
    }

    /// The layers.
    pub fn summary(&self) -> Promise {
        self.with(async |network| Ok(answers::summary(&network.summary()?)))
    }

    fn picture(&self, picture: &JsValue) -> Result<Picture, JsValue> {
        Picture::read(picture, self.gpu.as_ref())
    }

    /// The page's texture, to paint into.
    fn target(&self, texture: JsValue) -> Result<wgpu::Texture, JsValue> {
        let gpu = self.gpu.as_ref();
        wrapped(
            gpu.ok_or_else(|| input("without a GPU, there are no textures to paint into"))?,
            texture,
        )
    }

    fn with<F>(&self, work: F) -> Promise
    where
        F: AsyncFnOnce(&mut Network) -> menagerie::Result<JsValue> + 'static,
    {
        let network = Rc::clone(&self.network);
        promise(async move { with(&network, work).await })
    }
}

/// Runs `work` with the network, which nothing else can use meanwhile.
async fn with<T>(
    network: &RefCell<Option<Network>>,
    work: impl AsyncFnOnce(&mut Network) -> menagerie::Result<T>,
) -> Result<T, JsValue> {
    let taken = network.borrow_mut().take();
    let mut taken = taken.ok_or_else(|| input("the network is busy with another call"))?;
    let result = work(&mut taken).await;
    network.replace(Some(taken));
    result.map_err(|error| thrown(&error))
}

fn size(picture: &JsValue) -> [usize; 2] {
    ["width", "height"].map(|side| count(picture, side).unwrap_or_default())
}
