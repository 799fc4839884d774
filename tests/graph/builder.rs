//! The words that networks are written with: what each adds, and what they say where something is wrong.

use menagerie::graph::{
    Activation, Conv, Graph, Interpolation, LocalResponseNorm, Number, Origin, Padding, Pointwise,
    Scope, ValueId, Window, image_network, network,
};
use menagerie::tensor::{Element, HostTensor, Shape, Type};
use menagerie::{Error, ErrorKind, Result};

const PHOTO: Shape = Shape::new(4, 8, 8);

/// Every layer once, on images and on vectors.
fn all_layers() -> Graph {
    let all = network("all", |net| {
        let x = net.image("photo", PHOTO)?;
        let stem = net.at("stem");
        let x = stem.conv("0", x, Conv::new(8, 3).stride(2).padding(1).bias())?;
        let x = stem.batch_norm("1", x, 1e-3)?;
        let x = stem.relu("2", x)?;
        let wide = net.conv("wide", x, Conv::rectangle(8, [1, 7]).centred().groups(2))?;
        let deep = net.conv("deep", x, Conv::new(8, 3).dilation(2).padding(2).groups(8))?;
        let same = net.conv("same", x, Conv::new(8, 4).same_padding())?;
        let x = net.add("sum", wide, deep)?;
        let x = net.add_scaled("scaled", x, same, 0.25)?;
        let x = net.prelu("prelu", x)?;
        let x = net.relu6("relu6", x)?;
        let x = net.activation("gelu", x, Activation::Gelu)?;
        let x = net.conv_transpose("up", x, Conv::new(4, 2).stride(2).bias())?;
        let x = net.resize("resize", x, [6, 5], Interpolation::Nearest)?;
        let norm = LocalResponseNorm {
            size: 3,
            alpha: Number(1e-4),
            beta: Number(0.75),
            k: Number(1.0),
        };
        let x = net.local_response_norm("lrn", x, norm)?;
        let x = net.pad("pad", x, Padding::all(1))?;
        let x = net.crop("crop", x, Padding::centred([3, 1]))?;
        let x = net.max_pool("max", x, Window::square(2, 2))?;
        let x = net.average_pool("mean", x, Window::square(3, 1).padded(1), true)?;
        let parts = net.split("parts", x, &[1, 3])?;
        let x = net.concat("join", &[parts[1], parts[0]])?;
        let x = net.adaptive_average_pool("grid", x, 2)?;
        let gate = net.global_average_pool("squeeze", x)?;
        let flat = net.flatten("flat", x)?;
        let fc = net.linear("fc", flat, 4)?;
        let fc = net.multiply("gated", fc, gate)?;
        let fc = net.prelu("slopes", fc)?;
        let fc = net.dropout("dropout", fc)?;
        let shift = net.known("shift", HostTensor::new(&[4], vec![0.0_f32; 4])?)?;
        let less = Pointwise::operand(0).minus(&Pointwise::operand(1));
        let fc = net.pointwise("shifted", less, &[fc, shift])?;
        let answer = net.softmax("softmax", fc)?;
        net.output("classes", answer)?;
        net.output("features", x)
    });
    all.unwrap()
}

#[test]
fn each_layer_has_its_line() {
    let found = all_layers().to_string();
    let expected = "
        %0 photo: input -> 4x8x8
        %1 stem.0: conv2d 4->8 3x3 stride 2 padding 1 + bias (%0) -> 8x4x4
        %2 stem.1: batch_norm (%1) -> 8x4x4
        %3 stem.2: activation relu (%2) -> 8x4x4
        %4 wide: conv2d 8->8 1x7 padding 0,3,0,3 groups 2 (%3) -> 8x4x4
        %5 deep: conv2d 8->8 3x3 dilation 2 padding 2 depthwise (%3) -> 8x4x4
        %6 same: conv2d 8->8 4x4 padding 1,1,2,2 (%3) -> 8x4x4
        %7 sum: add (%4, %5) -> 8x4x4
        %8 scaled: add 0.25 of the second (%7, %6) -> 8x4x4
        %9 prelu: prelu (%8) -> 8x4x4
        %10 relu6: activation relu6 (%9) -> 8x4x4
        %11 gelu: activation gelu (%10) -> 8x4x4
        %12 up: conv_transpose2d 8->4 2x2 stride 2 + bias (%11) -> 4x8x8
        %13 resize: resize to 6x5 nearest (%12) -> 4x6x5
        %14 lrn: local_response_norm over 3 channels, alpha 0.0001, beta 0.75, k 1 (%13) -> 4x6x5
        %15 pad: pad 1 (%14) -> 4x8x7
        %16 crop: crop 1,0,1,0 (%15) -> 4x6x7
        %17 max: max_pool 2x2 stride 2 (%16) -> 4x3x3
        %18 mean: average_pool 3x3 padding 1 counting padding (%17) -> 4x3x3
        %19 %20 parts: split into 1, 3 (%18) -> 1x3x3 3x3x3
        %21 join: concat (%20, %19) -> 4x3x3
        %22 grid: adaptive_average_pool 2x2 (%21) -> 4x2x2
        %23 squeeze: global_average_pool (%22) -> 4x1x1
        %24 flat: flatten (%22) -> 16x1x1
        %25 fc: linear 16->4 + bias (%24) -> 4x1x1
        %26 gated: pointwise x * a (%25, %23) -> 4x1x1
        %27 slopes: prelu (%26) -> 4x1x1
        %28 dropout: dropout (%27) -> 4x1x1
        %29 shifted: pointwise x - a (%28) -> 4x1x1
        %30 softmax: softmax (%29) -> 4x1x1
        answer %30, %22";
    let expected: Vec<&str> = expected.trim().lines().map(str::trim).collect();
    assert_eq!(found.lines().collect::<Vec<_>>(), expected, "\n{found}");
}

