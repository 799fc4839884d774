// One value of many, along any axes. A workgroup computes four values of the result: its invocations share each of them,
// and combine what their shares reduce to.

var<workgroup> shares: array<Reduced, WORKGROUP_SIZE>;

// The larger of both, or the smaller if `sign` is -1; the first if they are equal.
fn extreme(a: Reduced, b: Reduced, sign: f32) -> Reduced {
    let is_b = sign * b.value > sign * a.value || (b.value == a.value && b.number < a.number);
    if a.number == NONE || (b.number != NONE && is_b) {
        return b;
    }
    return a;
}

fn combined(a: Reduced, b: Reduced) -> Reduced {
    switch uniforms.reduction {
        case MAX, ARG_MAX: { return extreme(a, b, 1.0); }
        case MIN, ARG_MIN: { return extreme(a, b, -1.0); }
        case PRODUCT: { return Reduced(a.value * b.value, 0u); }
        default: { return Reduced(a.value + b.value, 0u); }
    }
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
    @builtin(workgroup_id) id: vec3<u32>,
    @builtin(num_workgroups) workgroups: vec3<u32>,
    @builtin(local_invocation_index) invocation: u32,
) {
    let item = id.x + id.y * workgroups.x;
    if item >= uniforms.items {
        return;
    }
    let pixel = item / uniforms.output.quads;
    let quad = item - pixel * uniforms.output.quads;

    // With few channels, more invocations share each value. The number of lanes is a power of two.
    let channels = uniforms.output.channels;
    let lanes = select(4u, channels, channels <= 2u);
    let lane = invocation % lanes;
    let share = invocation / lanes;
    let step = WORKGROUP_SIZE / lanes;
    let channel = 4u * quad + lane;
    if channel < channels {
        let first = index_along(uniforms.pixels, pixel) + index_along(uniforms.channels, channel);
        shares[invocation] = reduced_of(first, share, step);
    }
    workgroupBarrier();
    for (var others = step / 2u; others > 0u; others /= 2u) {
        if share < others {
            shares[invocation] = combined(shares[invocation], shares[invocation + others * lanes]);
        }
        workgroupBarrier();
    }
    if invocation == 0u {
        var values = vec4<f32>();
        for (var lane = 0u; lane < min(4u, channels - 4u * quad); lane++) {
            values[lane] = result_of(shares[lane]);
        }
        write_output(at(uniforms.output, pixel, quad), values);
    }
}
