//! Files that are no sound safetensors: each is refused in one line, and none is believed.

use menagerie::weights::Weights;
use menagerie::{ErrorKind, tensor_file};

use crate::common::safetensors_file::{Data, file, with_header};

const OUT_OF_PLACE: &str =
    "expected it to begin where the tensor before it ends, found a gap or an overlap";

fn cases() -> Vec<(Vec<u8>, String)> {
    let tensor = |dtype: &str, shape: &str, offsets: &str| {
        format!(r#"{{"dtype":"{dtype}","shape":{shape},"data_offsets":{offsets}}}"#)
    };
    let one = |dtype: &str, shape: &str, offsets: &str, data: &[u8]| {
        with_header(
            &format!(r#"{{"a":{}}}"#, tensor(dtype, shape, offsets)),
            data,
        )
    };
    let two = |first: &str, second: &str| {
        let (a, b) = (tensor("F32", "[2]", first), tensor("F32", "[2]", second));
        with_header(&format!(r#"{{"a":{a},"b":{b}}}"#), &[0; 32])
    };
    let truncated = |size| {
        format!(
            "expected the last tensor to end with the file's {size} bytes: it is truncated or has bytes left over"
        )
    };
    let other_size =
        "a tensor's shape and dtype need another number of bytes than its offsets give";
    vec![
        (b"\x02\0\0\0".to_vec(), "expected at least 8 bytes, found 4".into()),
        (
            b"\xff\xff\xff\xff\xff\xff\xff\xff{}".to_vec(),
            "expected a header of at most 100000000 bytes, found one of 18446744073709551615".into(),
        ),
        (
            b"\0\xe1\xf5\x05\0\0\0\0{}".to_vec(),
            "expected a header of 100000000 bytes after the first 8, found 2".into(),
        ),
        (
            b"\x40\0\0\0\0\0\0\0{\"a\":{\"dtype\":".to_vec(),
            "expected a header of 64 bytes after the first 8, found 14".into(),
        ),
        (
            b"\x04\0\0\0\0\0\0\0{\"\xff}".to_vec(),
            "expected a header in UTF-8, found other bytes".into(),
        ),
        (
            with_header("not json", &[]),
            "expected a header in JSON: expected ident at line 1 column 2".into(),
        ),
        (
            with_header("[]", &[]),
            "expected a header in JSON: invalid type: sequence, expected struct HashMetadata at line 1 column 0".into(),
        ),
        (
            with_header("{\"a\":\"\\n\\u001b[2J\"}", &[]),
            "expected a header in JSON: invalid type: string \"\\n\\u{1b}[2J\", expected struct TensorInfo at line 1 column 19".into(),
        ),
        (
            one("F33", "[1]", "[0,4]", &[0; 4]),
            "expected a header in JSON: unknown variant `F33`, expected one of `BOOL`, `F4`, `F6_E2M3`, `F6_E3M2`, `U8`, `I8`, `F8_E5M2`, `F8_E4M3`, `F8_E8M0`, ...".into(),
        ),
        (
            one("F32", "[-1]", "[0,4]", &[0; 4]),
            "expected a header in JSON: invalid value: integer `-1`, expected usize at line 1 column 55".into(),
        ),
        (one("F32", "[2]", "[0,8]", &[0; 7]), truncated(69)),
        (one("F32", "[2]", "[0,8]", &[0; 9]), truncated(71)),
        (one("F32", "[3]", "[0,8]", &[0; 8]), other_size.into()),
        (one("F32", "[2]", "[8,0]", &[0; 8]), format!("a: {OUT_OF_PLACE}")),
        (one("F32", "[2]", "[4,12]", &[0; 12]), format!("a: {OUT_OF_PLACE}")),
        (two("[0,8]", "[4,12]"), format!("b: {OUT_OF_PLACE}")),
        (two("[0,8]", "[16,24]"), format!("b: {OUT_OF_PLACE}")),
        (two("[0,8]", "[8,18446744073709551615]"), other_size.into()),
        (
            one("F32", "[9223372036854775807,9223372036854775807]", "[0,4]", &[0; 4]),
            "a tensor's shape is too large to count its bytes".into(),
        ),
        (
            one("F32", "[4611686018427387904]", "[0,0]", &[]),
            "a tensor's shape is too large to count its bytes".into(),
        ),
        (
            with_header(&format!("{{\"a\":{}", "[".repeat(100_000)), &[]),
            "expected a header in JSON: recursion limit exceeded at line 1 column 132".into(),
        ),
    ]
}

#[test]
fn unsound_files_are_refused() {
    let mut failures = Vec::new();
    for (bytes, reason) in cases() {
        let error = Weights::from_bytes("x.safetensors", bytes.clone()).unwrap_err();
        let expected = format!("x.safetensors: not a valid safetensors file: {reason}");
        let found = error.to_string();
        if found != expected || error.kind() != ErrorKind::Weights {
            failures.push(format!("expected {expected}\n   found {found}"));
        }
        let error = tensor_file::decode("x.safetensors", bytes, "input").unwrap_err();
        assert_eq!((error.kind(), error.to_string()), (ErrorKind::Input, found));
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// Which of the two is named depends on a hash map.
#[test]
fn tensors_in_one_place_are_refused() {
    let tensor = r#"{"dtype":"F32","shape":[2],"data_offsets":[0,8]}"#;
    let bytes = with_header(&format!(r#"{{"a":{tensor},"b":{tensor}}}"#), &[0; 8]);
    let error = Weights::from_bytes("x", bytes).unwrap_err().to_string();
    assert_eq!(
        error.replace(" b: ", " a: "),
        format!("x: not a valid safetensors file: a: {OUT_OF_PLACE}")
    );
}

/// A sound file cut anywhere, or with any one bit turned, is refused or read, without a panic.
#[test]
fn damaged_files_do_not_panic() {
    let tensors = [
        ("a", &[1usize, 2][..], Data::F32(&[1.0, 2.0])),
        ("b", &[][..], Data::F32(&[3.0])),
    ];
    let sound = file(&tensors);
    Weights::from_bytes("x", sound.clone()).unwrap();
    for end in 0..sound.len() {
        assert!(Weights::from_bytes("x", sound[..end].to_vec()).is_err());
    }
    for bit in 0..8 * sound.len() {
        let mut bytes = sound.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let _ = Weights::from_bytes("x", bytes.clone());
        let _ = tensor_file::decode("x", bytes, "a");
    }
}
