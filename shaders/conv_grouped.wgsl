// Stores conv(input) + bias of a convolution with groups. One invocation computes one quad of output channels for STRIP
// neighbouring pixels of a row. It reads `band` quads of input channels: those of the groups that its output channels
// belong to. The weights are tiles of TILE quads of output channels, counted over all groups, with a row for each tap
// and each channel of the band; after all tiles there is a row of biases for each (src/kernels/conv_band.rs).

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
    let begin = min(4u * quad / uniforms.out_each * uniforms.in_each / 4u, uniforms.last_band);

    let rows = uniforms.window.kernel_height * uniforms.window.kernel_width * uniforms.band * 4u;
    let weights = uniforms.weights_offset + quad / TILE * rows * TILE + quad % TILE;
    var sums = array<vec4<f32>, STRIP>();
    for (var tap_y = 0u; tap_y < uniforms.window.kernel_height; tap_y++) {
        for (var step = 0u; step < uniforms.band; step++) {
            let place = begin + step;
            var x: Strip;
            begin_row(&x, corner, tap_y, place);
            for (var tap_x = 0u; tap_x < uniforms.window.kernel_width; tap_x++) {
                read_tap(&x, windows, tap_y, tap_x, place);
                let taps_before = tap_y * uniforms.window.kernel_width + tap_x;
                let weight = weights + (taps_before * uniforms.band + step) * 4u * TILE;
                let of_x = read_weights(weight);
                let of_y = read_weights(weight + TILE);
                let of_z = read_weights(weight + 2u * TILE);
                let of_w = read_weights(weight + 3u * TILE);
                for (var i = 0u; i < STRIP; i++) {
                    sums[i] = products(sums[i], x[i], of_x, of_y, of_z, of_w);
                }
            }
        }
    }
    let bias = read_weights(uniforms.weights_offset + uniforms.tiles * rows * TILE + quad);
    for (var i = 0u; i < STRIP; i++) {
        if first + i < uniforms.output.width {
            store(sums[i] + bias, pixel + i, quad);
        }
    }
}
