// Weights of a convolution that is a matrix product, as the host packs them (src/kernels/packing.rs): for each
// convolution group and each tile of TILE quads of output channels, `rows` rows of the tile, tap by tap, then input
// channel by input channel; behind them all a row of biases for each tile.

// Where the rows of a tile begin; tiles are counted over all convolution groups.
fn rows_of(tile: u32) -> u32 {
    return uniforms.weights_offset + tile * uniforms.rows * TILE;
}

// Where the biases of a convolution group begin.
fn biases_of(group: u32) -> u32 {
    return uniforms.weights_offset + (uniforms.groups * uniforms.rows + group) * uniforms.tiles * TILE;
}
