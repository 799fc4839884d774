"""Figures of kernels' machine code as a table, and two such tables held against each other.

    table.py make OUT... > code.tsv        each OUT a folder that `run.sh` wrote, named after its GPU; a GPU may have several
    table.py compare BEFORE.tsv AFTER.tsv  exits with 1 where a figure is worse
    table.py show code.tsv                 in Markdown: for each pipeline and GPU the share of multiply-adds in per cent,
                                           registers, occupancy and, where there are any, spills

A row of BEFORE is held against the row of the same GPU and pipeline, or where there is none against every pipeline of
that kernel: a pipeline that became several must be as good in each. One that is missing is worse, but for `--without`.
"""

import argparse
import csv
import json
import re
import sys
from collections import Counter
from pathlib import Path

from hot_loops import hot_loop
from listings import READERS

COLUMNS = [
    "gpu", "pipeline", "kernel", "of", "fma_percent", "fma", "matrix", "vector", "scratch", "registers", "spills", "occupancy", "cycles"
]
# What drivers call the same thing: RADV, NVK, ANV.
REGISTERS = ["VGPRs", "Number of GPRs", "Max live registers"]
SPILLS = ["Spilled VGPRs", "Spills to memory", "Spill Count"]
# Waves of a SIMD, warps of a processor, lanes of a thread.
OCCUPANCY = ["Subgroups per SIMD", "Max warps/SM", "subgroup size"]
# The kernels that `show` lists: those whose time is products.
PRODUCTS = ("conv", "depthwise", "linear")
CYCLES = ["Inverse Throughput", "Static cycle count", "Cycle Count"]


def make(folders):
    for folder in folders:
        kernels = {entry["name"]: entry["kernel"] for entry in json.loads((folder / "pipelines.json").read_text())}
        for (pipeline, executable), statistics in _statistics(folder).items():
            listings = folder.glob(f"{pipeline}.{executable}.*")
            listing = next((path for path in listings if path.name.endswith(tuple(READERS))), None)
            if listing is None:
                raise SystemExit(f"error: {folder}: no machine code of {pipeline}")
            counts, of = hot_loop(listing)

            def first(labels):
                return next((statistics[label] for label in labels if label in statistics), "")

            yield {
                "gpu": folder.name,
                "pipeline": pipeline,
                "kernel": kernels[pipeline],
                "of": of,
                "fma_percent": f"{100 * counts['fma'] / max(1, counts['vector']):.1f}",
                "fma": counts["fma"],
                "matrix": counts["matrix"],
                "vector": counts["vector"],
                "scratch": counts["scratch"],
                "registers": first(REGISTERS),
                "spills": first(SPILLS),
                "occupancy": first(OCCUPANCY),
                "cycles": first(CYCLES),
            }


def _statistics(folder):
    """What the driver counted, by pipeline and number of the executable."""
    found = {}
    with (folder / "statistics.tsv").open() as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            of = found.setdefault((row["pipeline"], int(row["executable"])), {})
            of[row["statistic"]] = row["value"]
    return found


def compare(before, after, tolerance, without):
    """Prints what is worse and what is better; whether anything is worse."""
    worse = False
    seen = Counter()
    for old in before:
        if old["kernel"] in without:
            continue
        of_gpu = [row for row in after if row["gpu"] == old["gpu"]]
        same = [row for row in of_gpu if row["pipeline"] == old["pipeline"]]
        # Pipelines of several networks can have one name. They are in the order of the networks.
        name = old["gpu"], old["pipeline"]
        new_rows = same[seen[name] : seen[name] + 1] or same
        seen[name] += 1
        new_rows = new_rows or [row for row in of_gpu if row["kernel"] == old["kernel"]]
        if not new_rows:
            print(f"missing\t{old['gpu']}\t{old['pipeline']}")
            worse = True
        for new in new_rows:
            for change, figure in _changes(old, new, tolerance):
                print(f"{change}\t{old['gpu']}\t{new['pipeline']}\t{figure}\t{old[figure]} -> {new[figure]}")
                worse |= change == "worse"
    return worse


def _changes(old, new, tolerance):
    # A share only means something of kernels that multiply; of a dozen multiply-adds it is noise.
    share = [("fma_percent", 1)] if int(old["fma"]) >= 16 else []
    for figure, sign in [*share, ("registers", -1), ("spills", -1), ("scratch", -1), ("occupancy", 1)]:
        if old[figure] == "" or new[figure] == "":
            continue
        gain = sign * (float(new[figure]) - float(old[figure]))
        if abs(gain) > tolerance * abs(float(old[figure])):
            yield ("better" if gain > 0 else "worse"), figure


def show(rows):
    """Prints a row for each pipeline, without those that only differ in fused expressions, and a column for each GPU."""
    gpus = list(dict.fromkeys(row["gpu"] for row in rows))
    names = {row["pipeline"] for row in rows}
    cells = {}
    for row in rows:
        is_variant = re.sub(r"-\d\d?$", "", row["pipeline"]) in names - {row["pipeline"]}
        if int(row["fma"]) >= 16 and row["pipeline"].startswith(PRODUCTS) and not is_variant:
            cells.setdefault(row["pipeline"], {}).setdefault(row["gpu"], row)
    print("| kernel |", " | ".join(gpus), "|")
    print("| --- |", " | ".join("---" for _ in gpus), "|")
    for pipeline in sorted(cells):
        print(f"| {pipeline} |", " | ".join(_cell(cells[pipeline].get(gpu)) for gpu in gpus), "|")


def _cell(row):
    if row is None:
        return ""
    spills = f", {row['spills']} spilled" if row["spills"] not in ("", "0") else ""
    return f"{float(row['fma_percent']):.0f}, {row['registers']}, {row['occupancy']}{spills}"


def _rows(path):
    with path.open() as lines:
        return list(csv.DictReader(lines, delimiter="\t"))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True, dest="command")
    command = commands.add_parser("make")
    command.add_argument("folders", type=Path, nargs="+")
    command = commands.add_parser("compare")
    command.add_argument("before", type=Path)
    command.add_argument("after", type=Path)
    command.add_argument("--tolerance", type=float, default=0.01, help="change that counts as none, as a share")
    command.add_argument("--without", nargs="+", default=[], metavar="KERNEL", help="kernels that are not compared")
    command = commands.add_parser("show")
    command.add_argument("table", type=Path)
    arguments = parser.parse_args()
    if arguments.command == "make":
        table = csv.DictWriter(sys.stdout, COLUMNS, delimiter="\t", lineterminator="\n")
        table.writeheader()
        table.writerows(make(arguments.folders))
    elif arguments.command == "show":
        show(_rows(arguments.table))
    elif compare(_rows(arguments.before), _rows(arguments.after), arguments.tolerance, arguments.without):
        sys.exit(1)


if __name__ == "__main__":
    main()
