#![no_main]

#[path = "../../tests/random/chance.rs"]
#[allow(dead_code, reason = "only one target makes networks")]
mod chance;
#[path = "../checks/mod.rs"]
mod checks;
#[path = "../../tests/random/layers.rs"]
#[allow(dead_code, reason = "only one target makes networks")]
mod layers;
#[path = "../../tests/random/network.rs"]
#[allow(dead_code, reason = "only one target makes networks")]
mod network;
#[path = "../../tests/random/order.rs"]
#[allow(dead_code, reason = "only one target makes networks")]
mod order;

libfuzzer_sys::fuzz_target!(|data: &[u8]| checks::declarations(data));
