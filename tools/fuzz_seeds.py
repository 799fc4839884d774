"""Makes the seeds of fuzz/corpus: small files of each format that the fuzz targets read."""

import argparse
import io
import json
import random
import re
from pathlib import Path

import numpy
import torch
from onnx import TensorProto, helper
from PIL import Image
from safetensors.numpy import save

import atomic


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=Path("fuzz/corpus"))
    output: Path = parser.parse_args().output
    for target, files in seeds().items():
        folder = output / target
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            atomic.write(folder / name, content)


def seeds() -> dict[str, dict[str, bytes]]:
    small = {"conv1.weight": numpy.zeros((2, 1, 3, 3), numpy.float32), "conv1.bias": numpy.zeros(2, numpy.float16)}
    tensors = {name: torch.from_numpy(value) for name, value in small.items()}
    image = numpy.zeros((1, 1, 2, 3), numpy.float32)
    weights = {
        "small.safetensors": save(small),
        "metadata.safetensors": save(small, {"config": json.dumps({"mean": [0.5], "std": [0.5]})}),
        "zip.pth": saved(tensors, True),
        "legacy.pth": saved(tensors, False),
        "module.pth": saved({"state_dict": {f"module.{name}": value for name, value in tensors.items()}, "epoch": 3}, True),
        "index.json": json.dumps({"weight_map": {"a": "b.safetensors"}}).encode(),
    }
    return {
        "weights": weights,
        "tensors": {"input.safetensors": save({"input": image}), "input.pth": saved({"input": torch.from_numpy(image)}, True)},
        "arrays": arrays(),
        "onnx": {f"{operation}.onnx": network(operation) for operation in ("Relu", "Conv", "Reshape", "Gemm")},
        "photos": photos(),
        "labels": {
            "names.txt": b"cat\ndog\n",
            "wordnet.txt": b"n02124075 Egyptian cat\nn02123045 tabby\n",
            "list.json": b'["cat", "dog"]',
            "keras.json": b'{"0": ["n01440764", "tench"], "1": ["n01443537", "goldfish"]}',
            "config.json": b'{"id2label": {"0": "cat", "1": "dog"}}',
        },
        "tuning": {
            "tuning.json": json.dumps(
                {"version": "0.1.0", "adapter": "a", "backend": "b", "driver": "d", "tuning": {"kernels": "0", "winners": {"a": "conv"}}}
            ).encode()
        },
        "pipelines": {"sound": pipelines(bytes(range(200))), "nothing": pipelines(b"")},
        "declarations": {
            "pointwise.json": Path("examples/own_kernel/pointwise.json").read_bytes(),
            "activation.json": json.dumps(
                {
                    "operations": ["activation", "add"],
                    "workgroup_size": 64,
                    "uniform": [["input", "view"], ["output", "view"], ["bounds", "bounds"], ["items", "pixels * out_quads / 3"]],
                    "bindings": [["input", "read"], ["output", "write"]],
                    "invocations": "pixels * out_quads",
                }
            ).encode(),
        },
        "hub": {
            "answer": b"x-repo-commit: 0123456789abcdef0123456789abcdef01234567\n"
            b'x-linked-etag: "720875c71138e974da5bb2d9013c11784bb46523debb9f5b5c13364e223bef3c"\n'
            b"x-linked-size: 1000000\n",
            "redirection": b"location: /new/name/resolve/main/model.safetensors\n",
        },
        "graphs": {f"seed{seed}": random.Random(seed).randbytes(64) for seed in range(8)},
    }


def saved(content: object, archive: bool) -> bytes:
    file = io.BytesIO()
    torch.save(content, file, _use_new_zipfile_serialization=archive)
    return file.getvalue()


def arrays() -> dict[str, bytes]:
    files = {}
    for kind in ("float16", "float32", "float64", "int8", "int32", "int64", "uint8", "uint16", "bool"):
        file = io.BytesIO()
        numpy.save(file, numpy.arange(6).reshape(2, 3).astype(kind))
        files[f"{kind}.npy"] = file.getvalue()
    fortran = io.BytesIO()
    numpy.save(fortran, numpy.asfortranarray(numpy.arange(6, dtype=">f4").reshape(2, 3)))
    second = io.BytesIO()
    numpy.lib.format.write_array(second, numpy.arange(6.0), version=(2, 0))
    return files | {"fortran.npy": fortran.getvalue(), "version2.npy": second.getvalue()}


def pipelines(data: bytes) -> bytes:
    """A file of compiled kernels as `src/cache/pipelines.rs` writes it, for the adapter of `fuzz/checks`."""
    version = re.search(r'^version = "(.*)"$', Path("Cargo.toml").read_text(), re.MULTILINE)
    assert version is not None
    origin = f"{version[1]}\na\nb\nd".encode()
    rest = len(origin).to_bytes(4, "little") + origin + data
    checksum = 0xCBF29CE484222325
    for byte in len(rest).to_bytes(8, "little") + rest:
        checksum = (checksum ^ byte) * 0x100000001B3 % (1 << 64)
    return b"MNGPIPE1" + checksum.to_bytes(8, "little") + rest


def network(operation: str) -> bytes:
    shape: list[int] = [1, 2, 4, 4]
    constants = {
        "Relu": [],
        "Conv": [helper.make_tensor("w", TensorProto.FLOAT, [2, 2, 1, 1], [1.0] * 4)],
        "Reshape": [helper.make_tensor("w", TensorProto.INT64, [2], [1, 32])],
        "Gemm": [helper.make_tensor("w", TensorProto.FLOAT, [32, 2], [1.0] * 64)],
    }[operation]
    nodes = [helper.make_node(operation, ["x", *(constant.name for constant in constants)], ["y"], name="node")]
    if operation == "Gemm":
        nodes = [helper.make_node("Flatten", ["x"], ["f"]), helper.make_node("Gemm", ["f", "w"], ["y"])]
    graph = helper.make_graph(
        nodes,
        "graph",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        constants,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    return bytes(model.SerializeToString())


def photos() -> dict[str, bytes]:
    picture = Image.fromarray(numpy.arange(4 * 5 * 3, dtype=numpy.uint8).reshape(4, 5, 3))
    files = {}
    for extension in ("bmp", "gif", "ico", "jpeg", "png", "ppm", "tga", "tiff", "webp", "dds"):
        file = io.BytesIO()
        picture.save(file, format={"tga": "TGA", "ppm": "PPM"}.get(extension, extension.upper()))
        files[f"small.{extension}"] = file.getvalue()
    grey = io.BytesIO()
    picture.convert("P").save(grey, format="PNG")
    progressive = io.BytesIO()
    picture.save(progressive, format="JPEG", progressive=True)
    return files | {"palette.png": grey.getvalue(), "progressive.jpeg": progressive.getvalue()}


if __name__ == "__main__":
    main()
