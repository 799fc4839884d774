// Reads a quad of channels of the input, which lies at `index` and is number `quad` of its pixel; taps in a border are
// for the caller to clear. Here nothing is computed of it.
fn load(index: u32, quad: u32) -> vec4<f32> {
    return read_input(index);
}
