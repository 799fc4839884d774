// Axes of a tensor, innermost first, as the host encodes them (src/kernels/uniforms.rs).

struct Axes {
    extents: array<vec4<u32>, 2>,
    // What one step along each axis adds to an index.
    strides: array<vec4<u32>, 2>,
    count: vec4<u32>,
}

// The index of the element that is number `number` if `axes` are counted through, innermost first.
fn index_along(axes: Axes, number: u32) -> u32 {
    var rest = number;
    var index = 0u;
    for (var axis = 0u; axis < axes.count.x; axis++) {
        let extent = axes.extents[axis / 4u][axis % 4u];
        index += rest % extent * axes.strides[axis / 4u][axis % 4u];
        rest /= extent;
    }
    return index;
}
