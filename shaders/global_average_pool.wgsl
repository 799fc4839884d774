// The mean of each channel over all pixels of an image.

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) workgroups: vec3<u32>) {
    let item = id.x + id.y * workgroups.x * WORKGROUP_SIZE;
    if item >= uniforms.items {
        return;
    }
    let group = item % uniforms.output.groups;
    let image = item / uniforms.output.groups;
    var at = image * uniforms.input.pixels * uniforms.input.pitch + uniforms.input.offset + group;
    var sum = vec4<f32>();
    for (var pixel = 0u; pixel < uniforms.input.pixels; pixel++) {
        sum += read_input(at);
        at += uniforms.input.pitch;
    }
    write_output(
        image * uniforms.output.pitch + uniforms.output.offset + group,
        sum / f32(uniforms.input.pixels),
    );
}
