//! Every backend's language can say what a shader does.

use std::io::Write;
use std::process::{Command, Stdio};

use naga::ShaderStage;
use naga::back::{glsl, hlsl, msl, spv, wgsl};
use naga::proc::BoundsCheckPolicies;

use menagerie::kernels::Kernel;

use crate::{Shader, shaders, validator};

#[test]
fn translate_to_spirv_that_spirv_val_accepts() {
    for (kernel, shader) in shaders() {
        let options = spv::Options {
            lang_version: (1, 3),
            ..Default::default()
        };
        let words = spv::write_vec(&shader.module, &shader.info, &options, None)
            .unwrap_or_else(|error| panic!("{}: {error}", shader.name));
        // Debian 12's knows no cooperative matrices.
        if kernel.matrix_units {
            continue;
        }
        let mut validator = Command::new("spirv-val")
            .args(["--target-env", "vulkan1.1", "-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("spirv-val, from Debian's spirv-tools");
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        validator.stdin.take().unwrap().write_all(&bytes).unwrap();
        let output = validator.wait_with_output().unwrap();
        let messages = String::from_utf8_lossy(&output.stderr).into_owned()
            + &String::from_utf8_lossy(&output.stdout);
        assert!(
            output.status.success() && messages.is_empty(),
            "{}: {messages}",
            shader.name
        );
    }
}

/// Matrix units are in SPIR-V and in Metal's language only.
fn shaders_of_all_languages() -> impl Iterator<Item = (&'static Kernel, Shader)> {
    let shaders = shaders().into_iter();
    shaders.filter(|(kernel, _)| !kernel.matrix_units)
}

#[test]
fn translate_to_hlsl() {
    for (_, shader) in shaders_of_all_languages() {
        let options = hlsl::Options {
            shader_model: hlsl::ShaderModel::V6_0,
            fake_missing_bindings: true,
            ..Default::default()
        };
        let pipeline = hlsl::PipelineOptions::default();
        let mut text = String::new();
        hlsl::Writer::new(&mut text, &options, &pipeline)
            .write(&shader.module, &shader.info, None)
            .unwrap_or_else(|error| panic!("{}: {error}", shader.name));
        assert!(text.contains("[numthreads("), "{}", shader.name);
    }
}

#[test]
fn translate_to_msl() {
    for (_, shader) in shaders() {
        let options = msl::Options {
            lang_version: (2, 4),
            fake_missing_bindings: true,
            ..Default::default()
        };
        let (text, _) = msl::write_string(
            &shader.module,
            &shader.info,
            &options,
            &msl::PipelineOptions::default(),
        )
        .unwrap_or_else(|error| panic!("{}: {error}", shader.name));
        assert!(text.contains("kernel void"), "{}", shader.name);
    }
}

#[test]
fn translate_to_glsl_es() {
    for (_, shader) in shaders_of_all_languages() {
        let options = glsl::Options {
            version: glsl::Version::new_gles(310),
            writer_flags: glsl::WriterFlags::empty(),
            ..Default::default()
        };
        let pipeline = glsl::PipelineOptions {
            shader_stage: ShaderStage::Compute,
            entry_point: "main".into(),
            multiview: None,
        };
        let mut text = String::new();
        glsl::Writer::new(
            &mut text,
            &shader.module,
            &shader.info,
            &options,
            &pipeline,
            BoundsCheckPolicies::default(),
        )
        .and_then(|mut writer| writer.write())
        .unwrap_or_else(|error| panic!("{}: {error}", shader.name));
        assert!(text.starts_with("#version 310 es"), "{}", shader.name);
    }
}

#[test]
fn translate_to_wgsl_again() {
    for (kernel, shader) in shaders() {
        let text = wgsl::write_string(&shader.module, &shader.info, wgsl::WriterFlags::empty())
            .unwrap_or_else(|error| panic!("{}: {error}", shader.name));
        let module = naga::front::wgsl::parse_str(&text)
            .unwrap_or_else(|error| panic!("{}: {}", shader.name, error.emit_to_string(&text)));
        validator(kernel).validate(&module).unwrap();
    }
}
