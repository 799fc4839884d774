// A 1x1 convolution of stride 1. One invocation computes a quad of output channels for STRIP pixels.
@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) workgroups: vec3<u32>) {
    let item = item_of(id, workgroups);
    if item >= uniforms.items {
        return;
    }
    let quad = item % uniforms.out_quads;
    let first = item / uniforms.out_quads * STRIP;

    let bias = read_weights(biases_of(0u) + quad);
    var sums: array<vec4<f32>, STRIP>;
    for (var i = 0u; i < STRIP; i++) {
        sums[i] = bias;
    }
    // The weights of a quad of output channels for one input channel after the other.
    var weight = rows_of(quad / TILE) + quad % TILE;
    for (var k = 0u; k < uniforms.in_quads; k++) {
        let x = read_weights(weight);
        let y = read_weights(weight + TILE);
        let z = read_weights(weight + 2u * TILE);
        let w = read_weights(weight + 3u * TILE);
        weight += 4u * TILE;
        for (var i = 0u; i < STRIP; i++) {
            let pixel = min(first + i, uniforms.pixels - 1u);
            let value = read_input(at(uniforms.input, pixel, k));
            sums[i] += value.x * x + value.y * y + value.z * z + value.w * w;
        }
    }
    for (var i = 0u; i < STRIP; i++) {
        if first + i < uniforms.pixels {
            write_output(at(uniforms.output, first + i, quad), sums[i]);
        }
    }
}
