//! Weights as users name them, and those that nobody needs to name.

use menagerie::weights::{Weights, WeightsSource};
use menagerie::{Error, ErrorKind, zoo};

fn assert_error(error: Error, message: &str) {
    assert_eq!(error.to_string(), message);
    assert_eq!(error.kind(), ErrorKind::Weights);
}

#[test]
fn weights_as_users_name_them() {
    let parse = |text: &str| text.parse::<WeightsSource>();
    assert_eq!(parse("synthetic:42").unwrap(), WeightsSource::Synthetic(42));
    assert_eq!(
        parse("./synthetic:42").unwrap(),
        WeightsSource::File("./synthetic:42".into())
    );
    let range = "expected a whole number from 0 to 18446744073709551615 as seed";
    for (text, message) in [
        ("synthetic:", format!("\"synthetic:\": {range}, found \"\"")),
        (
            "synthetic:-1",
            format!("\"synthetic:-1\": {range}, found \"-1\""),
        ),
        (
            "synthetic:a\n",
            format!("\"synthetic:a\\n\": {range}, found \"a\\n\""),
        ),
        (
            "synthetic:18446744073709551616",
            format!("\"synthetic:18446744073709551616\": {range}, found \"18446744073709551616\""),
        ),
        (
            "",
            "expected a safetensors file or synthetic:SEED, found nothing".into(),
        ),
    ] {
        assert_error(parse(text).unwrap_err(), &message);
    }
    for text in ["synthetic:42", "a/b.safetensors"] {
        assert_eq!(parse(text).unwrap().to_string(), text);
    }
    assert_eq!(
        parse("synthetic:42").unwrap().open().unwrap().to_string(),
        "synthetic:42"
    );
    let error = parse("no/such.safetensors").unwrap().open().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
    assert!(
        error
            .to_string()
            .starts_with("no/such.safetensors: cannot be read: ")
    );
}

/// The weights that come with the project fit their networks.
#[test]
fn default_weights_fit() {
    let mut fitting = Vec::new();
    for model in zoo::models() {
        let Ok(weights) = Weights::default_for(model) else {
            continue;
        };
        let graph = model.graph().unwrap();
        weights.check(&graph).unwrap();
        for id in graph.nodes().iter().flat_map(|node| node.op.parameters()) {
            let parameter = graph.parameter(id);
            let values = weights.value(&graph, id).unwrap();
            assert_eq!(values.len(), parameter.elements(), "{}", parameter.name);
        }
        fitting.push(model.name);
    }
    for name in ["mobilenet_v1", "mobilenet_v2"] {
        assert!(fitting.contains(&name), "{fitting:?}");
    }
    #[cfg(feature = "embedded-weights")]
    assert_eq!(
        Weights::default_for(zoo::find("mobilenet_v2").unwrap())
            .unwrap()
            .to_string(),
        "built-in weights of mobilenet_v2"
    );
}

#[test]
fn a_model_without_weights_says_what_to_pass() {
    let error = Weights::default_for(zoo::find("resnet50").unwrap()).unwrap_err();
    let message = error.to_string();
    assert!(
        message.starts_with("no weights come with resnet50: weights/resnet50.safetensors, "),
        "{message}"
    );
    assert!(
        message.ends_with(
            " not found; pass --weights with a safetensors file, or --weights synthetic:0 for \
             made-up ones"
        ),
        "{message}"
    );
    assert_eq!(error.kind(), ErrorKind::Weights);
}
