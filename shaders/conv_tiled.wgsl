// Stores conv(input) + bias, as an implicit matrix product that is staged in workgroup memory. A workgroup computes
// SPAN tiles of output channels for PIXELS pixels, with DEPTH rows of K at a time. Each invocation computes a quad of
// channels of each tile for STRIP pixels, in registers. So each read of workgroup memory is used for STRIP or 4 * SPAN
// products.

// Number of invocations that share a quad of output channels.
const TEAMS = WORKGROUP_SIZE / TILE;
const STRIP = PIXELS / TEAMS;
// Number of quads of input channels that are staged at once.
const QUADS = DEPTH / 4u;
// Number of pixels that an invocation stages.
const READS = PIXELS * QUADS / WORKGROUP_SIZE;
// One vec4 more than needed, so that the pixels of neighbouring invocations are in different memory banks.
const PITCH = QUADS + 1u;

var<workgroup> staged_input: array<vec4<f32>, PIXELS * PITCH>;
var<workgroup> staged_weights: array<vec4<f32>, SPAN * DEPTH * TILE>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
    @builtin(workgroup_id) id: vec3<u32>,
    @builtin(num_workgroups) workgroups: vec3<u32>,
    @builtin(local_invocation_index) invocation: u32,
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
    var quad = first_quad;
    var tap_y = 0u;
    var tap_x = 0u;
    // What it stages of the weights: one quad of each tile, which advances by DEPTH rows in every step. A tile beyond
    // the last one is the last one again.
    var weight: array<u32, SPAN>;
    for (var span = 0u; span < SPAN; span++) {
        let tile = group * uniforms.tiles + min(first_tile + span, uniforms.tiles - 1u);
        weight[span] = rows_of(tile) + invocation;
    }

    // What it computes: its quad of each tile, for every TEAMS-th pixel.
    let lane = invocation % TILE;
    let team = invocation / TILE;
    var sums: array<array<vec4<f32>, STRIP>, SPAN>;
    for (var row = 0u; row < uniforms.rows; row += DEPTH) {
        // A quad beyond the last one belongs to a later tap.
        for (var step = 0u; step < QUADS; step++) {
            if quad >= uniforms.in_quads {
                quad -= uniforms.in_quads;
                tap_x++;
                if tap_x == uniforms.window.kernel_width {
                    tap_x = 0u;
                    tap_y++;
                }
            }
        }
        var x: array<vec4<f32>, READS>;
        for (var i = 0u; i < READS; i++) {
            let tap = tap_of(corners[i], tap_y, tap_x, uniforms.window, uniforms.input);
            let place = group * uniforms.in_quads + quad;
            let value = load(at(uniforms.input, tap.pixel, place), place);
            // Rows that only fill up the tile have a tap below the window, which is cleared.
            x[i] = select(vec4<f32>(), value, tap.inside && tap_y < uniforms.window.kernel_height);
        }
        quad += QUADS;
        var w: array<vec4<f32>, SPAN>;
        for (var span = 0u; span < SPAN; span++) {
            w[span] = read_weights(weight[span]);
            weight[span] += WORKGROUP_SIZE;
        }

        // Wait until all invocations have read the staged values.
        workgroupBarrier();
        for (var i = 0u; i < READS; i++) {
            staged_input[(invocation + i * WORKGROUP_SIZE) / QUADS * PITCH + first_quad] = x[i];
        }
        for (var span = 0u; span < SPAN; span++) {
            staged_weights[span * WORKGROUP_SIZE + invocation] = w[span];
        }
        workgroupBarrier();

        for (var step = 0u; step < QUADS; step++) {
            var values: array<vec4<f32>, STRIP>;
            for (var i = 0u; i < STRIP; i++) {
                values[i] = staged_input[(team + i * TEAMS) * PITCH + step];
            }
            for (var span = 0u; span < SPAN; span++) {
                let first = (span * DEPTH + 4u * step) * TILE + lane;
                let of_x = staged_weights[first];
                let of_y = staged_weights[first + TILE];
                let of_z = staged_weights[first + 2u * TILE];
                let of_w = staged_weights[first + 3u * TILE];
                for (var i = 0u; i < STRIP; i++) {
                    sums[span][i] = products(sums[span][i], values[i], of_x, of_y, of_z, of_w);
                }
            }
        }
    }

    let biases = biases_of(group);
    for (var span = 0u; span < SPAN; span++) {
        let out_quad = (first_tile + span) * TILE + lane;
        if out_quad >= uniforms.out_quads {
            continue;
        }
        let bias = read_weights(biases + out_quad);
        let result_quad = group * uniforms.out_quads + out_quad;
        for (var i = 0u; i < STRIP; i++) {
            let pixel = first_pixel + team + i * TEAMS;
            if pixel < uniforms.pixels {
                store(sums[span][i] + bias, pixel, result_quad);
            }
        }
    }
}
