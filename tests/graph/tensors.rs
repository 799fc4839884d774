//! Extents, types and tensors of the host: what there can be, and what goes together.

use menagerie::ErrorKind;
use menagerie::tensor::{Dims, Element, HostTensor, Shape, Type};

#[test]
fn up_to_six_extents() {
    let extents = [2, 3, 4, 5, 6, 7];
    for rank in 0..=6 {
        let dims = Dims::new(&extents[..rank]).unwrap();
        assert_eq!(dims.rank(), rank);
        assert_eq!(&dims[..], &extents[..rank]);
        assert_eq!(dims.count(), extents[..rank].iter().product::<usize>());
        assert_eq!(dims.to_string(), format!("{:?}", &extents[..rank]));
    }
    assert_eq!(Dims::new(&[]).unwrap(), Dims::SCALAR);
    assert_eq!((Dims::SCALAR.rank(), Dims::SCALAR.count()), (0, 1));
    // An extent of 1 in front makes another rank of it.
    assert_ne!(Dims::new(&[1, 2]).unwrap(), Dims::new(&[2]).unwrap());
    let below = (1 << 31) - 1;
    assert_eq!(Dims::new(&[below]).unwrap().count(), below);
    assert_eq!(Dims::new(&[1 << 20, 1 << 20]).unwrap().count(), 1 << 40);
}

#[test]
fn extents_that_there_are_not() {
    for (extents, message) in [
        (
            &[1; 9][..],
            "expected at most 8 dimensions, found [1, 1, 1, 1, 1, 1, 1, 1, 1]",
        ),
        (&[0], "expected dimensions from 1 to below 2^31, found [0]"),
        (
            &[3, 0, 3],
            "expected dimensions from 1 to below 2^31, found [3, 0, 3]",
        ),
        (
            &[1 << 31],
            "expected dimensions from 1 to below 2^31, found [2147483648]",
        ),
        (
            &[usize::MAX, 2],
            "expected dimensions from 1 to below 2^31, found [18446744073709551615, 2]",
        ),
        (
            &[1 << 20, (1 << 20) + 1],
            "expected at most 2^40 values, found [1048576, 1048577]",
        ),
        (
            &[1 << 30, 1 << 30, 1 << 30],
            "expected at most 2^40 values, found [1073741824, 1073741824, 1073741824]",
        ),
    ] {
        let error = Dims::new(extents).unwrap_err();
        assert_eq!(
            (error.kind(), error.to_string().as_str()),
            (ErrorKind::Shape, message)
        );
    }
}

/// NumPy's rule: in either order.
#[test]
fn extents_of_one_repeat() {
    for (a, b, expected) in [
        (&[][..], &[][..], Ok(&[][..])),
        (&[], &[2, 3], Ok(&[2, 3])),
        (&[3], &[2, 3], Ok(&[2, 3])),
        (&[1], &[2, 3], Ok(&[2, 3])),
        (&[2, 1], &[3], Ok(&[2, 3])),
        (&[2, 1], &[1, 3], Ok(&[2, 3])),
        (&[2, 3], &[2, 3], Ok(&[2, 3])),
        (
            &[1, 1, 1, 1, 1, 1],
            &[6, 5, 4, 3, 2],
            Ok(&[1, 6, 5, 4, 3, 2]),
        ),
        (&[8, 1, 6, 1], &[7, 1, 5], Ok(&[8, 7, 6, 5])),
        (&[2], &[3], Err("[2] and [3] do not broadcast")),
        (&[2, 3], &[2], Err("[2, 3] and [2] do not broadcast")),
        (
            &[2, 1],
            &[3, 1, 1, 4, 1],
            Err("[2, 1] and [3, 1, 1, 4, 1] do not broadcast"),
        ),
        (
            &[1 << 21, 1],
            &[1 << 20],
            Err("expected at most 2^40 values, found [2097152, 1048576]"),
        ),
    ] {
        let [one, other] = [a, b].map(|extents| Dims::new(extents).unwrap());
        let found = one.broadcast(&other);
        match expected {
            Ok(expected) => {
                assert_eq!(&found.unwrap()[..], expected, "{a:?} and {b:?}");
                assert_eq!(
                    &other.broadcast(&one).unwrap()[..],
                    expected,
                    "{b:?} and {a:?}"
                );
            }
            Err(message) => {
                let error = found.unwrap_err();
                assert_eq!(
                    (error.kind(), error.to_string().as_str()),
                    (ErrorKind::Shape, message)
                );
                other.broadcast(&one).unwrap_err();
            }
        }
    }
}

