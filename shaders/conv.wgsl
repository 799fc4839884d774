// Stores conv(input) + bias, as an implicit matrix product. One invocation computes OUT_BLOCK quads of channels for
// STRIP pixels, all in registers. So each read of the input is used for OUT_BLOCK products, and each read of the
// weights for STRIP products.

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) workgroups: vec3<u32>) {
    let item = item_of(id, workgroups);
    if item >= uniforms.items {
        return;
    }
    let blocks = (uniforms.out_quads + OUT_BLOCK - 1u) / OUT_BLOCK;
    let block = item % blocks;
    let rest = item / blocks;
    let group = rest % uniforms.groups;
    let first_pixel = rest / uniforms.groups * STRIP;
    // If the number of quads is odd, the last block computes its only quad twice.
    let out_a = block * OUT_BLOCK;
    let out_b = min(out_a + 1u, uniforms.out_quads - 1u);
    let tile = group * uniforms.tiles + out_a / TILE;

    var corners: array<Corner, STRIP>;
    for (var i = 0u; i < STRIP; i++) {
        let pixel = min(first_pixel + i, uniforms.pixels - 1u);
        corners[i] = corner_of(pixel, uniforms.window, uniforms.input, uniforms.output);
    }

    var sums_a = array<vec4<f32>, STRIP>();
    var sums_b = array<vec4<f32>, STRIP>();
    var weight_a = rows_of(tile) + out_a % TILE;
    let to_b = out_b - out_a;
    for (var ky = 0u; ky < uniforms.window.kernel_height; ky++) {
        for (var kx = 0u; kx < uniforms.window.kernel_width; kx++) {
            let tap = tap_of(ky, kx, uniforms.window, uniforms.input);
            var first: array<u32, STRIP>;
            var inside: array<bool, STRIP>;
            for (var i = 0u; i < STRIP; i++) {
                inside[i] = is_inside(corners[i], tap, uniforms.input);
                first[i] = index_under(corners[i], tap, inside[i], uniforms.input) + group * uniforms.in_quads;
            }
            for (var quad = 0u; quad < uniforms.in_quads; quad++) {
                let place = group * uniforms.in_quads + quad;
                var x: array<vec4<f32>, STRIP>;
                for (var i = 0u; i < STRIP; i++) {
                    x[i] = select(vec4<f32>(), load(first[i] + quad, corners[i].image, place), inside[i]);
                }
                for (var lane = 0u; lane < 4u; lane++) {
                    let a = read_weights(weight_a);
                    let b = read_weights(weight_a + to_b);
                    for (var i = 0u; i < STRIP; i++) {
                        let value = vec4<f32>(x[i][lane]);
                        sums_a[i] = fma(value, a, sums_a[i]);
                        sums_b[i] = fma(value, b, sums_b[i]);
                    }
                    weight_a += TILE;
                }
            }
        }
    }

    let biases = biases_of(group);
    let bias_a = read_weights(biases + out_a);
    let bias_b = read_weights(biases + out_b);
    let first_result = group * uniforms.out_quads;
    for (var i = 0u; i < STRIP; i++) {
        // Beyond the last pixel, the strip has computed the last pixel again. Writing it twice is harmless.
        let pixel = min(first_pixel + i, uniforms.pixels - 1u);
        store(sums_a[i] + bias_a, pixel, first_result + out_a);
        store(sums_b[i] + bias_b, pixel, first_result + out_b);
    }
}
