//! Safetensors files written by hand, for those that no library would write.

/// A tensor's values.
#[derive(Clone, Copy)]
pub enum Data<'a> {
    F32(&'a [f32]),
    /// A dtype and the bytes as they stand in the file.
    Raw(&'a str, &'a [u8]),
}

/// A sound file of these tensors: name, dimensions, values.
pub fn file(tensors: &[(&str, &[usize], Data<'_>)]) -> Vec<u8> {
    let mut data = Vec::new();
    let mut entries = Vec::new();
    for &(name, shape, values) in tensors {
        let begin = data.len();
        let dtype = match values {
            Data::F32(values) => {
                data.extend(values.iter().flat_map(|value| value.to_le_bytes()));
                "F32"
            }
            Data::Raw(dtype, bytes) => {
                data.extend(bytes);
                dtype
            }
        };
        let info = serde_json::json!({
            "dtype": dtype,
            "shape": shape,
            "data_offsets": [begin, data.len()],
        });
        entries.push((name.to_string(), info));
    }
    let header = serde_json::Map::from_iter(entries);
    with_header(&serde_json::Value::Object(header).to_string(), &data)
}

/// The length of `header`, `header` and `data`, sound or not.
pub fn with_header(header: &str, data: &[u8]) -> Vec<u8> {
    let length = (header.len() as u64).to_le_bytes();
    [&length, header.as_bytes(), data].concat()
}

/// `file` with entries in its metadata.
pub fn with_metadata(file: &[u8], entries: serde_json::Value) -> Vec<u8> {
    let (length, rest) = file.split_first_chunk().unwrap();
    let (header, data) = rest.split_at(u64::from_le_bytes(*length) as usize);
    let mut header: serde_json::Value = serde_json::from_slice(header).unwrap();
    header["__metadata__"] = entries;
    with_header(&header.to_string(), data)
}

/// A sound file of zeros for tensors of these names and dimensions, which takes memory only where it is
/// read: the headers of the largest networks can be tried without their gigabytes.
pub fn zeros<'a>(tensors: impl IntoIterator<Item = (&'a str, &'a [usize])>) -> Vec<u8> {
    let (head, bytes) = zeros_without_data(tensors);
    let mut file = vec![0; head.len() + bytes];
    file[..head.len()].copy_from_slice(&head);
    file
}

/// What such a file begins with, and how many zeros follow.
pub fn zeros_without_data<'a>(
    tensors: impl IntoIterator<Item = (&'a str, &'a [usize])>,
) -> (Vec<u8>, usize) {
    let mut end = 0;
    let entries = tensors.into_iter().map(|(name, shape)| {
        let begin = end;
        end += size_of::<f32>() * shape.iter().product::<usize>();
        let info = serde_json::json!({
            "dtype": "F32",
            "shape": shape,
            "data_offsets": [begin, end],
        });
        (name.to_string(), info)
    });
    let header = serde_json::Map::from_iter(entries);
    let head = with_header(&serde_json::Value::Object(header).to_string(), &[]);
    (head, end)
}

/// The tensors of a list at `path`, below the top of the checkout: a line of name and extents for each.
pub fn listed(path: &str) -> Vec<(String, Vec<usize>)> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let listing = std::fs::read_to_string(path).unwrap();
    let tensors = listing.lines().map(|line| {
        let (name, extents) = line.split_once(' ').unwrap();
        let extents = extents.split('x').map(|extent| extent.parse().unwrap());
        (name.to_owned(), extents.collect())
    });
    tensors.collect()
}
