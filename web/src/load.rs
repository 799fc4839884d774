//! Loading a network.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use js_sys::{Array, Promise};
use menagerie::graph::Summary;
use menagerie::network::Device;
use menagerie::program::Precision;
use menagerie::zoo::{self, Task};
use menagerie::{ErrorKind, Network};
use wasm_bindgen::prelude::*;

use crate::device;
use crate::engine::Engine;
use crate::error::thrown;
use crate::executor::{promise, turn};
use crate::file::FileBytes;
use crate::object::{Object, get};
use crate::options::builder;

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
        let notices = Arc::<Mutex<Vec<String>>>::default();
        let noted = Arc::clone(&notices);
        let builder = builder.on_notice(move |notice| lock(&noted).push(notice.to_string()));
        let loaded = builder.device(device).load_async();
        let network = loaded.await.map_err(|error| thrown(&error))?;
        turn().await;
        let summary = network.summary().map_err(|error| thrown(&error))?;
        let missing = missing.map_or(JsValue::NULL, JsValue::from);
        let notices = lock(&notices).iter().map(JsValue::from).collect::<Array>();
        let about = about(&network, &summary)
            .with("notices", notices)
            .with("missing", missing);
        Ok(Engine::new(network, about.into()).into())
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

/// Locks a list. It is valid whatever happened to those that had the lock.
fn lock(notices: &Mutex<Vec<String>>) -> MutexGuard<'_, Vec<String>> {
    notices.lock().unwrap_or_else(PoisonError::into_inner)
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
    Object::new()
        .with("name", network.name())
        .with("task", task)
        .with("labels", labels.collect::<Array>())
        .with("parameters", summary.total() as f64)
        .with("precision", network.precision().name())
        .with("adapter", network.device().to_string())
}
