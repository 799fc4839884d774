//! Photos: what their pixels must be, and how they come from files, bytes and whole folders.

mod cut;
mod damage;
mod files;
mod foreign;
mod formats;

use std::fs;
use std::path::{Path, PathBuf};

use menagerie::photo::{Decoding, Source, Stream, Subfolders, find};
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
    let names = [
        folder.path().into(),
        PathBuf::from("-"),
        "named.file".into(),
    ];
    let found = find(&names, Subfolders::Skip);
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
fn a_stream_mixes_files_bytes_and_decoded_photos() {
    let photo = Photo::new(1, 2, vec![7; 6]).unwrap();
    let bytes = [b"P6 1 2 255\n", photo.rgb()].concat();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.ppm");
    fs::write(&path, &bytes).unwrap();
    let sources = [
        Source::Decoded(photo.clone()),
        Source::Bytes(bytes.into()),
        Source::File(path),
        Source::Bytes(b"P6 1 2".as_slice().into()),
    ];
    let stream = Stream::start(sources.to_vec(), Decoding::new(), Ok).unwrap();
    let found: Vec<Option<Photo>> = stream.map(Result::ok).collect();
    let photo = Some(photo);
    assert_eq!(found, [photo.clone(), photo.clone(), photo, None]);
    let error = sources[3].open().unwrap_err().to_string();
    assert!(error.starts_with("an image in memory: "), "{error}");
}

/// In a folder, images that are not decoded are errors, so that nobody takes them for decoded.
#[test]
fn images_are_found_by_their_extension() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["a.JPG", "b.heic", "c.Tiff", "d.txt", "e", "f.exr", "jpg"] {
        fs::write(folder.path().join(name), "").unwrap();
    }
    let found = find(&[folder.path().into()], Subfolders::Skip).sources;
    let names = ["a.JPG", "b.heic", "c.Tiff", "f.exr"];
    assert_eq!(
        found,
        names.map(|name| Source::File(folder.path().join(name)))
    );
}

#[test]
fn an_empty_folder_stands_for_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let found = find(&[folder.path().into()], Subfolders::Skip);
    assert!(found.sources.is_empty());
    assert_eq!(
        found.failed[0].error.to_string(),
        "no images in this folder"
    );
    assert_eq!(found.failed[0].source, Source::File(folder.path().into()));
    let none = Stream::start(Vec::new(), Decoding::new(), Ok).unwrap();
    assert_eq!(none.count(), 0);
}

#[cfg(unix)]
#[test]
fn what_a_folder_has_besides_photos_is_counted() {
    use std::os::unix::fs::symlink;
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let dot = b"P6 1 1 255\n123";
    fs::create_dir_all(path("b/deep")).unwrap();
    fs::create_dir(path(".hidden")).unwrap();
    for name in [
        "a.ppm",
        "b/b.ppm",
        "b/deep/c.ppm",
        "d.PPM",
        ".e.ppm",
        ".hidden/f.ppm",
    ] {
        fs::write(path(name), dot).unwrap();
    }
    for name in ["notes.txt", "b/more.txt", "no_extension"] {
        fs::write(path(name), dot).unwrap();
    }
    symlink(path("b"), path("linked")).unwrap();
    symlink(path("a.ppm"), path("g.ppm")).unwrap();
    symlink(path("missing"), path("h.ppm")).unwrap();
    let counts = |found: &menagerie::photo::Found| {
        let left_out = found.left_out;
        let photos = found.sources.iter().map(|source| match source {
            Source::File(path) => path.strip_prefix(&folder).unwrap().display().to_string(),
            other => other.to_string(),
        });
        assert_eq!(found.failed.len(), 1);
        assert_eq!(found.failed[0].source, Source::File(path("h.ppm")));
        (
            photos.collect::<Vec<_>>(),
            [
                left_out.other_files,
                left_out.hidden,
                left_out.folders,
                left_out.linked_folders,
            ],
        )
    };
    let names = [folder.path().to_path_buf()];
    let (photos, left_out) = counts(&find(&names, Subfolders::Skip));
    assert_eq!(photos, ["a.ppm", "d.PPM", "g.ppm"]);
    assert_eq!(left_out, [2, 2, 1, 1]);
    let (photos, left_out) = counts(&find(&names, Subfolders::Search));
    let all = ["a.ppm", "b/b.ppm", "b/deep/c.ppm", "d.PPM", "g.ppm"];
    assert_eq!(photos, all);
    assert_eq!(left_out, [3, 2, 0, 1]);
}

#[test]
fn a_conversion_that_panics_fails_for_its_photo_only() {
    let folder = tempfile::tempdir().unwrap();
    for index in 0..20 {
        fs::write(
            folder.path().join(format!("{index:02}.ppm")),
            b"P6 1 1 255\n123",
        )
        .unwrap();
    }
    let found = find(&[folder.path().into()], Subfolders::Skip);
    let positions = std::sync::atomic::AtomicUsize::new(0);
    let stream = Stream::start_ahead(found.sources, 3, Decoding::new(), move |_| {
        let position = positions.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        assert!(
            !position.is_multiple_of(5),
            "as a decoder does with a file that it does not expect"
        );
        Ok(())
    });
    let results: Vec<_> = stream.unwrap().collect();
    assert_eq!(results.len(), 20);
    let failed: Vec<_> = results
        .iter()
        .filter_map(|result| result.as_ref().err())
        .collect();
    assert_eq!(failed.len(), 4);
    assert_eq!(
        failed[0].to_string(),
        "cannot be decoded: the decoder failed an assertion of its own"
    );
}
