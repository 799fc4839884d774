//! A normal form of expressions: a sum of products. Exporters write one function in many ways: they divide by 6 or multiply
//! by its inverse, rounded to f32, and put the factors of a product in any order. All of them have the same sum.

use super::{Combination, Function, Pointwise, Step};

/// The largest difference of numbers that count as equal, relative to the larger one: a few roundings to f32.
const TOLERANCE: f64 = 1e-6;

/// The most parts of a sum. Products of sums can grow exponentially.
const MOST_PARTS: usize = 256;

/// A sum of products of powers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sum(Vec<Product>);

#[derive(Clone, Debug)]
struct Product {
    coefficient: f64,
    factors: Vec<(Factor, i32)>,
}

/// What has no simpler form.
#[derive(Clone, Debug)]
enum Factor {
    Operand(usize),
    Function(Function, Sum),
    Clamp {
        of: Sum,
        low: f64,
        high: f64,
    },
    Combination(Combination, [Sum; 2]),
    Select([Sum; 3]),
    /// A divisor of several products.
    Sum(Sum),
}

impl Sum {
    /// Returns the normal form of `expression`, or `None` if it would be too long.
    pub(crate) fn of(expression: &Pointwise) -> Option<Self> {
        let mut sums: Vec<Self> = Vec::with_capacity(expression.steps().len());
        for step in expression.steps() {
            let sum = match *step {
                Step::Operand(index) => Self::factor(Factor::Operand(index)),
                Step::Constant(number) => Self::number(number.0),
                Step::Clamp { of, low, high } => sums[of].clamped(low.0, high.0),
                Step::Unary(function, of) => sums[of].function(function)?,
                Step::Binary(combination, a, b) => sums[a].combined(combination, &sums[b])?,
                Step::Select { condition, yes, no } => Self::factor(Factor::Select(
                    [condition, yes, no].map(|place| sums[place].clone()),
                )),
            };
            if sum.parts() > MOST_PARTS {
                return None;
            }
            sums.push(sum);
        }
        sums.pop()
    }

    /// Returns whether both are the same function by the rules that a sum follows, with numbers that differ by roundings
    /// to f32.
    pub(crate) fn is_equal(&self, other: &Self) -> bool {
        let is_in = |product: &Product| {
            let mut found = other.0.iter().filter(|other| product.is_like(other));
            found.any(|other| is_near(product.coefficient, other.coefficient))
        };
        self.0.len() == other.0.len() && self.0.iter().all(is_in)
    }

    fn factor(factor: Factor) -> Self {
        Self(vec![Product {
            coefficient: 1.0,
            factors: vec![(factor, 1)],
        }])
    }

    fn number(number: f64) -> Self {
        let product = Product {
            coefficient: number,
            factors: Vec::new(),
        };
        Self(match number == 0.0 {
            true => Vec::new(),
            false => vec![product],
        })
    }

    /// Returns the number, if the sum is one.
    fn as_number(&self) -> Option<f64> {
        match self.0.as_slice() {
            [] => Some(0.0),
            [product] if product.factors.is_empty() => Some(product.coefficient),
            _ => None,
        }
    }

    /// Returns the number that is added to the other products.
    fn addend(&self) -> f64 {
        let mut numbers = self.0.iter().filter(|product| product.factors.is_empty());
        numbers.next().map_or(0.0, |product| product.coefficient)
    }

    fn parts(&self) -> usize {
        self.0
            .iter()
            .map(Product::parts)
            .fold(1, usize::saturating_add)
    }

    fn plus(mut self, other: &Self) -> Self {
        for product in &other.0 {
            match self.0.iter().position(|own| own.is_like(product)) {
                Some(index) => {
                    let own = self.0[index].coefficient;
                    match is_near(own, -product.coefficient) {
                        true => drop(self.0.swap_remove(index)),
                        false => self.0[index].coefficient += product.coefficient,
                    }
                }
                None => self.0.push(product.clone()),
            }
        }
        self
    }

    fn scaled(&self, scale: f64) -> Self {
        self.times(&Self::number(scale))
    }

    fn times(&self, other: &Self) -> Self {
        let mut result = Self::default();
        for a in &self.0 {
            let products = other.0.iter().map(|b| a.times(b)).collect();
            result = result.plus(&Self(products));
        }
        result
    }

    /// Returns 1 divided by the sum, or `None` if it is 0.
    fn inverse(&self) -> Option<Self> {
        if let [product] = self.0.as_slice() {
            let factors = product.factors.iter();
            return Some(Self(vec![Product {
                coefficient: 1.0 / product.coefficient,
                factors: factors.map(|(of, power)| (of.clone(), -power)).collect(),
            }]));
        }
        let divisor = match self.addend() {
            0.0 => self.0.first()?.coefficient,
            number => number,
        };
        let factor = Factor::Sum(self.scaled(1.0 / divisor));
        Some(Self(vec![Product {
            coefficient: 1.0 / divisor,
            factors: vec![(factor, -1)],
        }]))
    }

    fn function(&self, function: Function) -> Option<Self> {
        if let Some(number) = self.as_number() {
            return Some(Self::number(function.apply(number)));
        }
        match function {
            // Some exporters write it in this way.
            Function::Sigmoid => {
                let power = self.scaled(-1.0).function(Function::Exp)?;
                Self::number(1.0).plus(&power).inverse()
            }
            function => Some(Self::factor(Factor::Function(function, self.clone()))),
        }
    }

