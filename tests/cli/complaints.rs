//! Bad input: one clear line on standard error, a status that is not zero, never a panic.

use std::ffi::OsString;
use std::fs;
use std::path::Path;

use menagerie::Tensor;
use menagerie::graph::Shape;
use menagerie::tensor_file;

use crate::program::{Ending, checkout, command, end, json, with_stdin};

/// A command and the whole of what it says on standard error; `FOLDER` stands for the folder of files
/// that [`bad_files`] makes.
struct Case {
    arguments: &'static [&'static str],
    says: &'static str,
}

const CASES: &[Case] = &[
    Case {
        arguments: &["summary", "resnet51"],
        says: "error: no model is called \"resnet51\"; did you mean resnet50? `menagerie models` lists all",
    },
    Case {
        arguments: &["fetch", "resnet51"],
        says: "error: no model is called \"resnet51\"; did you mean resnet50? `menagerie models` lists all",
    },
    Case {
        arguments: &["fetch", "resnet18", "squeezenet1_1"],
        says: "error: squeezenet1_1: the Hub has no weights of it; pass --weights with a safetensors file: \
               tools/convert.py makes one from a checkpoint of the reference implementation",
    },
    Case {
        arguments: &["plan", "lenet5", "--without", "magic"],
        says: "error: no pass is called \"magic\"; there are drop_dropout, drop_adaptive_pool, drop_flatten, \
               fold_batch_norm, fuse_activation, fuse_residual, fuse_pad, linear_to_conv, concat_in_place",
    },
    Case {
        arguments: &[
            "classify",
            "samples/cat.png",
            "--model",
            "vgg16",
            "--weights",
            "synthetic:0",
            "--size",
            "31",
        ],
        says: "error: vgg16: expected images of at least 32x32, found 3x31x31",
    },
    Case {
        arguments: &["summary", "inception_v3", "--size", "300x74"],
        says: "error: inception_v3: expected images of at least 75x75, found 3x300x74",
    },
    Case {
        arguments: &["plan", "resnet50", "--size", "8192", "--batch", "256"],
        says: "error: input: a tensor of 274877906944 bytes does not fit: this adapter allows 134217728 bytes; \
               try a smaller batch or size",
    },
    Case {
        arguments: &["compare", "lenet5"],
        says: "error: nothing to compare: name two networks, or two adapters, batches, sizes, or `--passes on,off`",
    },
    Case {
        arguments: &["compare", "lenet5", "resnet51"],
        says: "error: no model is called \"resnet51\"; did you mean resnet50? `menagerie models` lists all",
    },
    Case {
        arguments: &["compare", "inception_v3", "--size", "299,300x74"],
        says: "error: inception_v3: expected images of at least 75x75, found 3x300x74",
    },
    Case {
        arguments: &[
            "compare",
            "kernels",
            "--conv",
            "8x8x9x9",
            "--size",
            "3",
            "--padding",
            "0",
        ],
        says: "error: conv (conv2d) cannot take [8x3x3]: a window of 9x9 does not fit into 8x3x3",
    },
    Case {
        arguments: &[
            "compare", "kernels", "--conv", "9x1x3x3", "--size", "9", "--groups", "2",
        ],
        says: "error: conv (conv2d) cannot take [2x9x9]: 2 groups must divide 2 input and 9 output channels",
    },
    Case {
        arguments: &["compare", "kernels", "--conv", "9x1x3x3", "--size", "9"],
        says: "error: nothing to compare: the reference executor has no kernels",
    },
    Case {
        arguments: &["autotune", "lenet5"],
        says: "error: the reference executor has no kernels to choose from",
    },
    Case {
        arguments: &["classify", "FOLDER/missing.png"],
        says: "error: FOLDER/missing.png: cannot be read: No such file or directory (os error 2)",
    },
    Case {
        arguments: &["classify", "FOLDER/empty"],
        says: "error: FOLDER/empty: no images in this folder",
    },
    Case {
        arguments: &["classify", "FOLDER/notes.txt"],
        says: "error: FOLDER/notes.txt: not an image (BMP, GIF, JPEG, PNG, PNM, TIFF and WebP are known)",
    },
    Case {
        arguments: &["classify", "FOLDER/nothing.png"],
        says: "error: FOLDER/nothing.png: not an image (BMP, GIF, JPEG, PNG, PNM, TIFF and WebP are known)",
    },
    Case {
        arguments: &["classify", "FOLDER/cut.png"],
        says: "error: FOLDER/cut.png: cannot be decoded: unexpected end of file",
    },
    Case {
        arguments: &["classify", "FOLDER/huge.ppm"],
        says: "error: FOLDER/huge.ppm: decoding 20000x20000 pixels takes 1145 MiB, and the limit is 1024 MiB",
    },
    Case {
        arguments: &["classify", "FOLDER/huge.pgm"],
        says: "error: FOLDER/huge.pgm: decoding 20000x20000 pixels takes 1526 MiB, and the limit is 1024 MiB",
    },
    Case {
        arguments: &["classify", "samples/cat.png", "--model", "unet"],
        says: "error: unet answers for each pixel and not for the photo; `menagerie segment` makes a mask of its \
               answer",
    },
    Case {
        arguments: &[
            "segment",
            "samples/cat.png",
            "-o",
            "FOLDER/mask.png",
            "--model",
            "mobilenet_v2",
        ],
        says: "error: mobilenet_v2 answers for the photo and not for each pixel; `menagerie classify` tells what \
               it sees",
    },
    Case {
        arguments: &["segment", "samples/cat.png", "-o", "FOLDER/mask.xyz"],
        says: "error: FOLDER/mask.xyz: its name ends in no format for masks (BMP, PNG, TIFF and WebP are \
               known)",
    },
    Case {
        arguments: &[
            "segment",
            "samples/cat.png",
            "-o",
            "FOLDER/mask",
            "--overlay",
        ],
        says: "error: FOLDER/mask: its name ends in no format for photos (BMP, JPEG, PNG, TIFF and WebP are \
               known)",
    },
    Case {
        arguments: &["segment", "samples/cat.png", "-o", "FOLDER/mask.jpg"],
        says: "error: FOLDER/mask.jpg: JPEG would blur the mask; BMP, PNG, TIFF and WebP keep it",
    },
    Case {
        arguments: &["segment", "samples/cat.png", "-o", "FOLDER/no/mask.png"],
        says: "error: FOLDER/no/mask.png: cannot be written: there is no folder FOLDER/no",
    },
    Case {
        arguments: &["segment", "samples/cat.png", "-o", "FOLDER/folder.png"],
        says: "error: FOLDER/folder.png: cannot be written: it is a folder",
    },
    Case {
        arguments: &["segment", "FOLDER/cut.png", "-o", "FOLDER/empty/../cut.png"],
        says: "error: FOLDER/empty/../cut.png: is the photo itself; name another file",
    },
    Case {
        arguments: &["segment", "FOLDER/missing.png", "-o", "FOLDER/mask.png"],
        says: "error: FOLDER/missing.png: cannot be read: No such file or directory (os error 2)",
    },
    Case {
        arguments: &["segment", "FOLDER/empty", "-o", "FOLDER/mask.png"],
        says: "error: FOLDER/empty: cannot be read: Is a directory (os error 21)",
    },
    Case {
        arguments: &["segment", "FOLDER/notes.txt", "-o", "FOLDER/mask.png"],
        says: "error: FOLDER/notes.txt: not an image (BMP, GIF, JPEG, PNG, PNM, TIFF and WebP are known)",
    },
    Case {
        arguments: &["segment", "FOLDER/cut.png", "-o", "FOLDER/mask.png"],
        says: "error: FOLDER/cut.png: cannot be decoded: unexpected end of file",
    },
    Case {
        arguments: &[
            "segment",
            "samples/cat.png",
            "-o",
            "FOLDER/mask.png",
            "--weights",
            "FOLDER/cut.safetensors",
        ],
        says: "error: FOLDER/cut.safetensors: not a sound safetensors file: expected the last tensor to end with \
               the file's 1000 bytes: it is truncated or has bytes left over",
    },
    Case {
        arguments: &[
            "segment",
            "FOLDER/large.pbm",
            "-o",
            "FOLDER/mask.png",
            "--model",
            "unet",
            "--weights",
            "synthetic:0",
        ],
        says: "error: FOLDER/large.pbm: 3000x3000 pixels are too many for unet on cpu (reference executor), which \
               takes up to 2896x2896 of this shape; make the photo smaller",
    },
    Case {
        arguments: &["profile", "lenet5"],
        says: "error: the reference executor has no kernels to time; `menagerie bench --adapter cpu` times its runs",
    },
    Case {
        arguments: &["bench", "lenet5", "--weights", "FOLDER/missing.safetensors"],
        says: "error: FOLDER/missing.safetensors: cannot be read: No such file or directory (os error 2)",
    },
    Case {
        arguments: &["bench", "lenet5", "--weights", "FOLDER/cut.safetensors"],
        says: "error: FOLDER/cut.safetensors: not a sound safetensors file: expected the last tensor to end with \
               the file's 1000 bytes: it is truncated or has bytes left over",
    },
    Case {
        arguments: &["bench", "lenet5", "--weights", "FOLDER/input.safetensors"],
        says: "error: FOLDER/input.safetensors: not the weights of lenet5: 10 missing (conv1.weight, conv1.bias, \
               conv2.weight, conv2.bias, fc1.weight and 5 more); 1 surplus (input)",
    },
    Case {
        arguments: &[
            "bench",
            "resnet18",
            "--weights",
            "weights/lenet5.safetensors",
        ],
        says: "error: weights/lenet5.safetensors: expected the weights of resnet18, found those of lenet5",
    },
    Case {
        arguments: &["bench", "lenet5", "--weights", "synthetic:one"],
        says: "error: \"synthetic:one\": expected a whole number from 0 to 18446744073709551615 as seed, found \
               \"one\"",
    },
    Case {
        arguments: &[
            "run",
            "lenet5",
            "--input",
            "FOLDER/cut.safetensors",
            "--output",
            "FOLDER/answer",
        ],
        says: "error: FOLDER/cut.safetensors: not a sound safetensors file: expected the last tensor to end with \
               the file's 1000 bytes: it is truncated or has bytes left over",
    },
    Case {
        arguments: &[
            "run",
            "lenet5",
            "--input",
            "weights/lenet5.safetensors",
            "--output",
            "FOLDER/answer",
        ],
        says: "error: weights/lenet5.safetensors: input: missing",
    },
    Case {
        arguments: &[
            "run",
            "mobilenet_v2",
            "--input",
            "FOLDER/input.safetensors",
            "--output",
            "FOLDER/answer",
        ],
        says: "error: mobilenet_v2: expected images of 3 channels, found 1x28x28",
    },
    Case {
        arguments: &[
            "run",
            "lenet5",
            "--input",
            "FOLDER/input.safetensors",
            "--output",
            "FOLDER/no/answer",
        ],
        says: "error: FOLDER/no/answer: cannot be written: No such file or directory (os error 2)",
    },
];

