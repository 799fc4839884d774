//! Where the storages and tensors of PyTorch's files lie: what a file states is held against what is in it.

use std::io::Write;

use menagerie::graph::Graph;
use menagerie::tensor::{Element, Type};
use menagerie::weights::Weights;
use rawzip::ZipArchiveWriter;

/// What a pickle states about a tensor of one dimension and its storage of f32.
#[derive(Clone, Copy)]
struct Stated {
    key: &'static str,
    /// The numbers of the storage.
    count: u64,
    /// The first number of a part of it, and their count.
    part: Option<(u64, u64)>,
    offset: u64,
    extent: u64,
    stride: u64,
}

/// All of the storage "0", of four numbers.
const ALL: Stated = Stated {
    key: "0",
    count: 4,
    part: None,
    offset: 0,
    extent: 4,
    stride: 1,
};

fn whole(number: u64) -> Vec<u8> {
    [&b"\x8a\x08"[..], &number.to_le_bytes()].concat()
}

impl Stated {
    /// A dictionary with the tensor under the name "a".
    fn pickle(self) -> Vec<u8> {
        let part = match self.part {
            None => Vec::new(),
            Some((begin, count)) => {
                [&b"U\x01v"[..], &whole(begin), &whole(count), b"\x87"].concat()
            }
        };
        [
            b"}U\x01actorch._utils\n_rebuild_tensor\n((U\x07storagectorch\nFloatStorage\nU\x01",
            self.key.as_bytes(),
            b"U\x03cpu",
            &whole(self.count),
            &part,
            b"tQ",
            &whole(self.offset),
            &whole(self.extent),
            b"\x85",
            &whole(self.stride),
            b"\x85tRs",
        ]
        .concat()
    }

    /// A file of PyTorch 0.1.10 to 1.5 with the storages `keys`, whose bytes with their lengths are `storages`.
    fn legacy(self, keys: &[&str], storages: &[u8]) -> Vec<u8> {
        let mut bytes = b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02M\xe9\x03.".to_vec();
        bytes.extend(b"\x80\x02}U\rlittle_endian\x88s.\x80\x02");
        bytes.extend(self.pickle());
        bytes.extend(b".\x80\x02](");
        bytes.extend(
            keys.iter()
                .flat_map(|key| [b"U\x01", key.as_bytes()].concat()),
        );
        bytes.extend(b"e.");
        bytes.extend(storages);
        bytes
    }

    /// A file of later versions with the storage `key`.
    fn archive(self, key: &str, storage: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut archive = ZipArchiveWriter::new(&mut bytes);
        let pickle = [b"\x80\x02", &self.pickle()[..], b"."].concat();
        for (name, content) in [
            ("a/data.pkl", &pickle[..]),
            (&format!("a/data/{key}"), storage),
        ] {
            let (mut entry, config) = archive.new_file(name).start().unwrap();
            let mut writer = config.wrap(&mut entry);
            writer.write_all(content).unwrap();
            let (_, descriptor) = writer.finish().unwrap();
            entry.finish(descriptor).unwrap();
        }
        archive.finish().unwrap();
        bytes
    }
}

fn numbers(numbers: &[f32]) -> Vec<u8> {
    let bytes = numbers.iter().flat_map(|number| number.to_le_bytes());
    bytes.collect()
}

/// A storage of an old file: its length, and its numbers.
fn storage(stated: u64, found: &[f32]) -> Vec<u8> {
    [&stated.to_le_bytes()[..], &numbers(found)].concat()
}

/// The numbers of the tensor "a" of `extent` numbers, or why there is none.
fn read(file: Vec<u8>, extent: u64) -> Result<Vec<f32>, String> {
    let weights = Weights::from_bytes("x", file).map_err(|error| error.to_string())?;
    let mut graph = Graph::new("net");
    let ty = Type::shared(Element::F32, &[extent as usize]).unwrap();
    let id = graph.add_stored("a", ty, true).unwrap();
    weights.value(&graph, id).map_err(|error| error.to_string())
}

const FOUR: [f32; 4] = [1.0, 2.0, 3.0, 4.0];

