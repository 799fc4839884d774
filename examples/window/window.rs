//! The window: events in, frames out.

use std::sync::Arc;
use std::time::{Duration, Instant};

use menagerie::{Error, ErrorKind, Result, wgpu};
use winit::application::ApplicationHandler;
use winit::dpi::PhysicalSize;
use winit::event::{ElementState, KeyEvent, StartCause, WindowEvent};
use winit::event_loop::{ActiveEventLoop, ControlFlow, EventLoop};
use winit::keyboard::{Key, NamedKey};
use winit::window::{Window, WindowId};

use crate::application::Application;
use crate::arguments::Arguments;
use crate::choice::Choice;
use crate::screen::Screen;

/// How soon a window that could not be drawn on is tried again.
const PATIENCE: Duration = Duration::from_millis(100);

/// Opens the window, and returns when it is closed.
///
/// # Errors
/// Where there is no desktop or no device for it, or something fails while it is open.
pub fn open(choice: Choice, arguments: &Arguments) -> Result<()> {
    let events = EventLoop::new().map_err(|_| {
        // winit's own words are about its source code.
        let desktop = match cfg!(target_os = "linux") {
            true => "X11 display, and no XWayland",
            false => "desktop",
        };
        let message = format!("no window: there is no {desktop}; --screenshot FILE needs none");
        Error::new(ErrorKind::Adapter, message)
    })?;
    let display = Box::new(events.owned_display_handle());
    let descriptor = wgpu::InstanceDescriptor::new_with_display_handle(display).with_env();
    let mut handler = Handler {
        arguments,
        instance: wgpu::Instance::new(descriptor),
        choice: Some(choice),
        open: None,
        outcome: Ok(()),
    };
    events
        .run_app(&mut handler)
        .map_err(|error| Error::new(ErrorKind::Adapter, format!("the window failed: {error}")))?;
    handler.outcome
}

struct Handler<'a> {
    arguments: &'a Arguments,
    instance: wgpu::Instance,
    /// Taken when the window opens.
    choice: Option<Choice>,
    open: Option<Open>,
    outcome: Result<()>,
}

/// An open window.
struct Open {
    screen: Screen,
    application: Application,
}

impl Handler<'_> {
    fn start(&mut self, events: &ActiveEventLoop) -> Result<()> {
        let Some(choice) = self.choice.take() else {
            return Ok(());
        };
        let [width, height] = self.arguments.size.0;
        let attributes = Window::default_attributes()
            .with_title("Menagerie")
            .with_inner_size(PhysicalSize::new(width, height));
        let window = events
            .create_window(attributes)
            .map_err(|error| Error::new(ErrorKind::Adapter, format!("no window: {error}")))?;
        let (screen, graphics) = Screen::open(Arc::new(window), self.instance.clone())?;
        let application = Application::new(graphics, screen.format(), choice, self.arguments)?;
        screen.window.request_redraw();
        self.open = Some(Open {
            screen,
            application,
        });
        Ok(())
    }

    /// Ends with the first error.
    fn end_where_failed(&mut self, events: &ActiveEventLoop, result: Result<()>) {
        if result.is_err() {
            self.outcome = result;
            events.exit();
        }
    }
}

impl ApplicationHandler for Handler<'_> {
    fn resumed(&mut self, events: &ActiveEventLoop) {
        let result = self.start(events);
        self.end_where_failed(events, result);
    }

    fn new_events(&mut self, events: &ActiveEventLoop, cause: StartCause) {
        if let StartCause::ResumeTimeReached { .. } = cause
            && let Some(open) = &self.open
        {
            events.set_control_flow(ControlFlow::Wait);
            open.screen.window.request_redraw();
        }
    }

    fn window_event(&mut self, events: &ActiveEventLoop, _: WindowId, event: WindowEvent) {
        let Some(open) = &mut self.open else {
            return;
        };
        match event {
            WindowEvent::CloseRequested => events.exit(),
            WindowEvent::Resized(_) | WindowEvent::Occluded(false) => {
                open.screen.window.request_redraw();
            }
            WindowEvent::KeyboardInput { event, .. } => open.key(events, &event),
            WindowEvent::RedrawRequested => {
                let drawn = open.draw(events);
                self.end_where_failed(events, drawn);
            }
            _ => {}
        }
    }
}

impl Open {
    fn draw(&mut self, events: &ActiveEventLoop) -> Result<()> {
        let Some(surface) = self.screen.next(&self.application.graphics)? else {
            self.application.rest();
            events.set_control_flow(ControlFlow::WaitUntil(Instant::now() + PATIENCE));
            return Ok(());
        };
        let scale = self.screen.window.scale_factor() as f32;
        self.application.frame(&surface.texture, scale, None)?;
        self.screen.window.pre_present_notify();
        self.application.graphics.queue.present(surface);
        self.screen.window.request_redraw();
        Ok(())
    }

    fn key(&mut self, events: &ActiveEventLoop, event: &KeyEvent) {
        if event.state != ElementState::Pressed {
            return;
        }
        match &event.logical_key {
            Key::Named(NamedKey::ArrowRight | NamedKey::ArrowDown) => self.application.turn(1),
            Key::Named(NamedKey::ArrowLeft | NamedKey::ArrowUp) => self.application.turn(-1),
            _ if event.repeat => {}
            Key::Named(NamedKey::Escape) => events.exit(),
            Key::Named(NamedKey::Space) => self.application.pause(),
            Key::Character(letter) if letter.eq_ignore_ascii_case("h") => {
                self.application.toggle_heat();
            }
            _ => {}
        }
    }
}
