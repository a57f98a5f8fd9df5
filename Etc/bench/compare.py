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
import tempfile

import numpy

HERE = os.path.dirname(os.path.abspath(__file__))
RESNETS = ["resnet8", "resnet20", "resnet56", "resnet8x4", "resnet32x4"]
SMALL = ["convnet3", "mobilenet-tiny"]


# What distilld is to reach in parts of the best peer. Where nothing is said, the row is for orientation.
TARGETS = {
    ("train", "fp32", 128): {"resnet8": 1.6, "resnet20": 1.4, "resnet56": 1.4, "convnet3": 3, "mobilenet-tiny": 1},
    ("train", "fp32", 16): {"resnet8": 3, "convnet3": 3},
    ("train", "bf16", 128): {"resnet8": 1.6, "resnet20": 1.5, "resnet56": 1.5, "resnet8x4": 1.2},
    ("infer", "fp32", 128): {
        "resnet8": 1.2, "resnet20": 1.1, "resnet56": 1, "resnet8x4": 1, "resnet32x4": 1, "mobilenet-tiny": 1
    },
    ("infer", "fp32", 1): {"resnet8": 1, "mobilenet-tiny": 1},
    ("infer", "int8", 128): {"resnet8": 1.2, "resnet8x4": 1.2},
    ("infer", "bf16", 128): {"resnet8": 1, "resnet20": 1, "resnet56": 1, "resnet8x4": 1, "resnet32x4": 1},
}
PRODUCT_TARGETS = {"fp32": 1, "int8": None}
SCALING_TARGET = 1.9


def case(benchmark, subject, batch=128, threads=2, precision="fp32"):
    return {"benchmark": benchmark, "subject": subject, "batch": batch, "precision": precision, "threads": threads}


def has_halves():
    """Whether the processor multiplies bfloat16 values. Where it does not, PyTorch takes minutes for a step."""
    with open("/proc/cpuinfo") as file:
        text = file.read()
    return any(flag in text for flag in ["avx512_bf16", "amx_bf16", " bf16"])


def cases(threads):
    """The networks that are compared, in the order of the table."""
    in_halves = RESNETS if has_halves() else RESNETS[:1]
    return [
        *(case("train", name, threads=threads) for name in RESNETS + SMALL),
        *(case("train", name, batch=16, threads=threads) for name in ["resnet8", "convnet3"]),
        *(case("train", name, threads=threads, precision="bf16") for name in in_halves if name != "resnet32x4"),
        *(case("infer", name, threads=threads) for name in RESNETS + SMALL),
        *(case("infer", name, batch=1, threads=1) for name in ["resnet8", "mobilenet-tiny"]),
        *(case("infer", name, threads=threads, precision="bf16") for name in in_halves),
        *(case("infer", name, threads=threads, precision="int8") for name in ["resnet8", "resnet8x4"]),
    ]


def target(request):
    return TARGETS.get((request["benchmark"], request["precision"], request["batch"]), {}).get(request["subject"])


