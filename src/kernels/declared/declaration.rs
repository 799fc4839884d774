//! The declaration of a kernel, and the kernel that it becomes.

use super::super::parts::{LANES, MATRIX};
use super::super::{Access, Binding, BindingKind, Candidate, Fusion, Instance, Kernel};
use super::formula::{Formula, Quantity};
use super::json::{self, Object, wrong};
use super::rules::{Dispatch, Role, Rules, Word};
use crate::error::Result;

/// Most bindings besides the uniform block. No device guarantees more tensors.
const MOST_BINDINGS: usize = 8;
/// Most invocations of a workgroup, on any device.
const MOST_INVOCATIONS: usize = 1024;

/// The keys of a declaration.
const KEYS: [&str; 11] = [
    "operations",
    "needs",
    "weights",
    "parts",
    "subgroups",
    "workgroup_size",
    "constants",
    "uniform",
    "bindings",
    "workgroups",
    "invocations",
];

/// A compute shader from elsewhere, with what the host must know to run it. `docs/your-own-kernel.md` describes its JSON.
#[derive(Debug)]
pub struct Declaration {
    name: String,
    shader: String,
    parts: Vec<&'static str>,
    subgroups: bool,
    workgroup_size: u32,
    constants: Vec<(String, usize)>,
    uniform: Vec<(String, Word)>,
    bindings: Vec<(String, Role)>,
    rules: Rules,
}

impl Declaration {
    /// Parses the declaration `text` of the shader `shader`. `name` is what listings call the kernel: the name of its
    /// file, such as `mine.wgsl`.
    ///
    /// # Errors
    /// [`ErrorKind::Input`](crate::ErrorKind::Input) if the declaration is not valid. The message names the key. The shader
    /// is not compiled here.
    ///
    /// ```
    /// use menagerie::kernels::Declaration;
    ///
    /// let text = r#"{
    ///     "operations": ["activation"],
    ///     "workgroup_size": 64,
    ///     "uniform": [["input", "view"], ["output", "view"], ["items", "pixels * out_quads"]],
    ///     "bindings": [["input", "read"], ["output", "write"]],
    ///     "invocations": "pixels * out_quads"
    /// }"#;
    /// assert!(Declaration::parse("mine.wgsl", text, "").is_ok());
    /// let error = Declaration::parse("mine.wgsl", &text.replace("64", "0"), "").unwrap_err();
    /// assert_eq!(error.to_string(), "\"workgroup_size\": expected 1 to 1024, found 0");
    /// ```
    pub fn parse(name: &str, text: &str, shader: &str) -> Result<Self> {
        // Compiled pipelines are found by the name of their kernel, and no kernel of the registry has such a name.
        if !name.contains('.') {
            return Err(wrong(format!(
                "expected the name of a file such as mine.wgsl, found {name:?}"
            )));
        }
        let mut object = Object::parse(text)?;
        let operations = object.need("operations", |value| {
            let operations = json::list(value, |kind| operation(&json::text(kind)?))?;
            match operations.is_empty() {
                true => Err("expected at least one operation".to_owned()),
                false => Ok(operations),
            }
        })?;
        let needs = object.take("needs", |value| {
            let needs = json::numbers(value)?.into_iter();
            let needs = needs.map(|(name, value)| match Quantity::named(&name) {
                Some(quantity) => Ok((name, quantity, value)),
                None => Err(format!(
                    "expected quantities of {}; found {name:?}",
                    Quantity::names()
                )),
            });
            needs.collect::<Result<Vec<_>, _>>()
        })?;
        let weights = object.take("weights", |value| packed_as(&json::text(value)?))?;
        let parts = object.take("parts", |value| {
            json::list(value, |name| part(&json::text(name)?))
        })?;
        let subgroups = object.take("subgroups", json::flag)?.unwrap_or(false);
        let workgroup_size = object.need("workgroup_size", |value| {
            let size = json::number(value)?;
            match (1..=MOST_INVOCATIONS).contains(&size) {
                true => Ok(size),
                false => Err(format!("expected 1 to {MOST_INVOCATIONS}, found {size}")),
            }
        })?;
        let constants = object.take("constants", json::numbers)?.unwrap_or_default();
        let bindings = object.need("bindings", |value| roles(json::pairs(value)?))?;
        let uniform = object.need("uniform", |value| {
            words(json::pairs(value)?, &bindings, &constants)
        })?;
        let formula = |value: &_| Formula::parse(&json::text(value)?, &constants);
        let workgroups = object.take("workgroups", formula)?;
        let invocations = object.take("invocations", formula)?;
        let dispatch = match (workgroups, invocations) {
            (Some(workgroups), None) => Dispatch::Workgroups(workgroups),
            (None, Some(invocations)) => Dispatch::Invocations(invocations),
            _ => return Err(wrong("expected one of \"workgroups\" and \"invocations\"")),
        };
        object.end(&KEYS)?;
        let binds_parameters = bindings.iter().any(|(_, role)| *role == Role::Parameters);
        let places_parameters = uniform.iter().any(|(_, word)| *word == Word::Parameters);
        if [binds_parameters, places_parameters] != [weights.is_some(); 2] {
            return Err(wrong(
                "weights need all of \"weights\", a binding of \"parameters\" and a field of \"parameters\" in \
                 \"uniform\", or none of them",
            ));
        }
        let rules = Rules {
            operations,
            needs: needs.unwrap_or_default(),
            weights,
            subgroups,
            words: uniform.iter().map(|(_, word)| word.clone()).collect(),
            roles: bindings.iter().map(|&(_, role)| role).collect(),
            dispatch,
            workgroup_size,
        };
        Ok(Self {
            name: name.to_owned(),
            shader: shader.to_owned(),
            parts: parts.unwrap_or_default(),
            subgroups,
            workgroup_size: workgroup_size as u32,
            constants,
            uniform,
            bindings,
            rules,
        })
    }

