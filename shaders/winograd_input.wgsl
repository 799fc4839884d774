// B^T d B of the 6x6 pixels under each tile of 4x4 of a convolution's result (src/graph/ops/winograd.rs). One invocation
// computes the 36 values of a quad of channels of a tile. The channels of each value are together.

const SIDE = 6u;

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

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) workgroups: vec3<u32>) {
    let item = item_of(id, workgroups);
    if item >= uniforms.items {
        return;
    }
    let quads = uniforms.input.quads;
    let tile = item / quads;
    let quad = item - tile * quads;
    let tile_row = tile / uniforms.output.width;
    let image = tile_row / uniforms.output.height;
    // In the padding, rows and columns wrap around, beyond every row and column of the image.
    let top = (tile_row - image * uniforms.output.height) * 4u - uniforms.padding_top;
    let left = (tile - tile_row * uniforms.output.width) * 4u - uniforms.padding_left;

    // B^T d, by columns.
    var columns: array<array<vec4<f32>, SIDE>, SIDE>;
    for (var x = 0u; x < SIDE; x++) {
        var d: array<vec4<f32>, SIDE>;
        let column = left + x;
        for (var y = 0u; y < SIDE; y++) {
            let row = top + y;
            let inside = (row < uniforms.input.height) & (column < uniforms.input.width);
            let pixel = select(0u, (image * uniforms.input.height + row) * uniforms.input.width + column, inside);
            d[y] = select(vec4<f32>(), read_input(at(uniforms.input, pixel, quad)), inside);
        }
        columns[x] = transformed(d);
    }
    for (var y = 0u; y < SIDE; y++) {
        var row: array<vec4<f32>, SIDE>;
        for (var x = 0u; x < SIDE; x++) {
            row[x] = columns[x][y];
        }
        row = transformed(row);
        for (var x = 0u; x < SIDE; x++) {
            write_output(at(uniforms.output, tile, (y * SIDE + x) * quads + quad), row[x]);
        }
    }
}
