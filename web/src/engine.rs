//! A network as JavaScript sees it.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Array, Float32Array, Promise, Reflect};
use menagerie::gpu::Gpu;
use menagerie::graph::Summary;
use menagerie::network::{Device, Notice};
use menagerie::program::Precision;
use menagerie::tensor::Shape;
use menagerie::zoo::{self, Task};
use menagerie::{ErrorKind, Network};
use wasm_bindgen::prelude::*;

use crate::error::{input, thrown};
use crate::executor::{promise, turn};
use crate::file::FileBytes;
use crate::object::{Object, count, get};
use crate::options::builder;
use crate::picture::{Picture, blank};
use crate::{answers, device, tensors};

/// A network on a device. Its methods must not overlap: a call during another one is an error.
#[wasm_bindgen]
pub struct Engine {
    network: Rc<RefCell<Option<Network>>>,
    gpu: Option<Gpu>,
    about: JsValue,
    /// The shape of its usual input.
    usual: Option<Shape>,
}

/// Loads the network of `file`: an ONNX file, or weights of the network `options.name` of the zoo. Without a file, the weights are
/// synthetic with the seed `options.synthetic`.
///
/// `options.file` is the name of the file. `options.device` is the page's `GPUDevice`, `"cpu"` for the reference executor, or
/// `null` for the browser's default adapter, and the reference executor in f32 if there is none. `options.labels` is a list of
/// names, or a file of names as a `Uint8Array` with the name `options.labelsFile`. `height`, `width`, `precision`, `keepF32`,
/// `dimensions` and `preprocess` are as in `ts/network.ts`.
#[wasm_bindgen]
pub fn load(options: JsValue, file: Option<FileBytes>) -> Promise {
    promise(async move {
        // What is wrong with the options is said before any device is opened.
        let mut builder = builder(&options, file)?;
        turn().await;
        let given = get(&options, "device");
        let mut missing = None;
        let device = match given.as_string().as_deref() {
            Some("cpu") => Device::Reference,
            _ => match device::open(&given).await {
                Ok(gpu) => Device::Gpu(Box::new(gpu)),
                Err(error) if error.kind() == ErrorKind::Adapter => {
                    missing = Some(error.to_string());
                    builder = builder.precision(Precision::F32);
                    Device::Reference
                }
                Err(error) => return Err(thrown(&error)),
            },
        };
        let gpu = device.gpu().cloned();
        let loaded = builder.device(device).on_notice(noted()).load_async();
        let network = loaded.await.map_err(|error| thrown(&error))?;
        turn().await;
        let summary = network.summary().map_err(|error| thrown(&error))?;
        let missing = missing.map_or(JsValue::NULL, JsValue::from);
        Ok(Engine {
            gpu,
            about: about(&network, &summary).with("missing", missing).into(),
            usual: usual(&summary),
            network: Rc::new(RefCell::new(Some(network))),
        }
        .into())
    })
}

/// Names of all networks of the zoo.
#[wasm_bindgen]
pub fn models() -> Vec<String> {
    zoo::models()
        .iter()
        .map(|model| model.name.to_owned())
        .collect()
}

thread_local! {
    /// The notices of the load under way. The builder's callback must be `Send`, so it cannot own a shared list.
    static NOTICES: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

fn noted() -> impl FnMut(Notice) + Send {
    |notice| NOTICES.with(|notices| notices.borrow_mut().push(notice.to_string()))
}

/// What a page can know without waiting.
fn about(network: &Network, summary: &Summary) -> Object {
    let classes = network.classes().unwrap_or_default();
    let task = match network.task() {
        Ok(Task::Classify) => "classify",
        Ok(Task::Segment) => "segment",
        _ => "run",
    };
    let labels = (0..classes).map(|index| JsValue::from(network.labels().label(index).as_ref()));
    let notices = NOTICES.with(RefCell::take).into_iter().map(JsValue::from);
    Object::new()
        .with("name", network.name())
        .with("task", task)
        .with("labels", labels.collect::<Array>())
        .with("parameters", summary.total() as f64)
        .with("precision", network.precision().name())
        .with("adapter", network.device().to_string())
        .with("notices", notices.collect::<Array>())
}

/// The shape of the network's usual input: the first line of its summary.
fn usual(summary: &Summary) -> Option<Shape> {
    match summary.layers.first()?.extents.as_slice() {
        &[channels, height, width] => Some(Shape::new(channels, height, width)),
        &[channels] => Some(Shape::vector(channels)),
        _ => None,
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

    /// Compiles everything that the network's task needs, so that the first answer takes as long as the others. Some kernels are
    /// not the network's own, such as those that read a picture, so it answers a blank one.
    pub fn prepare(&self) -> Promise {
        let gpu = self.gpu.clone();
        self.with(async move |network| {
            network.prepare_async().await?;
            // Only a network for photos has a preprocessing, and the reference executor compiles nothing.
            let (Some(gpu), Ok(_)) = (gpu, network.preprocess()) else {
                return Ok(JsValue::UNDEFINED);
            };
            let input = network.input_shape()?;
            let picture = blank(&gpu, [input.width, input.height]);
            let picture = picture.of_task();
            // A network of one's own may answer something else: then the call that needs its answer says so.
            let _ = match (network.task(), network.classes()) {
                (Ok(Task::Classify), _) => network.classify_async(picture).await.map(drop),
                (Ok(_), Ok(0..=2)) => network.segment_async(picture).await.map(drop),
                (Ok(_), Ok(_)) => network.segment_classes_async(picture).await.map(drop),
                (Err(error), _) | (_, Err(error)) => Err(error),
            };
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
        let single = inputs.is_instance_of::<Float32Array>() || !get(inputs, "data").is_undefined();
        let usual = self.usual;
        let mut named = Vec::new();
        if single {
            named.push((String::new(), tensors::read(inputs, usual)?));
        } else {
            for name in Reflect::own_keys(inputs)?
                .iter()
                .filter_map(|name| name.as_string())
            {
                let tensor = tensors::read(&get(inputs, &name), usual)?;
                named.push((name, tensor));
            }
        }
        Ok(self.with(async move |network| {
            if let ([(_, tensor)], true) = (named.as_slice(), single) {
                return Ok(tensors::written(&network.run_async(tensor).await?));
            }
            let given: Vec<_> = named
                .iter()
                .map(|(name, tensor)| (name.as_str(), tensor))
                .collect();
            let outputs = network.run_named_async(&given).await?;
            let object = outputs
                .iter()
                .fold(Object::new(), |object, (name, tensor)| {
                    object.with(name, tensors::written(tensor))
                });
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

    /// The layers.
    pub fn summary(&self) -> Promise {
        self.with(async |network| Ok(answers::summary(&network.summary()?)))
    }

    /// Resolves with an error when the device is lost; never without a GPU.
    pub fn lost(&self) -> Promise {
        let gpu = self.gpu.clone();
        promise(async move {
            match gpu {
                Some(gpu) => Ok(thrown(&gpu.lost().await)),
                None => std::future::pending().await,
            }
        })
    }

    fn picture(&self, picture: &JsValue) -> Result<Picture, JsValue> {
        Picture::read(picture, self.gpu.as_ref())
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
