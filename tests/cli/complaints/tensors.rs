//! Files of weights and tensors that are not what was asked for.

use super::assert_complaints;

#[test]
fn files_that_are_not_the_tensors_asked_for() {
    assert_complaints(&[
        (
            "bench lenet5 --weights FOLDER/missing.safetensors",
            "FOLDER/missing.safetensors: cannot be read: No such file or directory (os error 2)",
        ),
        (
            "bench lenet5 --weights FOLDER/cut.safetensors",
            "FOLDER/cut.safetensors: not a valid safetensors file: expected the last tensor to end with the \
             file's 1000 bytes: it is truncated or has bytes left over",
        ),
        (
            "bench lenet5 --weights tests/golden/torch/list.pth",
            "tests/golden/torch/list.pth: expected a state dict of tensors, found a list: load it in PyTorch, and save \
             the state dict alone",
        ),
        (
            "bench lenet5 --weights samples/cat.png",
            "samples/cat.png: expected a safetensors or PyTorch file, found a PNG picture",
        ),
        (
            "bench lenet5 --weights weights",
            "weights: expected a safetensors or PyTorch file, found a folder",
        ),
        (
            "bench lenet5 --weights FOLDER/input.safetensors",
            "FOLDER/input.safetensors: not the weights of lenet5: 10 missing (conv1.weight, conv1.bias, \
             conv2.weight, conv2.bias, fc1.weight and 5 more); 1 surplus (input)",
        ),
        (
            "bench resnet18 --weights weights/lenet5.safetensors",
            "weights/lenet5.safetensors: expected the weights of resnet18, found those of lenet5",
        ),
        (
            "bench lenet5 --weights synthetic:one",
            "\"synthetic:one\": expected a whole number from 0 to 18446744073709551615 as seed, found \"one\"",
        ),
        (
            "run lenet5 --input FOLDER/cut.safetensors --output FOLDER/answer",
            "FOLDER/cut.safetensors: not a valid safetensors file: expected the last tensor to end with the \
             file's 1000 bytes: it is truncated or has bytes left over",
        ),
        (
            "run lenet5 --input weights/lenet5.safetensors --output FOLDER/answer",
            "weights/lenet5.safetensors: input: missing; the file has conv1.bias, conv1.weight, conv2.bias, \
             conv2.weight, ...",
        ),
        (
            "run mobilenet_v2 --input FOLDER/input.safetensors --output FOLDER/answer",
            "mobilenet_v2: input: expected [N, 3, 28, 28], found [1, 1, 28, 28]",
        ),
        (
            "run lenet5 --input FOLDER/input.safetensors --output ",
            "expected the name of an output, found an empty one",
        ),
        (
            "run lenet5 --input FOLDER/input.safetensors --output FOLDER/no/answer",
            "FOLDER/no/answer: cannot be written: there is no folder FOLDER/no",
        ),
    ]);
}
