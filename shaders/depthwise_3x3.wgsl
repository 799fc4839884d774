// Stores conv(input) + bias of a depthwise convolution with a window of 3x3. One invocation computes one quad of
// channels for STRIP neighbouring windows of a row. It reads each pixel of a row of the input once, for all windows
// that use it. The windows are one dilation apart; if the stride is larger, every `step`th window is stored. The
// weights are packed as for depthwise.wgsl.

const KERNEL = 3u;
const COLUMNS = STRIP + KERNEL - 1u;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) workgroups: vec3<u32>) {
    let item = item_of(id, workgroups);
    if item >= uniforms.items {
        return;
    }
    let quad = item % uniforms.output.quads;
    let strip = item / uniforms.output.quads;
    let first = strip % uniforms.strips * STRIP;
    let row = strip / uniforms.strips;
    let corner = corner_of(row * uniforms.output.width, uniforms.window, uniforms.input, uniforms.output);

    let weights = uniforms.weights_offset + quad;
    var sums = array<vec4<f32>, STRIP>();
    for (var ky = 0u; ky < KERNEL; ky++) {
        let row_under = row_of(corner, ky);
        var columns: array<vec4<f32>, COLUMNS>;
        for (var i = 0u; i < COLUMNS; i++) {
            columns[i] = column_of(corner, row_under, (first + i) * uniforms.window.dilation_x, quad);
        }
        for (var kx = 0u; kx < KERNEL; kx++) {
            let weight = read_weights(weights + (ky * KERNEL + kx) * uniforms.output.quads);
            for (var i = 0u; i < STRIP; i++) {
                sums[i] = fma(columns[i + kx], weight, sums[i]);
            }
        }
    }
    let bias = read_weights(weights + KERNEL * KERNEL * uniforms.output.quads);
    let step = uniforms.window.stride_x / uniforms.window.dilation_x;
    var column = first / step;
    var beyond = first % step;
    for (var i = 0u; i < STRIP; i++) {
        if beyond == 0u && column < uniforms.output.width {
            let pixel = row * uniforms.output.width + column;
            store(sums[i] + bias, pixel, quad);
        }
        beyond++;
        if beyond == step {
            beyond = 0u;
            column++;
        }
    }
}
