// A mountain lake from dusk to dawn: sky, ridges in mist, and all of it again in the water.

struct Lake {
    // Width and height in pixels.
    size: vec2<f32>,
    // Where the sun is, in units of the height from the upper left corner.
    sun: vec2<f32>,
    // Seconds.
    time: f32,
    // 0 in the middle of the night, 1 while the sun is above the horizon.
    daylight: f32,
}

@group(0) @binding(0) var<uniform> lake: Lake;

const HORIZON = 0.62;

@vertex
fn vertex(@builtin(vertex_index) index: u32) -> @builtin(position) vec4<f32> {
    // One triangle that covers everything.
    let corner = vec2(f32(index & 1u), f32(index >> 1u));
    return vec4(corner * 4.0 - 1.0, 0.0, 1.0);
}

fn random(cell: vec2<f32>) -> f32 {
    return fract(sin(dot(cell, vec2(127.1, 311.7))) * 43758.547);
}

// Points are in units of the picture's height, from its upper left corner.

// The sky's colour without the sun itself and the stars: what mist takes on.
fn air(point: vec2<f32>) -> vec3<f32> {
    let day = lake.daylight;
    let zenith = mix(vec3(0.03, 0.04, 0.13), vec3(0.23, 0.24, 0.50), day);
    let low = mix(vec3(0.22, 0.18, 0.38), vec3(0.99, 0.64, 0.42), day);
    let colour = mix(zenith, low, pow(saturate(point.y / HORIZON), 1.7));
    return colour + day * vec3(0.55, 0.28, 0.10) * exp(-5.0 * distance(point, lake.sun));
}

fn sky(point: vec2<f32>) -> vec3<f32> {
    let day = lake.daylight;
    let disc = day * smoothstep(0.062, 0.058, distance(point, lake.sun));
    let colour = mix(air(point), vec3(1.0, 0.93, 0.74), disc);
    if day == 1.0 {
        return colour;
    }
    let cell = floor(point * 70.0);
    let offset = point * 70.0 - cell - 0.5;
    let twinkle = 0.6 + 0.4 * sin(lake.time * 3.0 + 40.0 * random(cell.yx));
    let star = step(0.965, random(cell)) * smoothstep(0.22, 0.0, length(offset));
    return colour + (1.0 - day) * saturate(1.0 - point.y / HORIZON) * twinkle * star;
}

// How far ridge number `ridge`, 0 the farthest, rises above the horizon.
fn ridge_height(ridge: f32, x: f32) -> f32 {
    let at = x * (1.6 + 0.7 * ridge) + 17.0 * ridge + lake.time * 0.006 * (1.0 + 2.0 * ridge);
    let folds = 0.5 * sin(at * 1.3) + 0.28 * sin(at * 3.1 + 1.0) + 0.14 * abs(sin(at * 6.7))
        + 0.05 * sin(at * 17.0) + 0.025 * sin(at * 41.0);
    return (0.30 - 0.065 * ridge) * (0.55 + 0.5 * folds);
}

// No ridge is higher.
const HIGHEST = 0.32;

fn land(point: vec2<f32>) -> vec3<f32> {
    let height = HORIZON - point.y;
    if height > HIGHEST {
        return sky(point);
    }
    // From the nearest ridge to the farthest, and then the sky, until nothing more shows through.
    let haze = air(vec2(point.x, HORIZON * 0.9));
    let shade = mix(vec3(0.02, 0.03, 0.07), vec3(0.10, 0.08, 0.17), lake.daylight);
    let foot = 0.55 + 0.45 * saturate(height * 4.0);
    var colour = vec3(0.0);
    var through = 1.0;
    for (var ridge = 3.0; ridge >= 0.0 && through > 0.0; ridge -= 1.0) {
        let above = height - ridge_height(ridge, point.x);
        let beyond = through * smoothstep(-0.0015, 0.0015, above);
        colour += (through - beyond) * mix(haze, shade, (0.30 + 0.2 * ridge) * foot);
        through = beyond;
    }
    if through > 0.0 {
        colour += through * sky(point);
    }
    return colour;
}

@fragment
fn fragment(@builtin(position) position: vec4<f32>) -> @location(0) vec4<f32> {
    let point = position.xy / lake.size.y;
    if point.y < HORIZON {
        return vec4(land(point), 1.0);
    }
    // Ripples grow towards the shore that we stand on.
    let depth = (point.y - HORIZON) / (1.0 - HORIZON);
    let rows = log(depth + 0.03) * 26.0;
    let ripple = sin(rows + lake.time * 1.6) + 0.6 * sin(rows * 2.3 - point.x * 9.0 + lake.time * 2.3);
    let mirrored = vec2(point.x + 0.010 * ripple * (0.15 + depth),
        2.0 * HORIZON - point.y - 0.012 * ripple * depth);
    var colour = land(mirrored) * mix(vec3(0.82, 0.77, 0.80), vec3(0.52, 0.42, 0.48), depth);
    // The sun's road on the water.
    let road = exp(-pow((point.x - lake.sun.x) / (0.05 + 0.10 * depth), 2.0));
    colour += lake.daylight * road * smoothstep(0.35, 1.3, ripple) * vec3(0.55, 0.36, 0.18);
    return vec4(colour, 1.0);
}
