//! Freeing what this crate made on a device. Natively, wgpu frees a resource when no handle, and no command that is still to
//! run, uses it any more. In a browser it frees nothing: memory would stay until garbage is collected, and the collector does
//! not know how large it is.

use std::ops::Deref;

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
