//! The window's surface: what is drawn on, whatever happens to the window.

use std::sync::Arc;

use menagerie::{Error, ErrorKind, Result, wgpu};
use winit::dpi::PhysicalSize;
use winit::window::Window;

use crate::graphics::Graphics;

/// A window and its surface.
pub struct Screen {
    pub window: Arc<Window>,
    instance: wgpu::Instance,
    surface: wgpu::Surface<'static>,
    format: wgpu::TextureFormat,
    /// The size that the surface has been fitted to.
    fitted: Option<PhysicalSize<u32>>,
}

impl Screen {
    /// The screen of `window`, and a device that can present to it.
    ///
    /// # Errors
    /// Where no adapter can.
    pub fn open(window: Arc<Window>, instance: wgpu::Instance) -> Result<(Self, Graphics)> {
        let surface = surface(&instance, &window)?;
        let graphics = Graphics::open(&instance, Some(&surface))?;
        let formats = surface.get_capabilities(&graphics.adapter).formats;
        // Everything here is sRGB already and must not be encoded once more.
        let stored = [
            wgpu::TextureFormat::Bgra8Unorm,
            wgpu::TextureFormat::Rgba8Unorm,
        ];
        let Some(format) = stored.into_iter().find(|format| formats.contains(format)) else {
            let name = graphics.adapter.get_info().name;
            let expected = "expected a surface of Bgra8Unorm or Rgba8Unorm";
            let message =
                format!("{name} cannot draw in this window: {expected}, found {formats:?}");
            return Err(Error::new(ErrorKind::Adapter, message));
        };
        let screen = Self {
            window,
            instance,
            surface,
            format,
            fitted: None,
        };
        Ok((screen, graphics))
    }

    pub fn format(&self) -> wgpu::TextureFormat {
        self.format
    }

    /// Fits the surface to the window, where it does not yet, and says whether it fits.
    ///
    /// wgpu waits until the device is idle to do so, and gives up where another thread submits meanwhile, as
    /// that does which prepares the network: then the next frame tries again.
    fn fit(&mut self, graphics: &Graphics) -> bool {
        let size = self.window.inner_size();
        if size.width == 0 || size.height == 0 {
            // Some systems minimise windows so.
            return false;
        }
        if self.fitted == Some(size) {
            return true;
        }
        let most = graphics.device.limits().max_texture_dimension_2d;
        let configuration = wgpu::SurfaceConfiguration {
            usage: wgpu::TextureUsages::RENDER_ATTACHMENT,
            format: self.format,
            color_space: wgpu::SurfaceColorSpace::Auto,
            width: size.width.min(most),
            height: size.height.min(most),
            present_mode: wgpu::PresentMode::AutoVsync,
            desired_maximum_frame_latency: 2,
            alpha_mode: wgpu::CompositeAlphaMode::Auto,
            view_formats: Vec::new(),
        };
        let scope = graphics
            .device
            .push_error_scope(wgpu::ErrorFilter::Validation);
        self.surface.configure(&graphics.device, &configuration);
        let refused = pollster::block_on(scope.pop()).is_some();
        self.fitted = (!refused).then_some(size);
        !refused
    }

    /// What the next frame is drawn on; none where there is nothing to draw on right now.
    ///
    /// # Errors
    /// Where the surface was lost and there is no other one.
    pub fn next(&mut self, graphics: &Graphics) -> Result<Option<wgpu::SurfaceTexture>> {
        use wgpu::CurrentSurfaceTexture as Current;
        if !self.fit(graphics) {
            return Ok(None);
        }
        match self.surface.get_current_texture() {
            Current::Success(texture) | Current::Suboptimal(texture) => Ok(Some(texture)),
            Current::Timeout | Current::Occluded => Ok(None),
            Current::Outdated => {
                self.fitted = None;
                Ok(None)
            }
            Current::Lost => {
                graphics.check()?;
                self.surface = surface(&self.instance, &self.window)?;
                self.fitted = None;
                Ok(None)
            }
            Current::Validation => graphics.check().map(|()| None),
        }
    }
}

fn surface(instance: &wgpu::Instance, window: &Arc<Window>) -> Result<wgpu::Surface<'static>> {
    instance
        .create_surface(Arc::clone(window))
        .map_err(|error| {
            Error::new(
                ErrorKind::Adapter,
                format!("no graphics driver draws in windows here: {error}"),
            )
        })
}
