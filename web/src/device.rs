//! The GPU of a page: opened here, or the page's own `GPUDevice`.

use js_sys::{Promise, Reflect};
use menagerie::gpu::{AdapterChoice, Gpu};
use menagerie::{Error, ErrorKind, Result, wgpu};
use wasm_bindgen::prelude::*;

use crate::object::{Object, get};

/// Opens the browser's default adapter, or adopts `device`, if it is a `GPUDevice`.
///
/// # Errors
/// [`ErrorKind::Adapter`] if the browser has no WebGPU or no adapter, [`ErrorKind::Device`] if it gives no device.
pub async fn open(device: &JsValue) -> Result<Gpu> {
    if device.is_undefined() || device.is_null() {
        return Gpu::open_async(&AdapterChoice::Default).await;
    }
    adopt(device).await
}

/// Adopts the page's own device. wgpu makes a device only from an adapter, and an adapter only by
/// `navigator.gpu.requestAdapter`. So it gets an adapter that gives out `device`. The method is replaced only while wgpu
/// calls it, which is synchronous: nothing else on the page can see it.
async fn adopt(device: &JsValue) -> Result<Gpu> {
    let refused =
        |what: &str| Error::new(ErrorKind::Device, format!("the page's GPUDevice {what}"));
    let gpu = get(&get(&js_sys::global(), "navigator"), "gpu");
    if gpu.is_undefined() {
        return Err(refused("needs a browser with navigator.gpu"));
    }
    let adapter: JsValue = Object::new()
        .with("features", get(device, "features"))
        .with("limits", get(device, "limits"))
        .with("info", get(device, "adapterInfo"))
        .with("requestDevice", promising(device.clone()))
        .into();
    let name = JsValue::from("requestAdapter");
    let placed = Reflect::set(&gpu, &name, &promising(adapter));
    let mut descriptor = wgpu::InstanceDescriptor::new_without_display_handle();
    descriptor.backends = wgpu::Backends::BROWSER_WEBGPU;
    let requested = wgpu::Instance::new(descriptor).request_adapter(&Default::default());
    // The method of the prototype appears again.
    let _ = Reflect::delete_property(gpu.unchecked_ref::<js_sys::Object>(), &name);
    placed.map_err(|_| refused("cannot be passed on: navigator.gpu is frozen"))?;
    let adapter = requested
        .await
        .map_err(|error| refused("was not accepted").caused_by(error))?;
    let (wgpu_device, queue) = adapter
        .request_device(&Gpu::descriptor(&adapter))
        .await
        .map_err(|error| refused("was not accepted").caused_by(error))?;
    Ok(Gpu::from_device(&adapter.get_info(), wgpu_device, queue))
}

/// A JavaScript function that returns the promise of `value`.
fn promising(value: JsValue) -> JsValue {
    let promise = move || Promise::resolve(&value).into();
    Closure::<dyn Fn() -> JsValue>::new(promise).into_js_value()
}
