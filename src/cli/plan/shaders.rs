//! The pipelines of a plan as files, so that other tools can compile them.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use menagerie::device::Storage;
use menagerie::kernels::interface::Shader;
use menagerie::kernels::{Access, Binding, BindingKind, Format};
use menagerie::program::Program;
use menagerie::{Error, ErrorKind, Result, atomic_write};
use serde_json::{Map, Value, json};

use super::spirv;

/// The list of all pipelines.
const LIST: &str = "pipelines.json";

/// Writes the pipelines of `programs` to `folder`, each once. The folder is created if it is missing. If one file cannot
/// be written, no file is left.
///
/// # Errors
/// [`ErrorKind::Io`] if the folder or a file in it cannot be written.
pub fn write(programs: &[Program], folder: &Path) -> Result<()> {
    let files = files(programs)?;
    let is_new = !folder.exists();
    fs::create_dir_all(folder).map_err(|error| unwritable(folder, &error.to_string()))?;
    let mut written: Vec<PathBuf> = Vec::new();
    for (name, content) in files {
        let path = folder.join(name);
        if let Err(error) = atomic_write::write(&path, &content) {
            // The first error is the one to report.
            for path in &written {
                let _ = fs::remove_file(path);
            }
            if is_new {
                let _ = fs::remove_dir(folder);
            }
            return Err(error);
        }
        written.push(path);
    }
    Ok(())
}

/// Names and contents of all files. The list is written last, so all files that it names exist.
fn files(programs: &[Program]) -> Result<Vec<(String, Vec<u8>)>> {
    let mut files = Vec::new();
    let mut pipelines = Vec::new();
    let mut numbers: HashMap<String, usize> = HashMap::new();
    let mut seen: HashSet<Shader> = HashSet::new();
    let shaders = programs.iter().flat_map(|program| {
        program
            .shaders()
            .into_iter()
            .map(move |shader| (program, shader))
    });
    for (program, shader) in shaders {
        if !seen.insert(shader.clone()) {
            continue;
        }
        let name = name(&shader, &mut numbers);
        let (text, binary) = (format!("{name}.wgsl"), format!("{name}.spv"));
        let source = shader.source();
        let words = spirv::of_trusted(&source).map_err(|error| error.in_context(&name))?;
        pipelines.push(pipeline(program, &shader, &name, [&text, &binary]));
        files.push((text, source.into_bytes()));
        files.push((
            binary,
            words.into_iter().flat_map(u32::to_le_bytes).collect(),
        ));
    }
    let list = format!("{:#}\n", Value::Array(pipelines));
    files.push((LIST.to_owned(), list.into_bytes()));
    Ok(files)
}

/// A unique name of a pipeline in the plan: its kernel and size, and a number if only the fused expressions differ.
fn name(shader: &Shader, numbers: &mut HashMap<String, usize>) -> String {
    let name = match shader.instance.name {
        "" => shader.kernel.name.to_owned(),
        size => format!("{}-{}", shader.kernel.name, size.replace(' ', "-")),
    };
    let number = numbers.entry(name.clone()).or_default();
    *number += 1;
    match *number {
        1 => name,
        number => format!("{name}-{number}"),
    }
}

fn pipeline(program: &Program, shader: &Shader, name: &str, files: [&str; 2]) -> Value {
    let (kernel, instance) = (shader.kernel, shader.instance);
    let uniform = json!({
        "binding": 0,
        "name": "uniforms",
        "kind": "uniform",
        "access": "read",
        "bytes": shader.uniform_bytes(),
    });
    let bindings = shader.bindings().into_iter().enumerate();
    let bindings = bindings.map(|(index, binding)| {
        let (kind, format) = kind(shader, index, &binding);
        let is_shared = shader.shared_slots && binding.kind == BindingKind::Tensor;
        let access = match binding.access {
            _ if is_shared => "read_write",
            Access::Read => "read",
            Access::Write => "write",
        };
        json!({
            "binding": index + 1,
            "name": binding.name,
            "kind": kind,
            "access": access,
            "format": format,
        })
    });
    let watch = shader.watches_range().then(|| {
        json!({
            "binding": shader.bindings().len() + 1,
            "name": "beyond_range",
            "kind": "storage_buffer",
            "access": "read_write",
            "format": "u32",
        })
    });
    let bindings = [uniform].into_iter().chain(bindings).chain(watch);
    let bindings: Vec<Value> = bindings.collect();
    let constants = instance.constants.iter();
    let constants: Map<String, Value> = constants
        .map(|(name, value)| ((*name).to_owned(), json!(value)))
        .collect();
    let dispatches = program.dispatches().iter();
    let dispatches = dispatches.filter(|dispatch| program.shader_of(dispatch) == *shader);
    let [wgsl, spirv] = files;
    json!({
        "name": name,
        "kernel": kernel.name,
        "instance": instance.name,
        "entry_point": "main",
        "bindings": bindings,
        "workgroup_size": [instance.workgroup_size, 1, 1],
        "constants": constants,
        "subgroups": kernel.subgroups,
        "dispatches": dispatches.count(),
        "wgsl": wgsl,
        "spirv": spirv,
    })
}

/// The kind of a binding, and the format of its values.
fn kind(shader: &Shader, index: usize, binding: &Binding) -> (&'static str, &'static str) {
    let has_f16 = shader.kernel.matrix_units && binding.access == Access::Read;
    match binding.kind {
        BindingKind::Tensor | BindingKind::Parameters => {
            match (shader.storages.get(index), shader.formats.get(index)) {
                (Storage::Buffer, Format::F32) => ("storage_buffer", "vec4<f32>"),
                (Storage::Buffer, Format::F16) if has_f16 => ("storage_buffer", "vec4<f16>"),
                (Storage::Buffer, Format::F16) => ("storage_buffer", "vec2<u32> of 4 f16"),
                (Storage::Texture, Format::F32) => ("storage_texture", "rgba32float"),
                (Storage::Texture, Format::F16) => ("storage_texture", "rgba16float"),
            }
        }
        BindingKind::Numbers => ("storage_buffer", "f32"),
        BindingKind::Integers => ("storage_buffer", "i32"),
        BindingKind::Image => ("texture", "float"),
        BindingKind::Canvas => ("storage_texture", "rgba8unorm"),
    }
}

fn unwritable(path: &Path, why: &str) -> Error {
    let message = format!("{}: cannot be written: {why}", path.display());
    Error::new(ErrorKind::Io, message)
}