fn bad_files(folder: &Path) {
    let write = |name: &str, bytes: &[u8]| fs::write(folder.join(name), bytes).unwrap();
    fs::create_dir(folder.join("empty")).unwrap();
    write("empty/notes.txt", b"no image by its name");
    write("notes.txt", b"no image by its content");
    write("nothing.png", b"");
    write(
        "cut.png",
        &fs::read(checkout("samples/cat.png")).unwrap()[..5000],
    );
    // A few bytes that claim 400 million pixels.
    write("huge.ppm", b"P6\n20000 20000\n255\n");
    write("huge.pgm", b"P5\n20000 20000\n255\n");
    // A bit for each pixel.
    let bits = vec![0; 3000 * 3000 / 8];
    write("large.pbm", &[b"P4\n3000 3000\n", &bits[..]].concat());
    fs::create_dir(folder.join("folder.png")).unwrap();
    let weights = fs::read(checkout("weights/lenet5.safetensors")).unwrap();
    write("cut.safetensors", &weights[..1000]);
    let input = Tensor::zeros(1, Shape::new(1, 28, 28));
    tensor_file::write(&folder.join("input.safetensors"), &input, "input").unwrap();
}

#[test]
fn bad_input_ends_with_one_line() {
    let folder = tempfile::tempdir().unwrap();
    bad_files(folder.path());
    let path = folder.path().to_str().unwrap();
    let before = names(folder.path());
    for case in CASES {
        let mut arguments: Vec<String> = case
            .arguments
            .iter()
            .map(|argument| argument.replace("FOLDER", path))
            .collect();
        if !matches!(case.arguments[0], "fetch" | "summary" | "plan") {
            arguments.extend(["--adapter".to_owned(), "cpu".to_owned()]);
        }
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let Ending {
            status,
            stdout,
            stderr,
        } = end(command(&arguments));
        assert_eq!(stderr.replace(path, "FOLDER"), format!("{}\n", case.says));
        assert_eq!(
            (status, stdout.contains('%')),
            (Some(1), false),
            "{arguments:?}: {stdout}"
        );
    }
    assert_eq!(names(folder.path()), before, "nothing may be left behind");
}

