//! Freeing what this crate made on a device. Natively, wgpu frees a resource when no handle, and no command that is still to
//! run, uses it any more. In a browser it frees nothing: memory would stay until garbage is collected, and the collector does
//! not know how large it is.

use std::ops::Deref;

use super::DeviceTensor;

/// A resource of this crate, which is freed when this is dropped.
#[derive(Debug)]
pub struct Owned<T: Resource>(T);

/// What has memory of a device.
pub trait Resource {
    /// Frees the memory when the work that was submitted before is done. A later submission that uses it is refused.
    fn free(&self);
}

impl Resource for wgpu::Buffer {
    fn free(&self) {
        self.destroy();
    }
}

impl Resource for wgpu::Texture {
    fn free(&self) {
        self.destroy();
    }
}

impl Resource for wgpu::QuerySet {
    fn free(&self) {
        self.destroy();
    }
}

impl<T: Resource> Owned<T> {
    /// `resource`, which this crate has made.
    pub fn new(resource: T) -> Self {
        Self(resource)
    }
}

impl<T: Resource> Drop for Owned<T> {
    fn drop(&mut self) {
        if cfg!(target_arch = "wasm32") {
            self.0.free();
        }
    }
}

impl<T: Resource> Deref for Owned<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

/// Keeps what `used` returns until the commands in `encoder` are done, or are dropped without having been submitted.
#[cfg(not(target_arch = "wasm32"))]
pub fn keep_until_done(_: &wgpu::CommandEncoder, _: impl FnOnce() -> Vec<DeviceTensor>) {}

#[cfg(target_arch = "wasm32")]
pub use in_browser::keep_until_done;

#[cfg(target_arch = "wasm32")]
mod in_browser {
    use std::cell::RefCell;
    use std::collections::BTreeMap;

    use super::DeviceTensor;

    thread_local! {
        /// What commands still use, by the number of its [`Kept`].
        static KEPT: RefCell<BTreeMap<u64, Vec<DeviceTensor>>> = const { RefCell::new(BTreeMap::new()) };
    }

    /// Something that is kept until this is dropped. Callbacks of wgpu must be `Send`, which resources of a browser are not.
    struct Kept(u64);

    impl Drop for Kept {
        fn drop(&mut self) {
            // What is dropped is dropped after the list is free again.
            let _tensors = KEPT.with_borrow_mut(|kept| kept.remove(&self.0));
        }
    }

    /// Keeps what `used` returns until the commands in `encoder` are done, or are dropped without having been submitted.
    pub fn keep_until_done(
        encoder: &wgpu::CommandEncoder,
        used: impl FnOnce() -> Vec<DeviceTensor>,
    ) {
        let number = KEPT.with_borrow_mut(|kept| {
            let number = kept.last_key_value().map_or(0, |(&last, _)| last + 1);
            kept.insert(number, used());
            number
        });
        let kept = Kept(number);
        encoder.on_submitted_work_done(move || drop(kept));
    }
}
