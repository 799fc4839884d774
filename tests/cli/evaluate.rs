//! `menagerie evaluate`: accuracy over class folders and label files, its page and its predictions.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::program::{Ending, checkout, command, end, json, lines_of_json, prints};

const LENET: [&str; 4] = ["--model", "lenet5", "--adapter", "cpu"];

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Puts the digit's photo at `path`, with the folders around it.
fn put(path: &Path, digit: usize) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::copy(checkout(&format!("samples/digits/digit_{digit}.png")), path).unwrap();
}

fn evaluate(folder: &Path, more: &[&str]) -> Value {
    json(&[&["evaluate", text(folder), "--json"], &LENET[..], more].concat())
}

#[test]
fn class_folders_are_evaluated() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    // LeNet-5 reads all of these right, so that the folders decide what is a mistake.
    for (name, digit) in [
        ("3/a.png", 3),
        ("3/deep/b.png", 3),
        ("7/c.png", 7),
        ("7/d.png", 1),
        ("1/e.png", 7),
    ] {
        put(&path(name), digit);
    }
    let [page, predictions] = ["page.html", "predictions.jsonl"].map(|name| {
        folder.path().join("..").join(format!(
            "{}-{name}",
            folder.path().file_name().unwrap().to_str().unwrap()
        ))
    });
    let more = [
        "--html",
        text(&page),
        "--predictions",
        text(&predictions),
        "--batch",
        "2",
    ];
    let answer = evaluate(folder.path(), &more);
    assert_eq!(answer["matching"], "names");
    assert_eq!(
        (&answer["images"], &answer["classes"]),
        (&json!(5), &json!(10))
    );
    assert_eq!(
        (&answer["top1"], &answer["right_top1"]),
        (&json!(0.6), &json!(3))
    );
    let cells = json!([
        { "class": 1, "predicted": 7, "images": 1 },
        { "class": 3, "predicted": 3, "images": 2 },
        { "class": 7, "predicted": 1, "images": 1 },
        { "class": 7, "predicted": 7, "images": 1 },
    ]);
    assert_eq!(answer["confusion"], cells);
    assert_eq!(
        answer["by_class"][2],
        json!({ "class": 7, "label": "7", "images": 2, "right": 1, "predicted": 2 })
    );
    assert_eq!(
        (&answer["failed"], &answer["near"]),
        (&json!([]), &json!([]))
    );

    let lines = lines_of_json(&fs::read_to_string(&predictions).unwrap());
    let found: Vec<(u64, u64, bool)> = lines
        .iter()
        .map(|line| {
            let number = |key: &str| line[key].as_u64().unwrap();
            (number("class"), number("predicted"), number("rank") == 0)
        })
        .collect();
    assert_eq!(
        found,
        [
            (1, 7, false),
            (3, 3, true),
            (3, 3, true),
            (7, 7, true),
            (7, 1, false)
        ]
    );
    assert_eq!(lines[0]["file"], text(&path("1/e.png")));
    assert_eq!(lines[0]["top"][0]["label"], "7");

    let html = fs::read_to_string(&page).unwrap();
    assert_eq!(html.matches("<figure>").count(), 2);
    assert_eq!(html.matches("src=\"data:image/jpeg;base64,").count(), 2);
    assert!(html.contains("60.00%<small>3 of 5</small>"));
    for reach in ["http", "<script", "@import", "url(", "<!--"] {
        assert!(!html.contains(reach), "{reach}");
    }
    [page, predictions]
        .iter()
        .for_each(|path| fs::remove_file(path).unwrap());

    let printed = prints(&[&["evaluate", text(folder.path())], &LENET[..]].concat());
    let lines: Vec<&str> = printed.lines().collect();
    assert_eq!(
        lines[..7],
        [
            "top-1   60.00%  3 of 5",
            lines[1],
            "",
            "correct   1 3 7  right class (columns: answers)",
            "   0.0%   · · 1  1 1",
            " 100.0%   · 2 ·  3 3",
            "  50.0%   1 · 1  7 7",
        ]
    );
    assert!(lines[1].starts_with("top-5"));
    assert!(lines[7].starts_with("lenet5 on cpu (reference executor): 5 images in "));
}

#[test]
fn label_files_name_photos_by_path() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    for (name, digit) in [("a.png", 4), ("b/c.png", 5), ("d.png", 6)] {
        put(&path(name), digit);
    }
    fs::write(path("notes.txt"), "").unwrap();
    let labels = path("labels.csv");
    fs::write(&labels, "file,class\nb/c.png,5\na.png,9\nmissing.png,1\n").unwrap();
    let arguments = [
        &[
            "evaluate",
            text(folder.path()),
            "--json",
            "--labels",
            text(&labels),
        ],
        &LENET[..],
    ]
    .concat();
    let Ending {
        status,
        stdout,
        stderr,
    } = end(command(&arguments));
    assert_eq!(status, Some(1));
    let complaints: Vec<&str> = stderr.lines().collect();
    let missing = format!(
        "error: {}: cannot be read: No such file or directory (os error 2)",
        text(&path("missing.png"))
    );
    assert_eq!(
        complaints,
        [
            "note: left out: 2 files without the extension of an image",
            "note: left out: 1 image without a label",
            &missing,
        ]
    );
    let answer: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(
        (&answer["images"], &answer["right_top1"]),
        (&json!(2), &json!(1))
    );
    assert_eq!(answer["failed"][0]["file"], text(&path("missing.png")));
    assert_eq!(answer["matching"], Value::Null);
}

