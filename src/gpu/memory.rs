//! Memory of the device. All that this crate allocates there goes through [`Gpu::buffer`] and [`Gpu::texture`], so that it
//! is counted, can be refused, and an error names it.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::Gpu;
use super::owned::{Owned, Resource};
use super::scopes::known;
use crate::error::{Error, ErrorKind, Result};

/// Memory of a device that is about to be allocated; see [`Gpu::with_memory_guard`].
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Allocation<'a> {
    /// What it is for, for example `weights` or `activations`.
    pub label: &'a str,
    /// Its length in bytes.
    pub bytes: u64,
    /// Bytes that are allocated already; see [`Gpu::allocated_bytes`].
    pub allocated: u64,
}

/// What is allocated on a device, and who may refuse more.
#[derive(Default)]
pub struct Memory {
    allocated: AtomicU64,
    guard: Option<Box<Guard>>,
}

type Guard = dyn Fn(&Allocation<'_>) -> bool + Send + Sync;

/// A buffer or texture. Its bytes count as allocated until its last clone is dropped, which frees them.
#[derive(Clone, Debug)]
pub struct Allocated<T: Resource>(Arc<Held<T>>);

/// Memory of a device with its bytes.
#[derive(Debug)]
struct Held<T: Resource> {
    resource: Owned<T>,
    _counted: Counted,
}

/// A buffer of this crate.
pub type DeviceBuffer = Allocated<wgpu::Buffer>;

/// Bytes that are counted until this is dropped.
#[derive(Debug)]
struct Counted {
    memory: Arc<Memory>,
    bytes: u64,
}

impl Memory {
    fn guarded(guard: Box<Guard>) -> Self {
        Self {
            allocated: AtomicU64::default(),
            guard: Some(guard),
        }
    }

    /// Counts `bytes` bytes for `label`, unless they are refused.
    fn count(self: &Arc<Self>, label: &str, bytes: u64) -> Result<Counted> {
        // What is counted before it is allowed is seen by other threads, so together they stay below a limit.
        let allocated = self.allocated.fetch_add(bytes, Ordering::Relaxed);
        let counted = Counted {
            memory: Arc::clone(self),
            bytes,
        };
        let asked = Allocation {
            label,
            bytes,
            allocated,
        };
        match &self.guard {
            Some(guard) if !guard(&asked) => Err(Error::new(
                ErrorKind::OutOfMemory,
                format!(
                    "{label}: {bytes} bytes of the device's memory were refused, with {allocated} bytes allocated"
                ),
            )),
            _ => Ok(counted),
        }
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.memory
            .allocated
            .fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

impl<T: Resource> Deref for Allocated<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0.resource
    }
}

impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let allocated = self.allocated.load(Ordering::Relaxed);
        write!(f, "Memory({allocated} bytes)")
    }
}

