//! The matrix units of an adapter, and the features with which shaders use them.

use crate::device::MatrixSizes;

/// The features that shaders need. Without one of them, a device has no matrix units for this crate.
const FEATURES: wgpu::Features = wgpu::Features::EXPERIMENTAL_COOPERATIVE_MATRIX
    .union(wgpu::Features::SHADER_F16)
    .union(wgpu::Features::SUBGROUP);

/// The matrices that `adapter` multiplies, with operands in f16 and sums in f32. The features alone do not tell: an adapter may
/// have other elements or other shapes only, such as the 8x16x16 of Intel.
pub fn of(adapter: &wgpu::Adapter) -> MatrixSizes {
    if !adapter.features().contains(FEATURES) {
        return MatrixSizes::NONE;
    }
    let listed = adapter.cooperative_matrix_properties();
    let sizes = listed.iter().filter_map(size);
    sizes.fold(MatrixSizes::NONE, MatrixSizes::and)
}

fn size(listed: &wgpu::CooperativeMatrixProperties) -> Option<MatrixSizes> {
    let elements = (listed.ab_type, listed.cr_type);
    if elements
        != (
            wgpu::CooperativeScalarType::F16,
            wgpu::CooperativeScalarType::F32,
        )
    {
        return None;
    }
    match [listed.m_size, listed.n_size, listed.k_size] {
        [8, 8, 8] => Some(MatrixSizes::OF_8),
        [16, 16, 16] => Some(MatrixSizes::OF_16),
        _ => None,
    }
}

/// `descriptor` with the features that shaders need to multiply `matrices`.
pub fn enabled(
    descriptor: wgpu::DeviceDescriptor<'static>,
    matrices: MatrixSizes,
) -> wgpu::DeviceDescriptor<'static> {
    if matrices.is_empty() {
        return descriptor;
    }
    wgpu::DeviceDescriptor {
        required_features: descriptor.required_features | FEATURES,
        // SAFETY: wgpu asks to acknowledge that an experimental feature may have defects that are unsound. The one experimental
        // feature is cooperative matrices, and they are in the text of a shader only: nothing else of wgpu behaves in another
        // way. One shader of this crate has them (`conv_matrix_units.wgsl`). It loads and stores matrices in arrays of
        // workgroup memory only, whose lengths are constants of the shader, at places that depend on constants and on the
        // number of a panel, which is below a constant. So no such access reaches beyond its array, even where wgpu does
        // not check it, and none reaches a buffer. An application's own shaders are not compiled on this device unless it
        // asks for it, by `Gpu::device`; then naga reads their text, and the defects are those that wgpu's documentation
        // tells of.
        experimental_features: unsafe { wgpu::ExperimentalFeatures::enabled() },
        ..descriptor
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wgpu::CooperativeScalarType::{F16, F32, I32};

    #[test]
    fn shapes_are_taken_that_shaders_can_use() {
        let listed = |shape: [u32; 3], ab_type, cr_type| {
            size(&wgpu::CooperativeMatrixProperties {
                m_size: shape[0],
                n_size: shape[1],
                k_size: shape[2],
                ab_type,
                cr_type,
                saturating_accumulation: false,
            })
        };
        assert_eq!(listed([8; 3], F16, F32), Some(MatrixSizes::OF_8));
        assert_eq!(listed([16; 3], F16, F32), Some(MatrixSizes::OF_16));
        // Sums in f16, operands in f32, integers, and a shape that is not square.
        assert_eq!(listed([16; 3], F16, F16), None);
        assert_eq!(listed([8; 3], F32, F32), None);
        assert_eq!(listed([16; 3], I32, I32), None);
        assert_eq!(listed([8, 16, 16], F16, F32), None);
    }
}
