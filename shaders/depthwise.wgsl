// Stores conv(input) + bias of a depthwise convolution. One invocation computes one quad of channels for STRIP
// neighbouring pixels of a row, which share the weights that they read. The weights are kernel_height * kernel_width
// rows of quads, then a row of biases.
//
// If windows are one tap apart (SLIDING), neighbouring windows share all columns but one, so each step along the window
// reads one column.

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
    let corner = corner_of(output_row * uniforms.output.width, uniforms.window, uniforms.input, uniforms.output);

    var weight = uniforms.weights_offset + quad;
    var sums = array<vec4<f32>, STRIP>();
    for (var tap_y = 0u; tap_y < uniforms.window.kernel_height; tap_y++) {
        let row = row_of(corner, tap_y);
        var x: array<vec4<f32>, STRIP>;
        if SLIDING == 1u {
            for (var i = 1u; i < STRIP; i++) {
                x[i] = column_of(corner, row, (first + i - 1u) * uniforms.window.dilation_x, quad);
            }
        }
        for (var tap_x = 0u; tap_x < uniforms.window.kernel_width; tap_x++) {
            if SLIDING == 1u {
                for (var i = 1u; i < STRIP; i++) {
                    x[i - 1u] = x[i];
                }
                let last = (first + STRIP - 1u + tap_x) * uniforms.window.dilation_x;
                x[STRIP - 1u] = column_of(corner, row, last, quad);
            } else {
                for (var i = 0u; i < STRIP; i++) {
                    let left = (first + i) * uniforms.window.stride_x + tap_x * uniforms.window.dilation_x;
                    x[i] = column_of(corner, row, left, quad);
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
        let column = first + i;
        if column < uniforms.output.width {
            store(sums[i] + bias, output_row * uniforms.output.width + column, quad);
        }
    }
}