/// What lies in `folder`, in order.
fn names(folder: &Path) -> Vec<OsString> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<OsString> = entries.map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    names
}

#[test]
fn weights_that_a_model_has_not_are_asked_for() {
    for (model, advice) in [
        (
            "resnet18",
            "`menagerie fetch resnet18` downloads timm/resnet18.tv_in1k",
        ),
        (
            "squeezenet1_1",
            "squeezenet1_1: the Hub has no weights of it; pass --weights with a safetensors file: \
             tools/convert.py makes one from a checkpoint of the reference implementation",
        ),
    ] {
        let ending = end(command(&["classify", "samples/cat.png", "--model", model]));
        assert_eq!(ending.status, Some(1));
        let Ending { stderr, .. } = ending;
        let begins = format!("error: no weights of {model} here (weights/{model}.safetensors, ");
        let ends = format!(" not found); {advice}; --weights synthetic:0 makes some up\n");
        assert!(
            stderr.starts_with(&begins) && stderr.ends_with(&ends),
            "{stderr}"
        );
    }
}

#[test]
fn an_unknown_adapter_is_answered_with_a_list() {
    let listed = |unknown: &str, adapters: &str| {
        format!("error: no adapter \"{unknown}\"; there are: {adapters}, and cpu\n")
    };
    let adapters = json(&["adapters", "--json"]);
    let adapters: Vec<String> = adapters
        .as_array()
        .unwrap()
        .iter()
        .map(|adapter| {
            let text = |key: &str| adapter[key].as_str().unwrap();
            format!(
                "{}: {} ({})",
                adapter["index"],
                text("name"),
                text("backend")
            )
        })
        .collect();
    for unknown in ["no such thing", "99"] {
        let ending = end(command(&["bench", "lenet5", "--adapter", unknown]));
        assert_eq!(ending.stderr, listed(unknown, &adapters.join(", ")));
        assert_eq!(ending.status, Some(1));
    }
    let mut command = command(&["bench", "lenet5", "--adapter", "0"]);
    command.env("WGPU_BACKEND", "none");
    assert_eq!(end(command).stderr, listed("0", "none"));
}

