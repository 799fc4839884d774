// B^T d B of the 6x6 pixels under each tile of 4x4 of a convolution's result (src/graph/ops/winograd.rs). The channels of
// each of the 36 values are together.
//
// With PARTS = 1, an invocation computes all values of a quad of channels of a tile, reads each pixel once, and keeps 36 quads
// in registers. With PARTS = 3, it computes two rows of them in a third of the registers, and reads all pixels as well.

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
    let part = item / uniforms.tiles;
    let rest = item - part * uniforms.tiles;
    let number = rest / uniforms.input.quads;
    let quad = rest - number * uniforms.input.quads;
    let tile_row = number / uniforms.output.width;
    let image = tile_row / uniforms.output.height;
    let top = (tile_row - image * uniforms.output.height) * 4u - uniforms.padding_top;
    let left = (number - tile_row * uniforms.output.width) * 4u - uniforms.padding_left;
    let tile = Tile(image, top, left, quad);

    if PARTS == 1u {
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
    // Part 0 computes the first and the last row of B^T d, which are the same, one pixel apart. The other parts compute the sum
    // and the difference of an even and an odd row. All parts execute the same instructions, because compilers keep the
    // addresses that branches share in registers.
    var of_even = vec3<f32>(4.0, -5.0, 1.0);
    var of_odd = of_even;
    if part == 1u {
        of_even = vec3<f32>(0.0, -4.0, 1.0);
        of_odd = vec3<f32>(-4.0, 1.0, 0.0);
    }
    if part == 2u {
        of_even = vec3<f32>(0.0, -1.0, 1.0);
        of_odd = vec3<f32>(-2.0, 2.0, 0.0);
    }
    let is_edge = part == 0u;
    var upper: array<vec4<f32>, SIDE>;
    var lower: array<vec4<f32>, SIDE>;
    for (var x = 0u; x < SIDE; x++) {
        let even = of_even.x * pixel(tile, 0u, x) + of_even.y * pixel(tile, 2u, x) + of_even.z * pixel(tile, 4u, x);
        let odd = of_odd.x * pixel(tile, 1u, x) + of_odd.y * pixel(tile, 3u, x) + of_odd.z * pixel(tile, 5u, x);
        upper[x] = select(even + odd, even, is_edge);
        lower[x] = select(even - odd, odd, is_edge);
    }
    write_row(upper, select(2u * part - 1u, 0u, is_edge), number, quad);
    write_row(lower, select(2u * part, SIDE - 1u, is_edge), number, quad);
}
