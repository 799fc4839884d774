// Resizes an image. Along an axis, output pixel `index` is `position / divisor` input pixels from the centre of the
// first one, where `position` is `index * multiplier + offset`, at least zero. This is computed in integers, so that
// the choice of the input pixels does not depend on rounding.

struct Source {
    before: u32,
    after: u32,
    fraction: f32,
}

fn source(index: u32, multiplier: u32, offset: u32, divisor: u32, size: u32) -> Source {
    // The offset is a signed number that is stored in a u32.
    let position = u32(max(i32(index * multiplier) + bitcast<i32>(offset), 0));
    let before = position / divisor;
    let fraction = f32(position % divisor) / f32(divisor);
    return Source(before, min(before + 1u, size - 1u), fraction);
}

fn pixel(place: Place, y: u32, x: u32) -> vec4<f32> {
    return read_input(at(uniforms.input, pixel_of(uniforms.input, place.image, y, x), place.quad));
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) workgroups: vec3<u32>) {
    let item = item_of(id, workgroups);
    if item >= uniforms.items {
        return;
    }
    let place = place_of(item, uniforms.output);
    let y = source(
        place.y,
        uniforms.rows_multiplier,
        uniforms.rows_offset,
        uniforms.rows_divisor,
        uniforms.input.height,
    );
    let x = source(
        place.x,
        uniforms.columns_multiplier,
        uniforms.columns_offset,
        uniforms.columns_divisor,
        uniforms.input.width,
    );
    var value = pixel(place, y.before, x.before);
    if uniforms.is_bilinear != 0u {
        let right = vec4<f32>(x.fraction);
        let above = mix(value, pixel(place, y.before, x.after), right);
        let below = mix(pixel(place, y.after, x.before), pixel(place, y.after, x.after), right);
        value = mix(above, below, vec4<f32>(y.fraction));
    }
    write_output(at(uniforms.output, place.pixel, place.quad), value);
}
