// output = input, texel by texel: what an adapter can move at most. One invocation copies BLOCK texels, as far
// apart as there are invocations, so that neighbours read and write neighbours.

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) workgroups: vec3<u32>) {
    let item = item_of(id, workgroups);
    if item >= uniforms.items {
        return;
    }
    for (var i = 0u; i < BLOCK; i++) {
        let index = item + i * uniforms.items;
        write_output(index, read_input(index));
    }
}
