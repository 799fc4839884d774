// The class with the highest score, the first one if several are equal. A single score is that of class 1, and that of class
// 0 is then 0. It runs in one workgroup: each invocation
// reduces some of the classes, and then the results are reduced in pairs.

var<workgroup> scores: array<f32, WORKGROUP_SIZE>;
var<workgroup> classes: array<u32, WORKGROUP_SIZE>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(local_invocation_index) lane: u32) {
    var best = 0u;
    var highest = -3.4028234e38;
    for (var quad = lane; quad < uniforms.input.quads; quad += WORKGROUP_SIZE) {
        let value = read_input(at(uniforms.input, uniforms.image, quad));
        for (var part = 0u; part < 4u; part++) {
            let index = 4u * quad + part;
            if index < uniforms.input.channels && value[part] > highest {
                best = index;
                highest = value[part];
            }
        }
    }
    scores[lane] = highest;
    classes[lane] = best;
    for (var half = WORKGROUP_SIZE / 2u; half > 0u; half /= 2u) {
        workgroupBarrier();
        if lane < half {
            let other = lane + half;
            let better = scores[other] > scores[lane];
            let equal = scores[other] == scores[lane] && classes[other] < classes[lane];
            if better || equal {
                scores[lane] = scores[other];
                classes[lane] = classes[other];
            }
        }
    }
    if lane == 0u {
        let second = uniforms.input.channels == 1u && scores[0] > 0.0;
        write_chosen(0u, select(i32(classes[0]), 1, second));
    }
}