    fn combined(&self, combination: Combination, other: &Self) -> Option<Self> {
        match (combination, self.as_number(), other.as_number()) {
            (Combination::Add, ..) => Some(self.clone().plus(other)),
            (Combination::Subtract, ..) => Some(self.clone().plus(&other.scaled(-1.0))),
            (Combination::Multiply, ..) if self.0.len() * other.0.len() > MOST_PARTS => None,
            (Combination::Multiply, ..) => Some(self.times(other)),
            (Combination::Divide, ..) => Some(self.times(&other.inverse()?)),
            (Combination::Max, None, Some(low)) => Some(self.clamped(low, f64::INFINITY)),
            (Combination::Max, Some(low), None) => Some(other.clamped(low, f64::INFINITY)),
            (Combination::Min, None, Some(high)) => Some(self.clamped(f64::NEG_INFINITY, high)),
            (Combination::Min, Some(high), None) => Some(other.clamped(f64::NEG_INFINITY, high)),
            (Combination::Power, None, Some(2.0)) => Some(self.times(self)),
            (Combination::Power, None, Some(3.0)) => Some(self.times(self).times(self)),
            (combination, ..) => {
                let both = [self.clone(), other.clone()];
                Some(Self::factor(Factor::Combination(combination, both)))
            }
        }
    }

    /// Moves a scale and an addend out of the clamp: `clamp(a u + b, low, high)` is a multiple of a clamp of `u`.
    fn clamped(&self, low: f64, high: f64) -> Self {
        if let Some(number) = self.as_number() {
            return Self::number(super::clamp(number, low, high));
        }
        let addend = self.addend();
        let mut others = self.0.iter().filter(|product| !product.factors.is_empty());
        let (Some(product), None) = (others.next(), others.next()) else {
            let of = self.clone();
            return Self::factor(Factor::Clamp { of, low, high });
        };
        let scale = product.coefficient;
        let [a, b] = [low, high].map(|bound| (bound - addend) / scale);
        let (low, high) = (a.min(b), a.max(b));
        let clamp = match product.factors.as_slice() {
            [
                (
                    Factor::Clamp {
                        of,
                        low: least,
                        high: most,
                    },
                    1,
                ),
            ] => {
                let [least, most] = [*least, *most].map(|bound| super::clamp(bound, low, high));
                Factor::Clamp {
                    of: of.clone(),
                    low: least,
                    high: most,
                }
            }
            factors => {
                let of = Self(vec![Product {
                    coefficient: 1.0,
                    factors: factors.to_vec(),
                }]);
                Factor::Clamp { of, low, high }
            }
        };
        Self::factor(clamp)
            .scaled(scale)
            .plus(&Self::number(addend))
    }
}

impl Product {
    fn times(&self, other: &Self) -> Self {
        let mut factors = self.factors.clone();
        for (factor, power) in &other.factors {
            // A quotient of equal factors is not 1 where they are 0.
            let same = factors
                .iter_mut()
                .find(|(own, before)| (*before > 0) == (*power > 0) && own.is_equal(factor));
            match same {
                Some((_, before)) => *before = before.saturating_add(*power),
                None => factors.push((factor.clone(), *power)),
            }
        }
        Self {
            coefficient: self.coefficient * other.coefficient,
            factors,
        }
    }

    /// Returns whether both have the same factors.
    fn is_like(&self, other: &Self) -> bool {
        let is_in = |(factor, power): &(Factor, i32)| {
            let mut others = other.factors.iter();
            others.any(|(other, of)| power == of && factor.is_equal(other))
        };
        self.factors.len() == other.factors.len() && self.factors.iter().all(is_in)
    }

    fn parts(&self) -> usize {
        let factors = self.factors.iter().map(|(factor, power)| match factor {
            Factor::Operand(_) => power.unsigned_abs() as usize,
            Factor::Function(_, of) | Factor::Clamp { of, .. } | Factor::Sum(of) => of.parts(),
            Factor::Combination(_, both) => both.iter().map(Sum::parts).sum(),
            Factor::Select(all) => all.iter().map(Sum::parts).sum(),
        });
        factors.fold(1, usize::saturating_add)
    }
}

impl Factor {
    fn is_equal(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Operand(a), Self::Operand(b)) => a == b,
            (Self::Function(f, a), Self::Function(g, b)) => f == g && a.is_equal(b),
            (
                Self::Clamp { of: a, low, high },
                Self::Clamp {
                    of: b,
                    low: least,
                    high: most,
                },
            ) => is_near(*low, *least) && is_near(*high, *most) && a.is_equal(b),
            (Self::Combination(f, a), Self::Combination(g, b)) => {
                f == g && a.iter().zip(b).all(|(a, b)| a.is_equal(b))
            }
            (Self::Select(a), Self::Select(b)) => a.iter().zip(b).all(|(a, b)| a.is_equal(b)),
            (Self::Sum(a), Self::Sum(b)) => a.is_equal(b),
            _ => false,
        }
    }
}

fn is_near(a: f64, b: f64) -> bool {
    let difference = (a - b).abs();
    a == b || difference.is_finite() && difference <= TOLERANCE * a.abs().max(b.abs())
}
