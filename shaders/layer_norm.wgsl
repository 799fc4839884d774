// Stores (x - mean) / sqrt(variance + epsilon) * gamma + beta with the statistics of the channels of each pixel. One
// invocation computes one pixel. The weights are two rows of quads: gamma, beta.
//
// A sum of all values rounds away up to a millionth of the mean. So the first pass finds an approximate mean. The second
// pass sums differences from it and their squares, which are as small as the deviation, however large the mean is.

fn sum_of(x: vec4<f32>) -> f32 {
    return x.x + x.y + x.z + x.w;
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) workgroups: vec3<u32>) {
    let pixel = item_of(id, workgroups);
    if pixel >= uniforms.items {
        return;
    }
    let first = at(uniforms.input, pixel, 0u);
    let to = at(uniforms.output, pixel, 0u);
    let quads = uniforms.output.quads;
    let channels = f32(uniforms.output.channels);

    // Lanes beyond the last channel are zero and add nothing.
    var sums = vec4<f32>();
    for (var quad = 0u; quad < quads; quad++) {
        sums += read_input(first + quad);
    }
    let near_mean = vec4<f32>(sum_of(sums) / channels);

    var differences = vec4<f32>();
    var squares = vec4<f32>();
    for (var quad = 0u; quad < quads; quad++) {
        let x = select(vec4<f32>(), read_input(first + quad) - near_mean, channel_mask(quad));
        differences += x;
        squares += x * x;
    }
    let correction = sum_of(differences) / channels;
    let variance = max(sum_of(squares) / channels - correction * correction, 0.0);
    let deviation = vec4<f32>(sqrt(variance + uniforms.epsilon));

    for (var quad = 0u; quad < quads; quad++) {
        let centred = read_input(first + quad) - near_mean - vec4<f32>(correction);
        let weight = uniforms.weights_offset + quad;
        let x = centred / deviation * read_weights(weight) + read_weights(weight + quads);
        write_output(to + quad, select(vec4<f32>(), x, channel_mask(quad)));
    }
}
