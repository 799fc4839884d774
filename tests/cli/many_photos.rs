//! Folders of photos: JSON Lines, CSV, runs that are continued, names of any bytes, and what is left out.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::Stdio;

use serde_json::Value;

use crate::program::{
    Ending, checkout, command, end, json_lines, lines_of_json, prints, with_stdin,
};

/// The arguments of the fastest network, for photos.
const LENET: [&str; 5] = ["--model", "lenet5", "--adapter", "cpu", "--json"];

fn digit(digit: usize) -> Vec<u8> {
    fs::read(checkout(&format!("samples/digits/digit_{digit}.png"))).unwrap()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn files(lines: &[Value]) -> Vec<&str> {
    let files = lines.iter().map(|line| line["file"].as_str().unwrap());
    files.collect()
}

#[test]
fn a_folder_is_answered_line_by_line_and_what_is_left_out_is_counted() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::create_dir_all(path("deep/er")).unwrap();
    for (index, name) in ["b.png", "a.png", "deep/c.png", "deep/er/d.png"]
        .into_iter()
        .enumerate()
    {
        fs::write(path(name), digit(index)).unwrap();
    }
    fs::write(path("bad.png"), "no image").unwrap();
    fs::write(path("notes.txt"), "no image").unwrap();
    fs::write(path(".hidden.png"), digit(0)).unwrap();
    let name = text(folder.path());
    for (more, left_out, expected) in [
        (
            &[][..],
            "1 file without the extension of an image, 1 hidden file or folder, 1 folder (-r searches it)",
            &["a.png", "bad.png", "b.png"][..],
        ),
        (
            &["-r", "--batch", "2"],
            "1 file without the extension of an image, 1 hidden file or folder",
            &["a.png", "bad.png", "b.png", "deep/c.png", "deep/er/d.png"],
        ),
    ] {
        let arguments = [&["classify", name], &LENET[..], more].concat();
        let ending = end(command(&arguments));
        assert_eq!(ending.status, Some(1));
        let complaints: Vec<&str> = ending.stderr.lines().collect();
        assert_eq!(complaints[0], format!("note: left out: {left_out}"));
        let bad = format!("error: {}: not an image", path("bad.png").display());
        assert!(
            complaints.len() == 2 && complaints[1].starts_with(&bad),
            "{complaints:?}"
        );
        let lines = lines_of_json(&ending.stdout);
        let mut expected: Vec<String> = expected
            .iter()
            .map(|name| path(name).display().to_string())
            .collect();
        expected.sort();
        assert_eq!(files(&lines), expected);
        for line in &lines {
            assert_eq!(line["model"], "lenet5");
            let is_bad = line["file"].as_str().unwrap().ends_with("bad.png");
            assert_eq!(line.get("error").is_some(), is_bad);
            assert_eq!(line.get("top").is_some(), !is_bad);
        }
    }
}

#[test]
fn csv_has_a_row_for_each_class() {
    let arguments = [
        "samples/digits/digit_7.png",
        "--model",
        "lenet5",
        "--adapter",
        "cpu",
        "--top",
        "2",
    ];
    let printed = prints(&[&["classify", "--csv"], &arguments[..]].concat());
    let mut rows = csv::Reader::from_reader(printed.as_bytes());
    assert_eq!(
        rows.headers().unwrap(),
        vec![
            "file",
            "rank",
            "index",
            "label",
            "probability",
            "wordnet_id"
        ]
    );
    let rows: Vec<csv::StringRecord> = rows.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 2);
    let of_first: Vec<&str> = rows[0].iter().take(4).collect();
    assert_eq!(of_first, ["samples/digits/digit_7.png", "1", "7", "7"]);
    let [first, second] = [0, 1].map(|row: usize| rows[row][4].parse::<f64>().unwrap());
    assert!(first > second && first <= 1.0);
}

/// The first answers are there while the command waits for a photo that does not come.
#[cfg(unix)]
#[test]
fn answers_come_before_the_last_photo() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe.png");
    let made = std::process::Command::new("mkfifo")
        .arg(&pipe)
        .status()
        .unwrap();
    assert!(made.success());
    let mut arguments = vec!["classify"];
    let digits: Vec<String> = (0..10)
        .map(|digit| format!("samples/digits/digit_{digit}.png"))
        .collect();
    arguments.extend(digits.iter().map(String::as_str));
    arguments.extend([text(&pipe), "--batch", "1"]);
    arguments.extend(LENET);
    let mut child = command(&arguments).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    for digit in &digits {
        let line: Value = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
        assert_eq!(line["file"], digit.as_str());
    }
    fs::write(&pipe, self::digit(3)).unwrap();
    let line: Value = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
    assert_eq!(line["top"][0]["index"], 3);
    assert!(child.wait().unwrap().success());
}

