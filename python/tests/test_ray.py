"""A data set of Ray, whose actors fail."""

import collections
import io
import pathlib

import numpy
import PIL.Image
import pytest
import test_docs

ray = pytest.importorskip("ray")
pytest.importorskip("pyarrow")

import menagerie
from menagerie.ray import Classifier, address

PHOTOS = 500
CHECKOUT = pathlib.Path(__file__).parents[2]


@pytest.fixture(scope="module", autouse=True)
def cluster(tmp_path_factory):
    tests = str(pathlib.Path(__file__).parent)
    ray.init(
        num_cpus=4,
        include_dashboard=False,
        object_store_memory=2**27,
        configure_logging=False,
        log_to_driver=False,
        runtime_env={"env_vars": {"PYTHONPATH": tests, "RAY_DATA_DISABLE_PROGRESS_BARS": "1"}},
    )
    yield
    ray.shutdown()


class Mortal(Classifier):
    """Ends its process, once, when it gets the photo 250."""

    def __init__(self, killed: str, **options) -> None:
        super().__init__(**options)
        self.killed = pathlib.Path(killed)

    def __call__(self, batch):
        if 250 in batch["id"]:
            import os
            import signal

            try:
                self.killed.touch(exist_ok=False)
            except FileExistsError:
                pass
            else:
                os.kill(os.getpid(), signal.SIGKILL)
        return super().__call__(batch)


def photo(number):
    """A digit, moved and dimmed by the number; every hundredth is no photo."""
    if number % 100 == 50:
        return b"no photo"
    digit = PIL.Image.open(CHECKOUT / f"samples/digits/digit_{number % 10}.png").convert("L")
    pixels = (numpy.asarray(digit) * (1 - number / 5000)).astype("uint8")
    file = io.BytesIO()
    PIL.Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def test_every_photo_has_one_row_though_an_actor_is_killed(tmp_path, lenet):
    photos = [photo(number) for number in range(PHOTOS)]
    rows = ray.data.from_items([{"id": number, "bytes": photo} for number, photo in enumerate(photos)])
    killed = tmp_path / "killed"
    options = {"network": "lenet5", "weights": str(CHECKOUT / "weights/lenet5.safetensors"), "killed": str(killed)}
    classes = rows.repartition(20).map_batches(
        Mortal,
        fn_constructor_kwargs=options,
        batch_format="numpy",
        batch_size=25,
        compute=ray.data.ActorPoolStrategy(size=2),
    )
    found = classes.take_all()
    assert killed.exists()
    counts = collections.Counter(row["id"] for row in found)
    assert counts == collections.Counter(range(PHOTOS))
    expected = lenet.classify(photos, top=1, errors="return")
    for row in found:
        answer = expected[row["id"]]
        if row["id"] % 100 == 50:
            assert (row["error"], row["label"], row["index"]) == (str(answer), "", -1)
        else:
            assert (row["error"], row["label"], row["index"]) == ("", answer[0].label, answer[0].index)
            assert row["probability"] == answer[0].probability


def test_the_program_of_the_page(tmp_path, monkeypatch):
    (program,) = test_docs.programs("docs/many-machines.md")
    monkeypatch.setattr(ray.data.Dataset, "write_parquet", lambda data, _: wrote.extend(data.take_all()))
    wrote = []
    exec(program, {"__name__": "page"})
    assert {pathlib.Path(row["path"]).name: row["label"] for row in wrote}["cat.png"] == "Egyptian cat"


class Named(Classifier):
    """Says where it computes."""

    def __call__(self, batch):
        return {**super().__call__(batch), "device": numpy.array([self.network.device] * len(batch["id"]))}


def test_actors_on_two_adapters():
    """Mesa's driver, and SwiftShader, which comes with Chromium."""
    places = [pathlib.Path(folder) / "vk_swiftshader_icd.json" for folder in ("/usr/lib/chromium", "/opt/google/chrome")]
    found = [str(place) for place in places if place.exists()]
    if not found:
        pytest.skip("SwiftShader is not here")
    devices = ["llvmpipe", "SwiftShader"]
    rows = ray.data.from_items([{"id": number, "bytes": photo(number)} for number in range(4)])
    answers = []
    for device in devices:
        options = {"network": "lenet5", "weights": str(CHECKOUT / "weights/lenet5.safetensors"), "device": device}
        classes = rows.map_batches(
            Named,
            fn_constructor_kwargs=options,
            batch_format="numpy",
            compute=ray.data.ActorPoolStrategy(size=1),
            runtime_env={"env_vars": {"VK_ADD_DRIVER_FILES": found[0]}},
        )
        answers.append(sorted(classes.take_all(), key=lambda row: row["id"]))
    for device, rows in zip(devices, answers, strict=True):
        assert all(device in row["device"] for row in rows), rows
        assert [row["label"] for row in rows] == ["0", "1", "2", "3"]


def test_an_actor_takes_the_gpu_that_ray_counts():
    gpus = [
        {"name": "B", "device_type": "DiscreteGpu", "pci_address": "0000:c1:00.0"},
        {"name": "A", "device_type": "DiscreteGpu", "pci_address": "0000:41:00.0"},
        {"name": "A", "device_type": "DiscreteGpu", "pci_address": "0000:41:00.0"},  # By another backend.
        {"name": "CPU", "device_type": "Cpu", "pci_address": ""},
    ]
    assert [address(number, gpus) for number in range(2)] == ["0000:41:00.0", "0000:c1:00.0"]
    with pytest.raises(menagerie.DeviceError, match="GPU 2, found 2"):
        address(2, gpus)
