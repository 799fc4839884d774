// Stores depthwise(between(conv(input) + bias)) + bias, where conv is a convolution of 1x1 whose results are never stored. A
// workgroup computes a tile of channels for WIDTH x HEIGHT pixels. It first computes what the 1x1 convolution makes of the pixels
// under their windows, in workgroup memory. The weights of the depthwise convolution follow those of the other one, packed as for
// depthwise.wgsl.

// Pixels under the windows of a tile.
const COLUMNS = (WIDTH - 1u) * STEP + KERNEL;
const STAGED = COLUMNS * ((HEIGHT - 1u) * STEP + KERNEL);
// Invocations that compute the same channels, and the number of pixels of which each computes a quad.
const SLICES = WORKGROUP_SIZE / TILE;
const PIXELS = (STAGED + SLICES - 1u) / SLICES;
const RESULTS = WIDTH * HEIGHT / SLICES;

var<workgroup> expanded: array<vec4<f32>, STAGED * TILE>;

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
    let place = item / uniforms.tiles;
    let band = place / uniforms.strips;
    let image = band / uniforms.bands;
    let first_row = (band - image * uniforms.bands) * HEIGHT;
    let first_column = (place - band * uniforms.strips) * WIDTH;
    let lane = invocation % TILE;
    let slice = invocation / TILE;

    // In the padding, rows and columns wrap around. There, the first quad of the input is read and cleared.
    let top = first_row * STEP - uniforms.window.padding_top;
    let left = first_column * STEP - uniforms.window.padding_left;
    var indices: array<u32, PIXELS>;
    var inside: array<bool, PIXELS>;
    for (var i = 0u; i < PIXELS; i++) {
        let pixel = i * SLICES + slice;
        let row = top + pixel / COLUMNS;
        let column = left + pixel % COLUMNS;
        inside[i] = (row < uniforms.input.height) & (column < uniforms.input.width);
        let index = at(uniforms.input, pixel_of(uniforms.input, image, row, column), 0u);
        indices[i] = select(uniforms.input.offset, index, inside[i]);
    }

    let out_quad = tile * TILE + lane;
    let conv_bias = read_weights(biases_of(0u) + out_quad);
    var sums: array<vec4<f32>, PIXELS>;
    for (var i = 0u; i < PIXELS; i++) {
        sums[i] = conv_bias;
    }
    var weight = rows_of(tile) + lane;
    for (var k = 0u; k < uniforms.in_quads; k++) {
        let of_x = read_weights(weight);
        let of_y = read_weights(weight + TILE);
        let of_z = read_weights(weight + 2u * TILE);
        let of_w = read_weights(weight + 3u * TILE);
        for (var i = 0u; i < PIXELS; i++) {
            sums[i] = products(sums[i], load(indices[i] + k, image, k), of_x, of_y, of_z, of_w);
        }
        weight += 4u * TILE;
    }
    for (var i = 0u; i < PIXELS; i++) {
        let pixel = i * SLICES + slice;
        if pixel < STAGED {
            expanded[pixel * TILE + lane] = select(vec4<f32>(), between(sums[i]), inside[i]);
        }
    }
    workgroupBarrier();

    if out_quad >= uniforms.output.quads {
        return;
    }
    let weights = uniforms.weights_offset + uniforms.depthwise_weights + out_quad;
    let bias = read_weights(weights + KERNEL * KERNEL * uniforms.output.quads);
    var results: array<vec4<f32>, RESULTS>;
    for (var i = 0u; i < RESULTS; i++) {
        results[i] = bias;
    }
    for (var ky = 0u; ky < KERNEL; ky++) {
        for (var kx = 0u; kx < KERNEL; kx++) {
            let of_tap = read_weights(weights + (ky * KERNEL + kx) * uniforms.output.quads);
            for (var i = 0u; i < RESULTS; i++) {
                let pixel = i * SLICES + slice;
                let under = (pixel / WIDTH * STEP + ky) * COLUMNS + pixel % WIDTH * STEP + kx;
                results[i] = fma(expanded[under * TILE + lane], of_tap, results[i]);
            }
        }
    }
    for (var i = 0u; i < RESULTS; i++) {
        let pixel = i * SLICES + slice;
        let row = first_row + pixel / WIDTH;
        let column = first_column + pixel % WIDTH;
        if (row < uniforms.output.height) & (column < uniforms.output.width) {
            store(results[i], pixel_of(uniforms.output, image, row, column), out_quad);
        }
    }
}
