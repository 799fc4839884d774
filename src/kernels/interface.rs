//! The complete text of a shader. The declarations of constants, uniform block and bindings are written from the same
//! [`Kernel`] that the host uses; the kernel's own texts follow.

use std::fmt::Write;

use super::uniforms::Field;
use super::{Access, Binding, BindingKind, Bound, Format, Fused, Instance, Kernel};
use crate::device::{Storage, TEXTURE_WIDTH, TEXTURE_WIDTH_LOG2};

/// The function that returns the number of an invocation. Every shader begins with it.
const INVOCATION: &str = include_str!("../../shaders/core/invocation.wgsl");

/// The conversions of a buffer's quads of f16.
const F16: &str = include_str!("../../shaders/core/f16.wgsl");

/// The function that rounds and clamps a quad to f16, and notes what was beyond.
const WATCHED: &str = include_str!("../../shaders/core/f16_store.wgsl");

/// The function that reads a quad of the first input for matrix units, or clears it: one that is stored in f16, or any other.
const EXACT_OPERAND: &str =
    "fn operand(index: u32, image: u32, quad: u32, is_kept: bool) -> vec4<f16> {
    return select(vec4<f16>(), half_input(index), is_kept);
}
";
const ROUNDED_OPERAND: &str =
    "fn operand(index: u32, image: u32, quad: u32, is_kept: bool) -> vec4<f16> {
    return vec4<f16>(stored_f16(select(vec4<f32>(), load(index, image, quad), is_kept)));
}
";

/// The shader of a kernel, as it is compiled for a kind of device.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Shader {
    /// The kernel.
    pub kernel: &'static Kernel,
    /// The size of the kernel.
    pub instance: &'static Instance,
    /// Where each of its bindings is stored.
    #[doc(hidden)]
    pub storages: Storages,
    /// Whether one dispatch may read and write the same slot.
    #[doc(hidden)]
    pub shared_slots: bool,
    /// Formats of the quads of its bindings.
    #[doc(hidden)]
    pub formats: Formats,
    /// The expressions that are fused into it.
    #[doc(hidden)]
    pub fused: Fused,
}

/// The format of each binding of a kernel that holds quads.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Formats([Format; MOST_BINDINGS]);

/// Where each binding of a kernel that holds quads is stored.
#[doc(hidden)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Storages([Storage; MOST_BINDINGS]);

/// Most bindings of any kernel, without the uniform block.
const MOST_BINDINGS: usize = 12;

impl Storages {
    /// Every binding is in `storage`.
    pub const fn all(storage: Storage) -> Self {
        Self([storage; MOST_BINDINGS])
    }

    /// The storages of the bindings of a call, in order.
    pub(crate) fn of(storages: &[Storage]) -> Self {
        let mut all = Self::all(Storage::Buffer);
        for (own, storage) in all.0.iter_mut().zip(storages) {
            *own = *storage;
        }
        all
    }

    /// Where the binding at `index` of the kernel's list is.
    pub fn get(&self, index: usize) -> Storage {
        self.0.get(index).copied().unwrap_or(Storage::Buffer)
    }
}

impl Formats {
    /// The formats of the bindings of a call.
    pub(crate) fn of(bound: &[Bound]) -> Self {
        let mut formats = Self::default();
        for (format, bound) in formats.0.iter_mut().zip(bound) {
            *format = bound.format;
        }
        formats
    }

    /// The format of the binding at `index` of the kernel's list.
    pub fn get(&self, index: usize) -> Format {
        self.0.get(index).copied().unwrap_or_default()
    }

    /// Every binding has `format`.
    pub const fn all(format: Format) -> Self {
        Self([format; MOST_BINDINGS])
    }

    /// Only the binding `name` of `kernel` has `format`, and the others hold f32.
    pub(crate) fn with(kernel: &Kernel, name: &str, format: Format) -> Self {
        let mut formats = Self::default();
        for (own, binding) in formats.0.iter_mut().zip(kernel.bindings) {
            if binding.name == name {
                *own = format;
            }
        }
        formats
    }
}

impl Shader {
    /// The shader of a kernel with one size, for tensors in `storage` that share no slot.
    pub(crate) fn of(kernel: &'static Kernel, storage: Storage, formats: Formats) -> Self {
        Self {
            kernel,
            instance: &kernel.instances[0],
            storages: Storages::all(storage),
            shared_slots: false,
            formats,
            fused: Fused::default(),
        }
    }