#[test]
fn types_as_people_read_them() {
    let shared = Type::shared(Element::F32, &[64, 3, 7, 7]).unwrap();
    let image = Type::image(Shape::new(64, 56, 57)).unwrap();
    let vector = Type::vector(10).unwrap();
    let sequence = Type::per_image(Element::F32, &[8, 4]).unwrap();
    let halves = Type::per_image(Element::F16, &[3, 4, 5]).unwrap();
    let scalar = Type::shared(Element::I64, &[]).unwrap();
    let each = Type::per_image(Element::Bool, &[]).unwrap();
    for (ty, text, count, shape) in [
        (shared, "f32[64, 3, 7, 7]", 9408, None),
        (image, "64x56x57", 204_288, Some(Shape::new(64, 56, 57))),
        (vector, "10x1x1", 10, Some(Shape::vector(10))),
        (sequence, "f32[N, 8, 4]", 32, None),
        (halves, "f16[N, 3, 4, 5]", 60, None),
        (scalar, "i64[]", 1, None),
        (each, "bool[N]", 1, None),
    ] {
        assert_eq!(ty.to_string(), text);
        assert_eq!((ty.count(), ty.shape()), (count, shape), "{text}");
    }
    // A vector is no image of a single pixel.
    assert_ne!(vector, Type::image(Shape::vector(10)).unwrap());
    let error = Type::per_image(Element::F32, &[1; 8]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "expected at most 8 dimensions, found [1, 1, 1, 1, 1, 1, 1, 1, 1]"
    );
    let error = Type::image(Shape::new(3, 0, 4)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "expected dimensions from 1 to below 2^31, found [1, 3, 0, 4]"
    );
}

#[test]
fn the_same_values_under_other_extents() {
    let image = Type::image(Shape::new(6, 2, 2)).unwrap();
    assert_eq!(image.reshaped(&[24]).unwrap(), Type::vector(24).unwrap());
    let shared = Type::shared(Element::U8, &[4]).unwrap();
    assert_eq!(
        shared.reshaped(&[2, 1, 2]).unwrap().to_string(),
        "u8[2, 1, 2]"
    );
    for (ty, extents, message) in [
        (image, &[23][..], "expected 24 values, found 23x1x1"),
        (shared, &[], "expected 4 values, found u8[]"),
        (
            shared,
            &[0],
            "expected dimensions from 1 to below 2^31, found [0]",
        ),
    ] {
        let error = ty.reshaped(extents).unwrap_err();
        assert_eq!(
            (error.kind(), error.to_string().as_str()),
            (ErrorKind::Shape, message)
        );
    }
}

#[test]
fn elements() {
    for (element, text, bytes, on_devices) in [
        (Element::F32, "f32", 4, true),
        (Element::F16, "f16", 2, true),
        (Element::I32, "i32", 4, true),
        (Element::U8, "u8", 1, true),
        (Element::Bool, "bool", 1, false),
        (Element::I64, "i64", 8, false),
        (Element::F64, "f64", 8, false),
    ] {
        assert_eq!(element.to_string(), text);
        assert_eq!(
            (element.bytes(), element.is_on_devices()),
            (bytes, on_devices),
            "{text}"
        );
    }
}

#[test]
fn tensors_of_the_host_hold_what_their_extents_say() {
    let tensor = HostTensor::new(&[2, 2], vec![1_i64 << 53, -1, 0, 7]).unwrap();
    assert_eq!(tensor.element(), Element::I64);
    assert_eq!(
        (tensor.values().len(), tensor.values().is_empty()),
        (4, false)
    );
    assert_eq!(
        [0, 1, 2, 3].map(|index| tensor.value(index)),
        [9_007_199_254_740_992.0, -1.0, 0.0, 7.0]
    );
    assert_eq!(HostTensor::new(&[], vec![2_u8]).unwrap().value(0), 2.0);
    for (extents, kind, message) in [
        (
            &[3][..],
            ErrorKind::Input,
            "a tensor of [3] needs 3 values, found 2",
        ),
        (
            &[],
            ErrorKind::Input,
            "a tensor of [] needs 1 values, found 2",
        ),
        (
            &[0],
            ErrorKind::Shape,
            "expected dimensions from 1 to below 2^31, found [0]",
        ),
    ] {
        let error = HostTensor::new(extents, vec![1.0_f32, 2.0]).unwrap_err();
        assert_eq!((error.kind(), error.to_string().as_str()), (kind, message));
    }
}
