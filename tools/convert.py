"""Converts weights of torchvision, timm or Keras to a safetensors file for a network of menagerie.

SOURCE is a file (.pth, .pt, .safetensors; of Keras .h5, .hdf5, .keras), or the name of a published network:
torchvision:resnet50, torchvision:resnet50.IMAGENET1K_V1, timm:vgg16.tv_in1k, keras:MobileNet. Files that are
not weights of MODEL are refused. Networks given by name, and all of Keras, must also give MODEL's answer.
"""

import argparse
import json
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path

import keras_weights  # before keras, whose backend it chooses

import keras
import numpy as np
import safetensors.torch
import timm
import torch
import torchvision

import atomic
import checkpoint_file
import fitting
import golden
import half
import keras_checkpoint
import synthetic
from checkpoint_file import State
from zoo import ZOO

DTYPES = {"f32": torch.float32, "f16": torch.float16, "bf16": torch.bfloat16}

# Largest difference over largest answer of two implementations in f32.
AGREEMENT = 1e-4

Answer = Callable[[np.ndarray], np.ndarray]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("model", metavar="MODEL", choices=ZOO, help=f"of {', '.join(ZOO)}")
    parser.add_argument("source", metavar="SOURCE")
    parser.add_argument("output", metavar="OUTPUT", type=Path)
    parser.add_argument("--dtype", choices=DTYPES, default="f32")
    arguments = parser.parse_args()
    model: str = arguments.model

    tensors, answer, evaluation, done = load(model, arguments.source)
    if answer:
        difference = disagreement(model, tensors, answer)
        if not difference <= AGREEMENT:
            raise SystemExit(
                f"error: {arguments.source} has tensors like {model}'s, but computes something else: "
                f"answers differ by {difference:.1e} of the largest"
            )
        done.append(f"compared answers, which differ by {difference:.1e} of the largest")
    tensors, casts = cast(tensors, arguments.dtype)
    metadata = {"format": "pt", "model": model, "source": Path(arguments.source).name}
    if evaluation:
        # timm's name for the preprocessing of weights.
        metadata["pretrained_cfg"] = json.dumps(evaluation)
        done.append("wrote the preprocessing of these weights into the file")
    data = safetensors.torch.save(tensors, metadata)
    print(f"{arguments.source}: {len(tensors)} tensors of {model}")
    for line in [*done, *casts]:
        print(f"  {line}")
    atomic.write(arguments.output, data)


# In timm's words.
Evaluation = dict[str, object]


def load(model: str, source: str) -> tuple[State, Answer | None, Evaluation | None, list[str]]:
    """Our tensors, what their network answers and how photos are prepared where it is known, and what was done."""
    library, _, name = source.partition(":")
    if library == "keras" or source.endswith(keras_checkpoint.SUFFIXES):
        return from_keras(model, library, name, source)
    if library in ("torchvision", "timm"):
        network, evaluation = from_torchvision(name) if library == "torchvision" else from_timm(name)
        tensors, done = fitting.fit(model, network.state_dict(), source)
        return tensors, lambda images: run(network, images), evaluation, done
    state, done = checkpoint_file.read(Path(source))
    tensors, fitted = fitting.fit(model, state, source)
    return tensors, None, None, done + fitted


def from_keras(
    model: str, library: str, name: str, source: str
) -> tuple[State, Answer | None, Evaluation | None, list[str]]:
    if library == "keras":
        built = keras_checkpoint.published(model, name)
    else:
        built = keras_checkpoint.stored(model, Path(source))
    modules = ZOO[model].build().named_modules()
    epsilons = {name: module.eps for name, module in modules if hasattr(module, "eps")}
    weights, done = keras_checkpoint.weights(model, built, epsilons)
    state = {name: torch.tensor(value) for name, value in weights.items()}
    head = list(fitting.shapes(model))[-2]
    headless = head not in state
    if not headless:
        # Keras may have a convolution of one pixel there.
        state[head] = state[head].reshape(len(state[head]), -1)
    tensors, fitted = fitting.fit(model, state, source, headless)
    evaluation = keras_checkpoint.evaluation(model)
    # What a network without a head answers is nothing of ours.
    answer = None if headless else partial(keras_answer, model, built)
    return tensors, answer, evaluation, done + fitted


