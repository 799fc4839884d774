//! Every activation against values that Python's `math` gives for its definition in PyTorch's documentation.

use menagerie::graph::{Activation, Number, Op};
use menagerie::reference::{Operand, evaluate};
use menagerie::tensor::Type;

const INPUTS: [f32; 8] = [-20.0, -3.0, -1.0, -0.5, 0.5, 1.0, 2.5, 7.0];

/// The activation, its values at [`INPUTS`], and those at minus infinity and infinity as PyTorch has them.
const TABLE: [(Activation, [f64; 8], [f32; 2]); 11] = [
    (
        Activation::Identity,
        [-20.0, -3.0, -1.0, -0.5, 0.5, 1.0, 2.5, 7.0],
        [f32::NEG_INFINITY, f32::INFINITY],
    ),
    (
        Activation::Relu,
        [0.0, 0.0, 0.0, 0.0, 0.5, 1.0, 2.5, 7.0],
        [0.0, f32::INFINITY],
    ),
    (
        Activation::Relu6,
        [0.0, 0.0, 0.0, 0.0, 0.5, 1.0, 2.5, 6.0],
        [0.0, 6.0],
    ),
    (
        Activation::Sigmoid,
        [
            2.06115362e-09,
            0.0474258732,
            0.268941421,
            0.377540669,
            0.622459331,
            0.731058579,
            0.92414182,
            0.999088949,
        ],
        [0.0, 1.0],
    ),
    (
        Activation::Tanh,
        [
            -1.0,
            -0.995054754,
            -0.761594156,
            -0.462117157,
            0.462117157,
            0.761594156,
            0.986614298,
            0.999998337,
        ],
        [-1.0, 1.0],
    ),
    (
        Activation::Silu,
        [
            -4.12230724e-08,
            -0.14227762,
            -0.268941421,
            -0.188770334,
            0.311229666,
            0.731058579,
            2.31035455,
            6.99362264,
        ],
        [f32::NAN, f32::INFINITY],
    ),
    (
        Activation::HardSigmoid,
        [
            0.0,
            0.0,
            0.333333333,
            0.416666667,
            0.583333333,
            0.666666667,
            0.916666667,
            1.0,
        ],
        [0.0, 1.0],
    ),
    (
        Activation::HardSwish,
        [
            0.0,
            0.0,
            -0.333333333,
            -0.208333333,
            0.291666667,
            0.666666667,
            2.29166667,
            7.0,
        ],
        [f32::NAN, f32::INFINITY],
    ),
    (
        Activation::Gelu,
        [
            0.0,
            -0.00404969409,
            -0.158655254,
            -0.154268769,
            0.345731231,
            0.841344746,
            2.48447584,
            7.0,
        ],
        [f32::NAN, f32::INFINITY],
    ),
    (
        Activation::Elu { alpha: Number(0.5) },
        [
            -0.499999999,
            -0.475106466,
            -0.316060279,
            -0.19673467,
            0.5,
            1.0,
            2.5,
            7.0,
        ],
        [-0.5, f32::INFINITY],
    ),
    (
        Activation::LeakyRelu { slope: Number(0.1) },
        [-2.0, -0.3, -0.1, -0.05, 0.5, 1.0, 2.5, 7.0],
        [f32::NEG_INFINITY, f32::INFINITY],
    ),
];

#[test]
fn follow_the_formulas_of_their_papers() {
    for (activation, expected, _) in TABLE {
        for (x, expected) in INPUTS.into_iter().zip(expected) {
            let found = f64::from(activation.apply(x));
            // The table has nine digits, f32 seven.
            let allowed = 1e-7 * expected.abs().max(1e-7);
            assert!(
                (found - expected).abs() <= allowed,
                "{activation} of {x}: expected {expected}, found {found}"
            );
        }
        assert_eq!(
            activation.apply(0.0),
            activation.expression().apply(&[0.0]) as f32
        );
    }
}

#[test]
fn infinities_go_where_the_formula_takes_them_and_nan_stays() {
    for (activation, _, expected) in TABLE {
        for (x, expected) in [f32::NEG_INFINITY, f32::INFINITY].into_iter().zip(expected) {
            let found = activation.apply(x);
            let same = found == expected || found.is_nan() && expected.is_nan();
            assert!(
                same,
                "{activation} of {x}: expected {expected}, found {found}"
            );
        }
        assert!(activation.apply(f32::NAN).is_nan(), "{activation}");
    }
}

/// One value at a time, many at once, or as an operation of a graph: the same bits.
#[test]
fn the_reference_executor_computes_the_same() {
    let mut inputs = INPUTS.to_vec();
    inputs.extend([
        0.0,
        -0.0,
        f32::INFINITY,
        f32::NEG_INFINITY,
        f32::NAN,
        f32::MIN_POSITIVE,
        f32::MAX,
    ]);
    let ty = Type::vector(inputs.len()).unwrap();
    let operand = Operand::new(ty, 1, inputs.clone()).unwrap();
    for (activation, ..) in TABLE {
        let bits = |values: Vec<f32>| -> Vec<u32> {
            let values = values.into_iter();
            values
                .map(|value| if value.is_nan() { f32::NAN } else { value }.to_bits())
                .collect()
        };
        let one_by_one = inputs.iter().map(|&x| activation.apply(x)).collect();
        let expression = Op::Pointwise(activation.expression());
        for op in [Op::Activation(activation), expression] {
            let found = evaluate(&op, &[Some(&operand)]).unwrap();
            let found = found[0].data().to_vec();
            let expected = bits(Vec::clone(&one_by_one));
            // ReLU of -0 alone is told apart by how it is computed: both are 0.
            let signless = |bits: Vec<u32>| -> Vec<u32> {
                bits.into_iter()
                    .map(|bits| if bits == 1 << 31 { 0 } else { bits })
                    .collect()
            };
            assert_eq!(signless(bits(found)), signless(expected), "{activation}");
        }
    }
}

#[test]
fn have_names() {
    let names: Vec<String> = TABLE
        .iter()
        .map(|(activation, ..)| activation.to_string())
        .collect();
    assert_eq!(
        names,
        [
            "identity",
            "relu",
            "relu6",
            "sigmoid",
            "tanh",
            "silu",
            "hard_sigmoid",
            "hard_swish",
            "gelu",
            "elu 0.5",
            "leaky_relu 0.1",
        ]
    );
}
