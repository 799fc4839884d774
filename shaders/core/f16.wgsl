// Quads of f16 in a buffer. Reading and writing them needs no f16 type.

fn unpacked_f16(words: vec2<u32>) -> vec4<f32> {
    return vec4<f32>(unpack2x16float(words.x), unpack2x16float(words.y));
}
