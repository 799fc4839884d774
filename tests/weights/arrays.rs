//! NumPy's files on the disk.

use std::fs;

use menagerie::tensor::Shape;
use menagerie::weights::synthetic_input;
use menagerie::{ErrorKind, npy};

#[test]
fn an_array_is_read_from_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.npy");
    let tensor = synthetic_input(1, 2, Shape::new(3, 1, 2));
    fs::write(&path, npy::encode(&tensor)).unwrap();
    let array = npy::read(&path).unwrap();
    assert_eq!(array.dims()[..], [2, 3, 1, 2]);
    let values = tensor.data().iter().map(|&value| f64::from(value));
    let found = (0..tensor.data().len()).map(|index| array.value(index));
    assert!(found.eq(values));

    let error = npy::read(folder.path()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
    let error = npy::read(&folder.path().join("none.npy")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
}

/// A file that is larger than any tensor in memory is refused before it is read.
#[test]
#[cfg(unix)]
fn a_file_that_is_too_large_is_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.npy");
    // It takes no space on the disk.
    let file = fs::File::create(&path).unwrap();
    file.set_len((1 << 34) + 1).unwrap();
    let error = npy::read(&path).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Input);
    let says = "expected at most 17179869184 bytes, found 17179869185";
    assert_eq!(error.to_string(), format!("{}: {says}", path.display()));
}
