// Product of matrices in any order of memory. An invocation computes four values of the result.
//
// Where the four values share a row of the left matrix that is stored in quads, the products of four steps along K are
// computed at once: the right matrix is read in quads along K or along N, whichever is how it is stored.

fn left_at(index: u32) -> f32 {
    return read_left(uniforms.left.offset + index / 4u)[index % 4u];
}

fn right_at(index: u32) -> f32 {
    return read_right(uniforms.right.offset + index / 4u)[index % 4u];
}

fn left_quad(index: u32) -> vec4<f32> {
    return read_left(uniforms.left.offset + index / 4u);
}

fn right_quad(index: u32) -> vec4<f32> {
    return read_right(uniforms.right.offset + index / 4u);
}

// Steps `begin` to `end` along K, which are stored in quads on the left, and on the right in quads along N.
fn sum_of_rows(left: u32, right: u32, begin: u32, end: u32) -> vec4<f32> {
    let stride = uniforms.right_stride;
    var sum = vec4<f32>();
    for (var k = begin; k < end; k += 4u) {
        let x = left_quad(left + k);
        let row = right + k * stride;
        sum = fma(vec4<f32>(x.x), right_quad(row), sum);
        sum = fma(vec4<f32>(x.y), right_quad(row + stride), sum);
        sum = fma(vec4<f32>(x.z), right_quad(row + 2u * stride), sum);
        sum = fma(vec4<f32>(x.w), right_quad(row + 3u * stride), sum);
    }
    return sum;
}

// Steps `begin` to `end` along K, which are stored in quads on both sides.
fn sum_of_columns(left: u32, right: vec4<u32>, begin: u32, end: u32) -> vec4<f32> {
    var sum = vec4<f32>();
    for (var k = begin; k < end; k += 4u) {
        let x = left_quad(left + k);
        sum += vec4<f32>(
            dot(x, right_quad(right.x + k)),
            dot(x, right_quad(right.y + k)),
            dot(x, right_quad(right.z + k)),
            dot(x, right_quad(right.w + k)),
        );
    }
    return sum;
}

// Steps `begin` to `end` along K, in any order of memory.
fn sum_of_values(left: vec4<u32>, right: vec4<u32>, begin: u32, end: u32) -> vec4<f32> {
    var sum = vec4<f32>();
    for (var k = begin; k < end; k++) {
        let to_left = left + vec4<u32>(k * uniforms.left_stride);
        let to_right = right + vec4<u32>(k * uniforms.right_stride);
        let x = vec4<f32>(left_at(to_left.x), left_at(to_left.y), left_at(to_left.z), left_at(to_left.w));
        let y = vec4<f32>(right_at(to_right.x), right_at(to_right.y), right_at(to_right.z), right_at(to_right.w));
        sum = fma(x, y, sum);
    }
    return sum;
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) workgroups: vec3<u32>) {
    let item = item_of(id, workgroups);
    if item >= uniforms.items {
        return;
    }
    let pixel = item / uniforms.output.quads;
    let quad = item - pixel * uniforms.output.quads;
    let left_pixel = index_along(uniforms.left_pixels, pixel);
    let right_pixel = index_along(uniforms.right_pixels, pixel);
    // Lanes beyond the last channel compute the last channel again.
    let last = min(3u, uniforms.output.channels - 4u * quad - 1u);
    let lanes = min(vec4<u32>(0u, 1u, 2u, 3u), vec4<u32>(last));
    var left: vec4<u32>;
    var right: vec4<u32>;
    for (var lane = 0u; lane < 4u; lane++) {
        let channel = 4u * quad + lanes[lane];
        left[lane] = left_pixel + index_along(uniforms.left_channels, channel);
        right[lane] = right_pixel + index_along(uniforms.right_channels, channel);
    }

    let shares_row = all(left == left.xxxx);
    let left_is_in_quads = shares_row && uniforms.left_stride == 1u && left.x % 4u == 0u;
    let is_along_n = all(right == right.xxxx + lanes) && right.x % 4u == 0u && uniforms.right_stride % 4u == 0u;
    let is_along_k = all(right % vec4<u32>(4u) == vec4<u32>()) && uniforms.right_stride == 1u;
    let in_quads = select(0u, uniforms.depth - uniforms.depth % 4u, left_is_in_quads && (is_along_n || is_along_k));

    var sum = vec4<f32>();
    for (var begin = 0u; begin < in_quads; begin += PART) {
        let end = min(begin + PART, in_quads);
        if is_along_n {
            sum += sum_of_rows(left.x, right.x, begin, end);
        } else {
            sum += sum_of_columns(left.x, right, begin, end);
        }
    }
    for (var begin = in_quads; begin < uniforms.depth; begin += PART) {
        sum += sum_of_values(left, right, begin, min(begin + PART, uniforms.depth));
    }
    let is_channel = vec4<u32>(0u, 1u, 2u, 3u) <= vec4<u32>(last);
    write_output(at(uniforms.output, pixel, quad), select(vec4<f32>(), sum, is_channel));
}
