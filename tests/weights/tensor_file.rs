//! Raw tensors to and from files.

use std::fs;

use menagerie::tensor::Shape;
use menagerie::{ErrorKind, Tensor, tensor_file};

use crate::common::safetensors_file::{Data, file};

fn counting(batch: usize, shape: Shape) -> Tensor {
    let values = (0..batch * shape.elements()).map(|value| value as f32);
    Tensor::new(batch, shape, values.collect()).unwrap()
}

#[test]
fn reads_images_of_any_float() {
    let shape = Shape::new(2, 1, 1);
    let expected = Tensor::new(2, shape, vec![1.5, -2.0, 0.0, 1.0]).unwrap();
    let halves = [0x00, 0x3e, 0x00, 0xc0, 0, 0, 0x00, 0x3c];
    let doubles: Vec<u8> = [1.5f64, -2.0, 0.0, 1.0]
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect();
    for data in [
        Data::F32(&[1.5, -2.0, 0.0, 1.0]),
        Data::Raw("F16", &halves),
        Data::Raw("F64", &doubles),
    ] {
        // Vectors have their other dimensions or not. Another tensor does not matter, and shifts the bytes off their
        // alignment.
        for dimensions in [&[2, 2, 1, 1][..], &[2, 2]] {
            let bytes = file(&[
                ("a", &[3], Data::Raw("U8", &[1, 2, 3])),
                ("input", dimensions, data),
            ]);
            assert_eq!(tensor_file::decode("x", bytes, "input").unwrap(), expected);
        }
    }
}

#[test]
fn refuses_what_is_no_batch_of_images() {
    let dimensions = "expected dimensions [N, C, H, W] or [N, C], found";
    let cases: [(&str, &[usize], Data<'_>, String); 6] = [
        ("other", &[1], Data::F32(&[1.0]), "missing".into()),
        (
            "input",
            &[1, 1, 1],
            Data::F32(&[1.0]),
            format!("{dimensions} [1, 1, 1]"),
        ),
        ("input", &[], Data::F32(&[1.0]), format!("{dimensions} []")),
        (
            "input",
            &[0, 3, 2, 2],
            Data::F32(&[]),
            "expected at least one value, found [0, 3, 2, 2]".into(),
        ),
        (
            "input",
            &[1, 1, 1, 1],
            Data::Raw("U8", &[1]),
            "expected F32, F16, BF16 or F64, found U8".into(),
        ),
        (
            "input",
            &[1, 1, 1, 2],
            Data::F32(&[1.0, f32::NAN]),
            "expected finite f32 values, found NaN at index 1".into(),
        ),
    ];
    for (name, shape, data, message) in cases {
        let bytes = file(&[(name, shape, data)]);
        let error = tensor_file::decode("x.safetensors", bytes, "input").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Input);
        assert_eq!(
            error.to_string(),
            format!("x.safetensors: input: {message}")
        );
    }
}

#[test]
fn maps_come_back_as_they_went() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("y.safetensors");
    let maps = counting(3, Shape::new(2, 1, 5));
    tensor_file::write(&path, &maps, "output").unwrap();
    assert_eq!(tensor_file::read(&path, "output").unwrap(), maps);
}

#[test]
fn vectors_are_written_with_two_dimensions() {
    let bytes = tensor_file::encode(&counting(2, Shape::vector(3)), "output").unwrap();
    let header = r#"{"output":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}}"#;
    assert_eq!(&bytes[8..8 + header.len()], header.as_bytes());
    assert_eq!(bytes.len(), 8 + header.len().next_multiple_of(8) + 24);
}

#[test]
fn an_older_file_is_replaced_and_nothing_is_left_behind() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("y.safetensors");
    for channels in [2000, 3] {
        let vector = counting(1, Shape::vector(channels));
        tensor_file::write(&path, &vector, "output").unwrap();
        assert_eq!(
            fs::read(&path).unwrap(),
            tensor_file::encode(&vector, "output").unwrap()
        );
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_file_that_cannot_be_written_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let vector = counting(1, Shape::vector(3));
    let missing = folder.path().join("no/y.safetensors");
    let error = tensor_file::write(&missing, &vector, "output").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
    let begin = format!("{}: cannot be written: ", missing.display());
    assert!(error.to_string().starts_with(&begin), "{error}");
    let error = tensor_file::write(folder.path(), &vector, "output").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

/// A link stays a link, and a device stays a device.
#[cfg(unix)]
#[test]
fn what_is_no_plain_file_is_written_through() {
    use std::os::unix::fs::FileTypeExt;

    let folder = tempfile::tempdir().unwrap();
    let (target, link) = (folder.path().join("target"), folder.path().join("link"));
    fs::write(&target, b"old").unwrap();
    std::os::unix::fs::symlink(&target, &link).unwrap();
    let vector = counting(1, Shape::vector(3));
    tensor_file::write(&link, &vector, "output").unwrap();
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(
        fs::read(&target).unwrap(),
        tensor_file::encode(&vector, "output").unwrap()
    );
    // A socket stands for a device here, because a test should not put /dev/null at risk.
    let socket = folder.path().join("socket");
    let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    let error = tensor_file::write(&socket, &vector, "output").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
    assert!(fs::metadata(&socket).unwrap().file_type().is_socket());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3);
}
