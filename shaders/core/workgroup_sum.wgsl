// Sums over the invocations of a workgroup, whose number is a power of two.

var<workgroup> partial: array<vec4<f32>, WORKGROUP_SIZE>;

// The sum of `value` over all invocations, each of which must call this.
fn workgroup_sum(value: vec4<f32>, invocation: u32) -> vec4<f32> {
    // Wait until all invocations have read the last sum.
    workgroupBarrier();
    partial[invocation] = value;
    workgroupBarrier();
    for (var others = WORKGROUP_SIZE / 2u; others > 0u; others /= 2u) {
        if invocation < others {
            partial[invocation] += partial[invocation + others];
        }
        workgroupBarrier();
    }
    return partial[0];
}
