//! Files with the most of something that is read, and with one more.

use std::fs;
use std::io::Write;

use menagerie::ErrorKind;
use menagerie::weights::Weights;
use rawzip::ZipArchiveWriter;

use crate::common::safetensors_file::{Data, file, with_header};
use crate::pickles::{REBUILD, with_storage};

/// A dictionary with a tensor of one number under the name "a".
fn tensor() -> Vec<u8> {
    named(b"U\x01a")
}

/// The same with this name.
fn named(name: &[u8]) -> Vec<u8> {
    [b"}", name, REBUILD, b"K\0K\x01\x85K\x01\x85tRs"].concat()
}

/// A file of such a dictionary, and of what does not change it.
fn beside(rest: &[u8]) -> Vec<u8> {
    with_storage(&[&tensor(), rest].concat())
}

/// A tensor of this shape that repeats the first number, under the name "a".
fn repeated(extents: &[u8], strides: &[u8]) -> Vec<u8> {
    with_storage(&[b"}U\x01a", REBUILD, b"K\0", extents, strides, b"tRs"].concat())
}

fn text(length: usize) -> Vec<u8> {
    let head = [&b"X"[..], &(length as u32).to_le_bytes()].concat();
    [head, b"a".repeat(length)].concat()
}

/// Bytes that fill the pickles of a file up to `length` bytes.
fn filled(length: usize) -> Vec<u8> {
    let filler = |length: usize| {
        let head = [&b"B"[..], &(length as u32).to_le_bytes()].concat();
        beside(&[head, vec![0; length], b"0".to_vec()].concat())
    };
    let storage = 8 + 4 * size_of::<f32>();
    let without = filler(0).len() - storage;
    filler(length - without)
}

/// Dictionaries in each other, of which the innermost has the tensor, under a name of `depth` keys.
fn nested(depth: usize) -> Vec<u8> {
    let outer = depth - 1;
    with_storage(&[b"}U\x01a".repeat(outer), tensor(), b"s".repeat(outer)].concat())
}

/// A dictionary of the tensor, and one of tensors of integers under many names: `count` in all.
fn many_tensors(count: usize) -> Vec<u8> {
    let integers = String::from_utf8(REBUILD.to_vec()).unwrap();
    let integers = integers.replace("FloatStorage", "IntStorage");
    let integers = [integers.as_bytes(), b"K\0))tRq\x000"].concat();
    let names = (1..count).flat_map(|number| {
        let name = format!("{number:06}");
        [b"U\x06", name.as_bytes(), b"h\0"].concat()
    });
    let names: Vec<u8> = names.collect();
    with_storage(&[&tensor()[..], b"U\x01b", &integers, b"}(", &names, b"us"].concat())
}

/// An archive of `count` files as PyTorch writes it.
fn archive(count: usize) -> Vec<u8> {
    let pickle = [b"\x80\x02", &tensor()[..], b"."].concat();
    let mut bytes = Vec::new();
    let mut archive = ZipArchiveWriter::new(&mut bytes);
    let mut add = |name: &str, content: &[u8]| {
        let (mut entry, config) = archive.new_file(name).start().unwrap();
        let mut writer = config.wrap(&mut entry);
        writer.write_all(content).unwrap();
        let (_, descriptor) = writer.finish().unwrap();
        entry.finish(descriptor).unwrap();
    };
    add("a/data.pkl", &pickle);
    add("a/data/0", &[0; 16]);
    for number in 2..count {
        add(&format!("a/{number}"), b"");
    }
    archive.finish().unwrap();
    bytes
}

/// `text` with spaces behind it, up to `length` bytes.
fn padded(text: &str, length: usize) -> String {
    text.to_owned() + &" ".repeat(length.saturating_sub(text.len()))
}

/// A header of `length` bytes.
fn header(length: usize) -> Vec<u8> {
    let tensor = r#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#;
    with_header(&padded(tensor, length), &[0; 4])
}

