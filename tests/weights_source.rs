//! Weights as users name them, and those that nobody needs to name.

use menagerie::preprocess::Interpolation;
use menagerie::zoo::{self, WeightsSource};
use menagerie::{Error, ErrorKind};

fn assert_error(error: Error, message: &str) {
    assert_eq!(error.to_string(), message);
    assert_eq!(error.kind(), ErrorKind::Weights);
}

#[test]
fn weights_as_users_name_them() {
    let parse = |text: &str| text.parse::<WeightsSource>();
    assert_eq!(parse("synthetic:42").unwrap(), WeightsSource::Synthetic(42));
    assert_eq!(parse("hub").unwrap(), WeightsSource::Hub);
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
            "expected a safetensors file, hub or synthetic:SEED, found nothing".into(),
        ),
    ] {
        assert_error(parse(text).unwrap_err(), &message);
    }
    for text in ["synthetic:42", "hub", "a/b.safetensors", "./hub"] {
        assert_eq!(parse(text).unwrap().to_string(), text);
    }
    let model = zoo::find("lenet5").unwrap();
    let open = |text: &str| parse(text).unwrap().open(model);
    assert_eq!(open("synthetic:42").unwrap().to_string(), "synthetic:42");
    let error = open("no/such.safetensors").unwrap_err();
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
        let source = match WeightsSource::default_for(model) {
            // What was downloaded here is none of the project's.
            Ok(WeightsSource::Hub) | Err(_) => continue,
            Ok(source) => source,
        };
        let weights = source.open(model).unwrap();
        let graph = model.graph().unwrap();
        weights.check(&graph).unwrap();
        for (id, tensor) in graph.stored() {
            let values = weights.value(&graph, id).unwrap();
            assert_eq!(values.len(), tensor.ty().count(), "{}", tensor.name());
        }
        fitting.push(model.name);
    }
    for name in ["mobilenet_v1", "mobilenet_v2"] {
        assert!(fitting.contains(&name), "{fitting:?}");
    }
    #[cfg(feature = "embedded-weights")]
    assert_eq!(
        zoo::find("mobilenet_v2")
            .unwrap()
            .weights()
            .unwrap()
            .to_string(),
        "built-in weights of mobilenet_v2"
    );
}

/// timm evaluates its MobileNet v2 with another filter than torchvision does the one that is built in.
#[test]
fn preprocessing_belongs_to_the_weights() {
    let model = zoo::find("mobilenet_v2").unwrap();
    let interpolation = |source: WeightsSource| source.preprocess(model).interpolation;
    assert_eq!(
        interpolation(WeightsSource::BuiltIn),
        Interpolation::Bilinear
    );
    assert_eq!(
        interpolation(WeightsSource::File("any".into())),
        Interpolation::Bilinear
    );
    assert_eq!(interpolation(WeightsSource::Hub), Interpolation::Bicubic);
}

#[test]
fn weights_that_are_nowhere_are_an_error() {
    let model = zoo::find("squeezenet1_1").unwrap();
    let error = WeightsSource::BuiltIn.open(model).unwrap_err();
    assert_error(error, "no weights of squeezenet1_1 are built in");
    let advice = "squeezenet1_1: the Hub has no weights of it; pass --weights with a safetensors file: \
                  tools/convert.py makes one from a checkpoint of the reference implementation";
    assert_error(WeightsSource::Hub.open(model).unwrap_err(), advice);
    let error = model.weights().unwrap_err();
    let message = error.to_string();
    let end = format!(" not found); {advice}; --weights synthetic:0 makes some up");
    assert!(
        message
            .starts_with("no weights of squeezenet1_1 here (weights/squeezenet1_1.safetensors, ")
    );
    assert!(message.ends_with(&end), "{message}");
    assert_eq!(error.kind(), ErrorKind::Weights);
}
