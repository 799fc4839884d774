// Stores (x - mean) / sqrt(variance + epsilon) * gamma + beta with the statistics of all pixels of each group of channels.
// The weights are two rows of quads: gamma, beta.
//
// A workgroup computes a span of neighbouring groups of an image: as few as fill whole quads, which are one, two or four. A
// span of a single quad is read once for all its groups, each lane for itself, and other spans once for each group. As in
// layer_norm.wgsl, the statistics are those of the differences from an approximate mean.

const LANES = vec4<u32>(0u, 1u, 2u, 3u);

// The statistics of each group of the span. Lanes differ only in a span of a single quad.
struct Statistics {
    near_mean: vec4<f32>,
    correction: vec4<f32>,
    deviation: vec4<f32>,
}

var<workgroup> statistics: array<Statistics, 4>;

// Which lanes of a quad are channels of a range.
fn lanes_in(quad: u32, begin: u32, end: u32) -> vec4<bool> {
    let channels = LANES + vec4<u32>(4u * quad);
    return channels >= vec4<u32>(begin) & channels < vec4<u32>(end);
}

// The sum over the group of each lane.
fn group_sum(share: vec4<f32>, invocation: u32) -> vec4<f32> {
    let sums = workgroup_sum(share, invocation);
    if uniforms.each == 1u {
        return sums;
    }
    let pairs = sums + sums.yxwz;
    if uniforms.each == 2u {
        return pairs;
    }
    return pairs + pairs.zwxy;
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
    let pixels = uniforms.input.pixels;
    let image = item / uniforms.spans;
    let first_pixel = image * pixels;
    let first_quad = (item - image * uniforms.spans) * uniforms.span;
    let quads = min(uniforms.span, uniforms.output.quads - first_quad);
    let is_quad = uniforms.span == 1u;
    let in_turn = select(uniforms.each, 4u, is_quad);
    let count = f32(uniforms.each) * f32(pixels);

    for (var turn = 0u; turn < uniforms.turns; turn++) {
        let begin = 4u * first_quad + turn * in_turn;
        let end = min(begin + in_turn, uniforms.output.channels);
        let from_quad = begin / 4u;
        // The last span may have fewer groups.
        let group_quads = select(0u, (end + 3u) / 4u - from_quad, begin < end);
        let values = pixels * group_quads;
        var sums = vec4<f32>();
        for (var number = invocation; number < values; number += WORKGROUP_SIZE) {
            let pixel = number / group_quads;
            let quad = from_quad + number - pixel * group_quads;
            let x = read_input(at(uniforms.input, first_pixel + pixel, quad));
            sums += select(vec4<f32>(), x, lanes_in(quad, begin, end));
        }
        let near_mean = group_sum(sums, invocation) / count;

        var differences = vec4<f32>();
        var squares = vec4<f32>();
        for (var number = invocation; number < values; number += WORKGROUP_SIZE) {
            let pixel = number / group_quads;
            let quad = from_quad + number - pixel * group_quads;
            let x = read_input(at(uniforms.input, first_pixel + pixel, quad)) - near_mean;
            let difference = select(vec4<f32>(), x, lanes_in(quad, begin, end));
            differences += difference;
            squares += difference * difference;
        }
        let correction = group_sum(differences, invocation) / count;
        let variance = max(group_sum(squares, invocation) / count - correction * correction, vec4<f32>());
        if invocation == 0u {
            statistics[turn] = Statistics(near_mean, correction, sqrt(variance + uniforms.epsilon));
        }
    }
    workgroupBarrier();

    for (var number = invocation; number < pixels * quads; number += WORKGROUP_SIZE) {
        let pixel = number / quads;
        let in_span = number - pixel * quads;
        let quad = first_quad + in_span;
        let x = read_input(at(uniforms.input, first_pixel + pixel, quad));
        let weight = uniforms.weights_offset + quad;
        let gamma = read_weights(weight);
        let beta = read_weights(weight + uniforms.output.quads);
        // The groups of the lanes.
        let turns = min((LANES + vec4<u32>(4u * in_span)) / in_turn, vec4<u32>(uniforms.turns - 1u));
        var result: vec4<f32>;
        for (var lane = 0u; lane < 4u; lane++) {
            let group = statistics[turns[lane]];
            let centred = x[lane] - group.near_mean[lane] - group.correction[lane];
            result[lane] = centred / group.deviation[lane] * gamma[lane] + beta[lane];
        }
        result = select(vec4<f32>(), result, lanes_in(quad, 0u, uniforms.output.channels));
        store(result, first_pixel + pixel, quad);
    }
}
