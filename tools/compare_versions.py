"""Compares two versions of menagerie: times of their runs and preparations, interleaved, and memory.

    python3 tools/compare_versions.py BEFORE AFTER    two commits, or built `menagerie` programs

Each round runs each network by both versions, each in a process of its own with synthetic weights; who begins changes
from round to round. A round gives the ratio after/before of

    run           the median of a process's untimed runs, from input to answer
    preparation   from a name to a session that could run, less what opening the device takes
    first answer  the same with the first run, in which drivers compile what they put off

Printed are geometric means of the ratios with their 95 % confidence intervals, by Student's t over the rounds' logarithms,
each network by itself and all together. AFTER is as fast as BEFORE where the interval for all together reaches down to
1.00 and no network's lies wholly above 1.03, 1.05 for the preparation, and no plan takes more memory; else the exit status
is 1. Every round is kept in `target/versions`.
"""

import argparse
import json
import math
import os
import shutil
import subprocess
import sys
from pathlib import Path

NETWORKS = [
    "squeezenet1_1", "mobilenet_v2", "alexnet", "googlenet", "resnet50", "densenet121", "inception_v3", "vgg16"
]
FOLDER = Path(__file__).resolve().parents[1] / "target" / "versions"
# What is compared, and the ratio above which no network's interval may lie.
FIGURES = {"run": 1.03, "preparation": 1.05, "first answer": None}


def build(version: str) -> Path:
    """The program of a commit, built once."""
    if Path(version).is_file():
        return Path(version).resolve()
    commit = _git("rev-parse", "--verify", "--short=12", f"{version}^{{commit}}")
    program = FOLDER / f"menagerie-{commit}"
    if not program.exists():
        worktree = FOLDER / commit
        if not worktree.exists():
            _git("worktree", "add", "--detach", str(worktree), commit)
        # One folder for both, so that what they depend on is built once.
        target = FOLDER / "build"
        command = ["cargo", "build", "--release", "--locked", "--bin", "menagerie", "--target-dir", str(target)]
        subprocess.run(command, cwd=worktree, check=True)
        shutil.copy2(target / "release" / "menagerie", program)
        _git("worktree", "remove", "--force", str(worktree))
    return program


def _git(*arguments: str) -> str:
    command = ["git", "-C", str(Path(__file__).parent), *arguments]
    ended = subprocess.run(command, capture_output=True, text=True)
    if ended.returncode != 0:
        sys.exit(f"error: {ended.stderr.strip()}")
    return ended.stdout.strip()


class Version:
    """A program and a cache of its own: neither reads what the other has measured or its shaders were compiled to."""

    def __init__(self, version: str, place: str, adapter: str):
        self.program = build(version)
        self.adapter = adapter
        self.environment = os.environ | {"XDG_CACHE_HOME": str(FOLDER / "caches" / place)}

    def ask(self, *arguments: str) -> dict:
        command = [self.program, *arguments, "--adapter", self.adapter, "--no-autotune", "--json"]
        ended = subprocess.run(command, capture_output=True, text=True, env=self.environment)
        if ended.returncode != 0:
            sys.exit(f"{self.program.name} {' '.join(arguments)}: {ended.stderr.strip()}")
        return json.loads(ended.stdout)

    def times(self, network: str, runs: int) -> dict[str, float]:
        """Milliseconds of each figure, by a new process."""
        said = self.ask("profile", network, "--weights", "synthetic:0", "--runs", str(runs))
        first = said["first_answer_ms"]
        answered = first["total"] - first["device"]
        return {
            "run": said["wall_ms"]["median"],
            "preparation": answered - first["first_run"],
            "first answer": answered,
        }

    def memory(self, network: str) -> int:
        """Bytes of the device that the plan asks for."""
        plan = self.ask("plan", network)
        return plan["activation_bytes"] + plan["weight_bytes"]


def interval(logarithms: list[float]) -> tuple[float, float, float]:
    """The geometric mean and the ends of its 95 % interval."""
    count = len(logarithms)
    mean = sum(logarithms) / count
    if count < 2:
        return math.exp(mean), 0.0, math.inf
    variance = sum((value - mean) ** 2 for value in logarithms) / (count - 1)
    half = student(count - 1) * math.sqrt(variance / count)
    return math.exp(mean), math.exp(mean - half), math.exp(mean + half)


