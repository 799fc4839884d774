//! What the application shows, whatever it is.

use menagerie::frame::Region;
use menagerie::{Result, wgpu};

use crate::graphics::Graphics;

/// Something that draws itself.
pub trait Show {
    /// So many seconds go by.
    ///
    /// # Errors
    /// Where there is nothing left to show.
    fn advance(&mut self, graphics: &Graphics, seconds: f32) -> Result<()>;

    /// Goes to the next photo, or to the previous one for -1.
    fn turn(&mut self, by: isize);

    /// Draws it on a picture of `size` pixels.
    fn draw(&self, graphics: &Graphics, pass: &mut wgpu::RenderPass<'_>, size: [u32; 2]);

    /// The part of such a picture that the network is to look at; none for all of it.
    fn looked_at(&self, size: [u32; 2]) -> Option<Region>;

    /// Number of what is shown: with another one, what was said about the last one is out of date.
    fn number(&self) -> usize;

    /// What is shown, in a few words.
    fn title(&self) -> String;
}