class Peer:
    """The measuring process of the other side."""

    def __init__(self, threads):
        # NumPy takes its number of threads from the environment, and for good.
        count = str(threads)
        self.process = subprocess.Popen(
            [sys.executable, os.path.join(HERE, "peer.py")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={**os.environ, "OPENBLAS_NUM_THREADS": count, "MKL_NUM_THREADS": count, "OMP_NUM_THREADS": count},
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


def compare_products(program, peer, precision, threads, rounds, seconds):
    ours, theirs = {}, {}
    for _ in range(rounds):
        for row in distilld(program, "gemm", precision, threads, seconds):
            subject = row["subject"]
            ours[subject] = max(ours.get(subject, 0), row["gflops"])
            request = {"benchmark": "gemm", "subject": subject, "precision": precision, "threads": threads}
            found = peer.measure({**request, "seconds": seconds})
            theirs[subject] = better(theirs.get(subject, {}), found)
    return [(subject, ours[subject], theirs[subject]) for subject in ours]


def table_row(what, unit, ours, theirs, goal):
    """A line of the table; a peer that failed is named on standard error and left out."""
    figures = {peer: value for peer, value in theirs.items() if isinstance(value, float)}
    for peer, value in theirs.items():
        if peer not in figures:
            print(f"{what}: {peer} has failed: {value}", file=sys.stderr)
    if not figures:
        return f"| {what} | {ours:.0f} {unit} | no peer | | | |"
    best = max(figures, key=figures.get)
    return f"| {what} | {ours:.0f} {unit} | {best} {figures[best]:.0f} | {judged(ours / figures[best], goal)} |"


def judged(ratio, goal):
    """The cells of a ratio, its target, and whether it is met as the ratio is printed."""
    if goal is None:
        return f"{ratio:.2f} | | "
    return f"{ratio:.2f} | {goal:g} | {'yes' if round(ratio, 2) >= goal else 'no'}"


def scaling(program, threads, rounds, seconds):
    """How many times as fast all threads are as one, of training and of inference, measured in turns."""
    for benchmark in ["train", "infer"]:
        best = {1: 0.0, threads: 0.0}
        for _ in range(rounds):
            for count in best:
                row = distilld(program, benchmark, "fp32", count, seconds, "--model", "resnet20")[0]
                best[count] = max(best[count], row["bestImagesPerSecond"])
        ratio = best[threads] / best[1]
        what = f"{benchmark} resnet20, batch 128, {threads} threads over 1"
        yield f"| {what} | {best[threads]:.0f} images/s | distilld {best[1]:.0f} | {judged(ratio, scaled(threads))} |"


def scaled(threads):
    """The target holds for two threads."""
    return SCALING_TARGET if threads == 2 else None


def picture(side, generator):
    """Soft colours with some noise, which compress about as a photograph does."""
    from PIL import Image

    coarse = generator.integers(0, 256, (side // 8, side // 8, 3), dtype=numpy.uint8)
    soft = numpy.asarray(Image.fromarray(coarse).resize((side, side), Image.Resampling.BICUBIC), dtype=numpy.int16)
    noisy = soft + generator.integers(-8, 9, (side, side, 3), dtype=numpy.int16)
    return Image.fromarray(numpy.clip(noisy, 0, 255).astype(numpy.uint8))


def make_pictures(folder):
    """Folders of files to decode: what they are, where they are, the side to bring them to (0: as they are)."""
    generator = numpy.random.default_rng(1)
    for what, side, count, suffix, target in [
        ("JPEG 32x32", 32, 4000, "jpg", 0), ("PNG 32x32", 32, 4000, "png", 0), ("JPEG 256x256", 256, 300, "jpg", 96),
    ]:
        place = os.path.join(folder, what.replace(" ", "-"))
        os.mkdir(place)
        for i in range(count):
            picture(side, generator).save(os.path.join(place, f"{i:05}.{suffix}"))
        yield what, place, target


def decode_loop(folder):
    """The C program beside this one, compiled; `None` without a compiler or the libraries' headers."""
    program = os.path.join(folder, "decode_peer")
    command = ["cc", "-O2", "-pthread", os.path.join(HERE, "decode_peer.c"), "-ljpeg", "-lpng", "-o", program]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        print(f"decode is not compared with a C loop: {done.stderr.strip()[:300]}", file=sys.stderr)
        return None
    return program


def decoding(program, peer, threads, rounds, seconds, pictures):
    """Files in memory to pixels: as they are against a loop in C, scaled down against Pillow."""
    with tempfile.TemporaryDirectory() as folder:
        loop = decode_loop(folder)
        subjects = list(make_pictures(folder))
        for place in pictures:
            subjects += [(os.path.basename(place.rstrip("/")), place, side) for side in (0, 96)]
        for what, place, side in subjects:
            ours, theirs = 0.0, {}
            for _ in range(rounds):
                options = ["--images", place] + (["--side", str(side)] if side else [])
                row = distilld(program, "decode", "fp32", threads, seconds, *options)[0]
                ours = max(ours, row["bestImagesPerSecond"])
                request = {"benchmark": "decode", "folder": place, "side": side, "threads": threads}
                found = peer.measure({**request, "seconds": seconds})
                if loop and not side:
                    done = subprocess.run([loop, place, str(threads), str(seconds)], capture_output=True, text=True)
                    # A file that the plain loop cannot read is none to compare with.
                    if done.returncode == 0:
                        found = {"C loop": float(done.stdout)}
                theirs = better(theirs, found)
            goal = 1 if side else 0.95 if "C loop" in theirs else None
            yield table_row(f"decode {what}" + (f" to {side}x{side}" if side else ""), "images/s", ours, theirs, goal)


def processor():
    with open("/proc/cpuinfo") as file:
        names = [line.split(":")[1].strip() for line in file if line.startswith("model name")]
    return names[0] if names else platform.machine()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program", nargs="+", help="distilld bench, as a command")
    parser.add_argument("--out", help="write the table to this file")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=1.5)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--only", choices=["gemm", "train", "infer", "decode", "scaling"])
    parser.add_argument("--precision", choices=["fp32", "bf16", "int8"], help="only rows of this precision")
    parser.add_argument("--model", help="only rows of this network")
    parser.add_argument("--pictures", action="append", default=[], help="decode the files of this folder too")
    options = parser.parse_args()
    peer = Peer(options.threads)
    lines = []

    def put(line):
        print(line, flush=True)
        lines.append(line)

    peak = distilld(options.program, "peak", "fp32", options.threads, options.seconds)[0]
    put("# distilld and its peers\n")
    put(
        f"{processor()}, {options.threads} threads, {peak['subject']} at most {peak['gflops']:.0f} GFLOP/s. "
        "Images of 32 x 32 x 3. Made by `Etc/bench-peers`.\n"
    )
    if not has_halves():
        put("This processor has no products of bfloat16 values; bf16 is emulated, and only its first rows are here.\n")
    put("| what | distilld | best peer | ratio | target | met |")
    put("|---|---|---|---|---|---|")
    products = ["fp32", "int8"] if options.only in (None, "gemm") and not options.model else []
    products = [precision for precision in products if options.precision in (None, precision)]
    for precision in products:
        unit = "GFLOP/s" if precision == "fp32" else "Gop/s"
        for subject, ours, theirs in compare_products(
            options.program, peer, precision, options.threads, options.rounds, options.seconds
        ):
            put(table_row(f"product {subject} {precision}", unit, ours, theirs, PRODUCT_TARGETS[precision]))
    for request in cases(options.threads):
        if options.only not in (None, request["benchmark"]) or options.precision not in (None, request["precision"]):
            continue
        if options.model not in (None, request["subject"]):
            continue
        ours, theirs = compare(options.program, peer, request, options.rounds, options.seconds)
        what = f"{request['benchmark']} {request['subject']} {request['precision']}, batch {request['batch']}"
        if request["threads"] != options.threads:
            what += f", {request['threads']} thread"
        put(table_row(what, "images/s", ours, theirs, target(request)))
    if options.only in (None, "decode") and options.model is None and options.precision in (None, "fp32"):
        for line in decoding(
            options.program, peer, options.threads, options.rounds, options.seconds, options.pictures
        ):
            put(line)
    if options.only in (None, "scaling") and options.threads > 1 and options.precision in (None, "fp32"):
        for line in scaling(options.program, options.threads, options.rounds, options.seconds):
            put(line)
    if options.out:
        with open(options.out, "w") as file:
            file.write("\n".join(lines) + "\n")


main()