    /// Its complete text in WGSL.
    ///
    /// The shader reads a tensor `x` by `read_x(index)` and writes it by `write_x(index, value)`, where `index` counts
    /// quads. It computes in f32, whatever the format of the tensor is. Other kinds of bindings have similar functions, see [`BindingKind`].
    pub fn source(&self) -> String {
        let Self {
            kernel,
            instance,
            storages,
            shared_slots,
            formats,
            fused,
        } = self;
        let mut text = String::new();
        if let Some(matrices) = kernel.matrices(instance) {
            let _ = writeln!(text, "enable f16;\nenable wgpu_cooperative_matrix;");
            for (name, element, role) in [
                ("Left", "f16", "A"),
                ("Right", "f16", "B"),
                ("Sums", "f32", "C"),
            ] {
                let _ = writeln!(
                    text,
                    "alias {name} = coop_mat{matrices}<{element}, {role}>;"
                );
            }
        }
        text.push_str(INVOCATION);
        for part in structs(kernel) {
            text.push_str(part);
        }
        let _ = writeln!(text, "const WORKGROUP_SIZE = {}u;", instance.workgroup_size);
        for (name, value) in instance.constants {
            let _ = writeln!(text, "const {name} = {value}u;");
        }
        text.push_str("struct Uniforms {\n");
        for (name, field) in fused.block(kernel) {
            let _ = writeln!(text, "    {name}: {},", field.wgsl_type());
        }
        text.push_str("}\n@group(0) @binding(0) var<uniform> uniforms: Uniforms;\n");
        let bindings = self.bindings();
        if self.has_format(Format::F16) {
            text.push_str(F16);
        }
        if self.watches_range() {
            let number = bindings.len() + 1;
            let _ = writeln!(
                text,
                "@group(0) @binding({number}) var<storage, read_write> beyond_range: atomic<u32>;"
            );
            text.push_str(WATCHED);
        }
        if kernel.matrix_units {
            text.push_str(match self.rounds_operand() {
                true => ROUNDED_OPERAND,
                false => EXACT_OPERAND,
            });
        }
        for (index, binding) in bindings.iter().enumerate() {
            let format = formats.get(index);
            // Kernels of matrix units have the type f16. Compilers do not all leave out a conversion to f32 and back.
            let has_f16 = kernel.matrix_units && binding.access == Access::Read;
            text.push_str(&declaration(
                index + 1,
                binding,
                format,
                (storages.get(index), *shared_slots),
                has_f16,
            ));
        }
        if self.binds_textures() {
            let _ = writeln!(
                text,
                "fn texel(index: u32) -> vec2<u32> {{ return vec2<u32>(index & {}u, index >> {TEXTURE_WIDTH_LOG2}u); }}",
                TEXTURE_WIDTH - 1
            );
        }
        text.push_str(&fused.shader(kernel));
        for part in kernel.shader {
            text.push_str(part);
        }
        text
    }

    /// Whether it rounds values to f16, because it writes a tensor in f16 or multiplies by matrix units. Then it has one more
    /// storage buffer behind its bindings: a word that it sets to 1 if a finite value is beyond that range.
    #[doc(hidden)]
    pub fn watches_range(&self) -> bool {
        let bindings = self.bindings();
        let mut written = bindings.iter().enumerate();
        self.rounds_operand()
            || written.any(|(index, binding)| {
                let is_tensor = binding.kind == BindingKind::Tensor;
                is_tensor
                    && binding.access == Access::Write
                    && self.formats.get(index) == Format::F16
            })
    }

    /// Whether it rounds what it multiplies to f16.
    fn rounds_operand(&self) -> bool {
        self.fused.rounds_operand(self.kernel, self.formats.get(0))
    }

    /// Whether a tensor or parameters are in a texture.
    fn binds_textures(&self) -> bool {
        let bindings = self.bindings();
        let mut bindings = bindings.iter().enumerate();
        bindings.any(|(index, binding)| {
            let is_quads = matches!(binding.kind, BindingKind::Tensor | BindingKind::Parameters);
            is_quads && self.storages.get(index) == Storage::Texture
        })
    }

    fn has_format(&self, format: Format) -> bool {
        (0..MOST_BINDINGS).any(|index| self.formats.get(index) == format)
    }

    /// Bindings 1 and up.
    pub fn bindings(&self) -> Vec<Binding> {
        self.fused.bindings(self.kernel)
    }

    /// The fields of its uniform block, in order.
    #[doc(hidden)]
    pub fn uniform(&self) -> Vec<(&'static str, Field)> {
        self.fused.block(self.kernel)
    }

    /// Size of its uniform block in bytes: a multiple of 16, to which WGSL rounds structs in uniform buffers.
    #[doc(hidden)]
    pub fn uniform_bytes(&self) -> usize {
        let bytes: usize = self.uniform().iter().map(|(_, field)| field.bytes()).sum();
        bytes.next_multiple_of(16)
    }
}

