// One value of many, along any axes. An invocation computes four values of the result.

// The reductions, in the order of the host's list (src/kernels/reduce.rs).
const SUM = 0u;
const MEAN = 1u;
const MAX = 2u;
const MIN = 3u;
const PRODUCT = 4u;
const ABSOLUTE_SUM = 5u;
const NORM = 6u;
const ARG_MAX = 7u;
const ARG_MIN = 8u;

// Values that are summed before they are added to the whole sum, so that rounding errors of long sums stay small.
const PART = 64u;

fn value_at(index: u32) -> f32 {
    return read_input(uniforms.input.offset + index / 4u)[index % 4u];
}

fn sum_from(first: u32, count: u32) -> f32 {
    var sum = 0.0;
    for (var begin = 0u; begin < count; begin += PART) {
        var part = 0.0;
        for (var number = begin; number < min(begin + PART, count); number++) {
            let x = value_at(first + index_along(uniforms.reduced, number));
            switch uniforms.reduction {
                case ABSOLUTE_SUM: { part += abs(x); }
                case NORM: { part += x * x; }
                default: { part += x; }
            }
        }
        sum += part;
    }
    return sum;
}

fn product_from(first: u32, count: u32) -> f32 {
    var product = 1.0;
    for (var number = 0u; number < count; number++) {
        product *= value_at(first + index_along(uniforms.reduced, number));
    }
    return product;
}

// The largest value and its number, or the smallest if `sign` is -1.
fn extreme_from(first: u32, count: u32, sign: f32) -> vec2<f32> {
    var extreme = vec2<f32>(value_at(first + index_along(uniforms.reduced, 0u)), 0.0);
    for (var number = 1u; number < count; number++) {
        let x = value_at(first + index_along(uniforms.reduced, number));
        if sign * x > sign * extreme.x {
            extreme = vec2<f32>(x, f32(number));
        }
    }
    return extreme;
}

fn reduced_from(first: u32) -> f32 {
    let count = uniforms.count;
    switch uniforms.reduction {
        case MEAN: { return sum_from(first, count) / f32(count); }
        case MAX: { return extreme_from(first, count, 1.0).x; }
        case MIN: { return extreme_from(first, count, -1.0).x; }
        case PRODUCT: { return product_from(first, count); }
        case NORM: { return sqrt(sum_from(first, count)); }
        case ARG_MAX: { return extreme_from(first, count, 1.0).y; }
        case ARG_MIN: { return extreme_from(first, count, -1.0).y; }
        default: { return sum_from(first, count); }
    }
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) workgroups: vec3<u32>) {
    let item = item_of(id, workgroups);
    if item >= uniforms.items {
        return;
    }
    let pixel = item / uniforms.output.quads;
    let quad = item - pixel * uniforms.output.quads;
    let first = index_along(uniforms.pixels, pixel);
    var values = vec4<f32>();
    for (var lane = 0u; lane < 4u; lane++) {
        let channel = 4u * quad + lane;
        if channel < uniforms.output.channels {
            values[lane] = reduced_from(first + index_along(uniforms.channels, channel));
        }
    }
    write_output(at(uniforms.output, pixel, quad), values);
}
