// output = finish(weight * input + bias). One invocation makes one group of outputs.
// The weights are in_features rows of out_groups groups, then a row of biases.

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) workgroups: vec3<u32>) {
    let item = item_of(id, workgroups);
    if item >= uniforms.items {
        return;
    }
    let group = item % uniforms.output.groups;
    let image = item / uniforms.output.groups;
    let first = at(uniforms.input, image, 0u);
    var weight = uniforms.weights_offset + group;
    // Two partial sums halve the longest chain of roundings and of dependent additions.
    var even = vec4<f32>();
    var odd = vec4<f32>();
    for (var in_group = 0u; in_group < uniforms.input.groups; in_group++) {
        let x = load(first + in_group, in_group);
        even = fma(vec4<f32>(x.x), read_weights(weight), even);
        odd = fma(vec4<f32>(x.y), read_weights(weight + uniforms.output.groups), odd);
        even = fma(vec4<f32>(x.z), read_weights(weight + 2u * uniforms.output.groups), even);
        odd = fma(vec4<f32>(x.w), read_weights(weight + 3u * uniforms.output.groups), odd);
        weight += 4u * uniforms.output.groups;
    }
    store(even + odd + read_weights(weight), image, group);
}