    /// Makes the kernel. Its memory is never freed: plans and sessions hold kernels of the registry, which live as long as
    /// the process, and so must this one. So call it once for each file, not for each run.
    pub fn into_candidate(self) -> Candidate {
        let is_clamped = self.uniform.iter().any(|(_, word)| *word == Word::Bounds);
        let uniform = self.uniform.into_iter();
        let uniform = uniform.map(|(name, word)| (leaked(name), word.field()));
        let bindings = self.bindings.into_iter().map(|(name, role)| Binding {
            name: leaked(name),
            access: match role {
                Role::Output(_) => Access::Write,
                Role::Input(_) | Role::Parameters => Access::Read,
            },
            kind: match role {
                Role::Parameters => BindingKind::Parameters,
                Role::Input(_) | Role::Output(_) => BindingKind::Tensor,
            },
        });
        let constants = self.constants.into_iter();
        let constants = constants.map(|(name, value)| (leaked(name), value));
        let instance = Instance::only(self.workgroup_size, leaked_list(constants));
        let shader = self.parts.into_iter().chain([leaked(self.shader)]);
        let kernel = Kernel {
            name: leaked(self.name),
            shader: leaked_list(shader),
            uniform: leaked_list(uniform),
            bindings: leaked_list(bindings),
            instances: leaked_list([instance].into_iter()),
            subgroups: self.subgroups,
            // Nothing proves where the shader reads and writes, so it is never compiled without checks.
            data_dependent: true,
            fusion: match is_clamped {
                true => Fusion::Epilogue,
                false => Fusion::None,
            },
            ..Kernel::COMMON
        };
        Candidate::declared(Box::leak(Box::new(kernel)), Box::leak(Box::new(self.rules)))
    }
}

fn leaked(text: String) -> &'static str {
    Box::leak(text.into_boxed_str())
}

fn leaked_list<T>(items: impl Iterator<Item = T>) -> &'static [T] {
    Box::leak(items.collect::<Box<[T]>>())
}

