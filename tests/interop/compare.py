"""Measures lampblack beside the official client: see `compare`."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from server import PROGRAM, Home, Simulator

# How often each case is measured; the median counts.
ROUNDS = 3

# Rows whose parents are walked, and rows that are joined.
ROWS = 300

# The official client's side of each case. It prints one line for each row, as a script of an analyst does.
CLIENT = """
import sys
from cbapi.response import CbResponseAPI, Process
url, token = sys.argv[1:3]
cb = CbResponseAPI(url=url, token=token, ssl_verify=False)
"""
ALL = CLIENT + """
for process in cb.select(Process).where("process_name:*").group_by("id"):
    print(process.id, process.hostname, process.cmdline)
"""
PARENTS = CLIENT + """
for process in cb.select(Process).where("process_name:*").group_by("id")[:%d]:
    process.walk_parents(lambda parent, depth: print(process.id, parent.id))
""" % ROWS
JOINS = CLIENT + """
for process in cb.select(Process).where("process_name:*").group_by("id")[:%d]:
    binary = process.binary
    print(process.id, process.sensor.status, process.sensor.group.name,
          binary.signed, binary.signing_data.publisher if binary.signed else None)
""" % ROWS


class Run:
    """What one run of a program needed."""

    def __init__(self, seconds, requests, kib, lines):
        self.seconds, self.requests, self.kib, self.lines = seconds, requests, kib, lines


class Case:
    """A task that both programs do, with the latency of the server and the bound on how many times faster lampblack is."""

    def __init__(self, name, title, latency, bound, client, command):
        self.name, self.title, self.latency, self.bound = name, title, latency, bound
        self.client, self.command = client, command


LIMIT = str(ROWS)
CASES = [
    Case("all", "all processes of a query, 20 ms", 20, 20, ALL,
         ["search", "process_name:*", "--limit", "0", "--format", "jsonl"]),
    Case("all-0", "all processes of a query, no latency", 0, 10, ALL,
         ["search", "process_name:*", "--limit", "0", "--format", "jsonl"]),
    Case("parents", f"parents of {ROWS} processes, 20 ms", 20, 40, PARENTS,
         "{0} search 'process_name:*' --limit %s --fields unique_id --format csv | tail -n +2 | "
         "{0} tree - --descend 0 --format csv | grep '^ancestor'" % LIMIT),
    Case("joins", f"sensor, group and binary of {ROWS} processes, 20 ms", 20, 8, JOINS,
         ["search", "process_name:*", "--limit", LIMIT, "--join", "sensor,group,binary", "--format", "jsonl"]),
]


def measure(server, command, environment, cwd):
    """Runs a command and returns what it needed."""
    server.forget_requests()
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as notes:
        began = time.perf_counter()
        process = subprocess.Popen(command, env=environment, cwd=cwd, stdin=subprocess.DEVNULL, stdout=output,
                                   stderr=notes)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            notes.seek(0)
            sys.exit(f"{command[:3]} exited with {process.returncode}: {notes.read().decode()}")
        output.seek(0)
        lines = sum(1 for _ in output)
    return Run(seconds, len(server.requests()), usage.ru_maxrss, lines)


def median(runs):
    """The run with the median time."""
    return sorted(runs, key=lambda run: run.seconds)[len(runs) // 2]


def compare(case, processes):
    """Measures both programs in turn; returns the row of the table, and whether the bound holds."""
    server = Simulator("--latency", str(case.latency), "--processes", str(processes))
    home = Home()
    home.profile("default", url=server.url, token=server.token, ssl_verify="False")
    environment = {"HOME": str(home.path), "LC_ALL": "C.UTF-8", "PATH": os.environ["PATH"]}
    command = [PROGRAM, *case.command] if isinstance(case.command, list) else [
        "sh", "-c", case.command.format(PROGRAM)]
    script = Path(home.path) / "client.py"
    script.write_text(case.client)
    try:
        ours, theirs = [], []
        for _ in range(ROUNDS):
            theirs.append(measure(server, [sys.executable, str(script), server.url, server.token],
                                  {**os.environ, "HOME": str(home.path)}, home.path))
            ours.append(measure(server, command, environment, home.path))
    finally:
        server.stop()
        home.remove()
    spread = statistics.pstdev(run.seconds for run in ours) / statistics.mean(run.seconds for run in ours)
    our, their = median(ours), median(theirs)
    ratio = their.seconds / our.seconds
    if our.lines != their.lines:
        sys.exit(f"{case.name}: {our.lines} lines of lampblack and {their.lines} of the official client")
    holds = ratio >= case.bound
    row = (f"| {case.title} | {their.seconds:.2f} s | {our.seconds:.2f} s (± {spread:.0%}) | {ratio:.1f} | {case.bound} | "
           f"{their.requests} | {our.requests} | {their.kib // 1024} MiB | {our.kib // 1024} MiB | "
           f"{their.lines} / {our.lines} | {'met' if holds else 'MISSED'} |")
    return row, holds


def main(names):
    """Prints the table; returns the exit code."""
    unknown = [name for name in names if name not in [case.name for case in CASES]]
    if unknown:
        sys.exit(f"there is no case {unknown[0]}; there are {', '.join(case.name for case in CASES)}")
    processes = int(os.environ.get("PROCESSES", "20000"))
    print("| Task | Official client | lampblack | Times faster | Bound | Requests, client | Requests, lampblack | "
          "Memory, client | Memory, lampblack | Lines of output | |")
    print("|---|---|---|---|---|---|---|---|---|---|---|")
    all_hold = True
    for case in CASES:
        if not names or case.name in names:
            row, holds = compare(case, processes)
            print(row, flush=True)
            all_hold &= holds
    return 0 if all_hold else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
