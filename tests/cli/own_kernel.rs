//! `menagerie compare kernels --wgsl`: a shader from elsewhere, and what is said about one that is wrong.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::program::{checkout, command, end, json, prints};

const LAYER: [&str; 8] = [
    "compare",
    "kernels",
    "--conv",
    "20x12x1x1",
    "--size",
    "5",
    "--rounds",
    "1",
];

/// The shader of `docs/your-own-kernel.md`.
fn example() -> String {
    let path = checkout("examples/own_kernel/pointwise.wgsl");
    path.to_str().unwrap().to_owned()
}

#[test]
fn the_example_takes_its_place_beside_the_kernels() {
    let folder = tempfile::tempdir().unwrap();
    let shaders = folder.path().join("shaders");
    let shader = example();
    let arguments = [
        &LAYER[..],
        &[
            "--wgsl",
            &shader,
            "--json",
            "--shaders",
            shaders.to_str().unwrap(),
        ],
    ];
    let comparison = json(&arguments.concat());
    let rows = comparison["compared"].as_array().unwrap();
    let own = rows.iter().filter(|row| row["kernel"] == "pointwise.wgsl");
    let own: Vec<&Value> = own.collect();
    assert_eq!(own.len(), 2, "in buffers and in textures");
    for row in own {
        assert_eq!(
            (&row["checked"], &row["chosen"]),
            (&true.into(), &false.into())
        );
        assert_eq!(row["parity"]["computed"], 7, "{row}");
        assert!(row["parity"]["largest_difference"].as_f64().unwrap() < 1e-6);
        assert!(row["roofline_percent"].as_f64().unwrap() > 0.0);
    }
    let unchecked = rows.iter().filter(|row| row["checked"] == false);
    assert_eq!(
        unchecked.count(),
        1,
        "only what plans choose is compared without checks"
    );
    let listed = fs::read_to_string(shaders.join("pipelines.json")).unwrap();
    let listed: Value = serde_json::from_str(&listed).unwrap();
    let listed = listed.as_array().unwrap().iter();
    assert!(
        listed
            .filter(|pipeline| pipeline["kernel"] == "pointwise.wgsl")
            .count()
            > 0
    );
}

#[test]
fn any_operation_can_be_declared() {
    let folder = tempfile::tempdir().unwrap();
    let declaration = r#"{
        "operations": ["global_average_pool"], "workgroup_size": 32,
        "uniform": [["input", "view"], ["output", "view"], ["items", "batch * out_quads"]],
        "bindings": [["input", "read"], ["output", "write"]],
        "invocations": "batch * out_quads"
    }"#;
    let shader = "
        @compute @workgroup_size(WORKGROUP_SIZE)
        fn main(@builtin(global_invocation_id) id: vec3<u32>) {
            if id.x >= uniforms.items { return; }
            let image = id.x / uniforms.output.quads;
            let quad = id.x % uniforms.output.quads;
            var sum = vec4<f32>();
            for (var i = 0u; i < uniforms.input.pixels; i++) {
                sum += read_input(at(uniforms.input, image * uniforms.input.pixels + i, quad));
            }
            write_output(at(uniforms.output, image, quad), sum / f32(uniforms.input.pixels));
        }";
    fs::write(folder.path().join("mean.json"), declaration).unwrap();
    let path = folder.path().join("mean.wgsl");
    fs::write(&path, shader).unwrap();
    let arguments = [
        "compare",
        "kernels",
        "--layer",
        "resnet18/avgpool",
        "--batch",
        "2",
        "--rounds",
        "1",
        "--wgsl",
        path.to_str().unwrap(),
    ];
    let text = prints(&arguments);
    assert!(
        text.contains("mean.wgsl, buffers agrees with the reference"),
        "{text}"
    );
}

