// The image at another size. Value `index` along an axis lies `position / divisor` pixels from the first
// one's centre, where `position` is `index * multiplier + offset`, at least zero: in integers, so that
// no rounding decides which pixels it lies between.

struct Source {
    before: u32,
    after: u32,
    fraction: f32,
}

fn source(index: u32, multiplier: u32, offset: u32, divisor: u32, size: u32) -> Source {
    // The offset is a signed number in a u32.
    let position = u32(max(i32(index * multiplier) + bitcast<i32>(offset), 0));
    let before = position / divisor;
    let fraction = f32(position % divisor) / f32(divisor);
    return Source(before, min(before + 1u, size - 1u), fraction);
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) workgroups: vec3<u32>) {
    let item = id.x + id.y * workgroups.x * WORKGROUP_SIZE;
    if item >= uniforms.items {
        return;
    }
    let group = item % uniforms.output.groups;
    let pixel = item / uniforms.output.groups;
    let row = pixel / uniforms.output.width;
    let image = row / uniforms.output.height * uniforms.input.height;
    let y = source(
        row % uniforms.output.height,
        uniforms.rows_multiplier,
        uniforms.rows_offset,
        uniforms.rows_divisor,
        uniforms.input.height,
    );
    let x = source(
        pixel % uniforms.output.width,
        uniforms.columns_multiplier,
        uniforms.columns_offset,
        uniforms.columns_divisor,
        uniforms.input.width,
    );

    let first = uniforms.input.offset + group;
    let above = (image + y.before) * uniforms.input.width;
    var value = read_input((above + x.before) * uniforms.input.pitch + first);
    if uniforms.is_bilinear != 0u {
        let below = (image + y.after) * uniforms.input.width;
        let above_right = read_input((above + x.after) * uniforms.input.pitch + first);
        let below_left = read_input((below + x.before) * uniforms.input.pitch + first);
        let below_right = read_input((below + x.after) * uniforms.input.pitch + first);
        let right = vec4<f32>(x.fraction);
        value = mix(mix(value, above_right, right), mix(below_left, below_right, right), vec4<f32>(y.fraction));
    }
    write_output(pixel * uniforms.output.pitch + uniforms.output.offset + group, value);
}
