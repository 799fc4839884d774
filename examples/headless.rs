//! The shortest use of the library: a network by name, on the best GPU there is, and what it says of a photo.
//!
//! `cargo run --release --example headless -- samples/cat.png` classifies a PNG file; without one, a grey image.

use menagerie::{Error, ErrorKind, Network, Photo};

fn main() -> menagerie::Result<()> {
    let photo = match std::env::args_os().nth(1) {
        Some(path) => open(path.as_ref())?,
        None => Photo::new(320, 240, vec![128; 3 * 320 * 240])?,
    };
    let mut network = Network::load("mobilenet_v2")?;
    for guess in network.classify(&photo)?.top(5) {
        println!("{:5.1} % {}", 100.0 * guess.probability, guess.label);
    }
    println!("{} on {}", network.name(), network.device());
    Ok(())
}

/// With the feature `photos`, `Photo::open` reads more formats; this is for a program with a decoder of its own.
fn open(path: &std::path::Path) -> menagerie::Result<Photo> {
    let image = image::open(path).map_err(|error| {
        let message = format!("{}: {error}", path.display());
        Error::new(ErrorKind::Io, message).caused_by(error)
    })?;
    let image = image.into_rgb8();
    let [width, height] = [image.width(), image.height()].map(|side| side as usize);
    Photo::new(width, height, image.into_raw())
}
