// Stores conv(input) + bias, as an implicit matrix product by matrix units. A workgroup computes SPAN tiles of output channels
// for PIXELS pixels, with DEPTH rows of K at a time, which are staged in workgroup memory in f16. Sums are f32.
//
// The result of a workgroup is divided into panels of 2 x 2 matrices, and a subgroup computes one panel at a time. How many
// subgroups there are is known to the device only: with fewer than panels, they take turns, and with more, the rest computes
// the last panel again, and stores nothing.
//
// Matrices are loaded from workgroup memory only, at places that depend on constants and on the number of the panel, so
// that no access to a tensor depends on how a device loads a matrix.

// Number of quads of input channels that are staged at once.
const QUADS = DEPTH / 4u;
// Number of quads that an invocation stages of the input.
const READS = PIXELS * QUADS / WORKGROUP_SIZE;
// Weights are staged in blocks: four rows of K of a quad of output channels.
const BLOCKS = SPAN * TILE * QUADS;
const BLOCK_READS = (BLOCKS + WORKGROUP_SIZE - 1u) / WORKGROUP_SIZE;
// Whether all invocations stage as many, so that none has to be asked.
const IS_SHARED_EVENLY = BLOCKS % WORKGROUP_SIZE == 0u;
// Output channels of a workgroup.
const CHANNELS = SPAN * TILE * 4u;
// What is staged for one pixel, or for one output channel. There are 16 bytes more than needed, so that neighbours are in
// different memory banks. Vulkan wants a distance that is a multiple of 16 bytes.
const PITCH = DEPTH + 8u;
// Pixels and output channels of a panel.
const PANEL = 2u * SIZE;
const PANELS_ACROSS = CHANNELS / PANEL;
const PANELS = PIXELS / PANEL * PANELS_ACROSS;
// Quads of a matrix, and of one of its rows.
const ROW_QUADS = SIZE / 4u;
const MATRIX_QUADS = SIZE * ROW_QUADS;

