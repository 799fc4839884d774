"""The stubs have all that the module has, and nothing else."""

import subprocess
import sys


def test_stubs_are_those_of_the_module():
    checked = subprocess.run(
        [sys.executable, "-m", "mypy.stubtest", "menagerie", "--ignore-disjoint-bases"], capture_output=True, text=True
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_public_classes_and_methods_say_what_they_are():
    import menagerie

    for name in menagerie.__all__:
        item = getattr(menagerie, name)
        assert item.__doc__, name
        for method, function in vars(item).items() if isinstance(item, type) else ():
            if not method.startswith("_") and callable(function):
                assert function.__doc__, f"{name}.{method}"


def test_a_program_is_type_checked(tmp_path):
    program = tmp_path / "program.py"
    program.write_text(
        """
import menagerie
import numpy as np

net: menagerie.Network = menagerie.load("resnet50", weights="hub", device=0, batch=4)
best: str = net.classify("cat.jpg")[0].label
rows: list[menagerie.Classification] = net.classify(["a.jpg", b"..."], top=1)
answer = net(np.zeros((1, 3, 224, 224), np.float32))
shape: tuple[int, ...] = answer.shape
summary: menagerie.Summary = net.summary()
"""
    )
    checked = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", program], capture_output=True, text=True, cwd=tmp_path
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