/// The kind of operation called `name`.
fn operation(name: &str) -> Result<&'static str, String> {
    let mut kinds: Vec<&'static str> = Vec::new();
    for kind in Candidate::all().flat_map(|candidate| candidate.kernel.ops()) {
        if !kinds.contains(kind) {
            kinds.push(kind);
        }
    }
    let found = kinds.iter().find(|kind| **kind == name).copied();
    found.ok_or_else(|| format!("expected {}; found {name:?}", kinds.join(", ")))
}

/// The kernel `name`, whose packing the weights have.
fn packed_as(name: &str) -> Result<Candidate, String> {
    let mut named = Candidate::all().filter(|candidate| candidate.kernel.name == name);
    let has_parameters = |candidate: &Candidate| {
        let mut bindings = candidate.kernel.bindings.iter();
        bindings.any(|binding| binding.kind == BindingKind::Parameters)
    };
    named.next().filter(has_parameters).ok_or_else(|| {
        format!(
            "expected the kernel whose weights it reads, as \"conv\", \"depthwise\" or \"linear\"; found {name:?}"
        )
    })
}

/// The shared text called `name`.
fn part(name: &str) -> Result<&'static str, String> {
    match name {
        "matrix" => Ok(MATRIX),
        "lanes" => Ok(LANES),
        _ => Err(format!("expected \"matrix\" or \"lanes\", found {name:?}")),
    }
}

/// The roles of the bindings. The first that is read is the first input, and so on.
fn roles(pairs: Vec<(String, String)>) -> Result<Vec<(String, Role)>, String> {
    let (mut inputs, mut outputs, mut parameters) = (0, 0, 0);
    let next = |count: &mut usize| {
        *count += 1;
        *count - 1
    };
    let mut roles = Vec::new();
    for (name, role) in pairs {
        let role = match role.as_str() {
            "read" => Role::Input(next(&mut inputs)),
            "write" => Role::Output(next(&mut outputs)),
            "parameters" => {
                next(&mut parameters);
                Role::Parameters
            }
            _ => {
                let expected = "expected \"read\", \"write\" or \"parameters\"";
                return Err(format!("{name:?}: {expected}, found {role:?}"));
            }
        };
        roles.push((name, role));
    }
    if outputs == 0 || parameters > 1 || roles.len() > MOST_BINDINGS {
        return Err(format!(
            "expected at most {MOST_BINDINGS}, at least one of them written and at most one of parameters; found \
             {} with {outputs} and {parameters}",
            roles.len()
        ));
    }
    Ok(roles)
}

/// The fields of the uniform block.
fn words(
    pairs: Vec<(String, String)>,
    bindings: &[(String, Role)],
    constants: &[(String, usize)],
) -> Result<Vec<(String, Word)>, String> {
    let mut words: Vec<(String, Word)> = Vec::new();
    for (name, content) in pairs {
        let word = match content.as_str() {
            "view" => {
                let mut tensors = bindings
                    .iter()
                    .filter(|(_, role)| *role != Role::Parameters);
                let tensor = tensors.find(|(tensor, _)| *tensor == name);
                let unbound = || format!("{name:?}: expected the name of a tensor in \"bindings\"");
                Word::View(tensor.ok_or_else(unbound)?.1)
            }
            "window" => Word::Window,
            // The shared text of `store` names the field.
            "bounds" if name == "bounds" => Word::Bounds,
            "bounds" => return Err(format!("expected the name \"bounds\", found {name:?}")),
            "parameters" => Word::Parameters,
            formula => Word::Formula(
                Formula::parse(formula, constants)
                    .map_err(|expected| format!("{name:?}: {expected}"))?,
            ),
        };
        // A struct begins at a multiple of 16 bytes.
        let is_word = |word: &Word| matches!(word, Word::Formula(_) | Word::Parameters);
        if !is_word(&word) && words.iter().any(|(_, earlier)| is_word(earlier)) {
            return Err(format!(
                "expected views, window and bounds before numbers, found {name:?} after one"
            ));
        }
        words.push((name, word));
    }
    let offsets = words.iter().filter(|(_, word)| *word == Word::Parameters);
    if words.is_empty() || offsets.count() > 1 {
        return Err("expected at least one field, and at most one of \"parameters\"".to_owned());
    }
    Ok(words)
}
