// B^T d B of the 6x6 pixels under each tile of 4x4 of a convolution's result (src/graph/ops/winograd.rs). One invocation
// computes the 36 values of a quad of channels of a tile. The channels of each value are together.
//
// With AT_ONCE, it reads each pixel once, and keeps 36 quads in registers. Without, it computes one or two rows of the
// transform at a time, and reads pixels again for each of them.

const SIDE = 6u;

// The pixels under a tile. In the padding, rows and columns wrap around, beyond every row and column of the image.
struct Tile {
    image: u32,
    top: u32,
    left: u32,
    quad: u32,
}

fn pixel(tile: Tile, y: u32, x: u32) -> vec4<f32> {
    let row = tile.top + y;
    let column = tile.left + x;
    let inside = (row < uniforms.input.height) & (column < uniforms.input.width);
    let place = (tile.image * uniforms.input.height + row) * uniforms.input.width + column;
    let value = read_input(at(uniforms.input, select(0u, place, inside), tile.quad));
    return select(vec4<f32>(), value, inside);
}

// B^T times a row or a column.
fn transformed(d: array<vec4<f32>, SIDE>) -> array<vec4<f32>, SIDE> {
    let even = d[4] - 4.0 * d[2];
    let odd = d[3] - 4.0 * d[1];
    let near = d[4] - d[2];
    let far = 2.0 * (d[3] - d[1]);
    return array<vec4<f32>, SIDE>(
        4.0 * d[0] - 5.0 * d[2] + d[4],
        even + odd,
        even - odd,
        near + far,
        near - far,
        4.0 * d[1] - 5.0 * d[3] + d[5],
    );
}

// Transforms a row of B^T d, and writes the values in this row of the result.
fn write_row(values: array<vec4<f32>, SIDE>, row: u32, tile: u32, quad: u32) {
    let results = transformed(values);
    for (var x = 0u; x < SIDE; x++) {
        write_output(at(uniforms.output, tile, (row * SIDE + x) * uniforms.input.quads + quad), results[x]);
    }
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) workgroups: vec3<u32>) {
    let item = item_of(id, workgroups);
    if item >= uniforms.items {
        return;
    }
    let number = item / uniforms.input.quads;
    let quad = item - number * uniforms.input.quads;
    let tile_row = number / uniforms.output.width;
    let image = tile_row / uniforms.output.height;
    let top = (tile_row - image * uniforms.output.height) * 4u - uniforms.padding_top;
    let left = (number - tile_row * uniforms.output.width) * 4u - uniforms.padding_left;
    let tile = Tile(image, top, left, quad);

    if AT_ONCE == 1u {
        var columns: array<array<vec4<f32>, SIDE>, SIDE>;
        for (var x = 0u; x < SIDE; x++) {
            var d: array<vec4<f32>, SIDE>;
            for (var y = 0u; y < SIDE; y++) {
                d[y] = pixel(tile, y, x);
            }
            columns[x] = transformed(d);
        }
        for (var y = 0u; y < SIDE; y++) {
            var row: array<vec4<f32>, SIDE>;
            for (var x = 0u; x < SIDE; x++) {
                row[x] = columns[x][y];
            }
            write_row(row, y, number, quad);
        }
        return;
    }
    // The first and the last row of B^T are the same, one pixel apart.
    for (var first = 0u; first < 2u; first++) {
        var row: array<vec4<f32>, SIDE>;
        for (var x = 0u; x < SIDE; x++) {
            row[x] = 4.0 * pixel(tile, first, x) - 5.0 * pixel(tile, first + 2u, x) + pixel(tile, first + 4u, x);
        }
        write_row(row, first * (SIDE - 1u), number, quad);
    }
    // The others are sums and differences of two.
    for (var pair = 0u; pair < 2u; pair++) {
        let near = select(4.0, 1.0, pair == 1u);
        let scale = select(1.0, 2.0, pair == 1u);
        var sums: array<vec4<f32>, SIDE>;
        var differences: array<vec4<f32>, SIDE>;
        for (var x = 0u; x < SIDE; x++) {
            let even = pixel(tile, 4u, x) - near * pixel(tile, 2u, x);
            let odd = scale * (pixel(tile, 3u, x) - near * pixel(tile, 1u, x));
            sums[x] = even + odd;
            differences[x] = even - odd;
        }
        write_row(sums, 2u * pair + 1u, number, quad);
        write_row(differences, 2u * pair + 2u, number, quad);
    }
}
