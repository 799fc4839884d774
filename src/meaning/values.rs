//! Values of configurations in JSON.

use serde_json::Value;

/// A value for each of three channels, or one for all of them.
pub(super) fn channels(value: Option<&Value>) -> Option<[f32; 3]> {
    let values: Vec<f32> = match value? {
        Value::Array(values) => {
            let values = values
                .iter()
                .map(|value| value.as_f64().map(|value| value as f32));
            values.collect::<Option<_>>()?
        }
        value => vec![value.as_f64()? as f32],
    };
    match values[..] {
        [one] => Some([one; 3]),
        [red, green, blue] => Some([red, green, blue]),
        _ => None,
    }
}

pub(super) fn number(value: Option<&Value>) -> Option<f64> {
    value.and_then(Value::as_f64)
}

pub(super) fn integers(value: &Value) -> Option<Vec<usize>> {
    let values = value.as_array()?.iter();
    let values = values.map(|value| value.as_u64().and_then(|value| usize::try_from(value).ok()));
    values.collect()
}

/// Height and width: an object of both, or one number.
pub(super) fn extents(value: &Value) -> Option<[usize; 2]> {
    let side = |value: &Value| value.as_u64().and_then(|side| usize::try_from(side).ok());
    match value {
        Value::Object(size) => Some([side(size.get("height")?)?, side(size.get("width")?)?]),
        value => side(value).map(|side| [side; 2]),
    }
}
