// Stores conv(input) + bias of a convolution with groups. One invocation computes one quad of output channels for STRIP
// neighbouring pixels of a row. It reads `band` quads of input channels: those of the groups that its output channels
// belong to. The weights are tiles of TILE quads of output channels, counted over all groups, with a row for each tap
// and each channel of the band; after all tiles there is a row of biases for each (src/kernels/conv_band.rs).
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
    let begin = min(4u * quad / uniforms.out_each * uniforms.in_each / 4u, uniforms.last_band);

    let rows = uniforms.window.kernel_height * uniforms.window.kernel_width * uniforms.band * 4u;
    let weights = uniforms.weights_offset + quad / TILE * rows * TILE + quad % TILE;
    var sums = array<vec4<f32>, STRIP>();
    for (var tap_y = 0u; tap_y < uniforms.window.kernel_height; tap_y++) {
        for (var step = 0u; step < uniforms.band; step++) {
            let place = begin + step;
            var x: array<vec4<f32>, STRIP>;
            if SLIDING == 1u {
                var inside: array<bool, STRIP>;
                for (var i = 1u; i < STRIP; i++) {
                    let tap = tap_of(tap_y, i - 1u, uniforms.window, uniforms.input);
                    inside[i] = is_inside(corner, tap, uniforms.input);
                    x[i] = load(index_under(corner, tap, inside[i], uniforms.input) + place, corner.image, place);
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
                    let index = index_under(corner, last, is_in_image, uniforms.input) + place;
                    x[STRIP - 1u] = select(vec4<f32>(), load(index, corner.image, place), is_in_image);
                } else {
                    let tap = tap_of(tap_y, tap_x, uniforms.window, uniforms.input);
                    var inside: array<bool, STRIP>;
                    for (var i = 0u; i < STRIP; i++) {
                        inside[i] = is_inside(windows[i], tap, uniforms.input);
                        x[i] = load(index_under(windows[i], tap, inside[i], uniforms.input) + place, corner.image, place);
                    }
                    for (var i = 0u; i < STRIP; i++) {
                        x[i] = select(vec4<f32>(), x[i], inside[i]);
                    }
                }
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
