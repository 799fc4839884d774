"""Converts the tensors of a checkpoint to those of a network of the zoo, or reports the differences."""

import re

import torch

import hub
from checkpoint_file import State
from zoo import ZOO

Shapes = dict[str, tuple[int, ...]]

# What other implementations call our tensors, and their shapes there: the same numbers in the same order.
Dialect = dict[str, tuple[str, tuple[int, ...]]]

# How many tensors of each kind are named.
NAMED = 3

# Heads in the middle of a network, which only training uses; ours has none.
AUXILIARY = {"googlenet": ("aux1.", "aux2."), "inception_v3": ("AuxLogits.",)}
AUXILIARY |= {
    name: ("aux_classifier.",) for name in ZOO if name.startswith(("fcn", "deeplabv3", "lraspp"))
}
STEP_COUNT = "num_batches_tracked"


def fit(
    model: str, state: State, source: str, headless: bool = False
) -> tuple[State, list[str]]:
    """The tensors that our `model` has, under our names and in our shapes, and what was done to them."""
    done = []
    unused = [name for name in state if _is_unused(model, name)]
    if unused:
        done.append(f"dropped {_listed(unused)}, which only training uses")
    state = {name: tensor for name, tensor in state.items() if name not in unused}

    expected = shapes(model)
    for dialect in _dialects(model, expected):
        if any(name in state for name, (ours, _) in dialect.items() if name != ours):
            state, translated = _translated(dialect, expected, state)
            done += translated
            break

    if headless:
        # What is missing must be the end of the network.
        body = list(expected)[: len(state)]
        done.append(f"left out {_listed(list(expected)[len(body) :])}, which the source has not")
        expected = {name: expected[name] for name in body}
    head = list(expected)[-2:]
    if not headless and head[0] in state and state[head[0]].shape[1:] == expected[head[0]][1:]:
        classes = len(state[head[0]])
        if classes == 0:
            raise SystemExit(f"error: {source}: {head[0]}: expected at least 1 class, found 0")
        for name in head:
            expected[name] = (classes, *expected[name][1:])
        done.append(f"found {classes} classes")
    _check(model, expected, state, source)
    return {name: state[name] for name in expected}, done


def shapes(model: str) -> Shapes:
    """Names and shapes of what `model` computes with, its head last."""
    with torch.device("meta"):
        state = ZOO[model].build().state_dict()
    return {name: tuple(t.shape) for name, t in state.items() if not _is_unused(model, name)}


def _is_unused(model: str, name: str) -> bool:
    return name.endswith(STEP_COUNT) or name.startswith(AUXILIARY.get(model, ()))


def _translated(dialect: Dialect, expected: Shapes, state: State) -> tuple[State, list[str]]:
    translated, renamed, reshaped = {}, [], []
    for name, tensor in state.items():
        # An unknown name stays, to be called surplus.
        ours, shape = dialect.get(name, (name, tuple(tensor.shape)))
        if name != ours:
            renamed.append(f"{name} to {ours}")
        if name in dialect and shape == tuple(tensor.shape) != expected[ours]:
            tensor = tensor.reshape(expected[ours])
            reshaped.append(f"{ours} from {_size(shape)} to {_size(expected[ours])}")
        translated[ours] = tensor
    done = [f"renamed {_listed(renamed)}"]
    return translated, done + ([f"reshaped {_listed(reshaped)}"] if reshaped else [])


def _dialects(model: str, ours: Shapes) -> list[Dialect]:
    dialects = []
    if model in hub.CHECKPOINTS:
        with torch.device("meta"):
            state = hub.build(model).state_dict()
        theirs = {
            name: tuple(t.shape) for name, t in state.items() if not name.endswith(STEP_COUNT)
        }
        # Both declare their layers in the order of the network.
        pairs = zip(theirs.items(), ours, strict=True)
        dialects.append({name: (our_name, shape) for (name, shape), our_name in pairs})
    if model.startswith("densenet"):
        # torchvision's own files are older than its names (models/densenet.py, _load_state_dict).
        pattern = re.compile(r"(denselayer\d+\.(?:norm|conv))([12])\.")
        dialects.append(
            {pattern.sub(r"\1.\2.", name): (name, shape) for name, shape in ours.items()}
        )
    return dialects


def _check(model: str, expected: Shapes, state: State, source: str) -> None:
    missing = [name for name in expected if name not in state]
    surplus = [name for name in state if name not in expected]
    misshapen = [
        f"{name}: expected {_size(shape)}, found {_size(state[name].shape)}"
        for name, shape in expected.items()
        if name in state and tuple(state[name].shape) != shape
    ]
    wrong = {"missing": missing, "misshapen": misshapen, "surplus": surplus}
    if faults := [f"{kind} {_listed(names)}" for kind, names in wrong.items() if names]:
        raise SystemExit(f"error: {source}: not the weights of {model}: {'; '.join(faults)}")
    for name, tensor in state.items():
        if not tensor.is_floating_point():
            raise SystemExit(f"error: {source}: {name}: expected floats, found {tensor.dtype}")
        if not tensor.isfinite().all():
            raise SystemExit(f"error: {source}: {name}: expected finite numbers")


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return f"{len(names)} tensors ({', '.join(names[:NAMED])}{more})"


def _size(shape: tuple[int, ...] | torch.Size) -> str:
    return "x".join(map(str, shape)) or "a scalar"
