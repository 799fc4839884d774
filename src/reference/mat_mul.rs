use super::Operand;
use crate::tensor::{Broadcast, Dims, Type};

/// Multiplies the matrices of `a` and `b`, whose outer axes broadcast to those of `result`.
pub(super) fn mat_mul(a: &Operand<'_>, b: &Operand<'_>, result: &Type, output: &mut [f32]) {
    let matrices = |ty: &Type| -> (Vec<usize>, [usize; 2]) {
        let extents = ty.extents();
        let (outer, matrix) = extents.split_at(extents.len() - 2);
        (outer.to_vec(), [matrix[0], matrix[1]])
    };
    let (outer, [rows, columns]) = matrices(result);
    let ((outer_a, [_, depth]), (outer_b, _)) = (matrices(a.ty()), matrices(b.ty()));
    let [Ok(outer), Ok(outer_a), Ok(outer_b)] =
        [outer, outer_a, outer_b].map(|outer| Dims::new(&outer))
    else {
        return;
    };
    let broadcast = Broadcast::new(&outer, &[&outer_a, &outer_b]);
    for (image, results) in output.chunks_mut(result.count()).enumerate() {
        for (matrix, results) in results.chunks_mut(rows * columns).enumerate() {
            let first = |operand: &Operand<'_>, index: usize, size: usize| {
                let place = broadcast.read(index, matrix..matrix + 1).start;
                image * operand.ty().count() + place * size
            };
            let a = &a.data()[first(a, 0, rows * depth)..][..rows * depth];
            let b = &b.data()[first(b, 1, depth * columns)..][..depth * columns];
            for (index, value) in results.iter_mut().enumerate() {
                let (row, column) = (index / columns, index % columns);
                let products = (0..depth)
                    .map(|k| f64::from(a[row * depth + k]) * f64::from(b[k * columns + column]));
                *value = products.sum::<f64>() as f32;
            }
        }
    }
}
