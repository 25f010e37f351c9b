# SPDX-License-Identifier: BSD-2-Clause
"""Looks a trace of the trace event format over, more strictly than the programs that open it: perfetto_check.py FILE.

Prints what is wrong, a line each; then a line of counts by kind of event. Exit status 1 when anything is wrong.
"""

import collections
import json
import sys

wrong = []


def ns(us, event):
    """Exact nanoseconds of a time in microseconds."""
    value = round(us * 1000)
    if abs(us * 1000 - value) > 1e-3 or value < 0:
        wrong.append(f"not whole nanoseconds, or negative: {event}")
    return value


def check_nesting(slices, track):
    """Slices come in the order of time, and each lies within those that are open."""
    last, open_ends = 0, []
    for begin, end, name in slices:
        if begin < last:
            wrong.append(f"{track}: {name} at {begin} comes after one at {last}")
        last = begin
        while open_ends and open_ends[-1] <= begin:
            open_ends.pop()
        if open_ends and end > open_ends[-1]:
            wrong.append(f"{track}: {name} [{begin}, {end}] ends after what it is in ({open_ends[-1]})")
        open_ends.append(end)


def encloses(slices, at):
    return any(begin <= at <= end for begin, end, _ in slices)


def main(path):
    with open(path, encoding="utf-8") as file:
        trace = json.load(file)
    tracks, names, processes, owner = collections.defaultdict(list), {}, {}, {}
    flows = collections.defaultdict(dict)
    for e in trace["traceEvents"]:
        if not isinstance(e["pid"], int) or not isinstance(e["tid"], int) or not e["name"] or e["tid"] == 0:
            wrong.append(f"pid, tid or name: {e}")
        if owner.setdefault(e["tid"], e["pid"]) != e["pid"]:
            wrong.append(f"a thread of two processes: {e}")
        track = (e["pid"], e["tid"])
        if e["ph"] == "M":
            if e["name"] == "process_name":
                processes[e["pid"]] = e["args"]["name"]
            elif e["name"] == "thread_name":
                names[track] = e["args"]["name"]
        elif e["ph"] == "X":
            begin = ns(e["ts"], e)
            tracks[track].append((begin, begin + ns(e["dur"], e), e["name"]))
        elif e["ph"] in "sf":
            if e["ph"] in flows[e["id"]]:
                wrong.append(f"a flow with two of one kind: {e}")
            flows[e["id"]][e["ph"]] = (track, ns(e["ts"], e))
        else:
            wrong.append(f"an unknown kind: {e}")
    for track, slices in tracks.items():
        if track not in names or track[0] not in processes:
            wrong.append(f"no name: {track}")
        check_nesting(slices, names.get(track))
    for number, ends in flows.items():
        if set(ends) != {"s", "f"} or ends["s"][1] > ends["f"][1]:
            wrong.append(f"flow {number} is not from one to a later one: {ends}")
        for track, at in ends.values():
            if not encloses(tracks[track], at):
                wrong.append(f"flow {number} begins or ends outside of slices")
    kinds = collections.Counter(e["ph"] for e in trace["traceEvents"])
    print("\n".join(wrong[:20]) or "good", f"X={kinds['X']} s={kinds['s']} f={kinds['f']}", sep="\n")
    return 1 if wrong else 0


sys.exit(main(sys.argv[1]))