#[test]
fn parameters_are_called_as_their_layers() {
    let graph = all_layers();
    let stored: Vec<String> = graph
        .stored()
        .map(|(_, value)| {
            let fixed = matches!(value.origin(), Origin::Stored { trainable: false });
            let mark = if fixed { " fixed" } else { "" };
            format!("{} {}{mark}", value.name(), value.ty())
        })
        .collect();
    assert_eq!(
        stored,
        [
            "stem.0.weight f32[8, 4, 3, 3]",
            "stem.0.bias f32[8]",
            "stem.1.weight f32[8]",
            "stem.1.bias f32[8]",
            "stem.1.running_mean f32[8] fixed",
            "stem.1.running_var f32[8] fixed",
            "wide.weight f32[8, 4, 1, 7]",
            "deep.weight f32[8, 1, 3, 3]",
            "same.weight f32[8, 8, 4, 4]",
            "prelu.weight f32[8]",
            "up.weight f32[8, 4, 2, 2]",
            "up.bias f32[4]",
            "fc.weight f32[4, 16]",
            "fc.bias f32[4]",
            "slopes.weight f32[4]"
        ]
    );
}

fn message(result: Result<Graph>) -> String {
    let error = result.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Shape, "{error}");
    assert!(!error.to_string().contains('\n'), "{error}");
    error.to_string()
}