// DEPTH rows of K for each pixel, and for each output channel: both operands have what a product sums up side by side.
var<workgroup> staged_input: array<f16, PIXELS * PITCH>;
var<workgroup> staged_weights: array<f16, CHANNELS * PITCH>;
// One matrix of each panel.
var<workgroup> results: array<f32, PANELS * SIZE * SIZE>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
    @builtin(workgroup_id) id: vec3<u32>,
    @builtin(num_workgroups) workgroups: vec3<u32>,
    @builtin(local_invocation_index) invocation: u32,
    @builtin(subgroup_id) subgroup: u32,
    @builtin(num_subgroups) subgroups: u32,
) {
    let item = id.x + id.y * workgroups.x;
    if item >= uniforms.items {
        return;
    }
    let spans = (uniforms.tiles + SPAN - 1u) / SPAN;
    let first_tile = item % spans * SPAN;
    let rest = item / spans;
    let group = rest % uniforms.groups;
    let first_pixel = rest / uniforms.groups * PIXELS;

    // What the invocation stages of the input: for READS pixels, every QUADS-th quad of input channels of each tap.
    let first_quad = invocation % QUADS;
    var corners: array<Corner, READS>;
    for (var i = 0u; i < READS; i++) {
        let staged = (invocation + i * WORKGROUP_SIZE) / QUADS;
        let pixel = min(first_pixel + staged, uniforms.pixels - 1u);
        corners[i] = corner_of(pixel, uniforms.window, uniforms.input, uniforms.output);
    }
    let step = place_in_k(QUADS);
    // What it stages of the weights: the first row of its quad of channels. A tile beyond the last one is the last one again.
    let lane = invocation % TILE;
    var columns: array<u32, BLOCK_READS>;
    for (var i = 0u; i < BLOCK_READS; i++) {
        let span = (invocation + i * WORKGROUP_SIZE) / (QUADS * TILE);
        let tile = min(first_tile + span, uniforms.tiles - 1u);
        columns[i] = rows_of(group * uniforms.tiles + tile) + lane;
    }
    let biases = biases_of(group);

    for (var first_panel = 0u; first_panel < PANELS; first_panel += subgroups) {
        let panel = min(first_panel + subgroup, PANELS - 1u);
        let upper = panel / PANELS_ACROSS * PANEL;
        let left = panel % PANELS_ACROSS * PANEL;
        var upper_left = Sums();
        var upper_right = Sums();
        var lower_left = Sums();
        var lower_right = Sums();
        var k = place_in_k(first_quad);
        for (var row = 0u; row < uniforms.rows; row += DEPTH) {
            var x: array<vec4<f16>, READS>;
            let tap = tap_of(k.tap_y, k.tap_x, uniforms.window, uniforms.input);
            let place = group * uniforms.in_quads + k.quad;
            // Rows that only fill up the tile have a tap below the window, which is cleared.
            let is_tap = k.tap_y < uniforms.window.kernel_height;
            for (var i = 0u; i < READS; i++) {
                let inside = is_inside(corners[i], tap, uniforms.input) & is_tap;
                let index = index_under(corners[i], tap, inside, uniforms.input) + place;
                x[i] = operand(index, corners[i].image, place, inside);
            }
            k = advance(k, step);
            var w: array<array<vec4<f16>, 4>, BLOCK_READS>;
            for (var i = 0u; i < BLOCK_READS; i++) {
                let quad = (invocation + i * WORKGROUP_SIZE) / TILE % QUADS;
                // Beyond the last row, the input is zero, and the weights only have to be finite. The number of rows is a
                // multiple of four.
                let first = columns[i] + min(row + 4u * quad, uniforms.rows - 4u) * TILE;
                w[i][0] = half_weights(first);
                w[i][1] = half_weights(first + TILE);
                w[i][2] = half_weights(first + 2u * TILE);
                w[i][3] = half_weights(first + 3u * TILE);
            }

            // Wait until all invocations have read the staged values.
            workgroupBarrier();
            for (var i = 0u; i < READS; i++) {
                let begin = (invocation + i * WORKGROUP_SIZE) / QUADS * PITCH + 4u * first_quad;
                staged_input[begin] = x[i].x;
                staged_input[begin + 1u] = x[i].y;
                staged_input[begin + 2u] = x[i].z;
                staged_input[begin + 3u] = x[i].w;
            }
            for (var i = 0u; i < BLOCK_READS; i++) {
                let block = invocation + i * WORKGROUP_SIZE;
                if IS_SHARED_EVENLY | (block < BLOCKS) {
                    let channel = (block / (QUADS * TILE) * TILE + lane) * 4u;
                    let begin = channel * PITCH + block / TILE % QUADS * 4u;
                    for (var j = 0u; j < 4u; j++) {
                        staged_weights[begin + j * PITCH] = w[i][0][j];
                        staged_weights[begin + j * PITCH + 1u] = w[i][1][j];
                        staged_weights[begin + j * PITCH + 2u] = w[i][2][j];
                        staged_weights[begin + j * PITCH + 3u] = w[i][3][j];
                    }
                }
            }
            workgroupBarrier();

            // The rows of the left operand are pixels, one after another (`coopLoadT`), and the columns of the right one are
            // output channels (`coopLoad`).
            for (var depth = 0u; depth < DEPTH; depth += SIZE) {
                let pixels = upper * PITCH + depth;
                let upper_input = coopLoadT<Left>(&staged_input[pixels], PITCH);
                let lower_input = coopLoadT<Left>(&staged_input[pixels + SIZE * PITCH], PITCH);
                let channels = left * PITCH + depth;
                let left_weights = coopLoad<Right>(&staged_weights[channels], PITCH);
                let right_weights = coopLoad<Right>(&staged_weights[channels + SIZE * PITCH], PITCH);
                upper_left = coopMultiplyAdd(upper_input, left_weights, upper_left);
                upper_right = coopMultiplyAdd(upper_input, right_weights, upper_right);
                lower_left = coopMultiplyAdd(lower_input, left_weights, lower_left);
                lower_right = coopMultiplyAdd(lower_input, right_weights, lower_right);
            }
        }

        // One matrix of each panel after another, through workgroup memory, where all invocations can read it.
        for (var part = 0u; part < 4u; part++) {
            workgroupBarrier();
            let own = first_panel + subgroup;
            if own < PANELS {
                let place = own * SIZE * SIZE;
                switch part {
                    case 0u: { coopStoreT(upper_left, &results[place], SIZE); }
                    case 1u: { coopStoreT(upper_right, &results[place], SIZE); }
                    case 2u: { coopStoreT(lower_left, &results[place], SIZE); }
                    default: { coopStoreT(lower_right, &results[place], SIZE); }
                }
            }
            workgroupBarrier();
            let end = min(first_panel + subgroups, PANELS) * MATRIX_QUADS;
            for (var item = first_panel * MATRIX_QUADS + invocation; item < end; item += WORKGROUP_SIZE) {
                let of_panel = item / MATRIX_QUADS;
                let row = item % MATRIX_QUADS / ROW_QUADS;
                let pixel = first_pixel + of_panel / PANELS_ACROSS * PANEL + part / 2u * SIZE + row;
                let column = of_panel % PANELS_ACROSS * PANEL + part % 2u * SIZE;
                let out_quad = first_tile * TILE + column / 4u + item % ROW_QUADS;
                if (pixel < uniforms.pixels) & (out_quad < uniforms.out_quads) {
                    let value = vec4<f32>(
                        results[4u * item],
                        results[4u * item + 1u],
                        results[4u * item + 2u],
                        results[4u * item + 3u],
                    );
                    store(value + read_weights(biases + out_quad), pixel, group * uniforms.out_quads + out_quad);
                }
            }
        }
    }
}
