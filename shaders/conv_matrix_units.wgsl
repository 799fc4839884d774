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
// Number of quads that an invocation stages of the input, and of the weights.
const READS = PIXELS * QUADS / WORKGROUP_SIZE;
const WEIGHT_READS = SPAN * DEPTH * TILE / WORKGROUP_SIZE;
// Output channels of a workgroup.
const CHANNELS = SPAN * TILE * 4u;
// Rows are 16 bytes apart, so that they are in different memory banks. Vulkan wants rows that are aligned to 16 bytes.
const INPUT_PITCH = DEPTH + 8u;
const WEIGHT_PITCH = CHANNELS + 8u;
// Pixels and output channels of a panel.
const PANEL = 2u * SIZE;
const PANELS_ACROSS = CHANNELS / PANEL;
const PANELS = PIXELS / PANEL * PANELS_ACROSS;
// Quads of a matrix, and of one of its rows.
const ROW_QUADS = SIZE / 4u;
const MATRIX_QUADS = SIZE * ROW_QUADS;

// A row for each pixel.
var<workgroup> staged_input: array<f16, PIXELS * INPUT_PITCH>;
// A row for each input channel of a tap.
var<workgroup> staged_weights: array<f16, DEPTH * WEIGHT_PITCH>;
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
    // What it stages of the weights: the first quad of its column. A tile beyond the last one is the last one again.
    let lane = invocation % TILE;
    var columns: array<u32, WEIGHT_READS>;
    for (var i = 0u; i < WEIGHT_READS; i++) {
        let span = (invocation + i * WORKGROUP_SIZE) / (DEPTH * TILE);
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
                let value = load(index_under(corners[i], tap, inside, uniforms.input) + place, place);
                x[i] = operand(select(vec4<f32>(), value, inside));
            }
            k = advance(k, step);
            var w: array<vec4<f16>, WEIGHT_READS>;
            for (var i = 0u; i < WEIGHT_READS; i++) {
                let staged = (invocation + i * WORKGROUP_SIZE) / TILE % DEPTH;
                // Beyond the last row, the input is zero, and the weights only have to be finite.
                let number = min(row + staged, uniforms.rows - 1u);
                w[i] = vec4<f16>(read_weights(columns[i] + number * TILE));
            }

            // Wait until all invocations have read the staged values.
            workgroupBarrier();
            for (var i = 0u; i < READS; i++) {
                let begin = (invocation + i * WORKGROUP_SIZE) / QUADS * INPUT_PITCH + 4u * first_quad;
                staged_input[begin] = x[i].x;
                staged_input[begin + 1u] = x[i].y;
                staged_input[begin + 2u] = x[i].z;
                staged_input[begin + 3u] = x[i].w;
            }
            for (var i = 0u; i < WEIGHT_READS; i++) {
                let staged = (invocation + i * WORKGROUP_SIZE) / TILE;
                let begin = staged % DEPTH * WEIGHT_PITCH + (staged / DEPTH * TILE + lane) * 4u;
                staged_weights[begin] = w[i].x;
                staged_weights[begin + 1u] = w[i].y;
                staged_weights[begin + 2u] = w[i].z;
                staged_weights[begin + 3u] = w[i].w;
            }
            workgroupBarrier();

            // Both operands have their rows one after another (`coopLoadT`).
            for (var depth = 0u; depth < DEPTH; depth += SIZE) {
                let pixels = upper * INPUT_PITCH + depth;
                let upper_input = coopLoadT<Left>(&staged_input[pixels], INPUT_PITCH);
                let lower_input = coopLoadT<Left>(&staged_input[pixels + SIZE * INPUT_PITCH], INPUT_PITCH);
                let channels = depth * WEIGHT_PITCH + left;
                let left_weights = coopLoadT<Right>(&staged_weights[channels], WEIGHT_PITCH);
                let right_weights = coopLoadT<Right>(&staged_weights[channels + SIZE], WEIGHT_PITCH);
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