/// The texts that declare the structs of a kernel's uniform block, each of them once.
fn structs(kernel: &Kernel) -> Vec<&'static str> {
    let mut texts = Vec::new();
    for (_, field) in kernel.uniform {
        texts.extend(field.shader().filter(|text| !texts.contains(text)));
    }
    texts
}

/// The declaration of the variable for `binding`, at binding number `number`, and of the function that reads or writes it.
/// With `has_f16`, the shader has the type f16, and a function that reads a quad as such: `half_NAME(index)`.
fn declaration(
    number: usize,
    binding: &Binding,
    format: Format,
    (storage, shared): (Storage, bool),
    has_f16: bool,
) -> String {
    let name = binding.name;
    let shared = shared && binding.kind == BindingKind::Tensor;
    let is_quads = matches!(binding.kind, BindingKind::Tensor | BindingKind::Parameters);
    let is_half = is_quads && format == Format::F16;
    // The text that converts what is stored, and what is to be stored.
    let (from, to) = match (is_half, storage) {
        (false, _) => ("", ""),
        (true, Storage::Buffer) if has_f16 => ("vec4<f32>", ""),
        (true, Storage::Buffer) => ("unpacked_f16", "packed_f16"),
        (true, Storage::Texture) => ("", "stored_f16"),
    };
    let element = match is_half {
        true if has_f16 => "vec4<f16>",
        true => "vec2<u32>",
        false => "vec4<f32>",
    };
    let converted = |function: &str, value: String| match function {
        "" => value,
        _ => format!("{function}({value})"),
    };
    let buffer = |element: &str, value: &str| {
        let access = match (binding.access, shared) {
            (Access::Read, false) => "read",
            (Access::Read, true) | (Access::Write, _) => "read_write",
        };
        let function = match binding.access {
            Access::Read => {
                let read = converted(from, format!("{name}[index]"));
                format!("fn read_{name}(index: u32) -> {value} {{ return {read}; }}")
            }
            Access::Write => {
                let written = converted(to, "value".to_owned());
                format!(
                    "fn write_{name}(index: u32, value: {value}) {{ {name}[index] = {written}; }}"
                )
            }
        };
        format!(
            "@group(0) @binding({number}) var<storage, {access}> {name}: array<{element}>;\n{function}\n"
        )
    };
    let texture = || {
        let access = match (binding.access, shared) {
            (_, true) => "read_write",
            (Access::Read, false) => "read",
            (Access::Write, false) => "write",
        };
        let function = match binding.access {
            Access::Read => format!(
                "fn read_{name}(index: u32) -> vec4<f32> {{ return textureLoad({name}, texel(index)); }}"
            ),
            Access::Write => {
                let written = converted(to, "value".to_owned());
                format!(
                    "fn write_{name}(index: u32, value: vec4<f32>) {{ textureStore({name}, texel(index), {written}); }}"
                )
            }
        };
        let texel = if is_half {
            "rgba16float"
        } else {
            "rgba32float"
        };
        format!(
            "@group(0) @binding({number}) var {name}: texture_storage_2d<{texel}, {access}>;\n{function}\n"
        )
    };
    let half = match has_f16 && is_quads {
        false => String::new(),
        true => {
            let value = match (is_half, storage) {
                (true, Storage::Buffer) => format!("{name}[index]"),
                _ => format!("vec4<f16>(read_{name}(index))"),
            };
            format!("fn half_{name}(index: u32) -> vec4<f16> {{ return {value}; }}\n")
        }
    };
    match (binding.kind, storage) {
        (BindingKind::Tensor | BindingKind::Parameters, Storage::Buffer) => {
            buffer(element, "vec4<f32>") + &half
        }
        (BindingKind::Tensor | BindingKind::Parameters, Storage::Texture) => texture() + &half,
        (BindingKind::Numbers, ..) => buffer("f32", "f32"),
        (BindingKind::Integers, ..) => buffer("i32", "i32"),
        (BindingKind::Canvas, ..) => format!(
            "@group(0) @binding({number}) var {name}: texture_storage_2d<rgba8unorm, write>;\n\
             fn write_{name}(place: vec2<u32>, colour: vec4<f32>) {{ textureStore({name}, place, colour); }}\n"
        ),
        (BindingKind::Image, ..) => format!(
            "@group(0) @binding({number}) var {name}: texture_2d<f32>;\n\
             fn read_{name}(place: vec2<u32>) -> vec4<f32> {{ return textureLoad({name}, place, 0); }}\n"
        ),
    }
}
