// Stores conv(input) + bias of a depthwise convolution with a window of 3x3. One invocation computes one quad of
// channels for STRIP neighbouring pixels of a row. Their windows are STEP times the dilation apart, so it reads each
// pixel of a row of the input once, for all windows that use it. The weights are packed as for depthwise.wgsl.

const KERNEL = 3u;
const COLUMNS = (STRIP - 1u) * STEP + KERNEL;

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

    // Quads from the first window's left edge to a column, or to the first column in place of one in the padding.
    var columns: array<u32, COLUMNS>;
    var in_columns: array<bool, COLUMNS>;
    let pitch = uniforms.input.pitch;
    for (var i = 0u; i < COLUMNS; i++) {
        let x = i * uniforms.window.dilation_x;
        in_columns[i] = corner.left + x < uniforms.input.width;
        columns[i] = select(0u - corner.left * pitch, x * pitch, in_columns[i]);
    }
    let weights = uniforms.weights_offset + quad;
    let bias = read_weights(weights + KERNEL * KERNEL * uniforms.output.quads);
    var sums: array<vec4<f32>, STRIP>;
    for (var i = 0u; i < STRIP; i++) {
        sums[i] = bias;
    }
    for (var ky = 0u; ky < KERNEL; ky++) {
        // Index at that edge of the row under this row of the windows. In the padding it is the tensor's first row.
        let tap = tap_of(ky, 0u, uniforms.window, uniforms.input);
        let in_rows = corner.top + tap.rows < uniforms.input.height;
        let row = select(uniforms.input.offset + corner.left * pitch, corner.index + tap.quads, in_rows) + quad;
        var x: array<vec4<f32>, COLUMNS>;
        for (var i = 0u; i < COLUMNS; i++) {
            x[i] = load(row + columns[i], corner.image, quad);
        }
        for (var i = 0u; i < COLUMNS; i++) {
            x[i] = select(vec4<f32>(), x[i], in_rows & in_columns[i]);
        }
        for (var kx = 0u; kx < KERNEL; kx++) {
            let weight = read_weights(weights + (ky * KERNEL + kx) * uniforms.output.quads);
            for (var i = 0u; i < STRIP; i++) {
                sums[i] = fma(x[i * STEP + kx], weight, sums[i]);
            }
        }
    }
    for (var i = 0u; i < STRIP; i++) {
        if first + i < uniforms.output.width {
            store(sums[i], pixel + i, quad);
        }
    }
}