#[test]
fn good_images_are_classified_beside_bad_ones() {
    let folder = tempfile::tempdir().unwrap();
    // A name that would break the line and set a colour.
    let odd = folder.path().join("a\n\u{1b}[31mb.png");
    fs::write(&odd, b"no image").unwrap();
    let odd = odd.to_str().unwrap();
    let arguments = [
        "classify",
        "missing.png",
        "samples/cat.png",
        odd,
        "--adapter",
        "cpu",
        "--top",
        "1",
    ];
    let ending = end(command(&arguments));
    assert_eq!(ending.status, Some(1));
    assert!(
        ending.stdout.starts_with("samples/cat.png\n"),
        "{}",
        ending.stdout
    );
    assert!(ending.stdout.contains("Egyptian cat"), "{}", ending.stdout);
    let complaints: Vec<&str> = ending.stderr.lines().collect();
    assert_eq!(complaints.len(), 2, "{}", ending.stderr);
    assert!(complaints[0].starts_with("error: missing.png: "));
    assert!(
        complaints[1].contains("a\\n\\u{1b}[31mb.png: not an image"),
        "{}",
        complaints[1]
    );
}

#[test]
fn standard_input_without_an_image_is_an_error() {
    let ending = with_stdin(&["classify", "-", "--adapter", "cpu"], b"");
    assert_eq!(ending.status, Some(1));
    assert_eq!(
        ending.stderr,
        "error: -: not an image (BMP, GIF, JPEG, PNG, PNM, TIFF and WebP are known)\n"
    );
}

#[test]
fn wrong_usage_has_a_status_of_its_own() {
    for arguments in [
        &[][..],
        &["fly"],
        &["classify"],
        &["summary"],
        &["segment", "samples/cat.png"],
        &[
            "segment",
            "samples/cat.png",
            "-o",
            "mask.png",
            "--threshold",
            "1.5",
        ],
        &[
            "segment",
            "samples/cat.png",
            "-o",
            "mask.png",
            "--threshold",
            "NaN",
        ],
        &["bench", "lenet5", "--runs", "0"],
        &["compare"],
        &["compare", "lenet5", "--batch", "1,many"],
        &["compare", "lenet5", "--passes", "maybe"],
        &["compare", "lenet5", "--json", "--csv"],
        &["compare", "kernels", "--size", "9"],
        &[
            "compare",
            "kernels",
            "--conv",
            "32768x32768x9x9",
            "--size",
            "1",
        ],
        &[
            "compare",
            "kernels",
            "--conv",
            "9x9x3x3",
            "--size",
            "9",
            "--padding",
            "18446744073709551615",
        ],
        &["compare", "kernels", "--conv", "9x9x3", "--size", "9"],
        &["compare", "kernels", "--conv", "9x0x3x3", "--size", "9"],
        &["autotune"],
        &["bench", "lenet5", "--batch", "18446744073709551615"],
        &[
            "plan",
            "lenet5",
            "--no-passes",
            "--without",
            "fold_batch_norm",
        ],
    ] {
        assert_eq!(end(command(arguments)).status, Some(2), "{arguments:?}");
    }
    assert_eq!(end(command(&["--help"])).status, Some(0));
}
