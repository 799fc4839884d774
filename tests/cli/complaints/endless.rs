//! Devices that have no end, in the place of files.

use super::assert_complaints;

#[test]
fn a_file_without_an_end_is_refused() {
    let too_long = "/dev/zero: cannot be read: longer than 256 MiB, the limit";
    assert_complaints(&[
        (
            "classify samples/digits/digit_0.png --model lenet5 --labels /dev/zero",
            too_long,
        ),
        (
            "evaluate samples/digits --model lenet5 --labels /dev/zero",
            too_long,
        ),
        (
            "evaluate samples/digits --model lenet5 --class-names /dev/zero",
            too_long,
        ),
        (
            "classify samples/digits/digit_0.png --model lenet5 --json --resume /dev/zero",
            "/dev/zero: expected a file, found a device or pipe",
        ),
    ]);
}
