// Stores a matrix product + bias that is staged in workgroup memory. A workgroup computes SPAN tiles of output channels
// for PIXELS pixels, with DEPTH rows of K at a time. Each invocation computes a quad of channels of each tile for STRIP
// pixels, in registers. So each read of workgroup memory is used for STRIP or 4 * SPAN products.
//
// The kernel's own text has the values of the left matrix: `operands_of(corners, k, group)` returns a quad of K for each of
// READS pixels.

// Number of invocations that share a quad of output channels.
const TEAMS = WORKGROUP_SIZE / TILE;
const STRIP = PIXELS / TEAMS;
// Number of quads of input channels that are staged at once.
const QUADS = DEPTH / 4u;
// Number of quads that an invocation stages of the input, and of the weights.
const READS = PIXELS * QUADS / WORKGROUP_SIZE;
const WEIGHT_READS = SPAN * DEPTH * TILE / WORKGROUP_SIZE;
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

    // What the invocation stages of the left matrix: for READS pixels, every QUADS-th quad of K.
    let first_quad = invocation % QUADS;
    var corners: array<Corner, READS>;
    for (var i = 0u; i < READS; i++) {
        let staged = (invocation + i * WORKGROUP_SIZE) / QUADS;
        let pixel = min(first_pixel + staged, uniforms.pixels - 1u);
        corners[i] = corner_of(pixel, uniforms.window, uniforms.input, uniforms.output);
    }
    var k = place_in_k(first_quad);
    let step = place_in_k(QUADS);
    // What it stages of the weights: quads of the tiles, which advance by DEPTH rows in every step. A tile beyond the last
    // one is the last one again.
    var weight: array<u32, WEIGHT_READS>;
    for (var i = 0u; i < WEIGHT_READS; i++) {
        let staged = invocation + i * WORKGROUP_SIZE;
        let tile = min(first_tile + staged / (DEPTH * TILE), uniforms.tiles - 1u);
        weight[i] = rows_of(group * uniforms.tiles + tile) + staged % (DEPTH * TILE);
    }

    // What it computes: its quad of each tile, for every TEAMS-th pixel.
    let lane = invocation % TILE;
    let team = invocation / TILE;
    var sums: array<array<vec4<f32>, STRIP>, SPAN>;
    for (var row = 0u; row < uniforms.rows; row += DEPTH) {
        let x = operands_of(&corners, k, group);
        k = advance(k, step);
        var w: array<vec4<f32>, WEIGHT_READS>;
        for (var i = 0u; i < WEIGHT_READS; i++) {
            w[i] = read_weights(weight[i]);
            weight[i] += DEPTH * TILE;
        }

        // Wait until all invocations have read the staged values.
        workgroupBarrier();
        for (var i = 0u; i < READS; i++) {
            staged_input[(invocation + i * WORKGROUP_SIZE) / QUADS * PITCH + first_quad] = x[i];
        }
        for (var i = 0u; i < WEIGHT_READS; i++) {
            staged_weights[i * WORKGROUP_SIZE + invocation] = w[i];
        }
        workgroupBarrier();

        for (var staged = 0u; staged < QUADS; staged++) {
            var values: array<vec4<f32>, STRIP>;
            for (var i = 0u; i < STRIP; i++) {
                values[i] = staged_input[(team + i * TEAMS) * PITCH + staged];
            }
            for (var span = 0u; span < SPAN; span++) {
                let first = (span * DEPTH + 4u * staged) * TILE + lane;
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
