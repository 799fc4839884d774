//! Weights in several files: an index in JSON names the file of each tensor
//! (<https://huggingface.co/docs/transformers/big_models>). These files, the shards, are safetensors or PyTorch files.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use serde_json::Value;

use super::foreign::refusal;
use super::{BEGINNING, Contents, Metadata, Refusal, Tensors};
use crate::weights::printable;
use crate::weights::stored_bytes::StoredBytes;

/// The most bytes of an index.
const MAX_INDEX: u64 = 1 << 24;

/// The most shards. All of them are open at the same time.
const MAX_SHARDS: usize = 200;

/// The shard of each tensor, by the tensor's name.
pub(super) struct Index(BTreeMap<String, String>);

/// Reads a file that starts with `beginning`, if it is an index.
pub(super) fn index(beginning: &[u8], bytes: &StoredBytes) -> Result<Option<Index>, Refusal> {
    if !beginning.trim_ascii_start().starts_with(b"{") || bytes.length() > MAX_INDEX {
        return Ok(None);
    }
    let text = bytes.read_up_to(0, MAX_INDEX)?;
    let Ok(Value::Object(mut index)) = serde_json::from_slice(&text) else {
        return Ok(None);
    };
    let Some(Value::Object(map)) = index.remove("weight_map") else {
        return Ok(None);
    };
    let shards = map.into_iter().map(|(name, shard)| match shard {
        Value::String(shard) => Ok((name, shard)),
        other => Err(Refusal::new(format!(
            "{}: expected the name of a file, found {}",
            printable(&name),
            printable(&other.to_string())
        ))),
    });
    shards.collect::<Result<_, _>>().map(Index).map(Some)
}

/// Reads the shards of `index` in `folder`. A tensor of a shard that the index does not name is left out.
pub(super) fn read(index: Index, folder: Option<&Path>) -> Result<Contents, Refusal> {
    let Some(folder) = folder else {
        return Err(Refusal::new(
            "expected a file with tensors, found an index of several: open it by its path",
        ));
    };
    let mut contents = Contents {
        files: Vec::new(),
        tensors: Tensors::new(),
        metadata: Metadata::new(),
    };
    let mut shards: BTreeMap<String, Tensors> = BTreeMap::new();
    for (name, shard) in index.0 {
        if !shards.contains_key(&shard) {
            if shards.len() == MAX_SHARDS {
                return Err(Refusal::new(format!(
                    "expected at most {MAX_SHARDS} files, found more"
                )));
            }
            let (bytes, mut tensors) = read_shard(folder, &shard)?;
            for place in tensors.values_mut() {
                place.file = contents.files.len();
            }
            contents.files.push(Arc::new(bytes));
            shards.insert(shard.clone(), tensors);
        }
        let tensors = shards.get_mut(&shard);
        let Some(place) = tensors.and_then(|tensors| tensors.remove(&name)) else {
            let name = printable(&name);
            return Err(Refusal::new(format!("expected {name} in it, found none")).in_part(&shard));
        };
        contents.tensors.insert(name, place);
    }
    Ok(contents)
}

fn read_shard(folder: &Path, shard: &str) -> Result<(StoredBytes, Tensors), Refusal> {
    // An index must not read files elsewhere.
    if Path::new(shard)
        .file_name()
        .is_none_or(|name| name != shard)
        || shard.contains('\\')
    {
        return Err(Refusal::new(format!(
            "expected files in the folder of the index, found {}",
            printable(shard)
        )));
    }
    let read = || {
        let path = folder.join(shard);
        if path.is_dir() {
            return Err(refusal("a folder", ""));
        }
        let bytes = StoredBytes::open(&path)?;
        let beginning = bytes.read_up_to(0, BEGINNING)?;
        let (tensors, _) = super::described(shard, &beginning, &bytes)?;
        Ok((bytes, tensors))
    };
    read().map_err(|refusal: Refusal| refusal.in_part(&printable(shard)))
}

/// Refuses a file whose name says that it is one of several.
pub(super) fn refuse_single(path: &Path) -> Result<(), Refusal> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let Some((stem, number, total, ending)) = parts(&name) else {
        return Ok(());
    };
    let index = format!("{stem}.{ending}.index.json");
    let advice = match path.with_file_name(&index).is_file() {
        true => format!("open {index}, which names all parts"),
        false => format!("it needs the other parts and {index} in the same folder"),
    };
    let what = format!("part {number} of a file in {total} parts");
    Err(refusal(&what, &advice))
}

/// Returns the parts of a name like `model-00001-of-00002.safetensors` if there is more than one file.
fn parts(name: &str) -> Option<(&str, u32, u32, &str)> {
    let (stem, ending) = name.rsplit_once('.')?;
    let (stem, total) = stem.rsplit_once("-of-")?;
    let (stem, number) = stem.rsplit_once('-')?;
    let (number, total) = (number.parse().ok()?, total.parse().ok()?);
    (total > 1).then_some((stem, number, total, ending))
}

#[cfg(test)]
mod tests {
    use super::parts;

    #[test]
    fn names_of_shards() {
        for (name, expected) in [
            (
                "model-00001-of-00002.safetensors",
                Some(("model", 1, 2, "safetensors")),
            ),
            (
                "pytorch_model-00002-of-00003.bin",
                Some(("pytorch_model", 2, 3, "bin")),
            ),
            ("model-00001-of-00001.safetensors", None),
            ("model.safetensors", None),
            ("best-of-2.pth", None),
        ] {
            assert_eq!(parts(name), expected, "{name}");
        }
    }
}
