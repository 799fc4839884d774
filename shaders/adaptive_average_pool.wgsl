// The mean of each cell of a grid laid over the image. Cell i of n along an axis of size pixels covers
// floor(i * size / n) to ceil((i + 1) * size / n) (PyTorch, aten/src/ATen/native/AdaptivePooling.h).

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) workgroups: vec3<u32>) {
    let item = id.x + id.y * workgroups.x * WORKGROUP_SIZE;
    if item >= uniforms.items {
        return;
    }
    let group = item % uniforms.output.groups;
    let pixel = item / uniforms.output.groups;
    let x = pixel % uniforms.output.width;
    let row = pixel / uniforms.output.width;
    let y = row % uniforms.output.height;
    let image = row / uniforms.output.height;

    let top = cell_begin(y, uniforms.output.height, uniforms.input.height);
    let bottom = cell_end(y, uniforms.output.height, uniforms.input.height);
    let left = cell_begin(x, uniforms.output.width, uniforms.input.width);
    let right = cell_end(x, uniforms.output.width, uniforms.input.width);
    var sum = vec4<f32>();
    for (var in_y = top; in_y < bottom; in_y++) {
        let in_row = (image * uniforms.input.height + in_y) * uniforms.input.width;
        for (var in_x = left; in_x < right; in_x++) {
            sum += read_input((in_row + in_x) * uniforms.input.pitch + uniforms.input.offset + group);
        }
    }
    let divisor = f32((bottom - top) * (right - left));
    write_output(pixel * uniforms.output.pitch + uniforms.output.offset + group, sum / divisor);
}

fn cell_begin(index: u32, count: u32, size: u32) -> u32 {
    return index * size / count;
}

fn cell_end(index: u32, count: u32, size: u32) -> u32 {
    return ((index + 1u) * size + count - 1u) / count;
}
