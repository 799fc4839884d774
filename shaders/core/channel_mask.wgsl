// The lanes of a quad of the output that are channels.
fn channel_mask(quad: u32) -> vec4<bool> {
    return vec4<u32>(0u, 1u, 2u, 3u) + vec4<u32>(4u * quad) < vec4<u32>(uniforms.output.channels);
}
