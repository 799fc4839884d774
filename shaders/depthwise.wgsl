// Stores conv(input) + bias of a depthwise convolution. One invocation computes one quad of channels for STRIP
// neighbouring pixels of a row, which share the weights that they read. The weights are kernel_height * kernel_width
// rows of quads, then a row of biases.
//
// If windows are one tap apart (SLIDING), neighbouring windows share all columns but one, so each step along the window
// reads one column. Pixels in the padding are cleared after all have been read, because Intel's compiler keeps the order.

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) workgroups: vec3<u32>) {
    let item = item_of(id, workgroups);
    if item >= uniforms.items {
        return;
    }
    let strip = item / uniforms.output.quads;
    let quad = item - strip * uniforms.output.quads;
    let output_row = strip / uniforms.strips;
    let first = (strip - output_row * uniforms.strips) * STRIP;
    let pixel = output_row * uniforms.output.width + first;
    let corner = corner_of(pixel, uniforms.window, uniforms.input, uniforms.output);

    var windows: array<Corner, STRIP>;
    for (var i = 0u; i < STRIP; i++) {
        windows[i] = beside(corner, i * uniforms.window.stride_x, uniforms.input);
    }

    var weight = uniforms.weights_offset + quad;
    var sums = array<vec4<f32>, STRIP>();
    for (var tap_y = 0u; tap_y < uniforms.window.kernel_height; tap_y++) {
        var x: array<vec4<f32>, STRIP>;
        if SLIDING == 1u {
            var inside: array<bool, STRIP>;
            for (var i = 1u; i < STRIP; i++) {
                let tap = tap_of(tap_y, i - 1u, uniforms.window, uniforms.input);
                inside[i] = is_inside(corner, tap, uniforms.input);
                x[i] = load(index_under(corner, tap, inside[i], uniforms.input) + quad, corner.image, quad);
            }
            for (var i = 1u; i < STRIP; i++) {
                x[i] = select(vec4<f32>(), x[i], inside[i]);
            }
        }
        for (var tap_x = 0u; tap_x < uniforms.window.kernel_width; tap_x++) {
            if SLIDING == 1u {
                for (var i = 1u; i < STRIP; i++) {
                    x[i - 1u] = x[i];
                }
                let last = tap_of(tap_y, STRIP - 1u + tap_x, uniforms.window, uniforms.input);
                let is_in_image = is_inside(corner, last, uniforms.input);
                let index = index_under(corner, last, is_in_image, uniforms.input) + quad;
                x[STRIP - 1u] = select(vec4<f32>(), load(index, corner.image, quad), is_in_image);
            } else {
                let tap = tap_of(tap_y, tap_x, uniforms.window, uniforms.input);
                var inside: array<bool, STRIP>;
                for (var i = 0u; i < STRIP; i++) {
                    inside[i] = is_inside(windows[i], tap, uniforms.input);
                    x[i] = load(index_under(windows[i], tap, inside[i], uniforms.input) + quad, corner.image, quad);
                }
                for (var i = 0u; i < STRIP; i++) {
                    x[i] = select(vec4<f32>(), x[i], inside[i]);
                }
            }
            let weights = read_weights(weight);
            weight += uniforms.output.quads;
            for (var i = 0u; i < STRIP; i++) {
                sums[i] = fma(x[i], weights, sums[i]);
            }
        }
    }
    let bias = read_weights(weight);
    for (var i = 0u; i < STRIP; i++) {
        if first + i < uniforms.output.width {
            store(sums[i] + bias, pixel + i, quad);
        }
    }
}
