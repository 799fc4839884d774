// A class activation map: the contribution of each pixel to the score of a class. One workgroup computes one pixel, and
// its invocations share the features. A single score speaks for class 1, and against class 0.

var<workgroup> sums: array<f32, WORKGROUP_SIZE>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
    @builtin(local_invocation_index) lane: u32,
    @builtin(workgroup_id) workgroup: vec3<u32>,
    @builtin(num_workgroups) workgroups: vec3<u32>,
) {
    let pixel = workgroup.x + workgroup.y * workgroups.x;
    let channels = uniforms.features.channels;
    let class_number = u32(read_chosen(0u));
    let alone = uniforms.score_count == 1u;
    // The weights of a score, followed by its bias.
    let row = select(class_number, 0u, alone) * (channels + 1u);
    var sum = 0.0;
    if pixel < uniforms.features.pixels {
        let place = uniforms.image * uniforms.features.pixels + pixel;
        for (var quad = lane; quad < uniforms.features.quads; quad += WORKGROUP_SIZE) {
            let value = read_features(at(uniforms.features, place, quad));
            for (var part = 0u; part < 4u; part++) {
                let channel = 4u * quad + part;
                if channel < channels {
                    sum += value[part] * read_weights(row + channel);
                }
            }
        }
    }
    sums[lane] = sum;
    for (var half = WORKGROUP_SIZE / 2u; half > 0u; half /= 2u) {
        workgroupBarrier();
        if lane < half {
            sums[lane] += sums[lane + half];
        }
    }
    if lane == 0u && pixel < uniforms.features.pixels {
        let score = clamp(sums[0] + read_weights(row + channels), uniforms.bounds.low, uniforms.bounds.high);
        write_scores(pixel, select(score, -score, alone && class_number == 0u));
    }
}
