//! Divides a range of a tensor's elements into blocks that are read at once. In a PyTorch file, a tensor can be a
//! transposed view or a slice of its storage, so neighbours in the tensor need not be neighbours in the file.

use std::ops::Range;

/// A block may span this many times the elements that are needed from it.
const MAX_WASTE: usize = 4;

/// A block may always span this many elements: reading them takes no longer than the call of the system.
const MIN_SPAN: usize = 1 << 12;

/// One dimension of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Axis {
    pub(super) extent: usize,
    /// The distance of neighbours in the file, in elements.
    pub(super) stride: usize,
    /// The distance of neighbours in the result.
    pub(super) step: usize,
}

/// A box of a tensor's elements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Block {
    /// The first element in the file, counted from the tensor's first element.
    pub(super) first: usize,
    /// The position of the first element in the result.
    pub(super) result: usize,
    pub(super) axes: Vec<Axis>,
}

impl Block {
    /// Returns the number of elements in the file from the first to the last one.
    pub(super) fn span(&self) -> usize {
        let reach = self.axes.iter().map(|axis| (axis.extent - 1) * axis.stride);
        1 + reach.sum::<usize>()
    }

    /// Returns the number of elements.
    fn count(&self) -> usize {
        self.axes.iter().map(|axis| axis.extent).product()
    }

    /// Returns whether the elements are neighbours in the file and in the result.
    pub(super) fn is_run(&self) -> bool {
        match *self.axes {
            [] => true,
            [axis] => axis.stride == 1 && axis.step == 1,
            _ => false,
        }
    }

    /// Copies the elements from `file`, which begins with the first of them, to `result`.
    pub(super) fn copy(&self, file: &[f32], result: &mut [f32]) {
        copy(&self.axes, file, &mut result[self.result..]);
    }
}

fn copy(axes: &[Axis], file: &[f32], result: &mut [f32]) {
    match axes {
        [] => result[0] = file[0],
        [axis, inner @ ..] => {
            for index in 0..axis.extent {
                let (from, to) = (index * axis.stride, index * axis.step);
                copy(inner, &file[from..], &mut result[to..]);
            }
        }
    }
}

/// What is done with each block.
type Visit<'a, E> = &'a mut dyn FnMut(Block) -> Result<(), E>;

/// Calls `visit` for blocks that together have the elements in `range` of a tensor, counted in the order of its
/// dimensions. The result has these elements in this order. No block spans more than `limit` elements of the file.
pub(super) fn for_each<E>(
    shape: &[usize],
    strides: &[usize],
    range: Range<usize>,
    limit: usize,
    visit: Visit<'_, E>,
) -> Result<(), E> {
    let start = Block {
        first: 0,
        result: 0,
        axes: merged(shape, strides),
    };
    divide(start, range, &mut |block| split(block, limit, visit))
}

/// Returns the dimensions without those of one element. Dimensions that are one in the file become one.
fn merged(shape: &[usize], strides: &[usize]) -> Vec<Axis> {
    let mut axes: Vec<Axis> = Vec::new();
    let mut step = 1;
    for (&extent, &stride) in shape.iter().zip(strides).rev() {
        match axes.last_mut() {
            _ if extent == 1 => {}
            Some(inner) if inner.extent * inner.stride == stride => inner.extent *= extent,
            _ => axes.push(Axis {
                extent,
                stride,
                step,
            }),
        }
        step *= extent;
    }
    axes.reverse();
    axes
}

/// Divides the elements in `range` of `whole` into boxes: its complete rows, and parts of the first and the last row.
fn divide<E>(whole: Block, mut range: Range<usize>, visit: Visit<'_, E>) -> Result<(), E> {
    let Some(&outer) = whole.axes.first() else {
        return if range.is_empty() {
            Ok(())
        } else {
            visit(whole)
        };
    };
    let row = outer.step;
    let mut result = whole.result;
    while !range.is_empty() {
        let (index, within) = (range.start / row, range.start % row);
        let first = whole.first + index * outer.stride;
        let mut axes = whole.axes.clone();
        let count;
        if within == 0 && range.len() >= row {
            let rows = range.len() / row;
            axes[0].extent = rows;
            count = rows * row;
            visit(Block {
                first,
                result,
                axes,
            })?;
        } else {
            axes.remove(0);
            count = range.len().min(row - within);
            let inner = Block {
                first,
                result,
                axes,
            };
            divide(inner, within..within + count, visit)?;
        }
        range.start += count;
        result += count;
    }
    Ok(())
}

