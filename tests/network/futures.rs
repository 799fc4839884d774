//! The twins that do not wait, driven as an application drives them.

use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use menagerie::{Network, Photo, Result, wgpu};

use crate::common::driven::driven;
use crate::{digits, gpu, photo};

#[test]
fn nothing_has_to_wait() {
    let (gpu, photos) = (gpu(), digits());
    let network = Network::builder("lenet5").device(&gpu).batch(4);
    let mut network = driven(&gpu, network.load_async()).unwrap();
    driven(&gpu, network.prepare_async()).unwrap();
    let mut waiting = Network::builder("lenet5")
        .device(&gpu)
        .batch(4)
        .load()
        .unwrap();
    let expected: Vec<Vec<f32>> = waiting
        .classify_all(&photos)
        .unwrap()
        .iter()
        .map(|answer| answer.scores().to_vec())
        .collect();
    let found = driven(&gpu, network.classify_all_async(&photos)).unwrap();
    assert!(
        found
            .iter()
            .map(|answer| answer.scores())
            .eq(expected.iter().map(Vec::as_slice))
    );
    let one = driven(&gpu, network.classify_async(&photos[4])).unwrap();
    assert_eq!(one.top(1)[0].index, 4);

    let preprocess = network.preprocess().unwrap();
    let inputs: Vec<_> = photos.iter().map(|photo| preprocess.apply(photo)).collect();
    let mut stream = network.classify_stream(inputs);
    let mut answers = Vec::new();
    while let Some(answer) = driven(&gpu, stream.next_async()) {
        answers.push(answer.unwrap().scores().to_vec());
    }
    assert_eq!(answers, expected);

    // Whoever walks away from an answer finds it where it was.
    let inputs: Vec<_> = photos.iter().map(|photo| preprocess.apply(photo)).collect();
    let mut stream = network.classify_stream(inputs);
    let mut answers = Vec::new();
    while answers.len() < photos.len() {
        // A batch of four is under way.
        if answers.len() % 4 == 0 {
            let mut context = Context::from_waker(Waker::noop());
            assert!(pin!(stream.next_async()).poll(&mut context).is_pending());
        }
        let answer = driven(&gpu, stream.next_async()).unwrap();
        answers.push(answer.unwrap().scores().to_vec());
    }
    assert!(driven(&gpu, stream.next_async()).is_none());
    assert_eq!(answers, expected);

    let cells = photo("tests/golden/cells/0.png");
    let builder = || Network::builder("unet_small").device(&gpu);
    let mut network = driven(&gpu, builder().load_async()).unwrap();
    let mask = driven(&gpu, network.segment_async(&cells)).unwrap();
    assert_eq!(mask, builder().load().unwrap().segment(&cells).unwrap());

    let cat = photo("samples/cat.png");
    let builder = || Network::builder("mobilenet_v2").device(&gpu);
    let mut network = driven(&gpu, builder().load_async()).unwrap();
    let found = driven(&gpu, network.explain_async(&cat, 281)).unwrap();
    let expected = builder().load().unwrap().explain(&cat, 281).unwrap();
    assert_eq!((found.map(), found.index()), (expected.map(), 281));
}

type Work<'a> = Pin<Box<dyn Future<Output = Result<()>> + 'a>>;

/// Something that a network can be asked for.
type Ask = for<'a> fn(&'a mut Network, &'a Photo) -> Work<'a>;

/// A future that is dropped wherever it has come to, while it prepares or while it runs, is in nobody's way.
#[test]
fn a_network_survives_whoever_walks_away() {
    const ASKED: [Ask; 2] = [
        |network, photo| Box::pin(async move { network.classify_async(photo).await.map(drop) }),
        |network, photo| Box::pin(async move { network.explain_async(photo, 3).await.map(drop) }),
    ];
    let (gpu, cat) = (gpu(), photo("samples/cat.png"));
    let load = || {
        let network = Network::builder("squeezenet1_1").device(&gpu).size(65, 65);
        network
            .weights(menagerie::weights::Weights::synthetic(3))
            .load()
            .unwrap()
    };
    let mut expected = load();
    let (answer, explained) = (
        expected.classify(&cat).unwrap(),
        expected.explain(&cat, 3).unwrap(),
    );
    for ask in ASKED {
        let mut network = load();
        let mut steps = 0;
        while !completes(ask(&mut network, &cat), steps, &gpu) {
            steps += 1;
            assert!(steps < 1000);
        }
        assert!(steps > 2, "{steps} steps");
        let found = network.classify(&cat).unwrap();
        assert_eq!(found.scores(), answer.scores());
        assert_eq!(network.explain(&cat, 3).unwrap().map(), explained.map());
    }
}

/// Whether `work` is complete after so many `steps`, the device doing all it waits for between them.
fn completes(work: Work<'_>, steps: usize, gpu: &menagerie::gpu::Gpu) -> bool {
    let mut work = pin!(work);
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..steps {
        if let Poll::Ready(done) = work.as_mut().poll(&mut context) {
            done.unwrap();
            return true;
        }
        gpu.device()
            .poll(wgpu::PollType::wait_indefinitely())
            .unwrap();
    }
    false
}