/// By both layouts of files.
#[test]
fn a_tensor_lies_inside_of_its_storage() {
    let outside = |held: u64, stated: Stated| {
        let Stated {
            offset,
            extent,
            stride,
            ..
        } = stated;
        format!(
            "x: a: not a valid PyTorch file: expected a tensor inside its storage of {held} elements, found [{extent}] \
             with strides [{stride}] from element {offset} on"
        )
    };
    let short = |count: u64| {
        format!(
            "x: a: not a valid PyTorch file: expected {count} numbers of 4 bytes in the storage 0, found 16 bytes: it is \
             truncated"
        )
    };
    let of = |count, offset, extent, stride| Stated {
        count,
        offset,
        extent,
        stride,
        ..ALL
    };
    let part = |part, offset, extent| Stated {
        part: Some(part),
        offset,
        extent,
        ..ALL
    };
    let most = i64::MAX as u64;
    for (stated, expected) in [
        (ALL, Ok(&FOUR[..])),
        (of(4, 1, 3, 1), Ok(&FOUR[1..])),
        (of(4, 1, 4, 1), Err(outside(4, of(4, 1, 4, 1)))),
        (of(4, 0, 2, 3), Ok(&[1.0, 4.0])),
        (of(4, 0, 2, 4), Err(outside(4, of(4, 0, 2, 4)))),
        (of(4, 1, 2, 3), Err(outside(4, of(4, 1, 2, 3)))),
        (of(4, 3, 1, 9), Ok(&[4.0])),
        (of(4, 4, 1, 1), Err(outside(4, of(4, 4, 1, 1)))),
        (of(4, most, 2, 1), Err(outside(4, of(4, most, 2, 1)))),
        // A storage may be longer than it says, and not shorter.
        (of(3, 0, 3, 1), Ok(&FOUR[..3])),
        (of(3, 0, 4, 1), Err(outside(3, of(3, 0, 4, 1)))),
        (of(5, 0, 4, 1), Err(short(5))),
        (of(1 << 62, 0, 4, 1), Err(short(1 << 62))),
        (
            Stated {
                count: 5,
                ..part((1, 3), 0, 3)
            },
            Err(short(5)),
        ),
        // So may a part of one.
        (part((1, 3), 0, 3), Ok(&FOUR[1..])),
        (part((1, 3), 1, 2), Ok(&FOUR[2..])),
        (part((1, 3), 1, 3), Err(outside(3, part((1, 3), 1, 3)))),
        (part((1, 2), 0, 3), Err(outside(2, part((1, 2), 0, 3)))),
        (part((2, 3), 0, 3), Err(short(4))),
        (part((4, 1), 0, 1), Err(short(4))),
        (part((most, most), 0, 1), Err(short(4))),
    ] {
        let expected = expected.map(<[f32]>::to_vec);
        for file in [
            stated.legacy(&["0"], &storage(4, &FOUR)),
            stated.archive("0", &numbers(&FOUR)),
        ] {
            assert_eq!(read(file, stated.extent), expected);
        }
    }
}

#[test]
fn the_storages_of_old_files_follow_each_other() {
    let truncated = |key: &str| {
        Err(format!(
            "x: not a valid PyTorch file: expected all of the storage {key}, found the end of the file: it is truncated"
        ))
    };
    let short = |found: u64| {
        Err(format!(
            "x: a: not a valid PyTorch file: expected 4 numbers of 4 bytes in the storage 0, found {found} bytes: it is \
             truncated"
        ))
    };
    let whole = storage(4, &FOUR);
    for (keys, storages, expected) in [
        (&["0"][..], whole.clone(), Ok(FOUR.to_vec())),
        (&["0"], [&whole[..], b"more"].concat(), Ok(FOUR.to_vec())),
        (&["0"], storage(3, &FOUR), short(12)),
        (&["0"], storage(0, &[]), short(0)),
        (&["0"], storage(5, &FOUR), truncated("0")),
        (&["0"], storage(u64::MAX, &FOUR), truncated("0")),
        (&["0"], storage(u64::MAX / 4, &FOUR), truncated("0")),
        (&["0"], whole[..whole.len() - 1].to_vec(), truncated("0")),
        (&["0"], whole[..8].to_vec(), truncated("0")),
        (&["0"], whole[..7].to_vec(), truncated("0")),
        (&["0"], Vec::new(), truncated("0")),
        (
            &[],
            whole.clone(),
            Err("x: a: not a valid PyTorch file: expected a storage 0, found none".to_owned()),
        ),
        (
            &["1"],
            whole.clone(),
            Err(
                "x: not a valid PyTorch file: expected tensors of the storage 1, found none"
                    .to_owned(),
            ),
        ),
    ] {
        assert_eq!(read(ALL.legacy(keys, &storages), 4), expected);
    }
}

#[test]
fn the_storages_of_archives_are_their_files() {
    let short = |found: usize| {
        Err(format!(
            "x: a: not a valid PyTorch file: expected 4 numbers of 4 bytes in the storage 0, found {found} bytes: it is \
             truncated"
        ))
    };
    let whole = numbers(&FOUR);
    for (key, storage, expected) in [
        ("0", whole.clone(), Ok(FOUR.to_vec())),
        ("0", [&whole[..], b"more"].concat(), Ok(FOUR.to_vec())),
        ("0", whole[..15].to_vec(), short(15)),
        ("0", Vec::new(), short(0)),
        (
            "1",
            whole.clone(),
            Err("x: a: not a valid PyTorch file: expected a storage 0, found none".to_owned()),
        ),
    ] {
        assert_eq!(read(ALL.archive(key, &storage), 4), expected);
    }
}
