//! A label and a heat map in the frame of a graphics application: a network looks at the picture that the application
//! shows, on the application's own device.
//!
//! `cargo run --release --example overlay` pans from a cat to a cup of coffee and back;
//! `cargo run --release --example overlay -- PICTURE.png...` shows other pictures. `recognition.rs` is the network, the
//! rest is what any application has. `docs/graphics-app.md` goes through it step by step.

mod drawing;
mod recognition;
mod scene;
mod text;

#[cfg(test)]
mod tests;

use std::fmt::Display;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use image::RgbaImage;
use menagerie::{Error, ErrorKind, Result, wgpu};
use winit::application::ApplicationHandler;
use winit::dpi::PhysicalSize;
use winit::event::WindowEvent;
use winit::event_loop::{ActiveEventLoop, EventLoop};
use winit::window::{Window, WindowId};

use crate::drawing::{Drawing, SIZE};

/// How soon a window that could not be drawn on is tried again.
const PATIENCE: Duration = Duration::from_millis(50);

fn main() {
    if let Err(error) = run() {
        eprintln!("error: {error}");
        std::process::exit(1);
    }
}

fn run() -> Result<()> {
    let mut paths: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    if paths.is_empty() {
        paths = ["cat.png", "coffee.png"]
            .map(|name| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/samples")).join(name))
            .to_vec();
    }
    let scene = scene::side_by_side(&paths, SIZE)?;
    let events = EventLoop::new().map_err(|_| failed("no window: there is no display"))?;
    let display = Box::new(events.owned_display_handle());
    let descriptor = wgpu::InstanceDescriptor::new_with_display_handle(display).with_env();
    let mut program = Program {
        instance: wgpu::Instance::new(descriptor),
        scene,
        screen: None,
        outcome: Ok(()),
    };
    events.run_app(&mut program).map_err(failed)?;
    program.outcome
}

/// What winit calls.
struct Program {
    instance: wgpu::Instance,
    scene: RgbaImage,
    screen: Option<Screen>,
    outcome: Result<()>,
}

impl ApplicationHandler for Program {
    fn resumed(&mut self, events: &ActiveEventLoop) {
        let attributes = Window::default_attributes()
            .with_title("Overlay")
            .with_inner_size(PhysicalSize::<u32>::from(SIZE));
        let window = events.create_window(attributes).map_err(failed);
        let opened = window.and_then(|window| self.open(Arc::new(window)));
        self.end_where_failed(events, opened);
    }

    fn window_event(&mut self, events: &ActiveEventLoop, _: WindowId, event: WindowEvent) {
        match event {
            WindowEvent::CloseRequested => events.exit(),
            WindowEvent::RedrawRequested => {
                let drawn = self.redraw();
                self.end_where_failed(events, drawn);
            }
            _ => {}
        }
    }
}

impl Program {
    fn open(&mut self, window: Arc<Window>) -> Result<()> {
        self.screen = Some(Screen::open(window, &self.instance, &self.scene)?);
        Ok(())
    }

    fn redraw(&mut self) -> Result<()> {
        let Some(screen) = &mut self.screen else {
            return Ok(());
        };
        let window = Arc::clone(&screen.window);
        window.request_redraw();
        match screen.draw() {
            Err(error) if error.kind() == ErrorKind::DeviceLost => {
                // Everything on the device is gone, the surface included. The window stays.
                self.screen = None;
                self.open(window)
            }
            drawn => drawn,
        }
    }

    /// Ends the program with its first error.
    fn end_where_failed(&mut self, events: &ActiveEventLoop, result: Result<()>) {
        if result.is_err() {
            self.outcome = result;
            events.exit();
        }
    }
}

/// A window and what is drawn in it.
struct Screen {
    window: Arc<Window>,
    surface: wgpu::Surface<'static>,
    configuration: wgpu::SurfaceConfiguration,
    /// The window's size that the surface was configured for.
    configured: PhysicalSize<u32>,
    drawing: Drawing,
    begin: Instant,
}

impl Screen {
    fn open(window: Arc<Window>, instance: &wgpu::Instance, scene: &RgbaImage) -> Result<Self> {
        let surface = instance.create_surface(Arc::clone(&window));
        let surface = surface.map_err(failed)?;
        let options = wgpu::RequestAdapterOptions {
            compatible_surface: Some(&surface),
            ..Default::default()
        };
        let adapter = pollster::block_on(instance.request_adapter(&options)).map_err(failed)?;
        let mut configuration = surface
            .get_default_config(&adapter, 1, 1)
            .ok_or_else(|| failed("the adapter cannot draw in this window"))?;
        // The shader returns light, and the surface is to encode it as sRGB.
        let formats = surface.get_capabilities(&adapter).formats;
        if let Some(&format) = formats.iter().find(|format| format.is_srgb()) {
            configuration.format = format;
        }
        configuration.present_mode = wgpu::PresentMode::AutoVsync;
        let drawing = Drawing::new(&adapter, configuration.format, scene)?;
        window.request_redraw();
        Ok(Self {
            window,
            surface,
            configuration,
            configured: PhysicalSize::default(),
            drawing,
            begin: Instant::now(),
        })
    }

    fn draw(&mut self) -> Result<()> {
        let Some(image) = self.next_image()? else {
            thread::sleep(PATIENCE);
            return Ok(());
        };
        let view = image.texture.create_view(&Default::default());
        self.drawing
            .frame(&view, self.begin.elapsed().as_secs_f64())?;
        self.window.pre_present_notify();
        self.drawing.queue.present(image);
        Ok(())
    }

    /// The surface's next image; none where the window is hidden, or has just been resized.
    fn next_image(&mut self) -> Result<Option<wgpu::SurfaceTexture>> {
        use wgpu::CurrentSurfaceTexture as Next;
        let size = self.window.inner_size();
        if size.width == 0 || size.height == 0 || !self.configure(size) {
            return Ok(None);
        }
        match self.surface.get_current_texture() {
            Next::Success(image) | Next::Suboptimal(image) => Ok(Some(image)),
            Next::Outdated => {
                self.configured = PhysicalSize::default();
                Ok(None)
            }
            Next::Timeout | Next::Occluded => Ok(None),
            // wgpu says `Validation` where the device is lost, too.
            Next::Lost | Next::Validation => {
                let message = "the surface or its device was lost";
                Err(Error::new(ErrorKind::DeviceLost, message))
            }
        }
    }

    /// Fits the surface to the window. wgpu refuses that while another thread submits, as it does to prepare the
    /// network: then the next frame tries again.
    fn configure(&mut self, size: PhysicalSize<u32>) -> bool {
        if self.configured == size {
            return true;
        }
        let device = &self.drawing.device;
        self.configuration.width = size.width;
        self.configuration.height = size.height;
        let scope = device.push_error_scope(wgpu::ErrorFilter::Validation);
        self.surface.configure(device, &self.configuration);
        let accepted = pollster::block_on(scope.pop()).is_none();
        if accepted {
            self.configured = size;
        }
        accepted
    }
}

/// Where there is nothing to draw with: why, in one line.
fn failed(why: impl Display) -> Error {
    let why = why.to_string();
    let words: Vec<&str> = why.split_whitespace().collect();
    Error::new(ErrorKind::Adapter, words.join(" "))
}
