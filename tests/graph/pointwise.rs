//! Expressions: how they are put together, computed and shown.

use menagerie::graph::{Combination, Epilogue, Function, Op, Pointwise, Step};
use menagerie::reference::{Operand, evaluate};
use menagerie::tensor::{Element, Type};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};

const NONE: f64 = f64::INFINITY;

fn x() -> Pointwise {
    Pointwise::identity()
}

fn operand(index: usize) -> Pointwise {
    Pointwise::operand(index)
}

fn number(number: f64) -> Pointwise {
    Pointwise::constant(number)
}

#[test]
fn are_shown_as_formulas() {
    let [a, b] = [operand(1), operand(2)];
    for (expression, text) in [
        (x(), "x"),
        (a.clone(), "a"),
        (operand(23), "w"),
        (operand(24), "operand 24"),
        (operand(usize::MAX), "operand 18446744073709551615"),
        (number(0.5), "0.5"),
        (number(-1.0), "-1"),
        (number(0.0), "0"),
        (number(-0.0), "-0"),
        (number(0.00001), "0.00001"),
        (number(-1e-9), "-1e-9"),
        (number(1e300), "1e300"),
        (number(1e15), "1000000000000000"),
        (x().plus(&a).times(&b), "(x + a) * b"),
        (x().minus(&a.minus(&b)), "x - (a - b)"),
        (x().minus(&a).minus(&b), "(x - a) - b"),
        (x().over(&a.times(&b)), "x / (a * b)"),
        (x().plus(&a).binary(Combination::Max, &b), "max(x + a, b)"),
        (x().binary(Combination::Min, &number(0.0)), "min(x, 0)"),
        (x().clamp(0.0, NONE), "clamp(x, 0, inf)"),
        (x().plus(&a).clamp(-NONE, 6.0), "clamp(x + a, -inf, 6)"),
        (
            x().unary(Function::Abs).unary(Function::Sqrt),
            "sqrt(abs(x))",
        ),
        (x().plus(&a).unary(Function::Exp), "exp(x + a)"),
        (
            x().unary(Function::Tanh).times(&x().unary(Function::Erf)),
            "tanh(x) * erf(x)",
        ),
        (x().times(&x().unary(Function::Sigmoid)), "x * sigmoid(x)"),
        (
            x().plus(&a).binary(Combination::Power, &number(2.0)),
            "power(x + a, 2)",
        ),
        (
            x().binary(Combination::Less, &a)
                .select(&x(), &b.unary(Function::Log)),
            "select(x < a, x, log(b))",
        ),
    ] {
        assert_eq!(expression.to_string(), text);
    }
}

/// What is read twice is computed once, but would be shown twice: the text stays short all the same.
#[test]
fn a_long_one_is_shown_in_part() {
    let mut doubled = x();
    for _ in 0..200 {
        doubled = doubled.plus(&doubled);
    }
    assert_eq!(doubled.steps().len(), 201);
    assert_eq!(doubled.apply(&[1.0]), 2f64.powi(200));
    let text = doubled.to_string();
    assert!(text.len() < 300 && text.contains("..."), "{text}");
    let mut mixed = x();
    for index in 0..200 {
        mixed = mixed
            .plus(&mixed.unary(Function::Abs))
            .clamp(0.0, index.into());
    }
    assert!(mixed.to_string().len() < 600, "{mixed}");
}

#[test]
fn steps_that_are_the_same_are_there_once() {
    let silu = x().times(&x().unary(Function::Sigmoid));
    assert_eq!(
        silu.steps(),
        [
            Step::Operand(0),
            Step::Unary(Function::Sigmoid, 0),
            Step::Binary(Combination::Multiply, 0, 1),
        ]
    );
    let twice = x().plus(&number(3.0)).times(&x().plus(&number(3.0)));
    assert_eq!(twice.steps().len(), 4);
    // 0 and -0 are two numbers, and NaN is itself.
    assert_eq!(number(0.0).plus(&number(-0.0)).steps().len(), 3);
    assert_eq!(number(f64::NAN).plus(&number(f64::NAN)).steps().len(), 2);
}

