//! Formulas of a declared kernel: products of quantities of an operation.

use super::super::matrix_conv::Extents;
use super::super::site::Site;

/// A quantity of an operation that a declaration can name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantity {
    Batch,
    Pixels,
    Height,
    Width,
    InHeight,
    InWidth,
    InChannels,
    OutChannels,
    Groups,
    InQuads,
    OutQuads,
    Tiles,
    Rows,
    KernelHeight,
    KernelWidth,
    StrideY,
    StrideX,
    DilationY,
    DilationX,
    Padding,
}

/// All quantities with their names.
const QUANTITIES: [(&str, Quantity); 20] = [
    ("batch", Quantity::Batch),
    ("pixels", Quantity::Pixels),
    ("height", Quantity::Height),
    ("width", Quantity::Width),
    ("in_height", Quantity::InHeight),
    ("in_width", Quantity::InWidth),
    ("in_channels", Quantity::InChannels),
    ("out_channels", Quantity::OutChannels),
    ("groups", Quantity::Groups),
    ("in_quads", Quantity::InQuads),
    ("out_quads", Quantity::OutQuads),
    ("tiles", Quantity::Tiles),
    ("rows", Quantity::Rows),
    ("kernel_height", Quantity::KernelHeight),
    ("kernel_width", Quantity::KernelWidth),
    ("stride_y", Quantity::StrideY),
    ("stride_x", Quantity::StrideX),
    ("dilation_y", Quantity::DilationY),
    ("dilation_x", Quantity::DilationX),
    ("padding", Quantity::Padding),
];

impl Quantity {
    /// The quantity called `name`.
    pub fn named(name: &str) -> Option<Self> {
        let found = QUANTITIES.iter().find(|(other, _)| *other == name);
        found.map(|&(_, quantity)| quantity)
    }

    /// The names of all quantities.
    pub fn names() -> String {
        QUANTITIES.map(|(name, _)| name).join(", ")
    }

    /// Its value for the operation of `site`.
    pub fn of(self, site: &Site<'_>) -> usize {
        let (input, output, window) = (site.input(), site.output(), site.window());
        let extents = Extents::new(site);
        match self {
            Self::Batch => site.batch(),
            Self::Pixels => site.pixels(),
            Self::Height => output.height,
            Self::Width => output.width,
            Self::InHeight => input.height,
            Self::InWidth => input.width,
            Self::InChannels => input.channels,
            Self::OutChannels => output.channels,
            Self::Groups => extents.groups,
            Self::InQuads => extents.in_quads,
            Self::OutQuads => extents.out_quads,
            Self::Tiles => extents.tiles,
            Self::Rows => extents.rows(),
            Self::KernelHeight => window.kernel[0],
            Self::KernelWidth => window.kernel[1],
            Self::StrideY => window.stride[0],
            Self::StrideX => window.stride[1],
            Self::DilationY => window.dilation[0],
            Self::DilationX => window.dilation[1],
            Self::Padding => {
                let padding = window.padding;
                let sides = [padding.top, padding.left, padding.bottom, padding.right];
                sides.into_iter().fold(0, usize::max)
            }
        }
    }
}

/// A product of factors, each a term or a quotient that is rounded up: `pixels / STRIP * out_quads`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Formula(Vec<Factor>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Factor {
    term: Term,
    divisor: Option<Term>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Term {
    Number(usize),
    Quantity(Quantity),
}

impl Formula {
    /// Parses `text`, in which `constants` have a name.
    ///
    /// # Errors
    /// What is wrong with it, in one line.
    pub fn parse(text: &str, constants: &[(String, usize)]) -> Result<Self, String> {
        let term = |text: &str| {
            let name = text.trim();
            let constant = constants.iter().find(|(other, _)| other == name);
            if let Some(&(_, value)) = constant {
                return Ok(Term::Number(value));
            }
            if let Ok(number) = name.parse() {
                return Ok(Term::Number(number));
            }
            Quantity::named(name).map(Term::Quantity).ok_or_else(|| {
                let known = Quantity::names();
                format!(
                    "expected a product such as \"pixels / 4 * out_quads\" of numbers, constants and {known}; \
                     found {name:?}"
                )
            })
        };
        let factor = |text: &str| {
            let (first, divisor) = match text.split_once('/') {
                Some((first, divisor)) => (first, Some(term(divisor)?)),
                None => (text, None),
            };
            if divisor == Some(Term::Number(0)) {
                return Err(format!("{:?} divides by zero", text.trim()));
            }
            Ok(Factor {
                term: term(first)?,
                divisor,
            })
        };
        text.split('*')
            .map(factor)
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// Its value for the operation of `site`, or `None` if it is more than a `u32` or divides by zero.
    pub fn value(&self, site: &Site<'_>) -> Option<usize> {
        let value = |term: Term| match term {
            Term::Number(number) => number,
            Term::Quantity(quantity) => quantity.of(site),
        };
        let mut product: usize = 1;
        for factor in &self.0 {
            let quotient = match factor.divisor.map(value) {
                Some(0) => return None,
                Some(divisor) => value(factor.term).div_ceil(divisor),
                None => value(factor.term),
            };
            product = product.checked_mul(quotient)?;
        }
        u32::try_from(product).is_ok().then_some(product)
    }
}
