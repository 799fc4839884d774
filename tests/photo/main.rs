//! Photos: what their pixels must be, and how they come from files, bytes and whole folders.

mod cut;
mod damage;
mod files;
mod foreign;
mod formats;

use std::fs;
use std::path::{Path, PathBuf};

use menagerie::photo::{Decoding, Source, Stream, find};
use menagerie::{Error, ErrorKind, Photo};

/// What another reading of the same file by the `image` crate gives.
fn expected(path: &Path) -> Photo {
    let image = image::open(path).unwrap().into_rgb8();
    let [width, height] = [image.width(), image.height()].map(|side| side as usize);
    Photo::new(width, height, image.into_raw()).unwrap()
}

#[test]
fn a_photo_comes_from_a_file_or_from_bytes() {
    let path = Path::new("samples/cat.png");
    let photo = Photo::open(path).unwrap();
    assert_eq!((photo.width(), photo.height()), (451, 300));
    assert_eq!(photo.rgb().len(), 3 * 451 * 300);
    assert!(photo == expected(path));
    assert!(Photo::decode(&fs::read(path).unwrap()).unwrap() == photo);
    assert_eq!(format!("{photo:?}"), "Photo(451x300 pixels)");
    assert_eq!(photo.clone().into_rgb(), photo.rgb());
}

#[test]
fn what_is_no_photo_is_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("notes.txt");
    fs::write(&text, "no image").unwrap();
    let formats = "not an image (BMP, DDS, Farbfeld, GIF, HDR, ICO, JPEG, OpenEXR, PNG, PNM, QOI, TGA, TIFF and WebP \
                   are known)";
    let at = |path: &Path, what: &str| format!("{}: {what}", path.display());
    let missing = folder.path().join("missing.png");
    for (found, kind, says) in [
        (Photo::open(&text), ErrorKind::Input, at(&text, formats)),
        (
            Photo::open(&missing),
            ErrorKind::Io,
            at(
                &missing,
                "cannot be read: No such file or directory (os error 2)",
            ),
        ),
        (
            Photo::decode(b"no image"),
            ErrorKind::Input,
            format!("image: {formats}"),
        ),
    ] {
        let error = found.unwrap_err();
        assert_eq!((error.kind(), error.to_string()), (kind, says));
    }
}

#[test]
fn a_stream_has_every_photo_of_a_folder_in_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let picture = |index: usize| Photo::new(index + 1, 2, vec![index as u8; 6 * (index + 1)]);
    for index in 0..25 {
        let path = folder.path().join(format!("{index:02}.ppm"));
        let photo = picture(index).unwrap();
        let mut bytes = format!("P6 {} 2 255\n", photo.width()).into_bytes();
        bytes.extend(photo.rgb());
        // One is broken, and one is hidden.
        if index == 7 {
            bytes.truncate(20);
        }
        fs::write(path, bytes).unwrap();
    }
    fs::write(folder.path().join(".hidden.ppm"), "P6 1 1 255\n123").unwrap();
    let found = find(&[
        folder.path().into(),
        PathBuf::from("-"),
        "named.file".into(),
    ]);
    assert!(found.failed.is_empty());
    let (folders, others) = found.sources.split_at(25);
    assert_eq!(others, [Source::Stdin, Source::File("named.file".into())]);
    let stream = Stream::start(folders.to_vec(), Decoding::new(), |photo| {
        match photo.width() {
            // What is made of a photo may fail, too.
            10 => Err(Error::new(ErrorKind::Input, "ten")),
            _ => Ok(photo),
        }
    });
    let photos: Vec<_> = stream.unwrap().collect();
    assert_eq!(photos.len(), 25);
    for (index, photo) in photos.into_iter().enumerate() {
        match index {
            7 | 9 => assert!(photo.is_err(), "{index}"),
            _ => assert!(photo.unwrap() == picture(index).unwrap(), "{index}"),
        }
    }
}

#[test]
fn an_empty_folder_stands_for_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let found = find(&[folder.path().into()]);
    assert!(found.sources.is_empty());
    assert_eq!(
        found.failed[0].error.to_string(),
        "no images in this folder"
    );
    assert_eq!(found.failed[0].name, folder.path().display().to_string());
    let none = Stream::start(Vec::new(), Decoding::new(), Ok).unwrap();
    assert_eq!(none.count(), 0);
}
