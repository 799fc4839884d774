// Stores conv(input) + bias of a depthwise convolution. One invocation computes one quad of channels for STRIP
// neighbouring pixels of a row, which share the weights that they read. The weights are kernel_height * kernel_width
// rows of quads, then a row of biases.

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
    let corner = corner_at(output_row, first, uniforms.window, uniforms.input, uniforms.output);
    let windows = windows_from(corner);

    var weight = uniforms.weights_offset + quad;
    var sums = array<vec4<f32>, STRIP>();
    for (var tap_y = 0u; tap_y < uniforms.window.kernel_height; tap_y++) {
        var x: Strip;
        begin_row(&x, corner, tap_y, quad);
        for (var tap_x = 0u; tap_x < uniforms.window.kernel_width; tap_x++) {
            read_tap(&x, windows, tap_y, tap_x, quad);
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
