// Writes the quads of a concatenation whose first channel belongs to the input `a`. The last quad may extend into the
// next three inputs, since each of them has at least one channel.

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) workgroups: vec3<u32>) {
    let item = item_of(id, workgroups);
    if item >= uniforms.items {
        return;
    }
    let pixel = item / uniforms.quads;
    let quad = item % uniforms.quads;
    var values = vec4<f32>();
    for (var lane = 0u; lane < 4u; lane++) {
        var channel = uniforms.first_channel + 4u * quad + lane;
        if channel < uniforms.a.channels {
            values[lane] = read_a(at(uniforms.a, pixel, channel / 4u))[channel % 4u];
            continue;
        }
        channel -= uniforms.a.channels;
        if channel < uniforms.b.channels {
            values[lane] = read_b(at(uniforms.b, pixel, channel / 4u))[channel % 4u];
            continue;
        }
        channel -= uniforms.b.channels;
        if channel < uniforms.c.channels {
            values[lane] = read_c(at(uniforms.c, pixel, channel / 4u))[channel % 4u];
            continue;
        }
        channel -= uniforms.c.channels;
        if channel < uniforms.d.channels {
            values[lane] = read_d(at(uniforms.d, pixel, channel / 4u))[channel % 4u];
        }
    }
    write_output(at(uniforms.output, pixel, uniforms.first_quad + quad), values);
}