#[test]
fn an_interrupted_run_is_continued() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.jsonl");
    let resume = ["--resume", text(&path)];
    let all = [&["classify", "samples/digits"], &LENET[..]].concat();
    let whole = prints(&all);
    let lines: Vec<&str> = whole.lines().collect();
    let read = || fs::read_to_string(&path).unwrap();

    // The first run is the same command. Standard output has the answers of each run.
    let ending = end(command(&[&all[..], &resume].concat()));
    assert_eq!(
        (ending.stderr.as_str(), ending.stdout.as_str()),
        ("", &*whole)
    );
    assert_eq!(read(), whole);

    let torn = format!("{}\n{}\n{}", lines[0], lines[1], &lines[2][..40]);
    fs::write(&path, &torn).unwrap();
    let note = format!(
        "note: left out: 2 of 10 images, which {} has answers for\n",
        text(&path)
    );
    let ending = end(command(&[&all[..], &resume].concat()));
    assert_eq!((ending.status, ending.stderr.as_str()), (Some(0), &*note));
    assert_eq!(ending.stdout, lines[2..].join("\n") + "\n");
    assert_eq!(read(), whole);

    // A shell may append standard output to the same file.
    fs::write(&path, &torn).unwrap();
    let mut appended = command(&[&all[..], &resume].concat());
    appended.stdout(File::options().append(true).open(&path).unwrap());
    assert!(appended.stderr(Stdio::null()).status().unwrap().success());
    assert_eq!(read(), whole);

    let ending = end(command(&[&all[..], &resume].concat()));
    assert_eq!((ending.status, ending.stdout.as_str()), (Some(0), ""));
    assert_eq!(read(), whole);
}

#[test]
fn vectors_are_continued_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.jsonl");
    let arguments = [
        &["embed", "samples/digits"],
        &LENET[..],
        &["--resume", text(&path)],
    ]
    .concat();
    let whole = prints(&arguments);
    assert_eq!(lines_of_json(&whole).len(), 10);
    let half = whole.len() / 2;
    fs::write(&path, &whole[..half]).unwrap();
    assert_eq!(end(command(&arguments)).status, Some(0));
    assert_eq!(fs::read_to_string(&path).unwrap(), whole);
    let classify = [
        &["classify", "samples/digits"],
        &LENET[..],
        &["--resume", text(&path)],
    ]
    .concat();
    let Ending { status, stderr, .. } = end(command(&classify));
    let says = format!(
        "error: {}: line 1 is an answer of another command\n",
        text(&path)
    );
    assert_eq!((status, stderr), (Some(1), says));
}

#[cfg(unix)]
#[test]
fn names_of_any_bytes_stay_apart() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let folder = tempfile::tempdir().unwrap();
    let names = [&b"a\\xff.png"[..], b"a\xfe.png", b"a\xff.png"];
    for name in names {
        fs::write(folder.path().join(OsStr::from_bytes(name)), digit(1)).unwrap();
    }
    let shown = ["a\\\\xff.png", "a\\xfe.png", "a\\xff.png"];
    let lenet = &LENET[..4];
    let text = prints(&[&["classify", text(folder.path()), "--top", "1"], lenet].concat());
    for (name, line) in shown.iter().zip(text.lines().step_by(2)) {
        assert!(line.ends_with(&format!("/{name}")), "{text}");
    }
    let lines = json_lines(&[&["classify", self::text(folder.path())], &LENET[..]].concat());
    // A name of UTF-8 is the name itself.
    assert!(files(&lines)[0].ends_with("/a\\xff.png"));
    assert!(lines[0].get("file_bytes").is_none());
    for (line, end) in lines[1..].iter().zip(["61fe2e706e67", "61ff2e706e67"]) {
        assert!(
            line["file_bytes"].as_str().unwrap().ends_with(end),
            "{line}"
        );
    }

    // Both are found again.
    let path = folder.path().join("out.jsonl");
    let resume = ["--resume", self::text(&path)];
    let arguments = [
        &["classify", self::text(folder.path())],
        &LENET[..],
        &resume,
    ]
    .concat();
    end(command(&arguments));
    let again = end(command(&arguments));
    assert!(again.stderr.contains("3 of 3 images"), "{}", again.stderr);
}

#[test]
fn all_images_of_standard_input_are_answered_and_the_rest_is_named() {
    let images = [digit(2), digit(5), digit(8), b"trailer".to_vec()].concat();
    let ending = with_stdin(&[&["classify", "-"], &LENET[..]].concat(), &images);
    assert_eq!(ending.status, Some(0));
    assert_eq!(
        ending.stderr,
        "note: left out of standard input: 7 bytes after the last image, which are no image\n"
    );
    let lines = lines_of_json(&ending.stdout);
    let found: Vec<_> = lines
        .iter()
        .map(|line| (&line["file"], &line["top"][0]["index"]))
        .collect();
    let expected = [("-:1", 2), ("-:2", 5), ("-:3", 8)]
        .map(|(name, index)| (Value::from(name), Value::from(index)));
    assert!(
        found
            .into_iter()
            .eq(expected.iter().map(|(name, index)| (name, index))),
        "{lines:?}"
    );

    let output = tempfile::tempdir().unwrap();
    let output = output.path().join("heat.png");
    let cat = fs::read(checkout("samples/cat.png")).unwrap();
    let arguments = ["explain", "-", "-o", text(&output), "--adapter", "cpu"];
    let ending = with_stdin(&arguments, &[cat.clone(), cat].concat());
    assert_eq!(
        (ending.status, ending.stderr.as_str()),
        (
            Some(0),
            "note: left out of standard input: 1 image after the first one\n"
        )
    );
}

#[test]
fn a_folder_without_images_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("deep")).unwrap();
    fs::write(folder.path().join("notes.txt"), "").unwrap();
    let name = text(folder.path());
    let ending = end(command(&[&["classify", name], &LENET[..]].concat()));
    assert_eq!((ending.status, ending.stdout.as_str()), (Some(1), ""));
    assert_eq!(
        ending.stderr,
        format!(
            "note: left out: 1 file without the extension of an image, 1 folder (-r searches it)\n\
             error: {name}: no images in this folder\n"
        )
    );
}
