//! Host and shaders agree about what they share; and arithmetic that not every language defines is left out.

use menagerie::device::Storage;
use menagerie::kernels::{Access, BindingKind};
use naga::proc::Layouter;
use naga::{AddressSpace, BinaryOperator, Expression, ScalarKind, StorageAccess, TypeInner};

use crate::shaders;

/// Fields of the uniform block lie where the host writes them.
#[test]
fn uniform_blocks_agree() {
    for (_, shader) in shaders() {
        let mut layouter = Layouter::default();
        layouter.update(shader.module.to_ctx()).unwrap();
        let (_, uniform) = shader
            .module
            .global_variables
            .iter()
            .find(|(_, variable)| variable.space == AddressSpace::Uniform)
            .unwrap();
        let TypeInner::Struct { members, span } = &shader.module.types[uniform.ty].inner else {
            panic!("{}: a uniform block is a struct", shader.name);
        };
        let found: Vec<(String, u32)> = members
            .iter()
            .map(|member| (member.name.clone().unwrap(), member.offset))
            .collect();
        let mut offset = 0;
        let expected: Vec<(String, u32)> = shader
            .description
            .uniform()
            .into_iter()
            .map(|(name, field)| {
                let place = offset;
                offset += field.bytes() as u32;
                (name.to_owned(), place)
            })
            .collect();
        assert_eq!(found, expected, "{}", shader.name);
        assert!(
            *span as usize <= shader.description.uniform_bytes(),
            "{}",
            shader.name
        );
    }
}

/// Bindings are where, and what, the host binds; the workgroup is as large as it counts on.
#[test]
fn bindings_agree() {
    for (_, shader) in shaders() {
        assert_eq!(shader.module.entry_points.len(), 1, "{}", shader.name);
        let entry = &shader.module.entry_points[0];
        assert_eq!(
            entry.workgroup_size,
            [shader.instance.workgroup_size, 1, 1],
            "{}",
            shader.name
        );
        let mut variables = shader.module.global_variables.iter();
        let watch =
            variables.find(|(_, variable)| variable.name.as_deref() == Some("beyond_range"));
        let place = watch.map(|(_, variable)| variable.binding.unwrap().binding as usize);
        let expected = shader.description.bindings().len() + 1;
        let expected = shader.description.watches_range().then_some(expected);
        assert_eq!(place, expected, "{}", shader.name);
        for (index, binding) in shader.description.bindings().iter().enumerate() {
            let (_, variable) = shader
                .module
                .global_variables
                .iter()
                .find(|(_, variable)| variable.name.as_deref() == Some(binding.name))
                .unwrap_or_else(|| panic!("{}: {}", shader.name, binding.name));
            let place = variable.binding.unwrap();
            assert_eq!(
                (place.group, place.binding),
                (0, index as u32 + 1),
                "{}",
                shader.name
            );
            let access = match (&shader.module.types[variable.ty].inner, variable.space) {
                (
                    TypeInner::Image {
                        class: naga::ImageClass::Storage { access, .. },
                        ..
                    },
                    _,
                ) => *access,
                (
                    TypeInner::Image {
                        class: naga::ImageClass::Sampled { .. },
                        ..
                    },
                    _,
                ) => {
                    assert_eq!(binding.kind, BindingKind::Image, "{}", shader.name);
                    StorageAccess::LOAD
                }
                (_, AddressSpace::Storage { access }) => access,
                other => panic!("{}: {other:?}", shader.name),
            };
            let in_texture = match binding.kind {
                BindingKind::Tensor | BindingKind::Parameters => shader.storage == Storage::Texture,
                BindingKind::Canvas => true,
                _ => false,
            };
            let shared = shader.shared_slots && binding.kind == BindingKind::Tensor;
            let expected = match binding.access {
                _ if shared => StorageAccess::LOAD | StorageAccess::STORE,
                Access::Read => StorageAccess::LOAD,
                Access::Write if in_texture => StorageAccess::STORE,
                Access::Write => StorageAccess::LOAD | StorageAccess::STORE,
            };
            assert_eq!(access, expected, "{}: {}", shader.name, binding.name);
        }
    }
}

/// GLSL leaves `%` undefined where an operand is negative, so no shader takes it of signed numbers.
#[test]
fn remainders_are_unsigned() {
    for (_, shader) in shaders() {
        let entry = (
            &shader.module.entry_points[0].function,
            shader.info.get_entry_point(0),
        );
        let functions = shader.module.functions.iter();
        let functions = functions.map(|(handle, function)| (function, &shader.info[handle]));
        for (function, info) in functions.chain([entry]) {
            for (_, expression) in function.expressions.iter() {
                let Expression::Binary {
                    op: BinaryOperator::Modulo,
                    left,
                    ..
                } = *expression
                else {
                    continue;
                };
                let kind = info[left].ty.inner_with(&shader.module.types).scalar_kind();
                assert_eq!(
                    kind,
                    Some(ScalarKind::Uint),
                    "{}: {:?}",
                    shader.name,
                    function.name
                );
            }
        }
    }
}
