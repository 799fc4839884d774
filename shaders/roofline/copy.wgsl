// Copies the input, to measure the peak bytes/s of an adapter. One invocation copies BLOCK quads, whose distance is the
// number of invocations, so that neighbouring invocations access neighbouring quads.

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
