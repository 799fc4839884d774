//! Types as short as tables have them, and what tables of them are held against.

use menagerie::ErrorKind;
use menagerie::graph::{Op, Pointwise};
use menagerie::tensor::{Element, Shape, Type};

/// The types of an operation's inputs, with `;` between them: `3x8x8` is an image, `v5` a vector, `[8, 3]` a tensor of
/// f32 that all images share, `i32[8]` one of another element, `N[4, 5]` one that each image has, `-` nothing.
pub fn inputs(text: &str) -> Vec<Option<Type>> {
    let parts = text.split(';').map(str::trim);
    parts.filter(|part| !part.is_empty()).map(one).collect()
}

fn one(text: &str) -> Option<Type> {
    let ty = match text.find('[') {
        Some(begin) => {
            let extents = text[begin + 1..].trim_end_matches(']').split(',');
            let extents = extents.map(str::trim).filter(|extent| !extent.is_empty());
            let extents: Vec<usize> = extents.map(|extent| extent.parse().unwrap()).collect();
            match &text[..begin] {
                "N" => Type::per_image(Element::F32, &extents),
                "" | "f32" => Type::shared(Element::F32, &extents),
                "f16" => Type::shared(Element::F16, &extents),
                "i32" => Type::shared(Element::I32, &extents),
                other => panic!("{other}"),
            }
        }
        None if text == "-" => return None,
        None => match text.strip_prefix('v') {
            Some(features) => Type::vector(features.parse().unwrap()),
            None => {
                let extents: Vec<usize> =
                    text.split('x').map(|size| size.parse().unwrap()).collect();
                let &[channels, height, width] = &extents[..] else {
                    panic!("{text}");
                };
                Type::image(Shape::new(channels, height, width))
            }
        },
    };
    Some(ty.unwrap())
}

/// `types` as operations are asked about them.
pub fn borrowed(types: &[Option<Type>]) -> Vec<Option<&Type>> {
    types.iter().map(Option::as_ref).collect()
}

/// Each operation refuses inputs of these types with exactly this message.
#[track_caller]
pub fn expect_refused(cases: &[(Op, &str, &str)]) {
    let mut failures = Vec::new();
    for (op, text, expected) in cases {
        let types = inputs(text);
        let found = match op.infer(&borrowed(&types)) {
            Ok(results) => format!("{results:?}"),
            Err(error) if error.kind() != ErrorKind::Shape => {
                format!("{:?}: {error}", error.kind())
            }
            Err(error) => error.to_string(),
        };
        if found != *expected {
            failures.push(format!(
                "{op:?} of {text}:\n expected {expected}\n    found {found}"
            ));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// The sum of so many operands.
pub fn sum_of(operands: usize) -> Op {
    let terms = (1..operands).map(Pointwise::operand);
    Op::Pointwise(terms.fold(Pointwise::operand(0), |sum, term| sum.plus(&term)))
}
