// A convolution as an implicit matrix product that is staged in workgroup memory (core/tiled_product.wgsl). K are the taps of
// the window, and the input channels of each.

fn operands_of(corners: ptr<function, array<Corner, READS>>, k: PlaceInK, group: u32) -> array<vec4<f32>, READS> {
    let tap = tap_of(k.tap_y, k.tap_x, uniforms.window, uniforms.input);
    let place = group * uniforms.in_quads + k.quad;
    // Rows that only fill up the tile have a tap below the window, which is cleared.
    let is_tap = k.tap_y < uniforms.window.kernel_height;
    var x: array<vec4<f32>, READS>;
    for (var i = 0u; i < READS; i++) {
        let corner = corners[i];
        let inside = is_inside(corner, tap, uniforms.input) & is_tap;
        let value = load(index_under(corner, tap, inside, uniforms.input) + place, corner.image, place);
        x[i] = select(vec4<f32>(), value, inside);
    }
    return x;
}
