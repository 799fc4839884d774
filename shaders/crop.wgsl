// The image without its outermost rows and columns.

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) workgroups: vec3<u32>) {
    let item = item_of(id, workgroups);
    if item >= uniforms.items {
        return;
    }
    let place = place_of(item, uniforms.output);
    let y = place.y + uniforms.border_top;
    let x = place.x + uniforms.border_left;
    let value = read_input(at(uniforms.input, pixel_of(uniforms.input, place.image, y, x), place.quad));
    write_output(at(uniforms.output, place.pixel, place.quad), value);
}