def keras_answer(model: str, built: keras.Model, images: np.ndarray) -> np.ndarray:
    """Ours takes red first, wherever Keras takes blue first and the zoo has no network of Keras's own."""
    if keras_checkpoint.network(model).normalisation == keras_checkpoint.CAFFE:
        images = images[:, ::-1]
    return keras_weights.logits(built, images)


def from_torchvision(name: str) -> tuple[torch.nn.Module, Evaluation | None]:
    name, _, weights = name.partition(".")
    try:
        chosen = torchvision.models.get_model_weights(name)[weights or "DEFAULT"]
        network = torchvision.models.get_model(name, weights=chosen)
    except Exception as error:  # whatever an unknown name, downloading and reading lead to
        raise SystemExit(f"error: torchvision:{name}: no published weights: {error}") from None
    if hasattr(network, "transform_input"):
        # Ours takes its input as the published weights do, without this step before.
        network.transform_input = False
        return network, None
    return network, evaluated(chosen.transforms())


def evaluated(preset: torch.nn.Module) -> Evaluation | None:
    """torchvision's preset in timm's words; none for a segmentation, which has the same for all weights."""
    if not hasattr(preset, "crop_size"):
        return None
    crop, resize = preset.crop_size[0], preset.resize_size[0]
    return {
        "input_size": [3, crop, crop],
        "interpolation": preset.interpolation.value,
        # timm rounds the quotient of the crop and this down, to the resize.
        "crop_pct": crop / (resize + 0.5),
        "mean": preset.mean,
        "std": preset.std,
    }


def from_timm(name: str) -> tuple[torch.nn.Module, Evaluation]:
    try:
        network = timm.create_model(name, pretrained=True)
    except Exception as error:  # as above
        raise SystemExit(f"error: timm:{name}: no published weights: {error}") from None
    keys = ("input_size", "interpolation", "crop_pct", "crop_mode", "mean", "std")
    known = network.pretrained_cfg
    return network, {key: known[key] for key in keys if key in known}


def disagreement(model: str, tensors: State, answer: Answer) -> float:
    """Largest difference between what the tensors' own network answers and ours, over the largest answer."""
    reference = ZOO[model]
    network = reference.build()
    slots = dict(network.named_parameters()) | dict(network.named_buffers())
    for name, tensor in tensors.items():
        # Not copied into place: the head may have another size.
        slots[name].data = tensor.float()
    size = reference.size or reference.second_size
    images = synthetic.network_input((1, reference.channels, *size), 0)
    expected, found = answer(images), run(network, images)
    return float(np.abs(found - expected).max() / np.abs(expected).max())


@torch.inference_mode()
def run(network: torch.nn.Module, images: np.ndarray) -> np.ndarray:
    return golden.answer(network.float().eval(), torch.from_numpy(images)).numpy()


def cast(tensors: State, dtype: str) -> tuple[State, list[str]]:
    wide = {name: tensor.float().contiguous() for name, tensor in tensors.items()}
    if dtype == "f16":
        halves = half.tensors({name: tensor.numpy() for name, tensor in wide.items()})
        narrow = {name: torch.from_numpy(value) for name, value in halves.items()}
    else:
        narrow = {name: tensor.to(DTYPES[dtype]) for name, tensor in wide.items()}
    for name, tensor in narrow.items():
        if not tensor.isfinite().all():
            raise SystemExit(f"error: {name} has numbers that {dtype} cannot hold")
    counts = Counter(str(t.dtype) for t in tensors.values() if t.dtype != DTYPES[dtype])
    casts = [f"cast {count} tensors from {found} to {dtype}" for found, count in counts.items()]
    return narrow, casts


if __name__ == "__main__":
    main()
