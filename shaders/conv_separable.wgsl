// A depthwise separable convolution as a matrix product that is staged in workgroup memory (core/tiled_product.wgsl). K are the
// channels of the depthwise convolution, whose results are computed where they are staged and never stored. The weights of
// the depthwise convolution follow those of the product, packed as for depthwise.wgsl.

fn operands_of(corners: ptr<function, array<Corner, READS>>, k: PlaceInK, group: u32) -> array<vec4<f32>, READS> {
    var weight = uniforms.weights_offset + uniforms.depthwise_weights + k.quad;
    let bias = read_weights(weight + KERNEL * KERNEL * uniforms.in_quads);
    var sums: array<vec4<f32>, READS>;
    for (var i = 0u; i < READS; i++) {
        sums[i] = bias;
    }
    // Compilers unroll the taps of a row, but not the rows, whose loads would need too many registers.
    for (var tap_y = 0u; tap_y < uniforms.window.kernel_height; tap_y++) {
        for (var tap_x = 0u; tap_x < KERNEL; tap_x++) {
            let tap = tap_of(tap_y, tap_x, uniforms.window, uniforms.input);
            let weights = read_weights(weight);
            weight += uniforms.in_quads;
            for (var i = 0u; i < READS; i++) {
                let corner = corners[i];
                let inside = is_inside(corner, tap, uniforms.input);
                let value = load(index_under(corner, tap, inside, uniforms.input) + k.quad, corner.image, k.quad);
                sums[i] = fma(select(vec4<f32>(), value, inside), weights, sums[i]);
            }
        }
    }
    // Rows that only fill up the tile are beyond the first tap, and are cleared.
    let is_channel = (k.tap_y | k.tap_x) == 0u;
    for (var i = 0u; i < READS; i++) {
        sums[i] = select(vec4<f32>(), between(sums[i]), is_channel);
    }
    return sums;
}
