"""The package among threads, signals, forks and the start of a program."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time

import pytest
import synthetic

import menagerie


def program(text, **options):
    """Runs a program of Python, and returns what it printed and its exit status.

    Shells start programs in the background with Ctrl-C ignored, and it would be inherited.
    """
    begin = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
    ran = subprocess.run(
        [sys.executable, "-c", begin + textwrap.dedent(text)], capture_output=True, text=True, timeout=120, **options
    )
    return ran.stdout.strip(), ran.returncode, ran.stderr


def test_the_import_needs_no_other_package():
    out, status, error = program(
        """
        import sys
        import menagerie
        print({name.split(".")[0] for name in sys.modules} & {"numpy", "PIL", "ray", "torch"}, len(menagerie.models()))
        """
    )
    assert (status, out.startswith("set()")) == (0, True), (out, error)


@pytest.mark.parametrize("load", ["", "net = menagerie.load('lenet5', weights='synthetic:0')\nnet(x)"], ids=["import", "load"])
def test_a_fork_has_an_error_and_does_not_hang(load):
    out, status, error = program(
        f"""
import numpy, os, menagerie
x = numpy.zeros((1, 1, 28, 28), "float32")
{load}
child = os.fork()
for call in (
    lambda: menagerie.load("lenet5", weights="synthetic:0"),
    lambda: menagerie.adapters(),
    lambda: net(x) if "net" in globals() else menagerie.adapters(),
):
    try:
        call()
    except menagerie.DeviceError as error:
        assert child == 0 and error.code == "forked", error
        continue
    assert child != 0
if child != 0:
    print(os.waitpid(child, 0)[1])
"""
    )
    assert (out, status) == ("0", 0), error


def test_ctrl_c_ends_a_call_and_leaves_the_network_usable():
    """The call is of a thousand images, and the signal arrives during the first of them."""
    out, status, error = program(
        """
        import os, signal, threading, time, numpy, menagerie
        net = menagerie.load("mobilenet_v2", batch=1)
        picture = numpy.zeros((64, 64, 3), "uint8")
        answer = net.classify(picture)
        threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
        try:
            net.classify([picture] * 1000)
        except KeyboardInterrupt:
            print("interrupted", (net.classify(picture).scores == answer.scores).all())
        """
    )
    assert (out, status) == ("interrupted True", 0), error


def test_ctrl_c_ends_a_program():
    out, status, error = program(
        """
        import os, signal, threading, numpy, menagerie
        net = menagerie.load("mobilenet_v2", batch=1)
        net.classify(numpy.zeros((64, 64, 3), "uint8"))
        threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
        net.classify([numpy.zeros((64, 64, 3), "uint8")] * 1000)
        """
    )
    assert status == -signal.SIGINT and "KeyboardInterrupt" in error, (out, status, error)


def test_two_networks_run_at_the_same_time():
    """Each thread begins a call before the other one's has ended: neither waits for the other."""
    nets = [menagerie.load("mobilenet_v2", weights="synthetic:0", batch=1) for _ in range(2)]
    x = synthetic.network_input((8, 3, 160, 160), 0)
    events, both = [], threading.Barrier(2)

    def run(name):
        nets[name](x[:1])
        both.wait()
        events.append((name, "begin"))
        nets[name](x)
        events.append((name, "end"))

    threads = [threading.Thread(target=run, args=(name,)) for name in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [event for _, event in events] == ["begin", "begin", "end", "end"]


def test_python_runs_during_a_call():
    net = menagerie.load("mobilenet_v2", weights="synthetic:0", batch=1)
    x = synthetic.network_input((8, 3, 160, 160), 0)
    ended, steps = threading.Event(), []
    thread = threading.Thread(target=lambda: (net(x), ended.set()))
    thread.start()
    while not ended.is_set():
        steps.append(None)
        time.sleep(0.001)
    thread.join()
    assert len(steps) > 2


def test_one_network_serves_many_threads(lenet):
    xs = [synthetic.network_input((1, 1, 28, 28), seed) for seed in range(8)]
    expected = [lenet(x) for x in xs]
    found = [None] * len(xs)

    def run(index):
        for _ in range(5):
            found[index] = lenet(xs[index])

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(xs))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all((a == b).all() for a, b in zip(found, expected))


def resident():
    """Bytes of this process in memory."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.skipif(not os.path.exists("/proc/self/statm"), reason="the memory of a process is read from Linux")
def test_memory_stays_flat(lenet):
    """A leak of one input or answer a call would be 3 MB or more in 1,000 calls; MENAGERIE_CALLS makes more of them."""
    x = synthetic.network_input((1, 1, 28, 28), 0)
    calls = int(os.environ.get("MENAGERIE_CALLS", 1000))
    for _ in range(100):
        lenet(x)
    before = resident()
    for _ in range(calls):
        lenet(x)
    grown = resident() - before
    assert grown < 2**21, f"{grown} bytes in {calls} calls"