/// What is said about the example with one change: in the declaration, or else in the shader.
#[test]
fn every_mistake_is_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let read = |path: &str| fs::read_to_string(checkout(path)).unwrap();
    let sound = [
        read("examples/own_kernel/pointwise.json"),
        read("examples/own_kernel/pointwise.wgsl"),
    ];
    for (from, to, says) in [
        (
            "\"operations\"",
            "\"operation\"",
            "FOLDER/mine.json: \"operations\" is missing",
        ),
        (
            "conv2d",
            "conv3d",
            "FOLDER/mine.json: \"operations\": expected activation,",
        ),
        (
            "\"parts\"",
            "\"pieces\"",
            "FOLDER/mine.json: \"pieces\" is not known; there are: operations, needs,",
        ),
        ("\"parts\"", "parts", "FOLDER/mine.json: not JSON: "),
        (
            "[\"matrix\"]",
            "[\"matrices\"]",
            "FOLDER/mine.json: \"parts\": expected \"matrix\" or \"lanes\", found \"matrices\"",
        ),
        (
            "\"weights\": \"conv\"",
            "\"weights\": \"add\"",
            "FOLDER/mine.json: \"weights\": expected the kernel whose",
        ),
        (
            "[\"weights\", \"parameters\"], ",
            "",
            "FOLDER/mine.json: weights need all of \"weights\", a binding of",
        ),
        (
            "\"groups\": 1",
            "\"groops\": 1",
            "FOLDER/mine.json: \"needs\": expected quantities of batch,",
        ),
        (
            "\"STRIP\": 4",
            "\"STRIP\": 4.5",
            "FOLDER/mine.json: \"constants\": \"STRIP\": expected a whole number",
        ),
        (
            "\"STRIP\": 4",
            "\"STRIP\": 0",
            "FOLDER/mine.json: \"uniform\": \"items\": \"pixels / STRIP\" divides by zero",
        ),
        (
            "\"STRIP\"",
            "\"ST-RIP\"",
            "FOLDER/mine.json: \"constants\": expected names of letters, digits and `_`,",
        ),
        (
            "\"workgroup_size\": 64",
            "\"workgroup_size\": -1",
            "FOLDER/mine.json: \"workgroup_size\": expected a whole",
        ),
        (
            "\"workgroup_size\": 64",
            "\"workgroup_size\": 4096",
            "FOLDER/mine.json: \"workgroup_size\": expected 1 to 1024,",
        ),
        (
            "[\"pixels\", \"pixels\"]",
            "[\"pixels\", \"pixel\"]",
            "FOLDER/mine.json: \"uniform\": \"pixels\": expected a product",
        ),
        (
            "[\"pixels\", \"pixels\"]",
            "[\"rows\", \"rows\"]",
            "FOLDER/mine.json: \"uniform\": \"rows\" is there twice",
        ),
        (
            "[\"pixels\", \"pixels\"]",
            "[\"window\", \"window\"]",
            "FOLDER/mine.json: \"uniform\": expected views, window",
        ),
        (
            "[\"input\", \"view\"]",
            "[\"image\", \"view\"]",
            "FOLDER/mine.json: \"uniform\": \"image\": expected the name of a",
        ),
        (
            "[\"output\", \"write\"]",
            "[\"output\", \"read\"]",
            "FOLDER/mine.json: \"bindings\": expected at most 8, at least",
        ),
        (
            "[\"output\", \"write\"]",
            "[\"output\", \"made\"]",
            "FOLDER/mine.json: \"bindings\": \"output\": expected \"read\",",
        ),
        (
            "\"invocations\"",
            "\"workgroup\"",
            "FOLDER/mine.json: expected one of \"workgroups\" and \"invocations\"",
        ),
        (
            "\"padding\": 0",
            "\"padding\": 1",
            "FOLDER/mine.wgsl: does not compute the layer: it needs padding 1, found 0",
        ),
        (
            "[\"input\", \"read\"]",
            "[\"x\", \"read\"], [\"input\", \"read\"]",
            "FOLDER/mine.wgsl: does not compute the layer: it reads 2",
        ),
        (
            "[\"input\", \"read\"]",
            "[\"fn\", \"read\"], [\"input\", \"read\"]",
            "FOLDER/mine.wgsl: does not compute the layer: it reads 2",
        ),
        (
            "\"STRIP\": 4",
            "\"fn\": 4",
            "FOLDER/mine.json: \"uniform\": \"items\": expected a product",
        ),
        (
            "\"STRIP\": 4",
            "\"STRIP\": 4, \"fn\": 4",
            "FOLDER/mine.wgsl: in the text written from FOLDER/mine.json: name",
        ),
        (
            "[\"groups\", \"groups\"],",
            "",
            "FOLDER/mine.wgsl: in the text written from FOLDER/mine.json: invalid field",
        ),
        ("let item = ", "let item = 1 +* ", "FOLDER/mine.wgsl:4: "),
        (
            "let item = item_of",
            "let item = item_off",
            "FOLDER/mine.wgsl:4: no definition in scope for identifier: `item_off`",
        ),
        (
            "read_input(at",
            "read_input(1.5 * at",
            "FOLDER/mine.wgsl:26: ",
        ),
        (
            "fn main",
            "fn mine",
            "FOLDER/mine.wgsl: expected a compute entry point called main",
        ),
        (
            "@workgroup_size(WORKGROUP_SIZE)",
            "@workgroup_size(8, 4)",
            "FOLDER/mine.wgsl: expected workgroups of 64 invocations",
        ),
        (
            "value.w * w",
            "value.w * x",
            "FOLDER/mine.wgsl: conv2d 8->8 1x1 + bias on 8x5x7, batch 1, in STORAGE: wrong: the first at image 0, channel 0, \
             row 0, column 0: expected ",
        ),
        // Only where a strip is not full.
        (
            "min(first + i, uniforms.pixels - 1u)",
            "min(first + i, uniforms.pixels - 2u)",
            "FOLDER/mine.wgsl: conv2d 8->8 1x1 + bias on 8x5x7, batch 1, in STORAGE: wrong: the first at image 0, channel 0, \
             row 4, column 6: expected ",
        ),
    ] {
        let [declaration, shader] = &sound;
        assert!(
            declaration.contains(from) || shader.contains(from),
            "{from}"
        );
        assert_says(
            folder.path(),
            &[declaration, shader].map(|text| text.replacen(from, to, 1)),
            says,
            &[],
        );
    }
    let [declaration, shader] = sound;
    let endless = declaration.replace(
        "\"invocations\": \"pixels",
        "\"invocations\": \"pixels * 65536 * 100",
    );
    assert_says(
        folder.path(),
        &[endless, shader],
        "FOLDER/mine.wgsl: conv2d ",
        &["--limit", "1"],
    );
}

fn assert_says(folder: &Path, [declaration, shader]: &[String; 2], says: &str, further: &[&str]) {
    fs::write(folder.join("mine.json"), declaration).unwrap();
    let path = folder.join("mine.wgsl");
    fs::write(&path, shader).unwrap();
    let arguments = [&LAYER[..], &["--wgsl", path.to_str().unwrap()], further].concat();
    let ending = end(command(&arguments));
    let stderr = ending.stderr.replace(folder.to_str().unwrap(), "FOLDER");
    let stderr = stderr
        .replace("in textures", "in STORAGE")
        .replace("in buffers", "in STORAGE");
    assert_eq!(ending.status, Some(1), "{says}: {stderr}{}", ending.stdout);
    let line = stderr.strip_suffix('\n').unwrap_or_default();
    assert!(
        line.starts_with(&format!("error: {says}")) && !line.contains('\n'),
        "expected {says}, found {stderr}"
    );
}
