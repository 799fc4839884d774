// Multiply-adds in registers, to measure the peak FLOP/s of an adapter. The TILE sums of an invocation are independent
// of each other. Every product depends on the round before, so that no compiler can move it out of the loop.

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) workgroups: vec3<u32>) {
    let item = item_of(id, workgroups);
    if item >= uniforms.items {
        return;
    }
    let factor = vec4<f32>(uniforms.factor);
    let summand = vec4<f32>(uniforms.summand);
    var sums: array<vec4<f32>, TILE>;
    for (var i = 0u; i < TILE; i++) {
        sums[i] = vec4<f32>(f32(item + i));
    }
    for (var round = 0u; round < uniforms.rounds; round++) {
        for (var step = 0u; step < STEPS; step++) {
            for (var i = 0u; i < TILE; i++) {
                sums[i] = fma(sums[i], factor, summand);
            }
        }
    }
    var total = vec4<f32>();
    for (var i = 0u; i < TILE; i++) {
        total += sums[i];
    }
    write_output(item, total);
}
