// A quad of channels under the windows of STRIP neighbouring pixels of a row, one tap after the other.
//
// If windows are one tap apart (SLIDING), neighbouring windows share all columns but one, so each step along the window
// reads one column. Pixels in the padding are cleared after all have been read, because Intel's compiler keeps the order.

// A quad for each window.
alias Strip = array<vec4<f32>, STRIP>;

// The windows of STRIP pixels from the one of `corner` on.
fn windows_from(corner: Corner) -> array<Corner, STRIP> {
    var windows: array<Corner, STRIP>;
    for (var i = 0u; i < STRIP; i++) {
        windows[i] = beside(corner, i * uniforms.window.stride_x, uniforms.input);
    }
    return windows;
}

// With SLIDING, what the first tap of a row of the windows takes over: what is under it, but for the last window.
fn begin_row(x: ptr<function, Strip>, corner: Corner, tap_y: u32, quad: u32) {
    if SLIDING == 1u {
        var inside: array<bool, STRIP>;
        for (var i = 1u; i < STRIP; i++) {
            let tap = tap_of(tap_y, i - 1u, uniforms.window, uniforms.input);
            inside[i] = is_inside(corner, tap, uniforms.input);
            (*x)[i] = load(index_under(corner, tap, inside[i], uniforms.input) + quad, corner.image, quad);
        }
        for (var i = 1u; i < STRIP; i++) {
            (*x)[i] = select(vec4<f32>(), (*x)[i], inside[i]);
        }
    }
}

// What is under a tap. Before, `x` is what is under the tap to its left, or of `begin_row`.
fn read_tap(x: ptr<function, Strip>, windows: array<Corner, STRIP>, tap_y: u32, tap_x: u32, quad: u32) {
    let corner = windows[0];
    if SLIDING == 1u {
        for (var i = 1u; i < STRIP; i++) {
            (*x)[i - 1u] = (*x)[i];
        }
        let last = tap_of(tap_y, STRIP - 1u + tap_x, uniforms.window, uniforms.input);
        let is_in_image = is_inside(corner, last, uniforms.input);
        let index = index_under(corner, last, is_in_image, uniforms.input) + quad;
        (*x)[STRIP - 1u] = select(vec4<f32>(), load(index, corner.image, quad), is_in_image);
    } else {
        let tap = tap_of(tap_y, tap_x, uniforms.window, uniforms.input);
        var inside: array<bool, STRIP>;
        for (var i = 0u; i < STRIP; i++) {
            inside[i] = is_inside(windows[i], tap, uniforms.input);
            (*x)[i] = load(index_under(windows[i], tap, inside[i], uniforms.input) + quad, corner.image, quad);
        }
        for (var i = 0u; i < STRIP; i++) {
            (*x)[i] = select(vec4<f32>(), (*x)[i], inside[i]);
        }
    }
}
