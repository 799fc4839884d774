// Packed weights of a convolution as a matrix product (src/kernels/packing.rs). For each group of the convolution and
// each tile of TILE quads of output channels there are `rows` rows of the tile: for each tap, one for each input
// channel. After all of them, there is a row of biases for each tile.

// Offset of the rows of a tile. Tiles are counted over all groups of the convolution.
fn rows_of(tile: u32) -> u32 {
    return uniforms.weights_offset + tile * uniforms.rows * TILE;
}

// Offset of the biases of a group of the convolution.
fn biases_of(group: u32) -> u32 {
    return uniforms.weights_offset + (uniforms.groups * uniforms.rows + group) * uniforms.tiles * TILE;
}
