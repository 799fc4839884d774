//! What goes from thread to thread, and what several threads may hold at once. That it compiles is the test.

use menagerie::device::DeviceProfile;
use menagerie::gpu::Gpu;
use menagerie::graph::Graph;
use menagerie::profile::TimedSession;
use menagerie::program::Program;
use menagerie::session::{Outputs, Parameters, Scratch, Session, SessionOptions};
use menagerie::tasks::{Classification, Explanation, Mask};
use menagerie::weights::{BoundWeights, Weights};
use menagerie::{Network, NetworkBuilder, Photo, Tensor};

const fn is_send<T: Send>() {}
const fn is_sync<T: Sync>() {}
const fn is_clone<T: Clone>() {}

const _: () = {
    is_send::<Gpu>();
    is_sync::<Gpu>();
    is_clone::<Gpu>();

    is_send::<Program>();
    is_sync::<Program>();
    is_clone::<Program>();
    is_send::<DeviceProfile>();
    is_sync::<DeviceProfile>();

    is_send::<Weights>();
    is_sync::<Weights>();
    is_send::<BoundWeights>();
    is_sync::<BoundWeights>();

    is_send::<Parameters>();
    is_sync::<Parameters>();
    is_clone::<Parameters>();

    is_send::<Scratch>();
    is_sync::<Scratch>();
    is_clone::<Scratch>();

    is_send::<Network>();
    is_send::<NetworkBuilder<'static>>();
    is_send::<Photo>();
    is_sync::<Photo>();
    is_send::<Classification>();
    is_send::<Mask>();
    is_send::<Explanation>();

    is_send::<Session>();
    is_send::<TimedSession>();
    is_send::<Outputs>();
};

/// An executor may carry futures from thread to thread.
#[expect(dead_code, reason = "it only needs to compile")]
fn futures(gpu: &Gpu, graph: &Graph, weights: &Weights, session: &mut Session, input: &Tensor) {
    fn is_send(_: impl Send) {}
    let (program, parameters) = (session.program().clone(), session.parameters().clone());
    is_send(parameters.prepare_async(&program));
    let options = SessionOptions::default();
    is_send(Session::of_program_async(&program, &parameters, &options));
    is_send(Session::new_async(
        gpu,
        graph,
        weights,
        &SessionOptions::default(),
    ));
    is_send(session.run_async(input));
    is_send(session.run_outputs_async(input));
    is_send(session.run_named_async(&[("input", input)]));
    is_send(session.read_outputs_async());
    is_send(session.profile_async(input, 1));
    is_send(gpu.lost());
}

/// Nor does the facade keep them on one.
#[expect(dead_code, reason = "it only needs to compile")]
fn futures_of_a_network(network: &mut Network, photo: &Photo, input: &Tensor) {
    fn is_send(_: impl Send) {}
    is_send(Network::load_async("lenet5"));
    is_send(network.prepare_async());
    is_send(network.run_async(input));
    is_send(network.run_named_async(&[("input", input)]));
    is_send(network.classify_async(photo));
    is_send(network.segment_async(photo));
    is_send(network.explain_async(photo, None));
    is_send(network.features_async(photo));
    is_send(network.features_all_async(std::slice::from_ref(photo)));
    is_send(network.features_stream([Ok(input.clone())]).next_async());
}