/// `then`: what is behind reads the result, and its operands come behind the others.
#[test]
fn one_behind_the_other() {
    let sum = x().plus(&operand(1));
    let relu = x().clamp(0.0, NONE);
    for (first, next, text, operands) in [
        (x(), sum.clone(), "x + a", 2),
        (sum.clone(), x(), "x + a", 2),
        (sum.clone(), relu.clone(), "clamp(x + a, 0, inf)", 2),
        (relu.clone(), sum.clone(), "clamp(x, 0, inf) + a", 2),
        (sum.clone(), sum.clone(), "(x + a) + b", 3),
        (sum.clone(), x().times(&x()), "(x + a) * (x + a)", 2),
        (
            relu.clone(),
            x().clamp(0.0, 6.0),
            "clamp(clamp(x, 0, inf), 0, 6)",
            1,
        ),
        (number(2.0), sum.clone(), "2 + a", 2),
        (operand(2), sum.clone(), "b + c", 4),
        // Nothing is left of what the next does not read but its operands.
        (sum.clone(), number(5.0), "5", 2),
        (x().plus(&number(5.0)), number(5.0), "5", 1),
        (sum.clone(), operand(1), "b", 3),
        (
            operand(usize::MAX),
            sum.clone(),
            "operand 18446744073709551615 + operand 18446744073709551615",
            usize::MAX,
        ),
    ] {
        let both = first.then(&next);
        assert_eq!(
            (both.to_string().as_str(), both.operands()),
            (text, operands),
            "{first}, {next}"
        );
    }
}

#[test]
fn a_sum_and_a_clamp_are_an_epilogue() {
    let sum = x().plus(&operand(1));
    let of = |residual, low, high| {
        Some(Epilogue {
            residual,
            low,
            high,
        })
    };
    for (expression, expected) in [
        (x(), of(false, -NONE, NONE)),
        (x().clamp(0.0, NONE), of(false, 0.0, NONE)),
        (x().clamp(-1.0, 6.0), of(false, -1.0, 6.0)),
        (sum.clone(), of(true, -NONE, NONE)),
        (sum.clamp(0.0, 6.0), of(true, 0.0, 6.0)),
        (operand(1).plus(&x()), None),
        (x().plus(&x()), None),
        (x().plus(&operand(2)), None),
        (x().plus(&number(1.0)), None),
        (x().minus(&operand(1)), None),
        (sum.clamp(0.0, 6.0).clamp(0.0, 1.0), None),
        (sum.clamp(0.0, 6.0).plus(&operand(1)), None),
        (number(1.0).clamp(0.0, 1.0), None),
        (operand(1), None),
        (x().unary(Function::Tanh), None),
    ] {
        assert_eq!(expression.as_epilogue(), expected, "{expression}");
    }
}

#[test]
fn cost_an_operation_a_function_and_a_bound() {
    for (expression, flops) in [
        (x(), 0),
        (number(1.0), 0),
        (x().clamp(-NONE, NONE), 0),
        (x().clamp(0.0, NONE), 1),
        (x().clamp(0.0, 6.0), 2),
        (x().plus(&operand(1)).clamp(0.0, NONE), 2),
        (x().times(&x().unary(Function::Sigmoid)), 2),
    ] {
        assert_eq!(expression.flops(), flops, "{expression}");
    }
}

