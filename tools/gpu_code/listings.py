"""Drivers' listings of machine code as instructions, each with its class: one reader for each compiler's way to write.

A listing is a list of `Label` and `Instruction`. Classes are what `hot_loops.py` counts:

    fma      multiply-adds (one for a dual-issued half, so a dual-issued pair is two of them in one slot), those of matrix
             units among them
    matrix   multiply-adds of matrix units: one instruction for a whole matrix or a part of it
    vector   issue slots of the vector unit, multiply-adds among them (NVIDIA and Intel: every slot)
    load     reads of global memory, `load128` the 128-bit ones among them where the listing tells
    local    reads of workgroup memory
    barrier  barriers and fences
    branch   jumps, and what converges after them
    scratch  reads and writes of spilled registers
"""

import re
from collections import Counter
from typing import NamedTuple


class Label(NamedTuple):
    name: str


class Instruction(NamedTuple):
    opcode: str
    text: str
    # The label it may jump to.
    target: str | None
    # Whether what follows is only reached by a jump.
    ends: bool


def read_aco(text):
    """RADV's ACO, AMD: `v_fma_f32 v0, v1, v2, v3`, blocks named BB12."""
    for line in text.splitlines():
        if label := re.match(r"(BB\d+):", line):
            yield Label(label[1])
            continue
        line = line.split(";")[0].strip()
        if not line:
            continue
        opcode = line.split()[0]
        jumps = opcode.startswith("s_") and "branch" in opcode
        target = re.search(r"\b(BB\d+)$", line) if jumps else None
        ends = opcode.startswith(("s_branch", "s_endpgm"))
        yield Instruction(opcode, line, target and target[1], ends)


def classify_aco(instruction):
    opcode, text = instruction.opcode, instruction.text
    if opcode.startswith("v_dual"):
        return Counter(vector=1, fma=len(re.findall(r"v_dual_fma", text)))
    if opcode.startswith("v_wmma"):
        return Counter(vector=1, fma=1, matrix=1)
    if re.match(r"v_(pk_)?(fma|fmac|mac|mad)(mk|ak)?_(legacy_)?f", opcode):
        return Counter(vector=1, fma=1)
    if opcode.startswith("v_"):
        return Counter(vector=1)
    if opcode.startswith("s_barrier"):
        return Counter(barrier=1)
    if "branch" in opcode:
        return Counter(branch=1)
    if opcode.startswith(("buffer_load", "global_load", "flat_load", "image_load", "tbuffer_load")):
        wide = re.search(r"b128|dwordx4|xyzw", opcode) is not None
        return Counter(load=1, load128=int(wide))
    if opcode.startswith("scratch"):
        return Counter(scratch=1)
    if opcode.startswith(("ds_load", "ds_read")):
        return Counter(local=1)
    return Counter()


def read_nak(text):
    """NVK's NAK, NVIDIA: `r0 = ffma r1 r2 r3 // delay=4`, blocks named L12."""
    for line in text.splitlines():
        if label := re.match(r"block(?:\.u)? \d+ (L\d+)", line):
            yield Label(label[1])
            continue
        line = line.split("//")[0].strip()
        if not line or line.startswith("}"):
            continue
        body = line.split("=", 1)[1].strip() if re.match(r"[^\[]*? = ", line) else line
        body = re.sub(r"^@!?\S+\s+", "", body)
        opcode = body.split()[0]
        conditional = line.startswith("@") or re.search(r"bra !?u?p[0-9]", line)
        target = re.search(r"\b(L\d+)\b", body) if opcode == "bra" else None
        ends = opcode in ("bra", "exit") and not conditional
        yield Instruction(opcode, line, target and target[1], ends)


def classify_nak(instruction):
    opcode = instruction.opcode
    if opcode == "nop":
        return Counter()
    found = Counter(vector=1)
    if opcode.startswith(("ffma", "hfma2", "hmma")):
        found["fma"] = 1
        found["matrix"] = int(opcode.startswith("hmma"))
    elif opcode.startswith(("ld.global", "ldg")):
        found["load"], found["load128"] = 1, int("b128" in opcode)
    elif opcode.startswith("ld.shared"):
        found["local"] = 1
    elif opcode.startswith(("ld.local", "st.local")):
        found["scratch"] = 1
    elif opcode.startswith(("bar.", "membar")):
        found["barrier"] = 1
    elif opcode.startswith(("bra", "bssy", "bsync", "bclear", "break", "brk")):
        found["branch"] = 1
    return found


def read_gen(text):
    """ANV's brw, Intel: `mad(8) g2<1>F ...`, labels named LABEL12, and a line of details below each message."""
    whole = re.sub(r"\n\s+(?=\S+ MsgDesc:)", " ", text)
    for line in whole.splitlines():
        if label := re.match(r"(LABEL\d+):", line):
            yield Label(label[1])
            continue
        found = re.match(r"(?:\([^)]*\)\s*)?([a-z][\w.]*)\(\d+", line)
        if not found:
            continue
        # A loop's end jumps back to its begin; all else jumps forward within it or out of it.
        jumps = found[1] in ("while", "break", "jmpi")
        target = re.search(r"(?:UIP|JIP):\s+(LABEL\d+)(?!.*UIP)", line) if jumps else None
        yield Instruction(found[1], line.strip(), target and target[1], False)


def classify_gen(instruction):
    opcode, text = instruction.opcode.split(".")[0], instruction.text
    if opcode in ("sync", "nop"):
        return Counter()
    found = Counter(vector=1)
    if opcode in ("mad", "mac", "dpas"):
        found["fma"] = 1
        found["matrix"] = int(opcode == "dpas")
    elif opcode.startswith("send"):
        if "scratch" in text or "surface_state_index" in text and " ss" in text:
            found["scratch"] = 1
        elif "slm" in text:
            found["local"] = int("load" in text)
        elif "barrier" in text or "gateway" in text or "fence" in text:
            found["barrier"] = 1
        elif "load" in text or "read" in text:
            found["load"] = 1
    elif opcode in ("if", "else", "endif", "while", "break", "cont", "jmpi", "halt"):
        found["branch"] = 1
    return found


# By the end of the name of a driver's listing, as `gpu-code` writes it.
READERS = {
    ".Assembly.txt": (read_aco, classify_aco),
    ".NAK_assembly.txt": (read_nak, classify_nak),
    ".GEN_Assembly.txt": (read_gen, classify_gen),
}
