// Stores depthwise(between(conv(input) + bias)) + bias, where conv is a convolution of 1x1 whose results are never stored. A
// workgroup is one subgroup of LANES lanes. Each lane computes one quad of channels of a tile, for WIDTH columns of up to
// HEIGHT rows.
//
// It goes down the rows and keeps KERNEL rows of COLUMNS results of the 1x1 convolution, so each is computed once for all
// windows of the strip. As in conv_subgroup.wgsl, the lanes read different inputs and exchange them by shuffles. The weights of
// the depthwise convolution follow those of the other one, packed as for depthwise.wgsl.

const READS = COLUMNS / LANES;
const TAPS = KERNEL * KERNEL;

alias Columns = array<vec4<f32>, COLUMNS>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
    @builtin(workgroup_id) id: vec3<u32>,
    @builtin(num_workgroups) workgroups: vec3<u32>,
    @builtin(subgroup_invocation_id) lane: u32,
) {
    let item = id.x + id.y * workgroups.x;
    if item >= uniforms.items {
        return;
    }
    let tile = item % uniforms.tiles;
    let strip = item / uniforms.tiles % uniforms.strips;
    let band = item / uniforms.tiles / uniforms.strips;
    let image = band / uniforms.bands;
    let first_row = (band - image * uniforms.bands) * HEIGHT;
    let first_column = strip * WIDTH;

    // Corner of the first window. In the padding, rows and columns wrap around.
    let top = first_row * STEP - uniforms.window.padding_top;
    let left = first_column * STEP - uniforms.window.padding_left;
    // Quads from the beginning of a row to the columns that the lane reads, or to the first column in the padding.
    var columns: array<u32, READS>;
    for (var i = 0u; i < READS; i++) {
        let column = left + i * LANES + lane;
        columns[i] = select(0u, column, column < uniforms.input.width) * uniforms.input.pitch;
    }

    let out_quad = tile * LANES + lane;
    let is_channel = out_quad < uniforms.output.quads;
    let quad = min(out_quad, uniforms.output.quads - 1u);
    let weights = uniforms.weights_offset + uniforms.depthwise_weights + quad;
    var of_taps: array<vec4<f32>, TAPS>;
    for (var i = 0u; i < TAPS; i++) {
        of_taps[i] = read_weights(weights + i * uniforms.output.quads);
    }
    let bias = read_weights(weights + TAPS * uniforms.output.quads);
    let conv_bias = read_weights(biases_of(0u) + out_quad);

    var kept: array<Columns, KERNEL>;
    let rows = (min(HEIGHT, uniforms.output.height - first_row) - 1u) * STEP + KERNEL;
    for (var y = 0u; y < rows; y++) {
        let row = top + y;
        let in_rows = row < uniforms.input.height;
        let row_index = at(uniforms.input, pixel_of(uniforms.input, image, select(0u, row, in_rows), 0u), 0u);

        var sums: Columns;
        for (var i = 0u; i < COLUMNS; i++) {
            sums[i] = conv_bias;
        }
        var weight = rows_of(tile) + lane;
        for (var k = 0u; k < uniforms.in_quads; k++) {
            var x: array<vec4<f32>, READS>;
            for (var i = 0u; i < READS; i++) {
                x[i] = load(row_index + columns[i] + k, image, k);
            }
            let of_x = read_weights(weight);
            let of_y = read_weights(weight + LANES);
            let of_z = read_weights(weight + 2u * LANES);
            let of_w = read_weights(weight + 3u * LANES);
            for (var i = 0u; i < COLUMNS; i++) {
                let value = subgroupShuffle(x[i / LANES], i % LANES);
                sums[i] = products(sums[i], value, of_x, of_y, of_z, of_w);
            }
            weight += 4u * LANES;
        }

        for (var i = 1u; i < KERNEL; i++) {
            kept[i - 1u] = kept[i];
        }
        for (var i = 0u; i < COLUMNS; i++) {
            let inside = in_rows & (left + i < uniforms.input.width);
            kept[KERNEL - 1u][i] = select(vec4<f32>(), between(sums[i]), inside);
        }

        // The last row under the windows of a row of the result.
        let below = y + 1u - KERNEL;
        if below < rows && below % STEP == 0u {
            var results: array<vec4<f32>, WIDTH>;
            for (var i = 0u; i < WIDTH; i++) {
                results[i] = bias;
            }
            for (var ky = 0u; ky < KERNEL; ky++) {
                for (var kx = 0u; kx < KERNEL; kx++) {
                    for (var i = 0u; i < WIDTH; i++) {
                        results[i] = fma(kept[ky][i * STEP + kx], of_taps[ky * KERNEL + kx], results[i]);
                    }
                }
            }
            let out_row = first_row + below / STEP;
            if is_channel {
                for (var i = 0u; i < WIDTH; i++) {
                    let column = first_column + i;
                    if column < uniforms.output.width {
                        store(results[i], pixel_of(uniforms.output, image, out_row, column), quad);
                    }
                }
            }
        }
    }
}