def student(freedom: int, tail: float = 0.025) -> float:
    """The value that Student's t exceeds with the probability `tail`."""
    scale = math.exp(math.lgamma((freedom + 1) / 2) - math.lgamma(freedom / 2)) / math.sqrt(freedom * math.pi)

    # With t = sqrt(freedom) tan(angle) the density is a power of a cosine, smooth to its end.
    def beyond(value: float, steps: int = 400) -> float:
        begin = math.atan(value / math.sqrt(freedom))
        width = (math.pi / 2 - begin) / steps
        middles = (begin + (step + 0.5) * width for step in range(steps))
        return scale * math.sqrt(freedom) * width * sum(math.cos(angle) ** (freedom - 1) for angle in middles)

    low, high = 0.0, 1e4
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if beyond(middle) > tail else (low, middle)
    return low


def report(rounds: list[dict], memory: dict[str, list[int]]) -> bool:
    """Prints the table; whether AFTER is as fast and takes no more memory."""
    held = True
    networks = list(memory)
    print(f"\nafter/before, geometric mean (95 % interval) of {len(rounds)} rounds:\n")
    print("| network | before, ms |", " | ".join(FIGURES), "| memory, bytes |")
    print("| --- " * (len(FIGURES) + 3) + "|")
    logarithms = {
        (network, figure): [math.log(of[network][1][figure] / of[network][0][figure]) for of in rounds]
        for network in networks
        for figure in FIGURES
    }
    for network in networks:
        before = sorted(of[network][0]["run"] for of in rounds)[len(rounds) // 2]
        cells = []
        for figure, limit in FIGURES.items():
            found = interval(logarithms[network, figure])
            held &= limit is None or found[1] <= limit
            cells.append(_cell(found))
        taken = memory[network]
        held &= taken[1] <= taken[0]
        same = f"{taken[0]:,}" if taken[0] == taken[1] else f"{taken[0]:,} -> {taken[1]:,}"
        print(f"| {network} | {before:.1f} |", " | ".join(cells), f"| {same} |")
    cells = []
    for figure, limit in FIGURES.items():
        # Of each round first: what all networks of a round had in common is in the spread, not hidden by it.
        means = [sum(of_round) / len(networks) for of_round in zip(*(logarithms[n, figure] for n in networks))]
        found = interval(means)
        held &= limit is None or found[1] <= 1.0
        cells.append(_cell(found))
    print("| all together | |", " | ".join(cells), "| |")
    return held


def _cell(found: tuple[float, float, float]) -> str:
    return "{:.3f} ({:.3f}-{:.3f})".format(*found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("before")
    parser.add_argument("after")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--runs", type=int, default=3, help="runs of a process after its first")
    parser.add_argument("--networks", nargs="+", default=NETWORKS)
    parser.add_argument("--adapter", default="0", help="as `menagerie adapters` lists it (default: %(default)s)")
    arguments = parser.parse_args()

    FOLDER.mkdir(parents=True, exist_ok=True)
    named = [("before", arguments.before), ("after", arguments.after)]
    versions = [Version(version, place, arguments.adapter) for place, version in named]
    memory = {network: [version.memory(network) for version in versions] for network in arguments.networks}
    # Only the first process of a machine compiles shaders and measures the roofline, so it is in no round.
    for network in arguments.networks:
        for version in versions:
            version.times(network, 1)
    rounds = []
    for number in range(arguments.rounds):
        of_round = {}
        for network in arguments.networks:
            times = [None, None]
            for place in (0, 1) if number % 2 == 0 else (1, 0):
                times[place] = versions[place].times(network, arguments.runs)
            of_round[network] = times
        rounds.append(of_round)
        kept = {"versions": [str(version.program) for version in versions], "memory": memory, "rounds": rounds}
        (FOLDER / "rounds.json").write_text(json.dumps(kept, indent=1))
        print(f"round {number + 1} of {arguments.rounds}", file=sys.stderr)
    held = report(rounds, memory)
    print("\nAFTER is", "as fast as BEFORE and takes no more memory" if held else "slower than BEFORE, or takes more memory")
    if not held:
        sys.exit(1)


if __name__ == "__main__":
    main()
