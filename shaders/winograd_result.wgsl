// Stores A^T m A of the 36 sums of products of each tile of 4x4 of a convolution's result (src/graph/ops/winograd.rs). One
// invocation computes a quad of channels of a tile.

const SIDE = 6u;
const TILE = 4u;

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

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) workgroups: vec3<u32>) {
    let item = item_of(id, workgroups);
    if item >= uniforms.items {
        return;
    }
    let quads = uniforms.output.quads;
    let tile = item / quads;
    let quad = item - tile * quads;
    let tile_row = tile / uniforms.input.width;
    let image = tile_row / uniforms.input.height;
    let top = (tile_row - image * uniforms.input.height) * TILE;
    let left = (tile - tile_row * uniforms.input.width) * TILE;

    // A^T m, by columns.
    var columns: array<array<vec4<f32>, TILE>, SIDE>;
    for (var x = 0u; x < SIDE; x++) {
        var m: array<vec4<f32>, SIDE>;
        for (var y = 0u; y < SIDE; y++) {
            m[y] = read_input(at(uniforms.input, tile, (y * SIDE + x) * quads + quad));
        }
        columns[x] = transformed(m);
    }
    for (var y = 0u; y < TILE; y++) {
        var row: array<vec4<f32>, SIDE>;
        for (var x = 0u; x < SIDE; x++) {
            row[x] = columns[x][y];
        }
        let results = transformed(row);
        let first = (image * uniforms.output.height + top + y) * uniforms.output.width + left;
        for (var x = 0u; x < TILE; x++) {
            if (top + y < uniforms.output.height) & (left + x < uniforms.output.width) {
                store(results[x], first + x, quad);
            }
        }
    }
}
