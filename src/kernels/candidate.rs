//! A kernel in one of its sizes, as a candidate for an operation.

use super::declared::Rules;
use super::encoder::{Encoder, Operands};
use super::fused_epilogue::FusedOperand;
use super::fusion_plan::FusionPlan;
use super::packing::Packing;
use super::reason::Reason;
use super::site::Site;
use super::work::Work;
use super::{Call, Implementation, Instance, KERNELS, Kernel, View};

/// A kernel in one of its sizes, as a candidate for an operation.
#[derive(Clone, Copy, Debug)]
pub struct Candidate {
    /// The kernel.
    pub kernel: &'static Kernel,
    /// The size.
    pub instance: &'static Instance,
    behaviour: Behaviour,
}

/// How a candidate computes operations.
#[derive(Clone, Copy, Debug)]
enum Behaviour {
    /// By functions of this crate.
    Registered(&'static Implementation),
    /// By data from a file.
    Declared(&'static Rules),
}

impl Candidate {
    /// All kernels that compute operations, in all their sizes, in the order of [`KERNELS`].
    pub fn all() -> impl Iterator<Item = Self> {
        KERNELS.iter().flat_map(|&kernel| {
            let implementation = kernel.implementation.as_ref();
            implementation.into_iter().flat_map(move |implementation| {
                kernel.instances.iter().map(move |instance| Self {
                    kernel,
                    instance,
                    behaviour: Behaviour::Registered(implementation),
                })
            })
        })
    }

    /// The candidates that compute operations of `kind`.
    pub fn of(kind: &str) -> impl Iterator<Item = Self> {
        Self::all().filter(move |candidate| candidate.ops().contains(&kind))
    }

    /// The only size of a declared kernel.
    pub(super) fn declared(kernel: &'static Kernel, rules: &'static Rules) -> Self {
        Self {
            kernel,
            instance: &kernel.instances[0],
            behaviour: Behaviour::Declared(rules),
        }
    }

    /// Kinds of operations that it computes, its main kind first.
    fn ops(&self) -> &'static [&'static str] {
        match self.behaviour {
            Behaviour::Registered(implementation) => implementation.ops,
            Behaviour::Declared(rules) => &rules.operations,
        }
    }

    /// Its unique name: the kernel's name, and the size's name if the kernel has several.
    pub fn name(&self) -> String {
        match self.instance.name {
            "" => self.kernel.name.to_owned(),
            size => format!("{} {size}", self.kernel.name),
        }
    }

    /// Whether `kind` is the kernel's main kind of operation.
    pub fn is_made_for(&self, kind: &str) -> bool {
        self.ops().first() == Some(&kind)
    }

    /// Number of tensors and packed parameters that it binds for the operation of `site`, which it accepts.
    pub(crate) fn tensors(&self, site: &Site<'_>) -> u32 {
        let fused = self.fusion_plan(site).map_or(0, |plan| plan.sources.len());
        self.kernel.tensors() + fused as u32
    }

    /// Checks that it computes the operation of `site`.
    ///
    /// # Errors
    /// The rule of the kernel that the operation breaks.
    pub fn accept(&self, site: &Site<'_>) -> Result<(), Reason> {
        if !self.ops().contains(&site.kind()) {
            return Err(Reason::new(format!("computes no {}", site.kind())));
        }
        let (needed, found) = (self.instance.workgroup_size, site.device().max_invocations);
        if needed > found {
            let reason = format!("needs workgroups of {needed}, found at most {found}");
            return Err(Reason::new(reason));
        }
        let tensors = self.kernel.tensors();
        let (storage, most) = (site.device().storage, site.device().max_tensors());
        if tensors > most {
            let reason = format!("binds {tensors} {storage}, found at most {most}");
            return Err(Reason::new(reason));
        }
        self.kernel.layouts.check(site)?;
        if let Some(obstacle) = site.obstacle(self.kernel.fusion) {
            return Err(Reason::new(obstacle));
        }
        let plan = self.fusion_plan(site)?;
        let tensors = tensors + plan.sources.len() as u32;
        if tensors > most {
            let reason = format!("binds {tensors} {storage} with them, found at most {most}");
            return Err(Reason::new(reason));
        }
        match self.behaviour {
            Behaviour::Registered(implementation) => {
                (implementation.accept)(site, self.instance)?;
                let turns = (implementation.loop_turns)(site, self.instance);
                match site.device().max_loop_turns {
                    Some(most) if turns > most => Err(Reason::new(format!(
                        "needs {turns} turns of an invocation's loops, found at most {most}"
                    ))),
                    _ => Ok(()),
                }
            }
            Behaviour::Declared(rules) => rules.accept(site, plan.own.len()),
        }
    }

    /// Its work for the operation of `site`.
    pub fn work(&self, site: &Site<'_>) -> Work {
        let work = match self.behaviour {
            Behaviour::Registered(implementation) => (implementation.work)(site, self.instance),
            Behaviour::Declared(_) => Work::only(site),
        };
        work.with_prologue(site)
    }

    /// The packing of the parameters of the operation of `site`, or `None` if it has none.
    #[doc(hidden)]
    pub fn pack(&self, site: &Site<'_>) -> Option<Packing> {
        match self.behaviour {
            Behaviour::Registered(implementation) => (implementation.pack)(site),
            Behaviour::Declared(rules) => rules.pack(site),
        }
    }

    /// Plans how the expressions around the operation of `site` are fused.
    ///
    /// # Errors
    /// The reason why they cannot be fused.
    pub(crate) fn fusion_plan(&self, site: &Site<'_>) -> Result<FusionPlan, Reason> {
        site.fusion_plan(self.kernel)
    }

    /// The calls that compute the operation of `site`, in order. `bound` has the operands that only the fused
    /// expressions of `plan` read.
    pub(crate) fn encode(
        &self,
        site: &Site<'_>,
        operands: &Operands<'_>,
        plan: &FusionPlan,
        bound: &[FusedOperand],
    ) -> Vec<Call> {
        let own = plan.own.iter().map(|&index| operands.inputs[index]);
        let own: Vec<View> = own.collect();
        let operands = Operands {
            inputs: &own,
            ..*operands
        };
        let encoder = Encoder::new(self.kernel, self.instance);
        let mut encoder = encoder.fusing(&plan.fused, bound, site.batch());
        match self.behaviour {
            Behaviour::Registered(implementation) => {
                (implementation.encode)(site, &operands, &mut encoder);
            }
            Behaviour::Declared(rules) => rules.encode(site, &operands, &mut encoder),
        }
        encoder.into_calls()
    }
}

impl PartialEq for Candidate {
    fn eq(&self, other: &Self) -> bool {
        (self.kernel, self.instance) == (other.kernel, other.instance)
    }
}

impl Eq for Candidate {}