/// Halves a block along the dimension with the most distant neighbours until each part can be read at once.
fn split<E>(block: Block, limit: usize, visit: Visit<'_, E>) -> Result<(), E> {
    let mut blocks = vec![block];
    while let Some(mut block) = blocks.pop() {
        block.axes.retain(|axis| axis.extent > 1);
        let most = block.count().saturating_mul(MAX_WASTE).max(MIN_SPAN);
        let most = most.min(limit);
        let widest = (0..block.axes.len()).max_by_key(|&axis| block.axes[axis].stride);
        let Some(widest) = widest.filter(|_| block.span() > most) else {
            visit(block)?;
            continue;
        };
        let Axis {
            extent,
            stride,
            step,
        } = block.axes[widest];
        let half = extent / 2;
        let mut rest = block.clone();
        block.axes[widest].extent = half;
        rest.axes[widest].extent = extent - half;
        rest.first += half * stride;
        rest.result += half * step;
        blocks.extend([rest, block]);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads `range` of a view of a file whose elements are their positions.
    fn gathered(shape: &[usize], strides: &[usize], range: Range<usize>, limit: usize) -> Vec<f32> {
        let mut result = vec![f32::NAN; range.len()];
        for_each::<()>(shape, strides, range, limit, &mut |block| {
            assert!(block.span() <= limit.max(1), "{block:?}");
            let file: Vec<f32> = (block.first..block.first + block.span())
                .map(|position| position as f32)
                .collect();
            block.copy(&file, &mut result);
            Ok(())
        })
        .unwrap();
        result
    }

    /// The positions of a view's elements, one by one.
    fn positions(shape: &[usize], strides: &[usize]) -> Vec<f32> {
        let count: usize = shape.iter().product();
        let position = |mut index: usize| {
            let mut position = 0;
            for (extent, stride) in shape.iter().zip(strides).rev() {
                position += index % extent * stride;
                index /= extent;
            }
            position as f32
        };
        (0..count).map(position).collect()
    }

    #[test]
    fn every_range_of_every_view_is_read_as_elements_one_by_one() {
        let views: [(&[usize], &[usize]); 10] = [
            (&[], &[]),
            (&[7], &[1]),
            (&[7], &[3]),
            (&[4, 5], &[5, 1]),
            (&[5, 4], &[1, 5]),
            (&[3, 1, 4], &[4, 99, 1]),
            (&[2, 3, 2, 2], &[12, 1, 6, 3]),
            (&[2, 3, 2, 2], &[1, 2, 12, 6]),
            (&[3, 4], &[0, 1]),
            (&[3, 4], &[100, 7]),
        ];
        for (shape, strides) in views {
            let expected = positions(shape, strides);
            for limit in [1, 3, 8, 1000] {
                for begin in 0..=expected.len() {
                    for end in begin..=expected.len() {
                        assert_eq!(
                            gathered(shape, strides, begin..end, limit),
                            expected[begin..end],
                            "{shape:?} {strides:?} {begin}..{end}"
                        );
                    }
                }
            }
        }
    }

    /// A tensor as a file usually has it needs no copy, and a transposed matrix a block for a few columns.
    #[test]
    fn few_blocks_are_read() {
        let blocks = |shape: &[usize], strides: &[usize], limit| {
            let mut blocks = Vec::new();
            for_each::<()>(
                shape,
                strides,
                0..shape.iter().product(),
                limit,
                &mut |block| {
                    blocks.push(block);
                    Ok(())
                },
            )
            .unwrap();
            blocks
        };
        let whole = blocks(&[8, 4, 3, 3], &[36, 9, 3, 1], 1000);
        assert!(whole.len() == 1 && whole[0].is_run(), "{whole:?}");
        let channels_last = blocks(&[8, 4, 3, 3], &[36, 1, 12, 4], 1000);
        assert_eq!(channels_last.len(), 1, "{channels_last:?}");
        let transposed = blocks(&[10, 64], &[1, 1000], 10_000);
        assert_eq!(transposed.len(), 16, "{transposed:?}");
        let wide = blocks(&[10, 64], &[1, 100_000], 1_000_000);
        assert_eq!(wide.len(), 64, "{wide:?}");
    }
}
