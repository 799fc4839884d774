//! The slide show: the images of a folder, one after the other.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use image::{ImageFormat, RgbaImage};
use menagerie::frame::Region;
use menagerie::{Error, ErrorKind, Result, wgpu};

use crate::graphics::Graphics;
use crate::photo::{Frames, Photo, Placement, decode};
use crate::show::Show;

/// Seconds that an image stays.
const STAY: f32 = 4.0;
/// Seconds in which it appears.
const FADE: f32 = 0.3;

/// The images, of which one is on the device.
pub struct Slides {
    paths: Vec<PathBuf>,
    broken: Vec<bool>,
    frames: Frames,
    shown: Option<Shown>,
    /// The image that was asked for last, and in which direction it was found.
    wanted: usize,
    direction: isize,
    requests: Sender<usize>,
    decoded: Receiver<(usize, Result<RgbaImage>)>,
}

struct Shown {
    index: usize,
    photo: Photo,
    seconds: f32,
}

impl Slides {
    /// The images of `folder`, in the order of their names.
    pub fn open(graphics: &Graphics, folder: &Path) -> Result<Self> {
        let paths = images(folder)?;
        let (requests, asked) = channel();
        let (answers, decoded) = channel();
        let files = paths.clone();
        thread::spawn(move || {
            while let Ok(mut index) = asked.recv() {
                // Of several that are waiting, only the last one is still wanted.
                while let Ok(later) = asked.try_recv() {
                    index = later;
                }
                let file: &PathBuf = &files[index];
                if answers.send((index, decode(file))).is_err() {
                    return;
                }
            }
        });
        let mut slides = Self {
            broken: vec![false; paths.len()],
            paths,
            frames: Frames::new(graphics),
            shown: None,
            wanted: 0,
            direction: 1,
            requests,
            decoded,
        };
        slides.request();
        // The first one is waited for: there is nothing to show before.
        while slides.shown.is_none()
            && let Ok((index, image)) = slides.decoded.recv()
        {
            slides.take(graphics, index, image)?;
        }
        Ok(slides)
    }

    /// Asks for the image that is wanted. It comes with a later frame.
    fn request(&self) {
        // The thread that decodes lives as long as this.
        let _ = self.requests.send(self.wanted);
    }

    /// Takes what has been decoded: image number `index`, or why it cannot be.
    fn take(&mut self, graphics: &Graphics, index: usize, image: Result<RgbaImage>) -> Result<()> {
        match image {
            Ok(image) if index == self.wanted => {
                self.shown = Some(Shown {
                    index,
                    photo: self.frames.photo(graphics, &image),
                    seconds: 0.0,
                });
            }
            Ok(_) => {}
            Err(error) => {
                eprintln!("warning: {error}");
                self.broken[index] = true;
                if self.broken.iter().all(|&broken| broken) {
                    let message = "none of the folder's images can be decoded";
                    return Err(Error::new(ErrorKind::Input, message));
                }
                if index == self.wanted {
                    self.turn(self.direction);
                }
            }
        }
        Ok(())
    }

    fn fitted(photo: &Photo, size: [u32; 2]) -> Region {
        let [width, height] = photo.fitted(size.map(|side| side as f32));
        let [width, height] = [
            width.round().max(1.0) as u32,
            height.round().max(1.0) as u32,
        ];
        Region {
            x: size[0].saturating_sub(width) / 2,
            y: size[1].saturating_sub(height) / 2,
            width: width.min(size[0]),
            height: height.min(size[1]),
        }
    }
}

impl Show for Slides {
    fn advance(&mut self, graphics: &Graphics, seconds: f32) -> Result<()> {
        while let Ok((index, image)) = self.decoded.try_recv() {
            self.take(graphics, index, image)?;
        }
        let Some(shown) = &mut self.shown else {
            return Ok(());
        };
        shown.seconds += seconds;
        if shown.seconds > STAY && shown.index == self.wanted && self.paths.len() > 1 {
            self.turn(1);
        }
        Ok(())
    }

    fn turn(&mut self, by: isize) {
        let all = self.paths.len();
        for _ in 0..all {
            self.wanted = self.wanted.saturating_add_signed(all as isize + by) % all;
            if !self.broken[self.wanted] {
                break;
            }
        }
        self.direction = by;
        self.request();
    }

    fn draw(&self, graphics: &Graphics, pass: &mut wgpu::RenderPass<'_>, size: [u32; 2]) {
        let Some(shown) = &self.shown else {
            return;
        };
        let place = Self::fitted(&shown.photo, size);
        let half_size = [place.width, place.height].map(|side| side as f32 / 2.0);
        let placement = Placement {
            target_size: size.map(|side| side as f32),
            centre: [place.x as f32 + half_size[0], place.y as f32 + half_size[1]],
            half_size,
            border: 0.0,
            angle: 0.0,
            opacity: (shown.seconds / FADE).min(1.0),
            padding: [0.0; 3],
        };
        self.frames.draw(graphics, pass, &shown.photo, &placement);
    }

    fn looked_at(&self, size: [u32; 2]) -> Option<Region> {
        let shown = self.shown.as_ref()?;
        Some(Self::fitted(&shown.photo, size))
    }

    fn number(&self) -> usize {
        self.shown.as_ref().map_or(0, |shown| shown.index)
    }

    fn title(&self) -> String {
        let Some(shown) = &self.shown else {
            return "...".to_owned();
        };
        let name = self.paths[shown.index].file_name().unwrap_or_default();
        let name = name.to_string_lossy();
        format!("{name} ({} of {})", shown.index + 1, self.paths.len())
    }
}

/// The images of `folder`, by their extensions.
fn images(folder: &Path) -> Result<Vec<PathBuf>> {
    let failed = |why: &dyn std::fmt::Display| {
        Error::new(ErrorKind::Io, format!("{}: {why}", folder.display()))
    };
    if folder.is_file() {
        return Err(failed(&"expected a folder of images, found a file"));
    }
    let entries = fs::read_dir(folder).map_err(|error| failed(&error))?;
    let mut paths = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| failed(&error))?.path();
        let is_image = ImageFormat::from_path(&path).is_ok_and(|format| format.reading_enabled());
        if is_image && path.is_file() {
            paths.push(path);
        }
    }
    paths.sort();
    if paths.is_empty() {
        return Err(failed(&"no images in this folder"));
    }
    Ok(paths)
}
