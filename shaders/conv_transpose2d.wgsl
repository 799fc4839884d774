// Stores conv_transpose(input) + bias by gathering: each output value is computed once, from the input pixels whose
// taps reach it. Pixels of a row that are one stride apart use the same taps. So one invocation computes OUT_BLOCK
// quads of channels for STRIP such pixels, all in registers.

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) workgroups: vec3<u32>) {
    let item = item_of(id, workgroups);
    if item >= uniforms.items {
        return;
    }
    let blocks = (uniforms.out_quads + OUT_BLOCK - 1u) / OUT_BLOCK;
    let out_a = item % blocks * OUT_BLOCK;
    // If the number of quads is odd, the last block computes its only quad twice.
    let out_b = min(out_a + 1u, uniforms.out_quads - 1u);
    var rest = item / blocks;
    let group = rest % uniforms.groups;
    rest /= uniforms.groups;
    let strip = rest % uniforms.strips * STRIP;
    rest /= uniforms.strips;
    let phase = rest % uniforms.window.stride_x;
    let row = rest / uniforms.window.stride_x;
    let y = row % uniforms.output.height;
    let image = row / uniforms.output.height;

    let tile = group * uniforms.tiles + out_a / TILE;
    let weights = rows_of(tile) + out_a % TILE;
    let to_b = out_b - out_a;
    var sums_a = array<vec4<f32>, STRIP>();
    var sums_b = array<vec4<f32>, STRIP>();
    for (var ky = 0u; ky < uniforms.window.kernel_height; ky++) {
        // The position of the window whose tap is this pixel, if there is such a window.
        let padded_y = y + uniforms.window.padding_top;
        let tap_y = ky * uniforms.window.dilation_y;
        if padded_y < tap_y || (padded_y - tap_y) % uniforms.window.stride_y != 0u {
            continue;
        }
        let in_y = (padded_y - tap_y) / uniforms.window.stride_y;
        if in_y >= uniforms.input.height {
            continue;
        }
        for (var kx = 0u; kx < uniforms.window.kernel_width; kx++) {
            // Add enough strides that no number is negative, because % of negative numbers is undefined in GLSL.
            let back = kx * uniforms.window.dilation_x;
            let strides = (back + uniforms.window.stride_x - 1u) / uniforms.window.stride_x;
            let across = phase + uniforms.window.padding_left + strides * uniforms.window.stride_x - back;
            if across % uniforms.window.stride_x != 0u {
                continue;
            }
            var first: array<u32, STRIP>;
            var inside: array<bool, STRIP>;
            for (var i = 0u; i < STRIP; i++) {
                let in_x = i32(across / uniforms.window.stride_x + strip + i) - i32(strides);
                inside[i] = in_x >= 0 && in_x < i32(uniforms.input.width);
                let column = u32(clamp(in_x, 0, i32(uniforms.input.width) - 1));
                let pixel = pixel_of(uniforms.input, image, in_y, column);
                first[i] = at(uniforms.input, pixel, group * uniforms.in_quads);
            }
            let tap = ky * uniforms.window.kernel_width + kx;
            var weight = weights + tap * uniforms.in_quads * 4u * TILE;
            for (var quad = 0u; quad < uniforms.in_quads; quad++) {
                var x: array<vec4<f32>, STRIP>;
                for (var i = 0u; i < STRIP; i++) {
                    x[i] = select(vec4<f32>(), read_input(first[i] + quad), inside[i]);
                }
                for (var lane = 0u; lane < 4u; lane++) {
                    let a = read_weights(weight);
                    let b = read_weights(weight + to_b);
                    for (var i = 0u; i < STRIP; i++) {
                        let value = vec4<f32>(x[i][lane]);
                        sums_a[i] = fma(value, a, sums_a[i]);
                        sums_b[i] = fma(value, b, sums_b[i]);
                    }
                    weight += TILE;
                }
            }
        }
    }

    let biases = biases_of(group);
    let bias_a = read_weights(biases + out_a);
    let bias_b = read_weights(biases + out_b);
    for (var i = 0u; i < STRIP; i++) {
        let x = (strip + i) * uniforms.window.stride_x + phase;
        if x < uniforms.output.width {
            let pixel = row * uniforms.output.width + x;
            let first_result = group * uniforms.out_quads;
            store(sums_a[i] + bias_a, pixel, first_result + out_a);
            store(sums_b[i] + bias_b, pixel, first_result + out_b);
        }
    }
}
