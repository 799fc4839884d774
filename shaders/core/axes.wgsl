// Axes of a tensor, innermost first, as the host encodes them (src/kernels/uniforms.rs).

struct Axes {
    extents: array<vec4<u32>, 2>,
    // What one step along each axis adds to an index.
    strides: array<vec4<u32>, 2>,
    // The number of axes, at least 1.
    count: u32,
    // The stride of the last of them.
    outermost: u32,
    unused_z: u32,
    unused_w: u32,
}

struct Digits {
    // The number over the axes that are not counted yet.
    rest: u32,
    index: u32,
}

fn digit(digits: Digits, extent: u32, stride: u32) -> Digits {
    let rest = digits.rest / extent;
    return Digits(rest, digits.index + (digits.rest - rest * extent) * stride);
}

// The index of the element that is number `number` if `axes` are counted through, innermost first. The outermost axis
// takes what the others leave, so an index along one axis takes no division. The axes are written out, because compilers
// copy vectors that are indexed by a variable to memory.
fn index_along(axes: Axes, number: u32) -> u32 {
    var digits = Digits(number, 0u);
    if axes.count > 1u { digits = digit(digits, axes.extents[0].x, axes.strides[0].x); }
    if axes.count > 2u { digits = digit(digits, axes.extents[0].y, axes.strides[0].y); }
    if axes.count > 3u { digits = digit(digits, axes.extents[0].z, axes.strides[0].z); }
    if axes.count > 4u { digits = digit(digits, axes.extents[0].w, axes.strides[0].w); }
    if axes.count > 5u { digits = digit(digits, axes.extents[1].x, axes.strides[1].x); }
    if axes.count > 6u { digits = digit(digits, axes.extents[1].y, axes.strides[1].y); }
    if axes.count > 7u { digits = digit(digits, axes.extents[1].z, axes.strides[1].z); }
    return digits.index + digits.rest * axes.outermost;
}
