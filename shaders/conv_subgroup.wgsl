// Stores conv(input) + bias, as an implicit matrix product. A workgroup is one subgroup of LANES lanes. Each lane
// computes one quad of output channels of a tile, for STRIP pixels.
//
// The lanes read different inputs (QUADS quads of input channels of LANES / QUADS pixels in one read), and then
// exchange them by shuffles. So each read is used for LANES times as many products. This helps if reads cost far more
// than arithmetic, as on llvmpipe.

const PIXELS = LANES / QUADS;
const READS = STRIP / PIXELS;
const ROWS = 4u * QUADS;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
    @builtin(workgroup_id) id: vec3<u32>,
    @builtin(num_workgroups) workgroups: vec3<u32>,
    @builtin(subgroup_invocation_id) lane: u32,
) {
    let item = id.x + id.y * workgroups.x;
    if item >= uniforms.items {
        return;
    }
    let tile = item % uniforms.tiles;
    let rest = item / uniforms.tiles;
    let group = rest % uniforms.groups;
    let first_pixel = rest / uniforms.groups * STRIP;

    var corners: array<Corner, READS>;
    for (var i = 0u; i < READS; i++) {
        let pixel = min(first_pixel + i * PIXELS + lane / QUADS, uniforms.pixels - 1u);
        corners[i] = corner_of(pixel, uniforms.window, uniforms.input, uniforms.output);
    }

    // The lane's own place in K.
    var k = place_in_k(lane % QUADS);
    let step = place_in_k(QUADS);
    var sums = array<vec4<f32>, STRIP>();
    var weight = rows_of(group * uniforms.tiles + tile) + lane;
    for (var row = 0u; row < uniforms.rows; row += ROWS) {
        var x: array<vec4<f32>, READS>;
        let tap = tap_of(k.tap_y, k.tap_x, uniforms.window, uniforms.input);
        let place = group * uniforms.in_quads + k.quad;
        // Rows that only fill up the tile have a tap below the window, which is cleared.
        let is_tap = k.tap_y < uniforms.window.kernel_height;
        for (var i = 0u; i < READS; i++) {
            let inside = is_inside(corners[i], tap, uniforms.input) & is_tap;
            let value = load(index_under(corners[i], tap, inside, uniforms.input) + place, corners[i].image, place);
            x[i] = select(vec4<f32>(), value, inside);
        }
        var weights: array<vec4<f32>, ROWS>;
        for (var i = 0u; i < ROWS; i++) {
            weights[i] = read_weights(weight + i * LANES);
        }
        // One loop for each of the QUADS. Mesa 25 does not unroll a single loop for both, and then keeps the arrays in
        // memory, where the kernel takes ten times as long.
        for (var i = 0u; i < STRIP; i++) {
            let value = subgroupShuffle(x[i / PIXELS], i % PIXELS * QUADS);
            sums[i] = products(sums[i], value, weights[0], weights[1], weights[2], weights[3]);
        }
        for (var i = 0u; i < STRIP; i++) {
            let value = subgroupShuffle(x[i / PIXELS], i % PIXELS * QUADS + 1u);
            sums[i] = products(sums[i], value, weights[4], weights[5], weights[6], weights[7]);
        }
        weight += ROWS * LANES;
        k = advance(k, step);
    }

    let out_quad = tile * LANES + lane;
    if out_quad >= uniforms.out_quads {
        return;
    }
    let bias = read_weights(biases_of(group) + out_quad);
    let result_quad = group * uniforms.out_quads + out_quad;
    for (var i = 0u; i < STRIP; i++) {
        // Beyond the last pixel, the strip has computed the last pixel again. Writing it twice is harmless.
        let pixel = min(first_pixel + i, uniforms.pixels - 1u);
        store(sums[i] + bias, pixel, result_quad);
    }
}