/// Bounds let infinity through on their other side, and nothing hides a NaN.
#[test]
fn nan_and_infinity() {
    let [inf, nan] = [f64::INFINITY, f64::NAN];
    let max = |bound| x().binary(Combination::Max, &number(bound));
    let min = |bound| x().binary(Combination::Min, &number(bound));
    for (expression, of, expected) in [
        (x(), inf, inf),
        (x(), -inf, -inf),
        (x(), nan, nan),
        (x().clamp(0.0, inf), inf, inf),
        (x().clamp(0.0, inf), -inf, 0.0),
        (x().clamp(-inf, 6.0), -inf, -inf),
        (x().clamp(-inf, 6.0), inf, 6.0),
        (x().clamp(-inf, inf), inf, inf),
        (x().clamp(0.0, 6.0), inf, 6.0),
        (x().clamp(0.0, 6.0), -inf, 0.0),
        (x().clamp(0.0, 6.0), nan, nan),
        (x().clamp(0.0, inf), nan, nan),
        (max(1.0), nan, nan),
        (min(1.0), nan, nan),
        (max(nan), 1.0, nan),
        (min(nan), 1.0, nan),
        (max(1.0), -inf, 1.0),
        (min(1.0), inf, 1.0),
        (max(1.0), inf, inf),
        (x().minus(&x()), inf, nan),
        (x().over(&number(0.0)), 1.0, inf),
        (x().over(&number(0.0)), -1.0, -inf),
        (x().times(&number(0.0)), inf, nan),
        (x().unary(Function::Abs), -inf, inf),
        (x().unary(Function::Exp), -inf, 0.0),
        (x().unary(Function::Exp), 1000.0, inf),
        (x().unary(Function::Sqrt), -1.0, nan),
        (x().unary(Function::Tanh), inf, 1.0),
        (x().unary(Function::Erf), -inf, -1.0),
        (x().unary(Function::Sigmoid), -inf, 0.0),
        (x().unary(Function::Sigmoid), inf, 1.0),
        (x().unary(Function::Sigmoid), -1000.0, 0.0),
        (x().unary(Function::Sigmoid), nan, nan),
        (x().unary(Function::Log), 0.0, -inf),
        (x().unary(Function::Log), -1.0, nan),
        (x().unary(Function::Floor), -0.5, -1.0),
        (x().unary(Function::Ceil), 0.5, 1.0),
        (x().unary(Function::Round), 2.5, 2.0),
        (x().unary(Function::Round), -1.5, -2.0),
        (x().unary(Function::Sign), 0.0, 0.0),
        (x().unary(Function::Sign), -inf, -1.0),
        (x().unary(Function::Sign), nan, nan),
        (x().binary(Combination::Power, &number(3.0)), -2.0, -8.0),
        (x().binary(Combination::Power, &number(0.5)), -2.0, nan),
        (x().binary(Combination::Power, &number(0.0)), nan, nan),
        (x().binary(Combination::Less, &number(1.0)), 1.0, 0.0),
        (x().binary(Combination::Less, &number(1.0)), 0.5, 1.0),
        (x().binary(Combination::Equal, &number(1.0)), 1.0, 1.0),
        (x().binary(Combination::Equal, &number(1.0)), nan, nan),
        (x().select(&number(2.0), &number(3.0)), -0.5, 2.0),
        (x().select(&number(2.0), &number(3.0)), -0.0, 3.0),
        (x().select(&number(2.0), &number(3.0)), nan, nan),
    ] {
        let found = expression.apply(&[of]);
        let same = found == expected || found.is_nan() && expected.is_nan();
        assert!(
            same,
            "{expression} of {of}: expected {expected}, found {found}"
        );
    }
}

