// Stores A^T m A of the 36 sums of products of each tile of 4x4 of a convolution's result (src/graph/ops/winograd.rs). One
// invocation computes a quad of channels of a tile.

const SIDE = 6u;
const TILE = 4u;

// A tile of the result: the number of its first pixel, and how many of its rows and columns there are.
struct Tile {
    number: u32,
    quad: u32,
    first: u32,
    rows: u32,
    columns: u32,
}

fn sum(tile: Tile, y: u32, x: u32) -> vec4<f32> {
    return read_input(at(uniforms.input, tile.number, (y * SIDE + x) * uniforms.output.quads + tile.quad));
}

// A^T times a row or a column.
fn transformed(m: array<vec4<f32>, SIDE>) -> array<vec4<f32>, TILE> {
    let near_sum = m[1] + m[2];
    let near_difference = m[1] - m[2];
    let far_sum = m[3] + m[4];
    let far_difference = m[3] - m[4];
    return array<vec4<f32>, TILE>(
        m[0] + near_sum + far_sum,
        near_difference + 2.0 * far_difference,
        near_sum + 4.0 * far_sum,
        near_difference + 8.0 * far_difference + m[5],
    );
}

// Transforms a row of A^T m, and stores the pixels of this row of the tile.
fn store_row(values: array<vec4<f32>, SIDE>, row: u32, tile: Tile) {
    let results = transformed(values);
    for (var x = 0u; x < TILE; x++) {
        if (row < tile.rows) & (x < tile.columns) {
            store(results[x], tile.first + row * uniforms.output.width + x, tile.quad);
        }
    }
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) workgroups: vec3<u32>) {
    let item = item_of(id, workgroups);
    if item >= uniforms.items {
        return;
    }
    let number = item / uniforms.output.quads;
    let quad = item - number * uniforms.output.quads;
    let tile_row = number / uniforms.input.width;
    let image = tile_row / uniforms.input.height;
    let top = (tile_row - image * uniforms.input.height) * TILE;
    let left = (number - tile_row * uniforms.input.width) * TILE;
    let first = (image * uniforms.output.height + top) * uniforms.output.width + left;
    let tile = Tile(number, quad, first, uniforms.output.height - top, uniforms.output.width - left);

    var columns: array<array<vec4<f32>, TILE>, SIDE>;
    for (var x = 0u; x < SIDE; x++) {
        var m: array<vec4<f32>, SIDE>;
        for (var y = 0u; y < SIDE; y++) {
            m[y] = sum(tile, y, x);
        }
        columns[x] = transformed(m);
    }
    for (var y = 0u; y < TILE; y++) {
        var row: array<vec4<f32>, SIDE>;
        for (var x = 0u; x < SIDE; x++) {
            row[x] = columns[x][y];
        }
        store_row(row, y, tile);
    }
}
