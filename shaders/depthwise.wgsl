// Stores conv(input) + bias of a depthwise convolution. One invocation computes one quad of channels for STRIP
// neighbouring pixels of a row, which share the weights that they read. The weights are kernel_height * kernel_width
// rows of quads, then a row of biases.

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) workgroups: vec3<u32>) {
    let item = item_of(id, workgroups);
    if item >= uniforms.items {
        return;
    }
    let quad = item % uniforms.output.quads;
    let strip = item / uniforms.output.quads;
    let x = strip % uniforms.strips * STRIP;
    let row = strip / uniforms.strips;
    let y = row % uniforms.output.height;
    let image = row / uniforms.output.height;

    let top = i32(y * uniforms.window.stride_y) - i32(uniforms.window.padding_top);
    let left = i32(x * uniforms.window.stride_x) - i32(uniforms.window.padding_left);
    let weights = uniforms.weights_offset + quad;
    var sums = array<vec4<f32>, STRIP>();
    for (var ky = 0u; ky < uniforms.window.kernel_height; ky++) {
        let in_y = top + i32(ky * uniforms.window.dilation_y);
        if in_y < 0 || in_y >= i32(uniforms.input.height) {
            continue;
        }
        let in_row = (image * uniforms.input.height + u32(in_y)) * uniforms.input.width;
        for (var kx = 0u; kx < uniforms.window.kernel_width; kx++) {
            let weight = read_weights(weights + (ky * uniforms.window.kernel_width + kx) * uniforms.output.quads);
            for (var i = 0u; i < STRIP; i++) {
                let in_x = left + i32(i * uniforms.window.stride_x + kx * uniforms.window.dilation_x);
                let inside = in_x >= 0 && in_x < i32(uniforms.input.width);
                let column = u32(clamp(in_x, 0, i32(uniforms.input.width) - 1));
                let value = load(at(uniforms.input, in_row + column, quad), quad);
                sums[i] = fma(select(vec4<f32>(), value, inside), weight, sums[i]);
            }
        }
    }
    let bias = read_weights(weights + uniforms.window.kernel_height * uniforms.window.kernel_width * uniforms.output.quads);
    for (var i = 0u; i < STRIP; i++) {
        let column = x + i;
        if column < uniforms.output.width {
            let pixel = row * uniforms.output.width + column;
            store(sums[i] + bias, pixel, quad);
        }
    }
}
