// The second of two passes that resize an application's texture, along the other axis. If the result is smaller than
// the crop, the border is black. Then values are normalised.

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) workgroups: vec3<u32>) {
    let item = item_of(id, workgroups);
    if item >= uniforms.items {
        return;
    }
    let pixel = vec2<u32>(item % uniforms.output.width, item / uniforms.output.width);
    let border = vec2<u32>(uniforms.border_x, uniforms.border_y);
    let end = border + vec2<u32>(uniforms.length_x, uniforms.length_y);
    var value = vec3<i32>(0);
    if all(pixel >= border) && all(pixel < end) {
        let place = pixel - border;
        let down = uniforms.down == 1u;
        let header = HEADER * select(place.x, place.y, down);
        let first = u32(read_taps(header));
        let weights = u32(read_taps(header + 1u));
        let count = u32(read_taps(header + 2u));
        let step = select(1u, uniforms.width, down);
        let begin = select(
            place.y * uniforms.width + first,
            first * uniforms.width + place.x,
            down,
        );
        var sums = vec3<i32>(1 << (FRACTION_BITS - 1u));
        for (var tap = 0u; tap < count; tap++) {
            sums += vec3<i32>(read_input(begin + tap * step).xyz) * read_taps(weights + tap);
        }
        value = clamp(sums >> vec3<u32>(FRACTION_BITS), vec3<i32>(0), vec3<i32>(255));
    }
    let mean = vec3<f32>(uniforms.mean_red, uniforms.mean_green, uniforms.mean_blue);
    let deviation = vec3<f32>(uniforms.std_red, uniforms.std_green, uniforms.std_blue);
    let normal = (vec3<f32>(value) / 255.0 - mean) / deviation;
    let place = at(uniforms.output, uniforms.image * uniforms.output.pixels + item, 0u);
    write_output(place, vec4<f32>(normal, 0.0));
}
