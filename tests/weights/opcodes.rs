//! The opcodes of pickles, each by what it does to the same tensor: a pickle can spell one object in many ways, and each
//! version of Python and PyTorch prefers others.

use menagerie::graph::Graph;
use menagerie::tensor::{Element, Type};
use menagerie::weights::Weights;

use crate::pickles::with_storage;

/// A dictionary with the numbers 1 and 3 of the storage 1, 2, 3, 4 under the name "a". The parts are dictionary, key, function,
/// storage, offset, shape, strides, call and assignment.
const USUAL: [&[u8]; 9] = [
    b"}",
    b"U\x01a",
    b"ctorch._utils\n_rebuild_tensor\n",
    b"((U\x07storagectorch\nFloatStorage\nU\x010U\x03cpuK\x04tQ",
    b"K\x01",
    b"K\x02\x85",
    b"K\x02\x85",
    b"tR",
    b"s",
];
const DICTIONARY: usize = 0;
const KEY: usize = 1;
const FUNCTION: usize = 2;
const STORAGE: usize = 3;
const OFFSET: usize = 4;
const SHAPE: usize = 5;
const STRIDES: usize = 6;
const CALL: usize = 7;
const ASSIGNMENT: usize = 8;

/// The numbers of the tensor "a" of the usual pickle with these parts in place of its own.
fn numbers(parts: &[(usize, &[u8])]) -> Vec<f32> {
    let mut pickle = USUAL;
    for &(index, part) in parts {
        pickle[index] = part;
    }
    let weights = Weights::from_bytes("x", with_storage(&pickle.concat()));
    let weights = weights.unwrap_or_else(|error| panic!("{parts:?}: {error}"));
    let mut graph = Graph::new("net");
    let ty = Type::shared(Element::F32, &[2]).unwrap();
    let id = graph.add_stored("a", ty, true).unwrap();
    weights.value(&graph, id).unwrap()
}

#[test]
fn every_spelling_is_the_same_tensor() {
    assert_eq!(numbers(&[]), [2.0, 4.0]);
    let spellings: &[&[(usize, &[u8])]] = &[
        // Texts.
        &[(KEY, b"\x8c\x01a")],
        &[(KEY, b"X\x01\0\0\0a")],
        &[(KEY, b"T\x01\0\0\0a")],
        &[(KEY, b"\x8d\x01\0\0\0\0\0\0\0a")],
        // Numbers, of up to eight bytes.
        &[(OFFSET, b"M\x01\0")],
        &[(OFFSET, b"J\x01\0\0\0")],
        &[(OFFSET, b"\x8a\x01\x01")],
        &[(OFFSET, b"\x8a\x08\x01\0\0\0\0\0\0\0")],
        &[(OFFSET, b"\x8b\x02\0\0\0\x01\0")],
        // Tuples and lists.
        &[(SHAPE, b"(K\x02t")],
        &[(SHAPE, b"]K\x02a")],
        &[(SHAPE, b"](K\x02e")],
        &[(SHAPE, b"ctorch\nSize\nK\x02\x85\x85R")],
        &[(OFFSET, b"NN\x860NNN\x870K\x01")],
        // What is remembered: by one byte, by four, and by the number of those before.
        &[(OFFSET, b"K\x01q\x050h\x05")],
        &[(OFFSET, b"K\x01r\x05\x01\0\x000j\x05\x01\0\0")],
        &[(OFFSET, b"K\x09\x940K\x01\x940h\x01")],
        &[(SHAPE, b"K\x02\x85q\x05"), (STRIDES, b"h\x05")],
        // What is on the stack twice, or taken from it.
        &[(OFFSET, b"K\x0120")],
        &[(OFFSET, b"K\x01(K\x02K\x031")],
        // What no tensor depends on.
        &[(OFFSET, b"N0K\x01")],
        &[(OFFSET, b"\x880\x890K\x01")],
        &[(OFFSET, b"G\x3f\xf0\0\0\0\0\0\x000K\x01")],
        &[(
            OFFSET,
            b"\x8a\x000\x8a\x09\x01\x01\x01\x01\x01\x01\x01\x01\x010K\x01",
        )],
        &[(OFFSET, b"C\x02ab0K\x01")],
        &[(OFFSET, b"B\x02\0\0\0ab0K\x01")],
        &[(OFFSET, b"\x8e\x02\0\0\0\0\0\0\0ab0K\x01")],
        &[(OFFSET, b"\x96\x02\0\0\0\0\0\0\0ab0K\x01")],
        &[(OFFSET, b"U\x02\xff\xfe0K\x01")],
        &[(OFFSET, b"\x8f(K\x05\x900K\x01")],
        &[(OFFSET, b"(K\x05\x910K\x01")],
        // Protocols, and frames, of which the length does not matter.
        &[(DICTIONARY, b"\x80\x05}")],
        &[(DICTIONARY, b"\x95\0\0\0\0\0\0\0\0}")],
        // Names.
        &[(FUNCTION, b"U\x0ctorch._utilsU\x0f_rebuild_tensor\x93")],
        // Calls, of functions and of classes.
        &[(CALL, b"t\x81")],
        &[(CALL, b"t}\x92")],
        // Assignments, and the state of a dictionary.
        &[(KEY, b"(U\x01a"), (ASSIGNMENT, b"u")],
        &[(KEY, b"(U\x01bNU\x01a"), (ASSIGNMENT, b"u")],
        &[(ASSIGNMENT, b"s}U\x01vK\x01sb")],
        &[(DICTIONARY, b"ccollections\nOrderedDict\n)R")],
    ];
    for parts in spellings {
        assert_eq!(numbers(parts), [2.0, 4.0], "{parts:?}");
    }
}

/// Before PyTorch 0.4, a storage could be a part of another: its key, its first number and their count.
#[test]
fn a_storage_may_be_a_part_of_another() {
    let storage = |part: &[u8]| {
        let whole = b"((U\x07storagectorch\nFloatStorage\nU\x010U\x03cpuK\x04";
        [&whole[..], part, b"tQ"].concat()
    };
    for (part, expected) in [
        (&b"N"[..], [1.0, 3.0]),
        (b"U\x01vK\x01K\x03\x87", [2.0, 4.0]),
    ] {
        let parts = [(STORAGE, &storage(part)[..]), (OFFSET, b"K\0")];
        assert_eq!(numbers(&parts), expected);
    }
}