#[test]
fn folders_of_imagenet_are_classes_by_wordnet_id_and_by_name() {
    for name in ["n02124075", "Egyptian_cat", "egyptian cat"] {
        let folder = tempfile::tempdir().unwrap();
        let class = folder.path().join(name);
        fs::create_dir(&class).unwrap();
        fs::copy(checkout("samples/cat.png"), class.join("cat.png")).unwrap();
        let answer = json(&[
            "evaluate",
            text(folder.path()),
            "--json",
            "--adapter",
            "cpu",
        ]);
        assert_eq!(
            (&answer["matching"], &answer["top1"]),
            (&json!("names"), &json!(1.0))
        );
        assert_eq!(answer["by_class"][0]["class"], 285);
    }
}

/// A photo whose EXIF data says that it lies on its side is turned, but not by torchvision.
#[test]
fn as_torchvision_ignores_what_a_loop_of_torchvision_ignores() {
    use image::ImageEncoder;
    let exif = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0";
    let folder = tempfile::tempdir().unwrap();
    let photo = folder.path().join("7/seven.png");
    fs::create_dir(photo.parent().unwrap()).unwrap();
    let seven = image::open(checkout("samples/digits/digit_7.png")).unwrap();
    let file = fs::File::create(&photo).unwrap();
    let mut encoder = image::codecs::png::PngEncoder::new(file);
    encoder.set_exif_metadata(exif.to_vec()).unwrap();
    seven.write_with_encoder(encoder).unwrap();
    let turned = evaluate(folder.path(), &[]);
    let as_stored = evaluate(folder.path(), &["--as-torchvision"]);
    assert_eq!(
        (&turned["top1"], &as_stored["top1"]),
        (&json!(0.0), &json!(1.0))
    );
    let printed = prints(
        &[
            &["evaluate", text(folder.path()), "--as-torchvision"],
            &LENET[..],
        ]
        .concat(),
    );
    assert!(
        printed.contains("\n0 images whose two best logits are within 0.05:\n"),
        "{printed}"
    );
}

#[test]
fn what_cannot_be_evaluated_is_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let name = text(folder.path());
    put(&folder.path().join("photos/cats/a.png"), 1);
    fs::write(folder.path().join("labels"), "a.png\tcat\n").unwrap();
    fs::create_dir(folder.path().join("empty")).unwrap();
    for (line, says) in [
        (
            "FOLDER/missing",
            "FOLDER/missing: cannot be read: No such file or directory (os error 2)",
        ),
        (
            "FOLDER/empty",
            "FOLDER/empty: expected a folder for each class, found none; --labels takes a file of classes",
        ),
        (
            "FOLDER/photos",
            "FOLDER/photos: expected folders that are named after classes, or a folder for each of the 10 classes, \
             found 1, one of them \"cats\"; --labels takes a file of classes",
        ),
        (
            "FOLDER/photos --labels FOLDER/labels",
            "FOLDER/labels: line 1: no class is called \"cat\", and it is not an index below 10",
        ),
        (
            "FOLDER/photos --html FOLDER/no/page.html",
            "FOLDER/no/page.html: cannot be written: there is no folder FOLDER/no",
        ),
    ] {
        let line = line.replace("FOLDER", name);
        let arguments: Vec<&str> = ["evaluate"]
            .into_iter()
            .chain(line.split(' '))
            .chain(LENET)
            .collect();
        let ending = end(command(&arguments));
        assert_eq!(
            ending.stderr.replace(name, "FOLDER"),
            format!("error: {says}\n")
        );
        assert_eq!((ending.status, ending.stdout.as_str()), (Some(1), ""));
    }
    let unet = end(command(&[
        "evaluate",
        name,
        "--model",
        "unet_small",
        "--adapter",
        "cpu",
    ]));
    assert_eq!(unet.status, Some(1));
}

#[test]
fn classes_can_be_given_names() {
    let folder = tempfile::tempdir().unwrap();
    put(&folder.path().join("photos/seven/a.png"), 7);
    let names = folder.path().join("names.txt");
    let words = "zero one two three four five six seven eight nine";
    fs::write(&names, words.replace(' ', "\n")).unwrap();
    let photos = folder.path().join("photos");
    let answer = evaluate(&photos, &["--class-names", text(&names)]);
    assert_eq!(
        (&answer["matching"], &answer["top1"]),
        (&json!("names"), &json!(1.0))
    );
    assert_eq!(answer["by_class"][0]["label"], "seven");
}
