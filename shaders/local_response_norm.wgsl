// output = x / (k + scale * sum(x^2))^beta, where the sum is over the channels within `reach`. Lanes beyond the last
// channel are zero and add nothing.

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) workgroups: vec3<u32>) {
    let item = item_of(id, workgroups);
    if item >= uniforms.items {
        return;
    }
    let place = place_of(item, uniforms.output);
    let quad = place.quad;
    let first = at(uniforms.input, place.pixel, 0u);

    let channels = vec4<i32>(0, 1, 2, 3) + vec4<i32>(i32(4u * quad));
    let reach = vec4<i32>(i32(uniforms.reach));
    let quads_around = (uniforms.reach + 3u) / 4u;
    let last = min(quad + quads_around, uniforms.input.quads - 1u);
    var sum = vec4<f32>();
    for (var near = quad - min(quads_around, quad); near <= last; near++) {
        let x = read_input(first + near);
        let squares = x * x;
        for (var lane = 0u; lane < 4u; lane++) {
            let distance = abs(channels - vec4<i32>(i32(4u * near + lane)));
            sum += select(vec4<f32>(), vec4<f32>(squares[lane]), distance <= reach);
        }
    }
    let divisor = pow(vec4<f32>(uniforms.k) + uniforms.scale * sum, vec4<f32>(uniforms.beta));
    write_output(at(uniforms.output, place.pixel, quad), read_input(first + quad) / divisor);
}
