// The lowest and the highest score of a map, in one workgroup: each invocation reduces some of the scores, and then the
// results are reduced in pairs.

var<workgroup> lowest: array<f32, WORKGROUP_SIZE>;
var<workgroup> highest: array<f32, WORKGROUP_SIZE>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(local_invocation_index) lane: u32) {
    var low = 3.4028234e38;
    var high = -3.4028234e38;
    for (var pixel = lane; pixel < uniforms.pixels; pixel += WORKGROUP_SIZE) {
        let score = read_scores(pixel);
        low = min(low, score);
        high = max(high, score);
    }
    lowest[lane] = low;
    highest[lane] = high;
    for (var half = WORKGROUP_SIZE / 2u; half > 0u; half /= 2u) {
        workgroupBarrier();
        if lane < half {
            lowest[lane] = min(lowest[lane], lowest[lane + half]);
            highest[lane] = max(highest[lane], highest[lane + half]);
        }
    }
    if lane == 0u {
        write_range(0u, lowest[0]);
        write_range(1u, highest[0]);
    }
}
