// The mean of each cell of a grid over the image. Cell i of n along an axis of `size` pixels covers the pixels
// floor(i * size / n) to ceil((i + 1) * size / n) (PyTorch, aten/src/ATen/native/AdaptivePooling.h).

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) workgroups: vec3<u32>) {
    let item = item_of(id, workgroups);
    if item >= uniforms.items {
        return;
    }
    let place = place_of(item, uniforms.output);

    let top = cell_begin(place.y, uniforms.output.height, uniforms.input.height);
    let bottom = cell_end(place.y, uniforms.output.height, uniforms.input.height);
    let left = cell_begin(place.x, uniforms.output.width, uniforms.input.width);
    let right = cell_end(place.x, uniforms.output.width, uniforms.input.width);
    var sum = vec4<f32>();
    for (var in_y = top; in_y < bottom; in_y++) {
        for (var in_x = left; in_x < right; in_x++) {
            let pixel = pixel_of(uniforms.input, place.image, in_y, in_x);
            sum += read_input(at(uniforms.input, pixel, place.quad));
        }
    }
    let divisor = f32((bottom - top) * (right - left));
    write_output(at(uniforms.output, place.pixel, place.quad), sum / divisor);
}

fn cell_begin(index: u32, count: u32, size: u32) -> u32 {
    return index * size / count;
}

fn cell_end(index: u32, count: u32, size: u32) -> u32 {
    return ((index + 1u) * size + count - 1u) / count;
}
