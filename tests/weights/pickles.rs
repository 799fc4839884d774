//! Pickles that no version of PyTorch writes: hostile, damaged and random ones.

use menagerie::graph::Graph;
use menagerie::tensor::{Element, Type};
use menagerie::weights::Weights;
use menagerie::{Error, ErrorKind};
use proptest::prelude::*;

use crate::assert_error;

const MAGIC: &[u8] = b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.";
const VERSION: &[u8] = b"\x80\x02M\xe9\x03.";
const MACHINE: &[u8] = b"\x80\x02}U\rlittle_endian\x88s.";

/// A storage with the key "0" of four floats, and the beginning of a call of `_rebuild_tensor`.
pub const REBUILD: &[u8] =
    b"ctorch._utils\n_rebuild_tensor\n((U\x07storagectorch\nFloatStorage\nU\x010U\x03cpuK\x04tQ";

/// A file in the layout of before PyTorch 1.6 of the object that `pickle` describes, with one storage of four floats if
/// it has a tensor.
fn file(pickle: &[u8]) -> Vec<u8> {
    let has_tensor = pickle.windows(REBUILD.len()).any(|bytes| bytes == REBUILD);
    if has_tensor {
        return with_storage(pickle);
    }
    [MAGIC, VERSION, MACHINE, b"\x80\x02", pickle, b".\x80\x02]."].concat()
}

/// The same with the storage, whatever is in the pickle.
pub fn with_storage(pickle: &[u8]) -> Vec<u8> {
    let mut bytes = [MAGIC, VERSION, MACHINE, b"\x80\x02", pickle, b"."].concat();
    bytes.extend(b"\x80\x02]U\x010a.");
    bytes.extend(4u64.to_le_bytes());
    let numbers = [1f32, 2.0, 3.0, 4.0];
    bytes.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
    bytes
}

/// A dictionary with one tensor "a": offset, shape and strides as pickles.
fn tensor(view: &[u8]) -> Vec<u8> {
    file(&[b"}U\x01a", REBUILD, view, b"tRs"].concat())
}

fn open(bytes: Vec<u8>) -> Result<Weights, Error> {
    Weights::from_bytes("x", bytes)
}

#[test]
fn a_tensor_is_read() {
    let weights = open(tensor(b"K\x01K\x02\x85K\x02\x85")).unwrap();
    let mut graph = Graph::new("net");
    let ty = Type::shared(Element::F32, &[2]).unwrap();
    let id = graph.add_stored("a", ty, true).unwrap();
    assert_eq!(weights.value(&graph, id).unwrap(), [2.0, 4.0]);
}

#[test]
fn unsound_pickles_are_refused() {
    let calls =
        "which no file of weights needs: it was made to attack programs that execute pickles";
    let valid = "not a valid PyTorch file";
    let outside = "expected a tensor inside its storage of 4 elements, found";
    let cases: Vec<(Vec<u8>, String)> = vec![
        (
            file(b"cposix\nsystem\nU\x05touch\x85R"),
            format!("its pickle calls posix.system, {calls}"),
        ),
        (
            file(b"}U\x01ac__builtin__\neval\nU\x011\x85Rs"),
            format!("its pickle calls __builtin__.eval, {calls}"),
        ),
        (
            tensor(b"K\x01K\x04\x85K\x01\x85"),
            format!("a: {valid}: {outside} [4] with strides [1] from element 1 on"),
        ),
        (
            tensor(b"K\x00\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7fK\x02\x86\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7fK\x02\x86"),
            format!("a: {valid}: {outside} [9223372036854775807, 2] with strides [9223372036854775807, 2] from element 0 on"),
        ),
        (
            tensor(b"K\x00\x8a\x05\0\0\0\0\x01\x85K\x00\x85"),
            format!("a: {valid}: expected at most 16777216 elements that repeat those of a storage, found [4294967296]"),
        ),
        (
            tensor(b"J\xff\xff\xff\xffK\x02\x85K\x02\x85"),
            format!("a: {valid}: expected a number from 0 on, found -1"),
        ),
        (
            tensor(b"K\0K\x02\x85)"),
            format!("a: {valid}: expected 1 strides, found 0"),
        ),
        (
            tensor(b"K\0NN"),
            format!("a: {valid}: expected a tuple of sizes, found a plain value"),
        ),
        (
            file(b"}U\x01actorch._utils\n_rebuild_tensor\n(NK\0))tRs"),
            format!("{valid}: expected a storage, found a plain value"),
        ),
        (
            file(b"(U\x07storagecos\nFloatStorage\nU\x010U\x03cpuK\x04tQ"),
            format!("{valid}: expected a class of storages, found os.FloatStorage"),
        ),
        (
            file(b"(U\x05otherK\x01tQ"),
            format!("{valid}: expected a storage of 5 or 6 items, found a \"other\" of 2"),
        ),
        (file(b")Q"), format!("{valid}: expected a persistent id with items, found none")),
        (file(b"0"), format!("{valid}: its pickle takes an object from an empty stack")),
        (file(b"N(0"), format!("{valid}: its pickle takes an object from an empty stack")),
        (file(b"u"), format!("{valid}: its pickle takes an object from an empty stack")),
        (file(b"h\x05"), format!("{valid}: its pickle refers to the object 5, which does not exist")),
        (file(b"}(Nu"), format!("{valid}: a key of a dictionary has no value")),
        (file(b"K\x01)R"), format!("{valid}: expected a class or function, found the number 1")),
        (file(b"\x80\x06"), format!("{valid}: expected a pickle of protocol 2 to 5, found 6")),
        (file(b"I1\n"), format!("{valid}: expected an opcode of a pickle at byte 44, found 0x49")),
        (
            file(b"X\xff\xff\xff\xff"),
            format!("{valid}: expected a pickle of at most 67108864 bytes, found a larger one"),
        ),
        (
            file(b"X\xff\xff\xff\x02"),
            format!("{valid}: it ends inside its pickle: it is truncated"),
        ),
        (
            [MAGIC, b"\x80\x02K\x05."].concat(),
            format!("{valid}: expected the version 1001, found the number 5"),
        ),
        (
            [MAGIC, VERSION, b"\x80\x02}U\rlittle_endian\x89s."].concat(),
            "expected numbers in little-endian order, found a PyTorch file of a big-endian machine".into(),
        ),
    ];
    for (bytes, message) in cases {
        let error = open(bytes).unwrap_err();
        assert_error(error, &format!("x: {message}"));
    }
}

