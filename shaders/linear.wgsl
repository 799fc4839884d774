// Stores weight * input + bias. One invocation computes one quad of outputs.
// The weights are in_features rows of out_quads quads, then a row of biases.

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) workgroups: vec3<u32>) {
    let item = item_of(id, workgroups);
    if item >= uniforms.items {
        return;
    }
    let quad = item % uniforms.output.quads;
    let image = item / uniforms.output.quads;
    let first = at(uniforms.input, image, 0u);
    var weight = uniforms.weights_offset + quad;
    // Two partial sums halve the length of the chain of dependent additions, and of their roundings.
    var even = vec4<f32>();
    var odd = vec4<f32>();
    for (var in_quad = 0u; in_quad < uniforms.input.quads; in_quad++) {
        let x = load(first + in_quad, image, in_quad);
        even = fma(vec4<f32>(x.x), read_weights(weight), even);
        odd = fma(vec4<f32>(x.y), read_weights(weight + uniforms.output.quads), odd);
        even = fma(vec4<f32>(x.z), read_weights(weight + 2u * uniforms.output.quads), even);
        odd = fma(vec4<f32>(x.w), read_weights(weight + 3u * uniforms.output.quads), odd);
        weight += 4u * uniforms.output.quads;
    }
    store(even + odd + read_weights(weight), image, quad);
}
