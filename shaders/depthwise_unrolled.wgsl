// Stores conv(input) + bias of a depthwise convolution with a window of SIDE rows and columns. One invocation computes one
// quad of channels for STRIP neighbouring pixels of a row. Their windows are STEP times the dilation apart, so it reads each
// pixel of a row of the input once, for all windows that use it. The weights are packed as for depthwise.wgsl.

const COLUMNS = (STRIP - 1u) * STEP + SIDE;

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

    // Quads from the first window's left edge to a column, or to the first column in place of one in the padding. Indices
    // advance by additions: GPUs of Intel take three instructions for a product of integers.
    var columns: array<u32, COLUMNS>;
    var in_columns: array<bool, COLUMNS>;
    let first_column = 0u - corner.left * uniforms.input.pitch;
    let column_step = uniforms.window.dilation_x * uniforms.input.pitch;
    var column = 0u;
    var column_x = corner.left;
    for (var i = 0u; i < COLUMNS; i++) {
        in_columns[i] = column_x < uniforms.input.width;
        columns[i] = select(first_column, column, in_columns[i]);
        column_x += uniforms.window.dilation_x;
        column += column_step;
    }
    var weight = uniforms.weights_offset + quad;
    let bias = read_weights(weight + SIDE * SIDE * uniforms.output.quads);
    var sums: array<vec4<f32>, STRIP>;
    for (var i = 0u; i < STRIP; i++) {
        sums[i] = bias;
    }
    // Indices at that edge of a row under a row of the windows. In the padding it is the tensor's first row.
    let first_row = uniforms.input.offset - first_column + quad;
    let row_step = uniforms.window.dilation_y * uniforms.input.width * uniforms.input.pitch;
    var inner_row = corner.index + quad;
    var row_y = corner.top;
    // Five rows are a loop: unrolled as well, they are five times the code, and no faster on llvmpipe.
    let rows = select(uniforms.window.kernel_height, SIDE, SIDE < 5u);
    for (var ky = 0u; ky < rows; ky++) {
        let in_rows = row_y < uniforms.input.height;
        let row = select(first_row, inner_row, in_rows);
        row_y += uniforms.window.dilation_y;
        inner_row += row_step;
        var x: array<vec4<f32>, COLUMNS>;
        for (var i = 0u; i < COLUMNS; i++) {
            x[i] = load(row + columns[i], corner.image, quad);
        }
        for (var i = 0u; i < COLUMNS; i++) {
            x[i] = select(vec4<f32>(), x[i], in_rows & in_columns[i]);
        }
        for (var kx = 0u; kx < SIDE; kx++) {
            let weights = read_weights(weight);
            weight += uniforms.output.quads;
            for (var i = 0u; i < STRIP; i++) {
                sums[i] = fma(x[i * STEP + kx], weights, sums[i]);
            }
        }
    }
    let left = uniforms.output.width - first;
    var result = at(uniforms.output, pixel, quad);
    for (var i = 0u; i < STRIP; i++) {
        if i < left {
            store_at(result, sums[i], pixel + i, quad);
            result += uniforms.output.pitch;
        }
    }
}
