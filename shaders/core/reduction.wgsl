// Reductions of values along axes, as kernels share them that compute a value of the result by one invocation or by all of
// a workgroup.

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

// The number of a value that is none.
const NONE = 0xffffffffu;

// What some values reduce to. For the largest and the smallest, `number` tells which of the values it is.
struct Reduced {
    value: f32,
    number: u32,
}

fn value_at(index: u32) -> f32 {
    return read_input(uniforms.input.offset + index / 4u)[index % 4u];
}

fn sum_of(first: u32, begin: u32, step: u32) -> f32 {
    var sum = 0.0;
    var part = 0.0;
    var left = PART;
    for (var number = begin; number < uniforms.count; number += step) {
        let x = value_at(first + index_along(uniforms.reduced, number));
        switch uniforms.reduction {
            case ABSOLUTE_SUM: { part += abs(x); }
            case NORM: { part += x * x; }
            default: { part += x; }
        }
        left--;
        if left == 0u {
            sum += part;
            part = 0.0;
            left = PART;
        }
    }
    return sum + part;
}

fn product_of(first: u32, begin: u32, step: u32) -> f32 {
    var product = 1.0;
    for (var number = begin; number < uniforms.count; number += step) {
        product *= value_at(first + index_along(uniforms.reduced, number));
    }
    return product;
}

// The first of the largest values, or of the smallest if `sign` is -1.
fn extreme_of(first: u32, begin: u32, step: u32, sign: f32) -> Reduced {
    if begin >= uniforms.count {
        return Reduced(0.0, NONE);
    }
    var extreme = Reduced(value_at(first + index_along(uniforms.reduced, begin)), begin);
    for (var number = begin + step; number < uniforms.count; number += step) {
        let x = value_at(first + index_along(uniforms.reduced, number));
        if sign * x > sign * extreme.value {
            extreme = Reduced(x, number);
        }
    }
    return extreme;
}

// Reduces every `step`-th value from number `begin` on. The values begin at `first`.
fn reduced_of(first: u32, begin: u32, step: u32) -> Reduced {
    switch uniforms.reduction {
        case MAX, ARG_MAX: { return extreme_of(first, begin, step, 1.0); }
        case MIN, ARG_MIN: { return extreme_of(first, begin, step, -1.0); }
        case PRODUCT: { return Reduced(product_of(first, begin, step), 0u); }
        default: { return Reduced(sum_of(first, begin, step), 0u); }
    }
}

// The value of the result.
fn result_of(reduced: Reduced) -> f32 {
    switch uniforms.reduction {
        case MEAN: { return reduced.value / f32(uniforms.count); }
        case NORM: { return sqrt(reduced.value); }
        case ARG_MAX, ARG_MIN: { return f32(reduced.number); }
        default: { return reduced.value; }
    }
}
