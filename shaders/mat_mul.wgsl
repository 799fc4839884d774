// Product of matrices in any order of memory. An invocation computes four values of the result.

// Products that are summed before they are added to the whole sum, so that rounding errors of long sums stay small.
const PART = 64u;

fn left_at(index: u32) -> f32 {
    return read_left(uniforms.left.offset + index / 4u)[index % 4u];
}

fn right_at(index: u32) -> f32 {
    return read_right(uniforms.right.offset + index / 4u)[index % 4u];
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) workgroups: vec3<u32>) {
    let item = item_of(id, workgroups);
    if item >= uniforms.items {
        return;
    }
    let pixel = item / uniforms.output.quads;
    let quad = item - pixel * uniforms.output.quads;
    let left_pixel = index_along(uniforms.left_pixels, pixel);
    let right_pixel = index_along(uniforms.right_pixels, pixel);
    var values = vec4<f32>();
    for (var lane = 0u; lane < 4u; lane++) {
        let channel = 4u * quad + lane;
        if channel < uniforms.output.channels {
            let left = left_pixel + index_along(uniforms.left_channels, channel);
            let right = right_pixel + index_along(uniforms.right_channels, channel);
            var sum = 0.0;
            for (var begin = 0u; begin < uniforms.depth; begin += PART) {
                var part = 0.0;
                for (var k = begin; k < min(begin + PART, uniforms.depth); k++) {
                    part += left_at(left + k * uniforms.left_stride) * right_at(right + k * uniforms.right_stride);
                }
                sum += part;
            }
            values[lane] = sum;
        }
    }
    write_output(at(uniforms.output, pixel, quad), values);
}
