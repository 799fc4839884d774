"""The hot loop of a kernel, found in a driver's listing of its machine code and counted."""

from collections import Counter

from listings import READERS, Label

# So many multiply-adds make a loop one that multiplies: fewer are addresses and interpolation.
ARITHMETIC = 5
# A kernel whose loops are unrolled has more than so many in its body.
UNROLLED = 16


def blocks(listing):
    """Basic blocks, and for each the indices of those that may follow it."""
    found, place = [[]], {}
    for item in listing:
        if isinstance(item, Label):
            if found[-1]:
                found.append([])
            place[item.name] = len(found) - 1
            continue
        found[-1].append(item)
        if item.target:
            found.append([])
    following = []
    for index, block in enumerate(found):
        last = block[-1] if block else None
        after = []
        if last and last.target in place:
            after.append(place[last.target])
        if not (last and last.ends) and index + 1 < len(found):
            after.append(index + 1)
        following.append(after)
    return found, following


def loops(following):
    """Natural loops, as sets of indices of blocks: what reaches a jump back without passing where it jumps to."""
    count = len(following)
    before = [[] for _ in range(count)]
    for index, after in enumerate(following):
        for other in after:
            before[other].append(index)
    dominators = [set(range(count)) for _ in range(count)]
    dominators[0] = {0}
    changed = True
    while changed:
        changed = False
        for index in range(1, count):
            of_those_before = [dominators[other] for other in before[index]]
            common = set.intersection(*of_those_before) if of_those_before else set()
            if common | {index} != dominators[index]:
                dominators[index] = common | {index}
                changed = True
    found = {}
    for index, after in enumerate(following):
        for head in after:
            if head not in dominators[index]:
                continue
            body, waiting = {head}, [index]
            while waiting:
                block = waiting.pop()
                if block not in body:
                    body.add(block)
                    waiting.extend(before[block])
            found.setdefault(head, set()).update(body)
    return list(found.values())


def hot_loop(path):
    """Counts of the hot loop of the listing at `path`, and `loop`, or `body` where there is none.

    The hot loop is the one with most multiply-adds, or with most loads where none multiplies, and of equals the
    shortest. A kernel that is unrolled to the end is counted whole.
    """
    read, classify = next(reader for end, reader in READERS.items() if path.name.endswith(end))
    found, following = blocks(read(path.read_text(errors="replace")))

    def count(indices):
        total = Counter()
        for index in indices:
            for instruction in found[index]:
                total.update(classify(instruction))
        return total

    best = None
    for loop in loops(following):
        counts = count(loop)
        multiplies = counts["fma"] >= ARITHMETIC
        length = sum(len(found[index]) for index in loop)
        rank = (counts["fma"] * multiplies, counts["load"] * (not multiplies), -length)
        if best is None or rank > best[0]:
            best = (rank, counts)
    whole = count(range(len(found)))
    if best is None or (best[0][0] == 0 and whole["fma"] > UNROLLED):
        return whole, "body"
    return best[1], "loop"
