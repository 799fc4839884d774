"""Times menagerie and its peers, interleaved, and prints medians and ratios as a Markdown table."""

import argparse
import json
import statistics
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

from engines import ENGINES
from shapes import NAMES, OTHERS

HERE = Path(__file__).parent
FOLDER = HERE.parents[1] / "target" / "peers" / "networks"
MENAGERIE = HERE.parents[1] / "target" / "release" / "menagerie"
EXPORTERS = ("torch", "torchvision", "pnnx", "onnx")


def export(name: str) -> str:
    """What exported the network, now or in an earlier run."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    finished = FOLDER / f"{name}.exported"
    if finished.exists():
        return finished.read_text()
    with (FOLDER / f"{name}.log").open("w") as log:
        command = [sys.executable, HERE / "networks.py", name, FOLDER, "ncnn", "onnx"]
        if subprocess.run(command, stdout=log, stderr=subprocess.STDOUT).returncode != 0:
            sys.exit(f"{name} cannot be exported: see {log.name}")
    exporters = "exported by " + ", ".join(f"{name} {version(name)}" for name in EXPORTERS)
    finished.write_text(exporters)
    return exporters


def ours(name: str, runs: int, adapter: str) -> dict:
    command = [MENAGERIE, "bench", name, "--runs", str(runs), "--adapter", adapter]
    command += ["--weights", "synthetic:0", "--json"]
    ended = subprocess.run(command, capture_output=True, text=True)
    if ended.returncode != 0:
        sys.exit(ended.stderr.strip())
    answer = json.loads(ended.stdout)
    label = f"{version_of_ours()} on {answer['adapter']}"
    return {"median": answer["median_ms"], "label": label}


def version_of_ours() -> str:
    return subprocess.run([MENAGERIE, "--version"], capture_output=True, text=True).stdout.strip()


def peer(engine: str, name: str, runs: int, adapter: str) -> dict:
    command = [sys.executable, HERE / "engines.py", engine, name, str(runs), adapter, FOLDER]
    ended = subprocess.run(command, capture_output=True, text=True)
    lines = ended.stdout.strip().splitlines()
    if ended.returncode != 0 or not lines:
        reason = (ended.stderr.strip().splitlines() or ["nothing printed"])[-1]
        return {"failed": f"ended with {ended.returncode}: {reason}"}
    answer = json.loads(lines[-1])
    if "times" in answer:
        answer["median"] = statistics.median(answer["times"])
    return answer


def compare(name: str, engines: list[str], options: argparse.Namespace) -> tuple[str, set[str]]:
    """A row of the table, and what there is to say about it."""
    notes = {export(name)}
    own, others = [], {engine: [] for engine in engines}
    for turn in range(options.rounds):
        # Whoever comes first may find a cooler machine.
        for engine in [None, *engines] if turn % 2 == 0 else [*engines, None]:
            if engine is None:
                result = ours(name, options.runs, options.adapter)
                own.append(result["median"])
                notes.add(result["label"])
                continue
            result = peer(engine, name, options.runs, options.adapter)
            if "failed" in result:
                notes.add(f"{engine}: {result['failed']}")
                continue
            others[engine].append(result["median"])
            notes.add(result["label"])
    cells = [name, f"{statistics.median(own):.0f} ({min(own):.0f}-{max(own):.0f})"]
    for engine in engines:
        times = others[engine]
        if len(times) < len(own):
            cells += ["-", "-"]
            continue
        ratios = [their / our for their, our in zip(times, own)]
        cells.append(f"{statistics.median(times):.0f} ({min(times):.0f}-{max(times):.0f})")
        cells.append(f"{statistics.median(ratios):.2f} ({min(ratios):.2f}-{max(ratios):.2f})")
        options.ratios[engine].append(statistics.median(ratios))
    return "| " + " | ".join(cells) + " |", notes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", nargs="+", choices=NAMES + OTHERS, default=NAMES)
    parser.add_argument("--engines", nargs="+", choices=list(ENGINES), default=list(ENGINES))
    parser.add_argument("--rounds", type=int, default=3, help="turns of each engine")
    parser.add_argument("--runs", type=int, default=5, help="timed runs in a turn, after a first one")
    parser.add_argument("--adapter", default="0", help="the adapter, as `menagerie --adapter` takes it")
    options = parser.parse_args()
    if min(options.rounds, options.runs) < 1:
        parser.error("--rounds and --runs must be at least 1")
    listed = subprocess.run([MENAGERIE, "adapters", "--json"], capture_output=True, text=True)
    adapters = json.loads(listed.stdout)
    if options.adapter.isdigit():
        if int(options.adapter) >= len(adapters):
            parser.error(f"there is no adapter {options.adapter}")
        options.adapter = adapters[int(options.adapter)]["name"]
    options.ratios = {engine: [] for engine in options.engines}

    header = ["network", "menagerie, ms"]
    for engine in options.engines:
        header += [f"{engine}, ms", "ratio"]
    print("| " + " | ".join(header) + " |")
    print("|" + " --- |" * len(header), flush=True)
    notes = set()
    for name in options.models:
        row, said = compare(name, options.engines, options)
        print(row, flush=True)
        notes |= said
    print()
    for engine, ratios in options.ratios.items():
        if ratios:
            mean = statistics.geometric_mean(ratios)
            print(f"{engine}: {mean:.2f} times our time (geometric mean), {min(ratios):.2f} at least")
    print("\n".join(sorted(notes)))
    named = [found for found in adapters if options.adapter.lower() in found["name"].lower()]
    for adapter in named:
        print(f"{adapter['name']} ({adapter['backend']}): {adapter['driver']}")


if __name__ == "__main__":
    main()
