// Stores conv(input) + bias, as an implicit matrix product that is split along K. A workgroup computes a tile of output
// channels for STRIP pixels. Its invocations form SLICES slices: slice i adds up every SLICES-th quad of K (input
// channels and taps), and the partial sums are added at the end. With few pixels, as at the end of a network and in
// linear layers, this uses the whole device, and neighbouring invocations read neighbouring memory.
//
// The TILE invocations of a slice need the same quad of all STRIP pixels. Each reads its share of them, and they exchange
// them in workgroup memory.

const SLICES = WORKGROUP_SIZE / TILE;
// Number of pixels of which an invocation reads the quad.
const READS = (STRIP + TILE - 1u) / TILE;
// One vec4 more than needed, so that the quads of neighbouring slices are in different memory banks.
const PITCH = READS * TILE + 1u;
const STAGED = SLICES * PITCH;
// The partial sums of AT_ONCE pixels are exchanged at once, in ROUNDS rounds: all do not fit into the 16 KiB that WebGPU
// guarantees.
const AT_ONCE = 4u;
const ROUNDS = STRIP / AT_ONCE;
const RESULTS = AT_ONCE * TILE;
// Each of the PARTS invocations of a result first adds up AT_ONCE slices.
const PARTS = WORKGROUP_SIZE / RESULTS;

// While products are added up, two buffers of STAGED quads of the input that alternate; then partial sums.
var<workgroup> exchanged: array<vec4<f32>, max(2u * STAGED, AT_ONCE * WORKGROUP_SIZE)>;

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
    let tile = item % uniforms.tiles;
    let rest = item / uniforms.tiles;
    let group = rest % uniforms.groups;
    let first_pixel = rest / uniforms.groups * STRIP;
    let lane = invocation % TILE;
    let slice = invocation / TILE;

    var corners: array<Corner, READS>;
    for (var i = 0u; i < READS; i++) {
        let pixel = min(first_pixel + i * TILE + lane, uniforms.pixels - 1u);
        corners[i] = corner_of(pixel, uniforms.window, uniforms.input, uniforms.output);
    }

    // Loops that all invocations leave together take GPUs fewer instructions, so a slice that ends early goes on with
    // taps below the window, which are cleared, and with its last weights.
    var k = place_in_k(slice);
    let step = place_in_k(SLICES);
    var sums = array<vec4<f32>, STRIP>();
    let quads_before = group * uniforms.in_quads;
    let quads = uniforms.window.kernel_height * uniforms.window.kernel_width * uniforms.in_quads;
    let weights = rows_of(group * uniforms.tiles + tile) + lane;
    let last_weight = weights + (quads - 1u) * 4u * TILE;
    var weight = weights + slice * 4u * TILE;
    let staged = slice * PITCH;
    var buffer = 0u;
    for (var first = 0u; first < quads; first += SLICES) {
        let tap = tap_of(k.tap_y, k.tap_x, uniforms.window, uniforms.input);
        for (var i = 0u; i < READS; i++) {
            let inside = is_inside(corners[i], tap, uniforms.input) & (weight <= last_weight);
            let index = index_under(corners[i], tap, inside, uniforms.input);
            let place = quads_before + k.quad;
            let x = select(vec4<f32>(), load(index + place, corners[i].image, place), inside);
            exchanged[buffer + staged + i * TILE + lane] = x;
        }
        let row = min(weight, last_weight);
        let of_x = read_weights(row);
        let of_y = read_weights(row + TILE);
        let of_z = read_weights(row + 2u * TILE);
        let of_w = read_weights(row + 3u * TILE);
        workgroupBarrier();
        for (var i = 0u; i < STRIP; i++) {
            sums[i] = products(sums[i], exchanged[buffer + staged + i], of_x, of_y, of_z, of_w);
        }
        // Whoever writes this buffer again has passed the barrier of the other one.
        buffer = STAGED - buffer;

        weight += SLICES * 4u * TILE;
        k = advance(k, step);
    }
    workgroupBarrier();

    let number = invocation / TILE % AT_ONCE;
    let part = invocation / RESULTS;
    var totals = array<vec4<f32>, ROUNDS>();
    for (var round = 0u; round < ROUNDS; round++) {
        for (var i = 0u; i < AT_ONCE; i++) {
            exchanged[i * WORKGROUP_SIZE + invocation] = sums[round * AT_ONCE + i];
        }
        workgroupBarrier();
        for (var i = 0u; i < AT_ONCE; i++) {
            totals[round] += exchanged[number * WORKGROUP_SIZE + (part * AT_ONCE + i) * TILE + lane];
        }
        workgroupBarrier();
    }
    for (var round = 0u; round < ROUNDS; round++) {
        exchanged[round * WORKGROUP_SIZE + invocation] = totals[round];
    }
    workgroupBarrier();

    // One invocation for each pixel and quad adds up the parts.
    let pixel = first_pixel + slice;
    let out_quad = tile * TILE + lane;
    if slice >= STRIP || pixel >= uniforms.pixels || out_quad >= uniforms.out_quads {
        return;
    }
    var sum = read_weights(biases_of(group) + out_quad);
    for (var i = 0u; i < PARTS; i++) {
        sum += exchanged[slice / AT_ONCE * WORKGROUP_SIZE + i * RESULTS + slice % AT_ONCE * TILE + lane];
    }
    store(sum, pixel, group * uniforms.out_quads + out_quad);
}