/// The most of something, a file with so much of it, and what is said of one more.
type Case = (usize, fn(usize) -> Vec<u8>, &'static str);

const CASES: [Case; 14] = [
    (
        1024,
        |bytes| file(&[(&"a".repeat(bytes), &[1], Data::F32(&[1.0]))]),
        ": expected a name of at most 1024 bytes, found one of 1025",
    ),
    (
        100_000_000,
        header,
        "file: expected a safetensors or PyTorch file, found a file of an unknown format",
    ),
    (
        512,
        |bytes| with_storage(&named(&text(bytes - 1))),
        "file: not a valid PyTorch file: expected tensor names of at most 512 bytes, found one of 513",
    ),
    (
        16,
        nested,
        "file: expected a state dict of tensors, found a dictionary without float tensors",
    ),
    (
        100_000,
        many_tensors,
        "file: not a valid PyTorch file: expected at most 100000 tensors, found more",
    ),
    (
        64,
        |count| {
            let ones = [&b"("[..], &b"K\x01".repeat(count), b"t"].concat();
            repeated(&ones, &ones)
        },
        "file: a: not a valid PyTorch file: expected at most 64 dimensions, found 65",
    ),
    (
        1 << 24,
        |count| {
            let extent = [&b"J"[..], &(count as u32).to_le_bytes(), b"\x85"].concat();
            repeated(&extent, b"K\0\x85")
        },
        "file: a: not a valid PyTorch file: expected at most 16777216 elements that repeat those of a storage, \
         found [16777217]",
    ),
    (
        1 << 24,
        |bytes| {
            // The names of the tensor's function and storage count.
            let others = "torch._utils_rebuild_tensortorchFloatStorage".len();
            let module = b"a".repeat(bytes - others - 1);
            beside(&[b"c", &module[..], b"\nb\n0"].concat())
        },
        "file: not a valid PyTorch file: expected names of classes of at most 16777216 bytes, found more",
    ),
    (
        1 << 26,
        filled,
        "file: not a valid PyTorch file: expected a pickle of at most 67108864 bytes, found a larger one",
    ),
    (
        1 << 22,
        |count| beside(&[b"N".repeat(count - 1), b"0".repeat(count - 1)].concat()),
        "file: not a valid PyTorch file: expected at most 4194304 objects on its stack, found more",
    ),
    (
        1 << 12,
        |count| beside(&[b"(".repeat(count), b"1".repeat(count)].concat()),
        "file: not a valid PyTorch file: expected at most 4096 lists inside each other, found more",
    ),
    (
        1 << 21,
        |count| beside(&[&b"N"[..], &b"\x94".repeat(count), b"0"].concat()),
        "file: not a valid PyTorch file: expected at most 2097152 remembered objects, found more",
    ),
    (
        1 << 21,
        // One object is `None`, and 17 are those of the tensor.
        |count| beside(&b"}0".repeat(count - 18)),
        "file: not a valid PyTorch file: expected at most 2097152 objects, found more",
    ),
    (
        1 << 18,
        archive,
        "file: not a valid PyTorch file: expected an archive of at most 262144 files, found more",
    ),
];

#[test]
fn the_most_is_read_and_one_more_is_refused() {
    for (most, made, says) in CASES {
        let read = Weights::from_bytes("file", made(most));
        assert!(read.is_ok(), "{says}: {}", read.unwrap_err());
        let error = Weights::from_bytes("file", made(most + 1)).unwrap_err();
        assert!(error.to_string().ends_with(says), "{error}");
        assert_eq!(error.kind(), ErrorKind::Weights);
    }
}

/// An index of `shards` files, padded to `length` bytes.
fn index(shards: usize, length: usize) -> String {
    let map = (0..shards).map(|shard| (format!("a{shard}"), shard.to_string().into()));
    let map = serde_json::Map::from_iter(map);
    padded(
        &serde_json::json!({ "weight_map": map }).to_string(),
        length,
    )
}

#[test]
fn the_longest_index_and_the_most_shards_are_read() {
    let folder = tempfile::tempdir().unwrap();
    for shard in 0..201 {
        let name = format!("a{shard}");
        let bytes = file(&[(&name, &[1], Data::F32(&[1.0]))]);
        fs::write(folder.path().join(shard.to_string()), bytes).unwrap();
    }
    let path = folder.path().join("index.json");
    let longest = 1 << 24;
    for (shards, length, refused) in [
        (200, 0, None),
        (201, 0, Some("expected at most 200 files, found more")),
        (1, longest, None),
        (
            1,
            longest + 1,
            Some(
                "expected a safetensors or PyTorch file, found a JSON file; the weights are in another file",
            ),
        ),
    ] {
        fs::write(&path, index(shards, length)).unwrap();
        let found = Weights::open(&path).err().map(|error| error.to_string());
        let expected = refused.map(|says| format!("{}: {says}", path.display()));
        assert_eq!(found, expected);
    }
}
