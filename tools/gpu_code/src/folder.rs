//! The folder of pipelines: `pipelines.json` and a SPIR-V file for each.

use std::fs;
use std::path::Path;

use ash::vk::DescriptorType;
use serde::Deserialize;

/// The list's name in the folder.
pub const LIST: &str = "pipelines.json";

/// A pipeline to compile.
pub struct Pipeline {
    /// Name in the list, without a separator of paths.
    pub name: String,
    /// Binding and what is bound there, all in group 0.
    pub bindings: Vec<(u32, DescriptorType)>,
    /// SPIR-V whose entry point is `main`.
    pub words: Vec<u32>,
}

#[derive(Deserialize)]
struct Entry {
    name: String,
    bindings: Vec<Binding>,
    /// File of the SPIR-V, beside the list.
    spirv: String,
}

#[derive(Deserialize)]
struct Binding {
    binding: u32,
    kind: Kind,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Uniform,
    StorageBuffer,
    StorageTexture,
    Texture,
}

impl Kind {
    fn descriptor(&self) -> DescriptorType {
        match self {
            Kind::Uniform => DescriptorType::UNIFORM_BUFFER,
            Kind::StorageBuffer => DescriptorType::STORAGE_BUFFER,
            Kind::StorageTexture => DescriptorType::STORAGE_IMAGE,
            Kind::Texture => DescriptorType::SAMPLED_IMAGE,
        }
    }
}

/// The pipelines of `folder`, in the list's order.
pub fn read(folder: &Path) -> Result<Vec<Pipeline>, String> {
    let file = |name: &str| -> Result<Vec<u8>, String> {
        let path = folder.join(name);
        fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))
    };
    let entries: Vec<Entry> =
        serde_json::from_slice(&file(LIST)?).map_err(|error| format!("{LIST}: {error}"))?;
    if entries.is_empty() {
        return Err(format!("{LIST}: expected pipelines, found none"));
    }
    let pipeline = |entry: Entry| {
        if entry.name.contains(['/', '\\', '\t', '\n']) {
            return Err(format!(
                "{LIST}: expected a name of one word, found {:?}",
                entry.name
            ));
        }
        let bytes = file(&entry.spirv)?;
        let (words, rest) = bytes.as_chunks::<4>();
        if !rest.is_empty() {
            return Err(format!(
                "{}: expected words, found {} bytes",
                entry.spirv,
                bytes.len()
            ));
        }
        Ok(Pipeline {
            bindings: (entry.bindings.iter())
                .map(|binding| (binding.binding, binding.kind.descriptor()))
                .collect(),
            words: words.iter().map(|&word| u32::from_le_bytes(word)).collect(),
            name: entry.name,
        })
    };
    entries.into_iter().map(pipeline).collect()
}