/// Random expressions of up to three operands.
fn expressions() -> impl Strategy<Value = Pointwise> {
    let leaf = prop_oneof![
        3 => (0..3usize).prop_map(Pointwise::operand),
        1 => prop::sample::select(vec![-1.5, 0.0, 0.5, 2.0]).prop_map(Pointwise::constant),
    ];
    leaf.prop_recursive(5, 24, 2, |inner| {
        let functions = prop::sample::select(vec![
            Function::Abs,
            Function::Exp,
            Function::Sqrt,
            Function::Tanh,
            Function::Erf,
            Function::Sigmoid,
            Function::Log,
            Function::Floor,
            Function::Ceil,
            Function::Round,
            Function::Sign,
        ]);
        let combinations = prop::sample::select(vec![
            Combination::Add,
            Combination::Subtract,
            Combination::Multiply,
            Combination::Divide,
            Combination::Max,
            Combination::Min,
            Combination::Power,
            Combination::Less,
            Combination::Equal,
        ]);
        let bounds = prop::sample::select(vec![(0.0, NONE), (-NONE, 1.0), (-0.5, 0.5)]);
        prop_oneof![
            (inner.clone(), functions).prop_map(|(of, function)| of.unary(function)),
            (inner.clone(), combinations, inner.clone())
                .prop_map(|(a, combination, b)| a.binary(combination, &b)),
            (inner.clone(), inner.clone(), inner.clone())
                .prop_map(|(condition, yes, no)| condition.select(&yes, &no)),
            (inner, bounds).prop_map(|(of, (low, high))| of.clamp(low, high)),
        ]
    })
}

fn values() -> impl Strategy<Value = f32> {
    prop_oneof![
        8 => -4.0..4.0f32,
        1 => prop::sample::select(vec![0.0, -0.0, f32::INFINITY, f32::NEG_INFINITY, f32::NAN]),
    ]
}

fn config() -> Config {
    Config {
        cases: 400,
        rng_seed: RngSeed::Fixed(0),
        failure_persistence: None,
        ..Config::default()
    }
}

fn bits(value: f64) -> u64 {
    if value.is_nan() { f64::NAN } else { value }.to_bits()
}

#[test]
fn a_composition_equals_both_in_turn() {
    proptest!(config(), |(first in expressions(), next in expressions(), values in prop::collection::vec(-4.0..4.0f64, 6))| {
        let before = first.operands().max(1);
        let mut of_next = vec![first.apply(&values)];
        of_next.extend(&values[before..]);
        of_next.resize(6, 0.0);
        let mut all = values.clone();
        all.resize(8, 0.0);
        let expected = next.apply(&of_next);
        prop_assert_eq!(bits(first.then(&next).apply(&all)), bits(expected), "{} then {}", first, next);
    });
}

/// A thousand values of each operand at once, an operand that is one value, and single values: the same bits.
#[test]
fn many_values_at_once_are_each_by_itself() {
    let lengths = prop::sample::select(vec![1usize, 3, 1000]);
    let lengths = [lengths.clone(), lengths.clone(), lengths];
    proptest!(config(), |(
        expression in expressions(),
        lengths in lengths,
        values in prop::collection::vec(values(), 17),
    )| {
        prop_assume!(expression.operands() > 0);
        // [1, 3] and [1000, 1] meet in [1000, 3].
        let extents = |length: usize| match length {
            1000 => vec![1000, 1],
            other => vec![1, other],
        };
        let of = |operand: usize, index: usize| values[(operand * 5 + index) % values.len()];
        let operands: Vec<Operand<'_>> = (0..expression.operands())
            .map(|operand| {
                let ty = Type::shared(Element::F32, &extents(lengths[operand])).unwrap();
                let values: Vec<f32> = (0..ty.count()).map(|index| of(operand, index)).collect();
                Operand::new(ty, 1, values).unwrap()
            })
            .collect();
        let inputs: Vec<Option<&Operand<'_>>> = operands.iter().map(Some).collect();
        let found = evaluate(&Op::Pointwise(expression.clone()), &inputs).unwrap();
        let dims = found[0].ty().dims();
        let columns = dims[1];
        for (place, &found) in found[0].data().iter().enumerate() {
            let operands: Vec<f64> = (0..operands.len())
                .map(|operand| {
                    let index = match lengths[operand] {
                        1 => 0,
                        3 => place % columns,
                        _ => place / columns,
                    };
                    of(operand, index).into()
                })
                .collect();
            let expected = expression.apply(&operands) as f32;
            prop_assert!(
                found == expected || found.is_nan() && expected.is_nan(),
                "{} of {:?}: expected {}, found {}", expression, operands, expected, found
            );
        }
    });
}
