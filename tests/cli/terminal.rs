//! Names from files on the terminal: none of them moves its cursor, breaks a line or turns the direction of writing.

use std::fs;
use std::path::Path;

use crate::program::{checkout, command, end};
use crate::writer::{graph_of, model, node, open_port, values};

/// A name that sets a colour, clears the screen, rings, breaks the line, and reverses what follows.
fn hostile(name: &str) -> String {
    format!("{name}\u{1b}[31m\u{9b}2J\u{7}\r\nb\u{202e}c\u{2028}d")
}

/// Whether `character` only takes its place in a line, or ends one of our own.
fn is_harmless(character: char) -> bool {
    match character {
        '\n' => true,
        '\u{202e}' | '\u{2028}' => false,
        other => !other.is_control(),
    }
}

/// A network with hostile names, the labels of its classes, and photos of them in `folder`.
fn write_files(folder: &Path) {
    let names = ["x", "w", "c", "r", "m", "f", "s", "b", "y"].map(hostile);
    let [x, w, c, r, m, f, s, b, y] = names.each_ref().map(String::as_str);
    let nodes = [
        node("Conv", &[x, w], &[c]),
        node("Relu", &[c], &[r]),
        node("GlobalAveragePool", &[r], &[m]),
        node("Flatten", &[m], &[f]),
        node("Gemm", &[f, s, b], &[y]),
    ];
    let unit = [1., 0., 0., 0., 1., 0., 0., 0., 1.];
    let parameters = [
        values(w, &[3, 3, 1, 1], &unit),
        values(s, &[3, 3], &unit),
        values(b, &[3], &[0.0; 3]),
    ];
    let input = open_port(x, &["1", "3", "32", "32"]);
    let known = graph_of(std::slice::from_ref(&input), &[y], &nodes, &parameters);
    let unknown = graph_of(&[input], &[y], &[node(&hostile("Op"), &[x], &[y])], &[]);
    fs::write(folder.join(hostile("net") + ".onnx"), model(17, known).0).unwrap();
    fs::write(folder.join("unknown.onnx"), model(17, unknown).0).unwrap();
    // Line breaks divide labels.
    let labels =
        [0, 1, 2].map(|class| format!("{class}\u{1b}[31m\u{9b}2J\u{7}b\u{202e}c\u{2028}d"));
    fs::write(folder.join("labels"), labels.join("\n")).unwrap();
    for class in ["one", "two", "three"].map(hostile) {
        let photos = folder.join("photos").join(&class);
        fs::create_dir_all(&photos).unwrap();
        fs::copy(checkout("samples/cat.png"), photos.join(class + ".png")).unwrap();
    }
}

#[test]
fn names_from_files_stay_in_their_line() {
    let folder = tempfile::tempdir().unwrap();
    write_files(folder.path());
    for (line, status) in [
        ("summary NET", 0),
        ("summary unknown.onnx", 1),
        ("plan NET", 0),
        ("plan NET --device h100 --why", 0),
        ("bench NET --runs 1 --adapter cpu", 0),
        (
            "classify -r photos --labels labels --model NET --adapter cpu",
            0,
        ),
        (
            "evaluate photos --labels labels --model NET --adapter cpu",
            1,
        ),
        ("evaluate photos --model NET --adapter cpu", 0),
        (
            "explain CAT --labels labels --model NET -o map.png --adapter cpu",
            0,
        ),
        (
            "embed -r photos -o vectors.npy --model NET --adapter cpu",
            0,
        ),
        ("similar CAT photos -r --model NET --adapter cpu", 0),
        ("segment CAT --model NET -o mask.png --adapter cpu", 1),
        ("run NET --input CAT --output answer.npy --adapter cpu", 1),
        ("compare NET lenet5 --rounds 1 --adapter cpu", 0),
        (
            "classify CAT --model lenet5 --labels labels --adapter cpu",
            1,
        ),
        ("classify CAT --model lenet5 --weights NET --adapter cpu", 1),
    ] {
        let words = line.split(' ').map(|word| match word {
            "NET" => hostile("net") + ".onnx",
            "CAT" => checkout("samples/cat.png").to_str().unwrap().to_owned(),
            word => word.to_owned(),
        });
        let words: Vec<String> = words.collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let mut command = command(&words);
        command.current_dir(folder.path());
        let ending = end(command);
        assert_eq!(ending.status, Some(status), "{line}: {}", ending.stderr);
        for text in [ending.stdout, ending.stderr] {
            assert!(text.chars().all(is_harmless), "{line}: {text:?}");
        }
    }
}
