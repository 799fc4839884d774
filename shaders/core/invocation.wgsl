// Number of an invocation. A dispatch continues along y if x is not long enough.
fn item_of(id: vec3<u32>, workgroups: vec3<u32>) -> u32 {
    return id.x + id.y * workgroups.x * WORKGROUP_SIZE;
}
