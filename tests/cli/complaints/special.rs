//! Devices, pipes and links in the place of files: none is waited for, and none is read without end.

use super::assert_complaints;

#[test]
fn what_is_no_file_is_refused() {
    let too_long = "/dev/zero: cannot be read: longer than 256 MiB, the limit";
    let digit = "samples/digits/digit_0.png --model lenet5";
    let special =
        |path: &str| format!("{path}: cannot be read: expected a file, found a device or pipe");
    let circle = "FOLDER/circle: cannot be read: Too many levels of symbolic links (os error 40)";
    let output = "--output FOLDER/answer.npy";
    let cases = [
        (format!("classify {digit} --labels /dev/zero"), too_long.to_owned()),
        (
            "evaluate samples/digits --model lenet5 --labels /dev/zero".to_owned(),
            too_long.to_owned(),
        ),
        (
            "evaluate samples/digits --model lenet5 --class-names /dev/zero".to_owned(),
            too_long.to_owned(),
        ),
        (
            format!("classify {digit} --labels /dev/null"),
            "/dev/null: expected names of classes, found none".to_owned(),
        ),
        (
            format!("classify {digit} --json --resume /dev/zero"),
            "/dev/zero: expected a file, found a device or pipe".to_owned(),
        ),
        (
            "classify /dev/zero --model lenet5".to_owned(),
            "/dev/zero: longer than 512 MiB, the limit".to_owned(),
        ),
        (
            "classify /dev/null --model lenet5".to_owned(),
            "/dev/null: an empty file, not an image".to_owned(),
        ),
        (format!("classify {digit} --weights /dev/zero"), special("/dev/zero")),
        (format!("classify {digit} --weights FOLDER/pipe"), special("FOLDER/pipe")),
        (
            format!("classify {digit} --weights FOLDER/piped.index.json"),
            "FOLDER/piped.index.json: pipe: cannot be read: expected a file, found a device or pipe".to_owned(),
        ),
        (format!("run lenet5 --input FOLDER/pipe {output}"), special("FOLDER/pipe")),
        (format!("run lenet5 --input /dev/zero {output}"), special("/dev/zero")),
        ("summary FOLDER/pipe.onnx".to_owned(), special("FOLDER/pipe.onnx")),
        (
            "summary FOLDER/empty.onnx".to_owned(),
            "FOLDER/empty.onnx: cannot be read: expected a file, found a folder".to_owned(),
        ),
        ("classify FOLDER/circle --model lenet5".to_owned(), circle.to_owned()),
        (format!("classify {digit} --weights FOLDER/circle"), circle.to_owned()),
        (format!("classify {digit} --labels FOLDER/circle"), circle.to_owned()),
        (format!("run lenet5 --input FOLDER/circle {output}"), circle.to_owned()),
    ];
    let cases: Vec<(&str, &str)> = cases
        .iter()
        .map(|(line, says)| (&**line, &**says))
        .collect();
    assert_complaints(&cases);
}