impl Gpu {
    /// The same device, but `allows` is asked before this crate allocates memory on it. If it returns false, whatever was
    /// in preparation fails with [`ErrorKind::OutOfMemory`], frees what it had allocated, and can be tried again later.
    /// `allows` is called by whichever thread allocates. Runs allocate nothing, once a session is prepared.
    ///
    /// An application with a budget for all that it has on the device can so give networks a part of it:
    ///
    /// ```no_run
    /// use menagerie::Network;
    /// use menagerie::gpu::{AdapterChoice, Gpu};
    ///
    /// let gpu = Gpu::open(&AdapterChoice::Default)?;
    /// let gpu = gpu.with_memory_guard(|new| new.allocated + new.bytes <= 256 << 20);
    /// let network = Network::builder("resnet50").device(gpu.clone()).load()?;
    /// println!("{} bytes", gpu.allocated_bytes());
    /// # Ok::<(), menagerie::Error>(())
    /// ```
    ///
    /// The memory of earlier clones is counted apart.
    pub fn with_memory_guard(
        self,
        allows: impl Fn(&Allocation<'_>) -> bool + Send + Sync + 'static,
    ) -> Self {
        Self {
            memory: Arc::new(Memory::guarded(Box::new(allows))),
            ..self
        }
    }

    /// Bytes of all buffers and textures that this crate has on the device at this time, for all clones of this `Gpu`. The
    /// driver may use more: it rounds up, it stores compiled kernels, and it frees memory only when it is no longer in use.
    pub fn allocated_bytes(&self) -> u64 {
        self.memory.allocated.load(Ordering::Relaxed)
    }

    /// A buffer of `bytes` bytes for `label`.
    ///
    /// # Errors
    /// [`ErrorKind::OutOfMemory`] if there is no memory for it. In a browser, the scopes of the caller catch this.
    pub(crate) fn buffer(
        &self,
        label: &str,
        bytes: u64,
        usage: wgpu::BufferUsages,
    ) -> Result<DeviceBuffer> {
        self.make_buffer(label, bytes, usage, false)
    }

    /// A buffer that the host writes before the device reads it.
    ///
    /// # Errors
    /// As [`Gpu::buffer`].
    pub(crate) fn mapped_buffer(
        &self,
        label: &str,
        bytes: u64,
        usage: wgpu::BufferUsages,
    ) -> Result<DeviceBuffer> {
        self.make_buffer(label, bytes, usage, true)
    }

    fn make_buffer(
        &self,
        label: &str,
        bytes: u64,
        usage: wgpu::BufferUsages,
        mapped_at_creation: bool,
    ) -> Result<DeviceBuffer> {
        self.allocate(label, bytes, || {
            self.device.create_buffer(&wgpu::BufferDescriptor {
                label: Some(label),
                size: bytes,
                usage,
                mapped_at_creation,
            })
        })
    }

    /// A texture of `width` times `height` texels of `format`, for `label`.
    ///
    /// # Errors
    /// As [`Gpu::buffer`].
    pub(crate) fn texture(
        &self,
        label: &str,
        [width, height]: [u32; 2],
        format: wgpu::TextureFormat,
        usage: wgpu::TextureUsages,
    ) -> Result<Allocated<wgpu::Texture>> {
        let texel = format.block_copy_size(None).unwrap_or_default();
        let bytes = u64::from(width) * u64::from(height) * u64::from(texel);
        self.allocate(label, bytes, || {
            self.device.create_texture(&wgpu::TextureDescriptor {
                label: Some(label),
                size: wgpu::Extent3d {
                    width,
                    height,
                    depth_or_array_layers: 1,
                },
                mip_level_count: 1,
                sample_count: 1,
                dimension: wgpu::TextureDimension::D2,
                format,
                usage,
                view_formats: &[],
            })
        })
    }

    fn allocate<T: Resource>(
        &self,
        label: &str,
        bytes: u64,
        make: impl FnOnce() -> T,
    ) -> Result<Allocated<T>> {
        let counted = self.memory.count(label, bytes)?;
        // A browser reports later what it refuses. There it is left to the scopes of the caller.
        let scope = (!cfg!(target_arch = "wasm32"))
            .then(|| self.device.push_error_scope(wgpu::ErrorFilter::OutOfMemory));
        let resource = make();
        if let Some(error) = scope.and_then(|scope| known(scope.pop())) {
            let message = format!("{label}: the device has no memory for {bytes} bytes");
            // As text, because a browser's error stays on its thread.
            let error = Error::new(ErrorKind::OutOfMemory, message).caused_by(error.to_string());
            return Err(self.explain(error));
        }
        Ok(Allocated(Arc::new(Held {
            resource: Owned::new(resource),
            _counted: counted,
        })))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device::DeviceKind;
    use crate::gpu::AdapterChoice;

    #[test]
    fn memory_is_counted_until_the_last_clone_is_dropped() {
        let memory = Arc::new(Memory::guarded(Box::new(|new: &Allocation<'_>| {
            new.allocated + new.bytes <= 100
        })));
        let allocated = || memory.allocated.load(Ordering::Relaxed);
        let first = Arc::new(memory.count("weights", 60).unwrap());
        let clone = Arc::clone(&first);
        let refused = memory.count("activations", 41).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::OutOfMemory);
        assert_eq!(
            refused.to_string(),
            "activations: 41 bytes of the device's memory were refused, with 60 bytes allocated"
        );
        let second = memory.count("activations", 40).unwrap();
        assert_eq!(allocated(), 100);
        drop(first);
        assert_eq!(allocated(), 100);
        drop((clone, second));
        assert_eq!(allocated(), 0);
    }

    /// The largest texture that a device allows is more than most have memory for.
    #[test]
    fn what_a_driver_has_no_memory_for_is_named() {
        let gpu = Gpu::open(&AdapterChoice::Default).unwrap();
        let side = gpu.device().limits().max_texture_dimension_2d;
        let texture = |side| {
            let (format, usage) = (
                wgpu::TextureFormat::Rgba32Float,
                wgpu::TextureUsages::COPY_DST,
            );
            gpu.texture("weights", [side; 2], format, usage)
        };
        let refused = texture(side);
        assert!(refused.is_err() || gpu.profile().kind == DeviceKind::Gpu);
        if let Some(error) = refused.err() {
            assert_eq!(error.kind(), ErrorKind::OutOfMemory, "{error}");
            let bytes = 16 * u64::from(side).pow(2);
            let says = format!("weights: the device has no memory for {bytes} bytes");
            assert_eq!(error.to_string(), says);
        }
        assert_eq!(gpu.allocated_bytes(), 0);
        let small = texture(4);
        assert!(small.is_ok() && gpu.allocated_bytes() == 256);
    }
}
