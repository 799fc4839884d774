// Stores conv(input) + bias, as an implicit matrix product that is split along K. A workgroup computes a tile of output
// channels for STRIP pixels. Its invocations form SLICES slices: slice i adds up every SLICES-th quad of K (input
// channels and taps), and the partial sums are added at the end. With few pixels, as at the end of a network and in
// linear layers, this uses the whole device, and neighbouring invocations read neighbouring memory.

const SLICES = WORKGROUP_SIZE / TILE;

var<workgroup> partial: array<vec4<f32>, WORKGROUP_SIZE>;

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

    var corners: array<Corner, STRIP>;
    for (var i = 0u; i < STRIP; i++) {
        let pixel = min(first_pixel + i, uniforms.pixels - 1u);
        corners[i] = corner_of(pixel, uniforms.window, uniforms.input, uniforms.output);
    }

    var sums = array<vec4<f32>, STRIP>();
    let weights = rows_of(group * uniforms.tiles + tile) + lane;
    let taps = uniforms.window.kernel_height * uniforms.window.kernel_width;
    for (var turn = slice; turn < taps * uniforms.in_quads; turn += SLICES) {
        let quad = group * uniforms.in_quads + turn % uniforms.in_quads;
        let taps_before = turn / uniforms.in_quads;
        let tap_y = taps_before / uniforms.window.kernel_width;
        let tap_x = taps_before % uniforms.window.kernel_width;
        let first = weights + 4u * turn * TILE;
        let of_x = read_weights(first);
        let of_y = read_weights(first + TILE);
        let of_z = read_weights(first + 2u * TILE);
        let of_w = read_weights(first + 3u * TILE);
        for (var i = 0u; i < STRIP; i++) {
            // The last strip may be short; in a linear layer it may have a single pixel.
            if first_pixel + i < uniforms.pixels {
                let tap = tap_of(corners[i], tap_y, tap_x, uniforms.window, uniforms.input);
                let value = select(vec4<f32>(), load(at(uniforms.input, tap.pixel, quad), quad), tap.inside);
                sums[i] = products(sums[i], value, of_x, of_y, of_z, of_w);
            }
        }
    }

    let out_quad = tile * TILE + lane;
    let bias = read_weights(biases_of(group) + out_quad);
    let result_quad = group * uniforms.out_quads + out_quad;
    for (var i = 0u; i < STRIP; i++) {
        let pixel = first_pixel + i;
        if pixel < uniforms.pixels {
            partial[invocation] = sums[i];
            workgroupBarrier();
            for (var others = SLICES / 2u; others > 0u; others /= 2u) {
                if slice < others {
                    partial[invocation] += partial[invocation + others * TILE];
                }
                workgroupBarrier();
            }
            if slice == 0u && out_quad < uniforms.out_quads {
                store(partial[invocation] + bias, pixel, result_quad);
            }
        }
    }
}
