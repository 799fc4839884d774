//! What a declared kernel computes, and how its calls are encoded.

use super::super::packing::Packing;
use super::super::reason::Reason;
use super::super::site::Site;
use super::super::uniforms::{Field, Value};
use super::super::{Bound, Candidate, Encoder, Operands, View};
use super::formula::{Formula, Quantity};

/// What a declared kernel computes, and how its calls are encoded.
#[derive(Debug)]
pub struct Rules {
    /// Kinds of operations.
    pub operations: Vec<&'static str>,
    /// Quantities that must have a value, with their names.
    pub needs: Vec<(String, Quantity, usize)>,
    /// The kernel whose packing the weights have.
    pub weights: Option<Candidate>,
    pub subgroups: bool,
    /// The uniform block.
    pub words: Vec<Word>,
    /// The bindings.
    pub roles: Vec<Role>,
    pub dispatch: Dispatch,
    pub workgroup_size: usize,
}

/// What a binding holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The input with this index.
    Input(usize),
    /// The result with this index.
    Output(usize),
    /// The packed weights.
    Parameters,
}

/// What a field of the uniform block holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Word {
    View(Role),
    Window,
    Bounds,
    Parameters,
    Formula(Formula),
}

/// The size of a dispatch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dispatch {
    Workgroups(Formula),
    Invocations(Formula),
}

impl Word {
    /// Its kind of field.
    pub fn field(&self) -> Field {
        match self {
            Self::View(_) => Field::View,
            Self::Window => Field::Window,
            Self::Bounds => Field::Bounds,
            Self::Parameters => Field::Parameters,
            Self::Formula(_) => Field::Word,
        }
    }
}

impl Rules {
    /// Checks that it computes the operation of `site`, of which the kernel itself reads `inputs` tensors.
    pub fn accept(&self, site: &Site<'_>, inputs: usize) -> Result<(), Reason> {
        if self.subgroups && site.device().subgroup_size.is_none() {
            return Err(Reason::new("needs subgroups of one size, found none"));
        }
        for (name, quantity, needed) in &self.needs {
            let found = quantity.of(site);
            if found != *needed {
                return Err(Reason::new(format!("needs {name} {needed}, found {found}")));
            }
        }
        if let Some(kernel) = &self.weights {
            kernel.accept(site)?;
        }
        if !site.post().is_identity() && !self.words.contains(&Word::Bounds) {
            let reason = format!("computes nothing behind it, found {}", site.post());
            return Err(Reason::new(reason));
        }
        let reads = self
            .roles
            .iter()
            .filter(|role| matches!(role, Role::Input(_)));
        let writes = self
            .roles
            .iter()
            .filter(|role| matches!(role, Role::Output(_)));
        let (declared, found) = (
            [reads.count(), writes.count()],
            [inputs, site.outputs.len()],
        );
        if declared != found {
            return Err(Reason::new(format!(
                "reads {} and writes {} tensors, found {} and {}",
                declared[0], declared[1], found[0], found[1]
            )));
        }
        let formulas = self.words.iter().filter_map(|word| match word {
            Word::Formula(formula) => Some(formula),
            _ => None,
        });
        let (Dispatch::Workgroups(size) | Dispatch::Invocations(size)) = &self.dispatch;
        match formulas
            .chain([size])
            .all(|formula| formula.value(site).is_some())
        {
            true => Ok(()),
            false => Err(Reason::new(
                "needs values of its formulas below 2^32, and divisors above 0",
            )),
        }
    }

    /// The packing of the weights.
    pub fn pack(&self, site: &Site<'_>) -> Option<Packing> {
        self.weights.as_ref().and_then(|kernel| kernel.pack(site))
    }

    /// Encodes the call. `accept` has accepted the site.
    pub fn encode(&self, site: &Site<'_>, operands: &Operands<'_>, encoder: &mut Encoder) {
        let window = site.window();
        let tensor = |role: &Role| match *role {
            Role::Input(index) => &operands.inputs[index],
            Role::Output(index) => &operands.outputs[index],
            Role::Parameters => operands.output,
        };
        let value = |formula: &Formula| formula.value(site).unwrap_or(0);
        let values = self.words.iter().map(|word| match word {
            Word::View(role) => Value::View(tensor(role), site.batch()),
            Word::Window => Value::Window(&window),
            Word::Bounds => Value::Bounds(site.clamp()),
            Word::Parameters => Value::Parameters,
            Word::Formula(formula) => Value::Word(value(formula)),
        });
        let whole = |view: &View| view.bound(site.batch() * view.shape.pixels(), view.quads());
        let packed = self.pack(site).map_or(0, |packing| packing.quads());
        let bound = self.roles.iter().map(|role| match role {
            Role::Parameters => operands.parameters(packed),
            role => whole(tensor(role)),
        });
        let bound: Vec<Bound> = bound.collect();
        let invocations = match &self.dispatch {
            Dispatch::Workgroups(workgroups) => value(workgroups) * self.workgroup_size,
            Dispatch::Invocations(invocations) => value(invocations),
        };
        encoder.call(&values.collect::<Vec<_>>(), bound, invocations);
    }
}
