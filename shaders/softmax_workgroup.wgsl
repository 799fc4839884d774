// exp(x - max) / sum(exp(x - max)) over the channels of each pixel. A workgroup computes one pixel: its invocations share
// the channels.

var<workgroup> peaks: array<f32, WORKGROUP_SIZE>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
    @builtin(workgroup_id) id: vec3<u32>,
    @builtin(num_workgroups) workgroups: vec3<u32>,
    @builtin(local_invocation_index) invocation: u32,
) {
    let pixel = id.x + id.y * workgroups.x;
    if pixel >= uniforms.items {
        return;
    }
    let first = at(uniforms.input, pixel, 0u);
    let to = at(uniforms.output, pixel, 0u);
    let quads = uniforms.output.quads;

    var largest = vec4<f32>(-3.4028234e38);
    for (var quad = invocation; quad < quads; quad += WORKGROUP_SIZE) {
        largest = select(largest, max(largest, read_input(first + quad)), channel_mask(quad));
    }
    peaks[invocation] = max(max(largest.x, largest.y), max(largest.z, largest.w));
    workgroupBarrier();
    for (var others = WORKGROUP_SIZE / 2u; others > 0u; others /= 2u) {
        if invocation < others {
            peaks[invocation] = max(peaks[invocation], peaks[invocation + others]);
        }
        workgroupBarrier();
    }
    let peak = vec4<f32>(peaks[0]);

    var share = vec4<f32>();
    for (var quad = invocation; quad < quads; quad += WORKGROUP_SIZE) {
        share += select(vec4<f32>(), exp(read_input(first + quad) - peak), channel_mask(quad));
    }
    let sums = workgroup_sum(share, invocation);
    let sum = vec4<f32>(sums.x + sums.y + sums.z + sums.w);
    for (var quad = invocation; quad < quads; quad += WORKGROUP_SIZE) {
        let value = exp(read_input(first + quad) - peak) / sum;
        write_output(to + quad, select(vec4<f32>(), value, channel_mask(quad)));
    }
}
