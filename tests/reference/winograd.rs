//! The steps of a convolution by Winograd's algorithm, against the convolution.

use menagerie::Tensor;
use menagerie::graph::{Conv2d, Op, Padding, Window, Winograd};
use menagerie::reference::{Operand, evaluate};
use menagerie::tensor::Shape;
use menagerie::weights::synthetic_input;

use crate::common::compare::largest_difference;
use crate::common::operation::parameter;

fn one(op: Op, inputs: &[&Operand<'_>]) -> Operand<'static> {
    let inputs: Vec<Option<&Operand<'_>>> = inputs.iter().copied().map(Some).collect();
    evaluate(&op, &inputs).unwrap().swap_remove(0)
}

#[test]
fn the_steps_together_are_the_convolution() {
    let lopsided = Padding {
        top: 0,
        left: 2,
        bottom: 1,
        right: 0,
    };
    for (batch, size, padding) in [
        (1, [4, 4], Padding::all(1)),
        (2, [7, 5], Padding::all(1)),
        (3, [6, 9], lopsided),
        (1, [3, 3], Padding::default()),
    ] {
        let [channels, out_channels] = [3, 2];
        let image = synthetic_input(1, batch, Shape::new(channels, size[0], size[1]));
        let image = Operand::of_tensor(&image).unwrap();
        let values = synthetic_input(2, 1, Shape::vector(out_channels * channels * 9));
        let weight = parameter(&[out_channels, channels, 3, 3], values.data());
        let window = Window {
            padding,
            ..Window::square(3, 1)
        };
        let direct = one(Op::Conv2d(Conv2d { window, groups: 1 }), &[&image, &weight]);

        let tiles = one(Op::Winograd(Winograd::Input { padding }), &[&image]);
        let weights = one(Op::Winograd(Winograd::Weight), &[&weight]);
        let products = Op::Conv2d(Conv2d {
            window: Window::square(1, 1),
            groups: 36,
        });
        let products = one(products, &[&tiles, &weights]);
        let shape = direct.ty().shape().unwrap();
        let result = Op::Winograd(Winograd::Result {
            height: shape.height,
            width: shape.width,
        });
        let result = one(result, &[&products]);
        let [expected, found] = [direct, result].map(|operand| operand.into_tensor().unwrap());
        assert_eq!(found.shape(), expected.shape());
        let (difference, index) = largest_difference(found.data(), expected.data());
        assert!(difference < 5e-6, "{size:?}: {difference:e} at {index}");
    }
}

/// Worked out by hand: each value of B^T d B is the product of a row's and a column's factors of the only pixel.
#[test]
fn the_transform_of_one_pixel() {
    let mut values = [0.0; 36];
    values[2 * 6 + 3] = 1.0;
    let image = Tensor::new(1, Shape::new(1, 6, 6), values.to_vec()).unwrap();
    let image = Operand::of_tensor(&image).unwrap();
    let padding = Padding::default();
    let tiles = one(Op::Winograd(Winograd::Input { padding }), &[&image]);
    let of_row: [f32; 6] = [-5.0, -4.0, -4.0, -1.0, -1.0, 0.0];
    let of_column: [f32; 6] = [0.0, 1.0, -1.0, 2.0, -2.0, -5.0];
    let expected = of_row
        .iter()
        .flat_map(|row| of_column.map(|column| row * column));
    let tiles = tiles.into_tensor().unwrap();
    assert_eq!(tiles.data(), expected.collect::<Vec<f32>>());
}
