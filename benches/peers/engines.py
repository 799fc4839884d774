"""Each engine as a process of its own: `python engines.py ENGINE NAME RUNS ADAPTER FOLDER` prints, as JSON, what
it is and the milliseconds of each run after the first."""

import json
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import numpy as np

from shapes import input_shape

Run = Callable[[], object]


def ncnn(name: str, adapter: str, folder: Path) -> tuple[Run, str]:
    """ncnn's Vulkan backend with its default precision: what a user gets."""
    import ncnn as engine

    infos = [engine.get_gpu_info(index) for index in range(engine.get_gpu_count())]
    device_names = [info.device_name() for info in infos]
    places = [i for i, found in enumerate(device_names) if adapter.lower() in found.lower()]
    if not places:
        raise RuntimeError(f"no Vulkan adapter {adapter!r}; there are {device_names}")
    network = engine.Net()
    network.opt.use_vulkan_compute = True
    network.set_vulkan_device(places[0])
    network.load_param(str(folder / f"{name}.ncnn.param"))
    network.load_model(str(folder / f"{name}.ncnn.bin"))
    image = np.random.default_rng(0).random(input_shape(name), np.float32)[0]

    def run() -> object:
        extractor = network.create_extractor()
        extractor.input("in0", engine.Mat(image).clone())
        return np.array(extractor.extract("out0")[1])

    return run, f"ncnn {version('ncnn')} on {device_names[places[0]]}"


def onnxruntime(name: str, adapter: str, folder: Path) -> tuple[Run, str]:
    """ONNX Runtime's WebGPU backend, which chooses its adapter itself."""
    import onnxruntime as engine

    session = engine.InferenceSession(
        str(folder / f"{name}.onnx"), providers=["WebGpuExecutionProvider"]
    )
    if "WebGpuExecutionProvider" not in session.get_providers():
        raise RuntimeError("the WebGPU backend finds no adapter (software Vulkan needs Mesa 25)")
    image = np.random.default_rng(0).random(input_shape(name), np.float32)
    feed = {session.get_inputs()[0].name: image}

    def run() -> object:
        return session.run(None, feed)[0][0]

    return run, f"onnxruntime-webgpu {version('onnxruntime-webgpu')}"


ENGINES = {"ncnn": ncnn, "onnxruntime": onnxruntime}


def main() -> None:
    engine, name, runs, adapter, folder = sys.argv[1:]
    try:
        run, label = ENGINES[engine](name, adapter, Path(folder))
        run()
    except Exception as error:  # noqa: BLE001: whatever a peer fails with is its result
        print(json.dumps({"failed": " ".join(str(error).split())[:200]}))
        return
    times = []
    for _ in range(int(runs)):
        begin = time.perf_counter()
        run()
        times.append((time.perf_counter() - begin) * 1e3)
    print(json.dumps({"label": label, "times": times}))


if __name__ == "__main__":
    main()