/// Small files that describe large objects end, in time and memory.
#[test]
fn cycles_and_bombs_end() {
    let valid = "not a valid PyTorch file";
    let nothing = "expected a state dict of tensors, found a dictionary without float tensors";
    let mut laughs = b"}q\0".to_vec();
    for level in 0..100 {
        laughs.extend([b'}', b'q', level + 1]);
        for key in [b'a', b'b'] {
            laughs.extend([b'U', 1, key, b'h', level, b's']);
        }
    }
    let long_name = [b"c", &b"a".repeat(1 << 20)[..], b"\nb\nq\0"].concat();
    let long_names = b"U\x01bq\0T\0\0\x10\0".to_vec();
    let long_names = [&long_names[..], &b"a".repeat(1 << 20), b"q\x01"].concat();
    let long_list = [&b"]("[..], &b"NN\x86".repeat(10_000), b"eq\0"].concat();
    let many_names: Vec<u8> = (0..101_000u32)
        .flat_map(|number| {
            let name = format!("{number:06}");
            [b"U\x06", name.as_bytes(), b"h\0"].concat()
        })
        .collect();
    let tensor = [REBUILD, b"K\0))tRq\0"].concat();
    let cases: Vec<(&str, Vec<u8>, String)> = vec![
        (
            "it contains itself",
            b"}q\0U\x01ah\0s".to_vec(),
            nothing.into(),
        ),
        ("each has the one before twice", laughs, nothing.into()),
        (
            "each is in the one before",
            [&b"}U\x01a".repeat(100_000)[..], b"N", &b"s".repeat(100_000)].concat(),
            nothing.into(),
        ),
        (
            "marks without items",
            b"(".repeat(1_000_000),
            format!("{valid}: expected at most 4096 lists inside each other, found more"),
        ),
        (
            "many objects on the stack",
            b"N".repeat(5_000_000),
            format!("{valid}: expected at most 4194304 objects on its stack, found more"),
        ),
        (
            "many remembered objects",
            [&b"N"[..], &b"\x94".repeat(3_000_000)].concat(),
            format!("{valid}: expected at most 2097152 remembered objects, found more"),
        ),
        (
            "many objects",
            b"}".repeat(3_000_000),
            format!("{valid}: expected at most 2097152 objects, found more"),
        ),
        (
            "one long name of many objects",
            [&long_name[..], &b"h\0)R".repeat(100_000)].concat(),
            format!(
                "expected a state dict of tensors, found an object of {}...: \
                 load it in PyTorch, and save its state_dict()",
                "a".repeat(120)
            ),
        ),
        (
            "many long names",
            [&long_names[..], &b"h\x01h\0\x93".repeat(100)].concat(),
            format!("{valid}: expected names of classes of at most 16777216 bytes, found more"),
        ),
        (
            "one long list of many dictionaries",
            [
                &long_list[..],
                &b"ccollections\nOrderedDict\nh\0\x85R".repeat(10_000),
            ]
            .concat(),
            nothing.into(),
        ),
        (
            "many names of a tensor",
            [&tensor[..], b"}(", &many_names, b"u"].concat(),
            format!("{valid}: expected at most 100000 tensors, found more"),
        ),
    ];
    for (case, pickle, message) in cases {
        let error = open(file(&pickle)).unwrap_err();
        assert_eq!(error.to_string(), format!("x: {message}"), "{case}");
        assert_eq!(error.kind(), ErrorKind::Weights);
    }
}

/// The opcodes of a pickle with an operand that they can have.
fn opcode() -> impl Strategy<Value = Vec<u8>> {
    let simple = b"N)]}(0123RbQtuesa\x81\x85\x86\x87\x88\x8f\x90\x91\x92\x93\x94";
    let simple = proptest::sample::select(&simple[..]).prop_map(|opcode| vec![opcode]);
    let fixed = proptest::sample::select(vec![
        &b"U\x07storage"[..],
        b"ctorch\nFloatStorage\n",
        b"ctorch._utils\n_rebuild_tensor_v2\n",
        b"ctorch._utils\n_rebuild_parameter\n",
        b"ctorch._tensor\n_rebuild_from_type_v2\n",
        b"ccollections\nOrderedDict\n",
        b"U\x010",
        REBUILD,
        b"K\0K\x02\x85K\x01\x85tR",
        b"\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7f",
    ]);
    let fixed = fixed.prop_map(<[u8]>::to_vec);
    let memo = (proptest::sample::select(&b"qhK"[..]), 0u8..4)
        .prop_map(|(opcode, index)| vec![opcode, index]);
    prop_oneof![
        simple,
        fixed,
        memo,
        proptest::collection::vec(any::<u8>(), 1..4)
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    #[test]
    fn random_pickles_do_not_panic(opcodes in proptest::collection::vec(opcode(), 0..40)) {
        let _ = open(file(&opcodes.concat()));
    }
}
