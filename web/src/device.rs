//! The GPU of a page: opened here, or the page's own `GPUDevice`.

use js_sys::{Promise, Reflect};
use menagerie::gpu::Gpu;
use menagerie::{Error, ErrorKind, Result, wgpu};
use wasm_bindgen::prelude::*;

use crate::object::{Object, get};

/// Opens the browser's default adapter, or adopts `device`, if it is a `GPUDevice`.
///
/// # Errors
/// [`ErrorKind::Adapter`] if there is no WebGPU or no adapter, [`ErrorKind::Device`] if it gives no device.
pub async fn open(device: &JsValue) -> Result<Gpu> {
    let gpu = get(&get(&js_sys::global(), "navigator"), "gpu");
    let is_missing = gpu.is_undefined() || gpu.is_null();
    let is_given = !device.is_undefined() && !device.is_null();
    let requested = match (is_missing, is_given) {
        (true, true) => return Err(refused("needs a navigator.gpu")),
        (true, false) => {
            let message = "no adapter: there is no WebGPU, as navigator.gpu is missing";
            return Err(Error::new(ErrorKind::Adapter, message));
        }
        (false, true) => adopted(&gpu, device)?.await,
        (false, false) => request_adapter().await,
    };
    let adapter = requested.map_err(|error| match is_given {
        true => refused("was not accepted").caused_by(error),
        false => {
            let message = "no adapter: WebGPU is there, but has no adapter on this machine";
            Error::new(ErrorKind::Adapter, message).caused_by(error)
        }
    })?;
    let found = adapter.request_device(&Gpu::descriptor(&adapter)).await;
    let (device, queue) = found.map_err(|error| match is_given {
        true => refused("was not accepted").caused_by(error),
        false => {
            let message = format!("the adapter gives no device: {error}");
            Error::new(ErrorKind::Device, message).caused_by(error)
        }
    })?;
    Ok(Gpu::from_device(&adapter.get_info(), device, queue))
}

fn refused(what: &str) -> Error {
    Error::new(ErrorKind::Device, format!("the page's GPUDevice {what}"))
}

/// Requests an adapter that gives out the page's own `device`. wgpu makes a device only from an adapter, and an adapter only by
/// `gpu.requestAdapter`. The method is replaced only while wgpu calls it, which is synchronous: nothing else on the page can
/// see it.
fn adopted(gpu: &JsValue, device: &JsValue) -> Result<impl Future<Output = Requested> + use<>> {
    let adapter: JsValue = Object::new()
        .with("features", get(device, "features"))
        .with("limits", get(device, "limits"))
        .with("info", get(device, "adapterInfo"))
        .with("requestDevice", promising(device.clone()))
        .into();
    let name = JsValue::from("requestAdapter");
    let placed = Reflect::set(gpu, &name, &promising(adapter));
    let requested = request_adapter();
    // The method of the prototype appears again.
    let _ = Reflect::delete_property(gpu.unchecked_ref::<js_sys::Object>(), &name);
    match placed {
        Ok(_) => Ok(requested),
        Err(_) => Err(refused("cannot be passed on: navigator.gpu is frozen")),
    }
}

type Requested = Result<wgpu::Adapter, wgpu::RequestAdapterError>;

/// Requests an adapter, before the future is polled. wgpu looks for `navigator.gpu` only where it sees a window or a worker by
/// their classes, which Node does not have. So it sees one while it looks.
fn request_adapter() -> impl Future<Output = Requested> + use<> {
    const WORKER: &str = "WorkerGlobalScope";
    let global = js_sys::global();
    let is_known = ["Window", WORKER]
        .iter()
        .any(|class| !get(&global, class).is_undefined());
    if !is_known {
        let _ = Reflect::set(&global, &WORKER.into(), &js_sys::Object::new());
    }
    let mut descriptor = wgpu::InstanceDescriptor::new_without_display_handle();
    descriptor.backends = wgpu::Backends::BROWSER_WEBGPU;
    let requested = wgpu::Instance::new(descriptor).request_adapter(&Default::default());
    if !is_known {
        let _ = Reflect::delete_property(&global, &WORKER.into());
    }
    requested
}

/// A JavaScript function that returns the promise of `value`.
fn promising(value: JsValue) -> JsValue {
    let promise = move || Promise::resolve(&value).into();
    Closure::<dyn Fn() -> JsValue>::new(promise).into_js_value()
}