/// What `body` is told in the scope `block` of a network of one image.
fn told(body: impl FnOnce(&Scope<'_>, ValueId) -> Result<()>) -> String {
    message(image_network("net", PHOTO, |net, x| {
        body(&net.at("block"), x)?;
        Ok(x)
    }))
}

/// A value that the network has not.
fn stranger() -> ValueId {
    let mut other = Graph::new("other");
    let names = (0..100).map(|index| format!("{index}"));
    let ids = names.map(|name| other.add_input(name, Type::vector(1).unwrap()).unwrap());
    ids.last().unwrap()
}

#[test]
fn layers_that_do_not_fit_are_named() {
    let f32_of = |extents: &[usize]| Type::shared(Element::F32, extents).unwrap();
    for (found, expected) in [
        (
            told(|net, x| net.conv("conv", x, Conv::new(8, 9)).map(|_| ())),
            "block.conv (conv2d) cannot take [4x8x8, f32[8, 4, 9, 9], nothing]: a window of 9x9 does not fit \
             into 4x8x8",
        ),
        (
            told(|net, x| net.conv("conv", x, Conv::new(0, 3)).map(|_| ())),
            "block.conv.weight: expected dimensions from 1 to below 2^31, found [0, 4, 3, 3]",
        ),
        (
            told(|net, x| net.conv("conv", x, Conv::new(8, 0)).map(|_| ())),
            "block.conv.weight: expected dimensions from 1 to below 2^31, found [8, 4, 0, 0]",
        ),
        (
            told(|net, x| {
                net.conv("conv", x, Conv::new(8, 0).same_padding())
                    .map(|_| ())
            }),
            "block.conv: kernel, stride and dilation must be at least 1, found 0x0",
        ),
        (
            told(|net, x| net.conv("conv", x, Conv::new(8, 3).groups(3)).map(|_| ())),
            "block.conv (conv2d) cannot take [4x8x8, f32[8, 1, 3, 3], nothing]: 3 groups must divide 4 input \
             and 8 output channels",
        ),
        (
            told(|net, x| net.conv("conv", x, Conv::new(8, 3).groups(8)).map(|_| ())),
            "block.conv.weight: expected dimensions from 1 to below 2^31, found [8, 0, 3, 3]",
        ),
        (
            told(|net, x| net.linear("fc", x, 10).map(|_| ())),
            "block.fc (linear) cannot take [4x8x8, f32[10, 4], f32[10]]: expected a vector of 4, found 4x8x8",
        ),
        (
            told(|net, x| {
                net.linear("fc", net.flatten("flat", x)?, 10)?;
                net.linear("fc", x, 11).map(|_| ())
            }),
            "block.fc.weight: expected f32[10, 256], as declared before, found f32[11, 4]",
        ),
        (
            told(|net, x| {
                net.conv("conv", net.flatten("flat", x)?, Conv::new(8, 1))
                    .map(|_| ())
            }),
            "block.conv (conv2d) cannot take [256x1x1, f32[8, 256, 1, 1], nothing]: expected an image, found a \
             vector of 256",
        ),
        (
            told(|net, _| net.conv("conv", stranger(), Conv::new(8, 1)).map(|_| ())),
            "block: there is no value %99",
        ),
        (
            told(|net, _| net.relu("relu", stranger()).map(|_| ())),
            "block.relu: there is no value %99",
        ),
        (
            told(|net, _| net.concat("join", &[]).map(|_| ())),
            "block.join (concat) cannot take []: expected at least 1 input, found 0",
        ),
        (
            told(|net, _| {
                net.batch_norm("bn", net.parameter("table", &[3])?, 0.1)
                    .map(|_| ())
            }),
            "block.table: expected an image or a vector, found f32[3]",
        ),
        (
            told(|net, _| net.image("photo", Shape::new(3, 0, 4)).map(|_| ())),
            "block.photo: expected dimensions from 1 to below 2^31, found [1, 3, 0, 4]",
        ),
        (
            told(|net, x| {
                net.output("a", x)?;
                net.output("a", x)
            }),
            "block.a: another output has this name",
        ),
        (
            told(|net, _| net.output("a", stranger())),
            "block.a: there is no value %99",
        ),
        (
            told(|net, _| {
                net.image("a", PHOTO)?;
                net.image("a", PHOTO).map(|_| ())
            }),
            "block.a: another input has this name",
        ),
        (
            told(|net, _| {
                net.input("a", Type::shared(Element::I64, &[2])?)
                    .map(|_| ())
            }),
            "block.a: expected an element type that devices support, found i64[2]",
        ),
        (
            told(|net, _| {
                let flags = net.known("flags", HostTensor::new(&[1], vec![true])?)?;
                net.output("flags", flags)
            }),
            "block.flags: expected an element type that devices support, found bool[1]",
        ),
        (
            message(network("net", |net| net.image("photo", PHOTO).map(|_| ()))),
            "net: expected an output, found none",
        ),
        (
            message(network("net", |net| {
                net.relu("relu", stranger()).map(|_| ())
            })),
            "relu: there is no value %99",
        ),
        (
            message(network("net", |net| {
                net.prelu("prelu", stranger()).map(|_| ())
            })),
            "net: there is no value %99",
        ),
    ] {
        assert_eq!(found, expected);
    }
    let mut graph = Graph::new("net");
    let error = graph
        .add_stored("weight", Type::image(PHOTO).unwrap(), true)
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "weight: expected a tensor that all images share, found 4x8x8"
    );
    let first = graph.add_stored("weight", f32_of(&[2]), true).unwrap();
    assert_eq!(
        graph.add_stored("weight", f32_of(&[2]), true).unwrap(),
        first,
        "one tensor, however often"
    );
}

/// An error of the body's own comes through as it is.
#[test]
fn errors_of_the_body_come_through() {
    let result = network("net", |_| {
        Err(Error::new(ErrorKind::Io, "the disk is full"))
    });
    let error = result.unwrap_err();
    assert_eq!(
        (error.kind(), error.to_string().as_str()),
        (ErrorKind::Io, "the disk is full")
    );
}

#[test]
fn a_graph_of_several_inputs_has_no_shape_of_its_own() {
    let two = network("two", |net| {
        let photo = net.image("photo", PHOTO)?;
        let table = net.input("table", Type::shared(Element::F32, &[3])?)?;
        net.output("table", table)?;
        net.output("photo", photo)
    });
    let two = two.unwrap();
    assert_eq!(
        two.input_shape().unwrap_err().to_string(),
        "two: expected 1 input, found 2; it takes photo (4x8x8) and table (f32[3]), and gives table (f32[3]) and \
         photo (4x8x8)"
    );
    assert_eq!(
        two.output_shape().unwrap_err().to_string(),
        "two: expected an image or a vector as the answer; it takes photo (4x8x8) and table (f32[3]), and gives \
         table (f32[3]) and photo (4x8x8)"
    );
    let mut again = two.clone();
    let photo = two.outputs()[1].clone();
    let error = again.add_output(photo.name, photo.value).unwrap_err();
    assert_eq!(error.to_string(), "photo: another output has this name");
    assert_eq!(again.add_output("again", photo.value).unwrap(), 2);
}
