#!/usr/bin/env python3
"""Runs `distilld bench` and its peers in turns and prints what distilld is in parts of the best peer, as Markdown.

Absolute figures change from machine to machine and from minute to minute. Here each case is measured in several rounds
(peer, distilld, peer, distilld, ...), and the fastest call of each side counts.
"""

import argparse
import json
import os
import platform
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
RESNETS = ["resnet8", "resnet20", "resnet56", "resnet8x4", "resnet32x4"]
SMALL = ["convnet3", "mobilenet-tiny"]


def case(benchmark, subject, batch=128, precision="fp32", threads=2):
    return {"benchmark": benchmark, "subject": subject, "batch": batch, "precision": precision, "threads": threads}


def cases(threads, precisions):
    """What is compared, in the order of the table."""
    result = []
    if "fp32" in precisions:
        result += [case("train", name, threads=threads) for name in RESNETS + SMALL]
        result += [case("train", name, batch=16, threads=threads) for name in ["resnet8", "convnet3"]]
        result += [case("infer", name, threads=threads) for name in RESNETS + SMALL]
        result += [case("infer", name, batch=1, threads=1) for name in ["resnet8", "mobilenet-tiny"]]
    if "bf16" in precisions:
        result += [case("train", name, precision="bf16", threads=threads) for name in RESNETS[:4]]
    if "int8" in precisions:
        result += [case("infer", name, precision="int8", threads=threads) for name in RESNETS[:4]]
    return result


class Peer:
    """The measuring process of the other side."""

    def __init__(self):
        self.process = subprocess.Popen(
            [sys.executable, os.path.join(HERE, "peer.py")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def measure(self, request):
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"the peers' process has ended with {self.process.wait()}")
        return json.loads(line)


def distilld(program, benchmark, precision, threads, seconds, *options):
    """The rows of `distilld bench`."""
    command = [*program, benchmark, "--precision", precision, "--threads", str(threads), "--seconds", str(seconds)]
    done = subprocess.run([*command, *options, "--json"], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} has failed: {done.stderr.strip()}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def better(old, new):
    """The fastest of two measurements of several peers."""
    return {
        peer: max(old.get(peer, value), value) if isinstance(value, float) else value for peer, value in new.items()
    }


def compare(program, peer, request, rounds, seconds):
    ours, theirs = 0.0, {}
    for _ in range(rounds):
        theirs = better(theirs, peer.measure({**request, "seconds": seconds}))
        row = distilld(
            program, request["benchmark"], request["precision"], request["threads"], seconds, "--model",
            request["subject"], "--batch", str(request["batch"]),
        )[0]
        ours = max(ours, row["bestImagesPerSecond"])
    return ours, theirs


def compare_products(program, peer, threads, rounds, seconds):
    ours, theirs = {}, {}
    for _ in range(rounds):
        for row in distilld(program, "gemm", "fp32", threads, seconds):
            subject = row["subject"]
            ours[subject] = max(ours.get(subject, 0), row["gflops"])
            found = peer.measure({"benchmark": "gemm", "subject": subject, "threads": threads, "seconds": seconds})
            theirs[subject] = better(theirs.get(subject, {}), found)
    return [(subject, ours[subject], theirs[subject]) for subject in ours]


def table_row(what, unit, ours, theirs):
    figures = {peer: value for peer, value in theirs.items() if isinstance(value, float)}
    for peer, value in theirs.items():
        if peer not in figures:
            print(f"{what}: {peer} has failed: {value}", file=sys.stderr)
    if not figures:
        return f"| {what} | {ours:.0f} {unit} | no peer | |"
    best = max(figures, key=figures.get)
    return f"| {what} | {ours:.0f} {unit} | {best} {figures[best]:.0f} | {ours / figures[best]:.2f} |"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program", nargs="+", help="distilld bench, as a command")
    parser.add_argument("--out", help="write the table to this file")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=1.5)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--precisions", default="fp32")
    parser.add_argument("--only", choices=["gemm", "train", "infer"])
    options = parser.parse_args()
    peer = Peer()
    lines = []

    def put(line):
        print(line, flush=True)
        lines.append(line)

    peak = distilld(options.program, "peak", "fp32", options.threads, options.seconds)[0]
    put("# distilld and its peers\n")
    put(
        f"{platform.machine()}, {options.threads} threads, {peak['subject']} at most {peak['gflops']:.0f} GFLOP/s. "
        "Images of 32 x 32 x 3. Made by `Etc/bench-peers`.\n"
    )
    put("| what | distilld | best peer | ratio |")
    put("|---|---|---|---|")
    precisions = options.precisions.split(",")
    if "fp32" in precisions and options.only in (None, "gemm"):
        for subject, ours, theirs in compare_products(
            options.program, peer, options.threads, options.rounds, options.seconds
        ):
            put(table_row(f"product {subject}", "GFLOP/s", ours, theirs))
    for request in cases(options.threads, precisions):
        if options.only not in (None, request["benchmark"]):
            continue
        ours, theirs = compare(options.program, peer, request, options.rounds, options.seconds)
        what = f"{request['benchmark']} {request['subject']} {request['precision']}, batch {request['batch']}"
        if request["threads"] != options.threads:
            what += f", {request['threads']} thread"
        put(table_row(what, "images/s", ours, theirs))
    if options.out:
        with open(options.out, "w") as file:
            file.write("\n".join(lines) + "\n")


main()
