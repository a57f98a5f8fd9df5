#!/usr/bin/env python3
"""Writes packed/: small datasets in the formats of MNIST, CIFAR and WebDataset, with what is in them (expected.json).

Needs Python alone. The formats are written from their descriptions, with nothing of distilld's.
"""
import gzip
import io
import json
import os
import struct
import tarfile
import zlib

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "packed")
state = 12345


def noise(count):
    """Bytes of few values, so that they pack well; no two images are alike."""
    global state
    out = bytearray()
    for _ in range(count):
        state = (state * 1103515245 + 12345) & 0x7FFFFFFF
        out.append((state >> 16) % 8 * 30)
    return bytes(out)


def checksum(pixels):
    return sum((i + 1) * byte for i, byte in enumerate(pixels)) % 2**32


def write(path, data, packed=False):
    path = os.path.join(HERE, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(gzip.compress(data, 9, mtime=0) if packed else data)


def idx(shape, data):
    return struct.pack(">BBBB", 0, 0, 8, len(shape)) + struct.pack(f">{len(shape)}I", *shape) + data


def png(width, height, pixels):
    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    rows = b"".join(b"\0" + pixels[y * width * 3 : (y + 1) * width * 3] for y in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")


def tar(files, packed=False):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, data in files:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return gzip.compress(buffer.getvalue(), 9, mtime=0) if packed else buffer.getvalue()


def mnist():
    found = []
    for prefix, split, count in [("train", "train", 30), ("t10k", "test", 10)]:
        images = [noise(9 * 8) for _ in range(count)]
        labels = bytes(i % 3 for i in range(count))
        # One file of the four is not compressed.
        for kind, shape, data in [("images", (count, 9, 8), b"".join(images)), ("labels", (count,), labels)]:
            name = f"{prefix}-{kind}-idx{len(shape)}-ubyte"
            packed = name != "t10k-labels-idx1-ubyte"
            write(f"mnist/{name}{'.gz' if packed else ''}", idx(shape, data), packed)
        for i, (pixels, label) in enumerate(zip(images, labels)):
            found.append([f"{prefix}-images-idx3-ubyte/{i:0{len(str(count - 1))}}.png", split, str(label), checksum(pixels)])
    return found


def cifar(name, files, names, hundred):
    found, entries = [], []
    for file, split, count in files:
        data = b""
        for i in range(count):
            pixels = noise(3072)
            label = i % len(names)
            data += (bytes([label // 5]) if hundred else b"") + bytes([label]) + pixels
            mixed = bytes(pixels[c * 1024 + p] for p in range(1024) for c in range(3))
            digits = len(str(count - 1))
            found.append([f"{file}/{i:0{digits}}.png", split, names[label], checksum(mixed)])
        entries.append((f"{name}/{file}", data))
    # Names come last, when all images have been read.
    text = "".join(n + "\n" for n in names) + ("" if hundred else "\n")
    entries.append((f"{name}/readme.html", b"<p>not an image</p>"))
    entries.append((f"{name}/{'fine_label_names.txt' if hundred else 'batches.meta.txt'}", text.encode()))
    write(f"{name}.tar.gz", tar(entries, True))
    return found


def shards():
    found = []
    for shard, split, count in [("data-train-000", "train", 12), ("data-train-001", "train", 8), ("data-val-000", "evaluation", 6)]:
        files = []
        for i in range(count):
            pixels = noise(10 * 10 * 3)
            label, key = i % 2, f"sample{i:04}"
            # As a number with a table of names, and as JSON: both are met in the wild.
            side = (f"{key}.json", json.dumps({"label": label, "width": 10}).encode()) if i % 4 == 3 else (f"{key}.cls", b"%d" % label)
            # In sorted order the label comes before or after its image.
            files += sorted([(f"{key}.img.png" if i % 5 == 4 else f"{key}.png", png(10, 10, pixels)), side])
            image = [name for name, _ in files[-2:] if name.endswith(".png")][0]
            found.append([f"{shard}.tar/{image}", split, ["bolt", "nut, large"][label], checksum(pixels)])
        files.append(("sample9999.png", png(10, 10, noise(300))))
        write(f"shards/{shard}.tar", tar(files))
    write("shards/classes.txt", b"bolt\nnut, large\n")
    return found


expected = {
    "mnist": mnist(),
    "cifar-10-batches-bin": cifar("cifar-10-batches-bin", [("data_batch_1.bin", "train", 12), ("test_batch.bin", "test", 6)], ["airplane", "automobile", "bird"], False),
    "cifar-100-binary": cifar("cifar-100-binary", [("train.bin", "train", 12), ("test.bin", "test", 6)], ["apple", "aquarium_fish", "baby"], True),
    "shards": shards(),
}
write("expected.json", json.dumps(expected, indent=0).encode())
