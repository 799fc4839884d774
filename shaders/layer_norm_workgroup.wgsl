// Stores (x - mean) / sqrt(variance + epsilon) * gamma + beta with the statistics of the channels of each pixel. A workgroup
// computes one pixel: its invocations share the channels. The weights are two rows of quads: gamma, beta.
//
// As in layer_norm.wgsl, the statistics are those of the differences from an approximate mean.

fn channel_sum(share: vec4<f32>, invocation: u32) -> f32 {
    let sums = workgroup_sum(share, invocation);
    return sums.x + sums.y + sums.z + sums.w;
}

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
    let channels = f32(uniforms.output.channels);

    // Lanes beyond the last channel are zero and add nothing.
    var sums = vec4<f32>();
    for (var quad = invocation; quad < quads; quad += WORKGROUP_SIZE) {
        sums += read_input(first + quad);
    }
    let near_mean = vec4<f32>(channel_sum(sums, invocation) / channels);

    var differences = vec4<f32>();
    var squares = vec4<f32>();
    for (var quad = invocation; quad < quads; quad += WORKGROUP_SIZE) {
        let x = select(vec4<f32>(), read_input(first + quad) - near_mean, channel_mask(quad));
        differences += x;
        squares += x * x;
    }
    let correction = channel_sum(differences, invocation) / channels;
    let variance = max(channel_sum(squares, invocation) / channels - correction * correction, 0.0);
    let deviation = vec4<f32>(sqrt(variance + uniforms.epsilon));

    for (var quad = invocation; quad < quads; quad += WORKGROUP_SIZE) {
        let centred = read_input(first + quad) - near_mean - vec4<f32>(correction);
        let weight = uniforms.weights_offset + quad;
        let x = centred / deviation * read_weights(weight) + read_weights(weight + quads);
        write_output(to + quad, select(vec4<f32>(), x, channel_mask(quad)));
    }
}
