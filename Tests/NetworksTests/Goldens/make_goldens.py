#!/usr/bin/env python3
"""Makes the golden values beside this file from PyTorch: layers, presets, and ten steps of training.

Usage: make_goldens.py, in an environment with torch and numpy.

Inputs and parameters come from a formula (`noise`) that the tests have too, so files hold results only. PyTorch works
in double precision on values that are exact in single precision: what the tests see is the rounding of one side.
"""
import json
import os

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)


def noise(stream, count):
    """Floats in -1..<1: the finalizer of MurmurHash3 over a counter."""
    with np.errstate(over="ignore"):
        x = np.arange(count, dtype=np.uint32) * np.uint32(0x9E3779B1) ^ np.uint32(stream * 0x85EBCA77 & 0xFFFFFFFF)
        x = (x ^ x >> np.uint32(16)) * np.uint32(0x85EBCA6B)
        x = (x ^ x >> np.uint32(13)) * np.uint32(0xC2B2AE35)
        x = x ^ x >> np.uint32(16)
    return (x >> np.uint32(8)).astype(np.float32) * np.float32(2.0**-23) - np.float32(1)


def tensor(values):
    return torch.from_numpy(np.asarray(values, dtype=np.float64))


def numbers(x):
    return [float(f"{v:.7g}") for v in x.detach().flatten().tolist()]


def write(name, value):
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), name), "w") as file:
        json.dump(value, file, indent=None, separators=(",", ":"))
        file.write("\n")


# Layers: small graphs, each around one layer or one way in which layers meet.

STREAM_INPUT, STREAM_GRADIENT, STREAM_PARAMETERS = 1, 2, 1000


class Case:
    """A graph of nodes as GraphBuilder takes them; node 0 is the input."""

    def __init__(self, name, height, width, channels, images=3, scale=1.5):
        self.name, self.input, self.images, self.scale = name, (height, width, channels), images, scale
        self.nodes = []

    def add(self, op, inputs=None, **settings):
        inputs = [len(self.nodes)] if inputs is None else inputs
        self.nodes.append(dict(op=op, inputs=inputs, **settings))
        return len(self.nodes)

    def conv(self, outputs, kernel=3, stride=1, pads=None, groups=1, bias=False, at=None):
        kernel = (kernel, kernel) if isinstance(kernel, int) else kernel
        pads = [(kernel[0] - 1) // 2] * 4 if pads is None else pads
        return self.add("convolution", None if at is None else [at], outputs=outputs, kernel=list(kernel), stride=stride,
                        pads=pads, groups=groups, bias=bias)

    def norm(self, at=None):
        return self.add("batchNorm", None if at is None else [at])

    def act(self, kind, at=None):
        return self.add(kind, None if at is None else [at])

    def pool(self, kind, size, stride, padding, at=None):
        return self.add(kind, None if at is None else [at], size=size, stride=stride, padding=padding)

    def sum(self, a, b):
        return self.add("add", [a, b])

    def linear(self, outputs=3, at=None):
        return self.add("linear", None if at is None else [at], outputs=outputs)


def layer_cases():
    cases = []

    def case(name, *size, **settings):
        cases.append(Case(name, *size, **settings))
        return cases[-1]

    def one(name, height, width, channels, build, pre=True, **settings):
        """A layer between a 1x1 convolution, whose gradients show the layer's, and a linear layer on all of it."""
        c = case(name, height, width, 2 if pre else channels, **settings)
        if pre:
            c.conv(channels, kernel=1, bias=True)
        build(c)
        c.linear()

    one("linear on pixels", 3, 2, 4, lambda c: None)
    one("convolution of the input", 5, 4, 3, lambda c: c.conv(4, bias=True), pre=False)
    one("convolution 3x3", 5, 4, 4, lambda c: c.conv(5, bias=True))
    one("convolution 3x3 stride 2", 6, 5, 4, lambda c: c.conv(5, stride=2))
    one("convolution 3x3 stride 2, even", 6, 6, 3, lambda c: c.conv(17, stride=2))
    one("convolution 1x1 stride 2", 5, 4, 4, lambda c: c.conv(5, kernel=1, stride=2))
    one("convolution 5x5", 5, 6, 2, lambda c: c.conv(3, kernel=5))
    one("convolution 3x3 without padding", 5, 6, 3, lambda c: c.conv(4, pads=[0, 0, 0, 0]))
    one("convolution 3x2 stride 2, uneven padding", 6, 5, 3, lambda c: c.conv(4, kernel=(3, 2), stride=2, pads=[0, 1, 1, 0]))
    one("convolution with stride beyond its kernel", 7, 5, 3, lambda c: c.conv(4, kernel=2, stride=3, pads=[0, 0, 0, 0]))
    one("grouped convolution", 4, 5, 6, lambda c: c.conv(4, groups=2, bias=True))
    one("grouped convolution with norm, stride 2", 5, 5, 6, lambda c: (c.conv(9, stride=2, groups=3), c.norm()))
    one("depthwise convolution", 5, 4, 5, lambda c: c.conv(5, groups=5, bias=True))
    one("depthwise convolution stride 2, with norm", 5, 6, 18, lambda c: (c.conv(18, stride=2, groups=18), c.norm()))
    one("batch norm", 3, 4, 5, lambda c: c.norm())
    one("batch norm of the input", 3, 4, 5, lambda c: c.norm(), pre=False)
    one("batch norm of 17 channels", 2, 2, 17, lambda c: (c.conv(17), c.norm()), images=5)
    one("batch norm of single pixels", 1, 1, 4, lambda c: c.norm(), images=5)
    for kind in ("relu", "relu6", "hardSwish"):
        one(kind, 4, 3, 5, lambda c: c.act(kind), scale=8)
        one(kind + " of the input", 3, 3, 3, lambda c: c.act(kind), pre=False, scale=8)
        one("batch norm and " + kind, 4, 3, 5, lambda c: (c.norm(), c.act(kind)))
    one("max pooling 2x2", 4, 6, 4, lambda c: c.pool("maxPool", 2, 2, 0))
    one("max pooling 3x3 stride 2, padded", 5, 6, 4, lambda c: c.pool("maxPool", 3, 2, 1))
    one("max pooling of a norm", 4, 4, 4, lambda c: (c.norm(), c.act("relu"), c.pool("maxPool", 2, 2, 0)))
    one("average pooling 2x2", 4, 6, 4, lambda c: c.pool("averagePool", 2, 2, 0))
    one("average pooling 3x3 stride 2, padded", 5, 6, 4, lambda c: c.pool("averagePool", 3, 2, 1))
    one("global average pooling", 4, 5, 6, lambda c: c.add("globalAveragePool"))
    one("global average pooling of a norm", 4, 5, 6, lambda c: (c.norm(), c.act("relu6"), c.add("globalAveragePool")))
    one("dropout of nothing", 3, 3, 4, lambda c: c.add("dropout", rate=0))
    one("norm behind dropout of nothing", 3, 3, 4, lambda c: (c.add("dropout", rate=0), c.norm(), c.act("relu")))

    c = case("addition of two convolutions", 4, 4, 3)
    c.sum(c.conv(5), c.conv(5, kernel=1, at=0))
    c.linear()
    c = case("addition of norms, then ReLU", 4, 4, 3)
    a = (c.conv(5), c.norm())[1]
    b = (c.conv(5, kernel=1, at=0), c.norm())[1]
    c.sum(a, b)
    c.act("relu")
    c.linear()
    c = case("addition of activations, then hard-swish", 4, 4, 3)
    a = (c.conv(5), c.norm(), c.act("relu"))[2]
    b = (c.conv(5, kernel=1, at=0), c.act("relu6"))[1]
    c.sum(a, b)
    c.act("hardSwish")
    c.linear()
    c = case("a value added to itself", 3, 4, 3)
    a = c.conv(4, bias=True)
    c.sum(a, a)
    c.linear()
    c = case("addition of the input", 3, 4, 3)
    c.sum(c.conv(3), 0)
    c.linear()
    c = case("residual block behind a norm", 4, 4, 3)
    a = (c.conv(5), c.norm(), c.act("relu"))[2]
    b = (c.conv(5), c.norm(), c.act("relu"), c.conv(5), c.norm())[4]
    c.sum(b, a)
    c.act("relu")
    c.linear()
    c = case("two residual blocks, the second with a projection", 6, 4, 3)
    a = (c.conv(4), c.norm(), c.act("relu"))[2]
    b = (c.conv(4), c.norm(), c.act("relu"), c.conv(4), c.norm())[4]
    a = (c.sum(b, a), c.act("relu"))[1]
    b = (c.conv(6, stride=2), c.norm(), c.act("relu"), c.conv(6), c.norm())[4]
    a = (c.conv(6, kernel=1, stride=2, at=a), c.norm())[1]
    c.sum(b, a)
    c.act("relu")
    c.add("globalAveragePool")
    c.linear()
    c = case("pre-activation blocks", 6, 4, 3)
    a = c.conv(4)
    n = (c.norm(), c.act("relu"))[1]
    s = c.conv(6, kernel=1, stride=2)
    b = (c.conv(6, stride=2, at=n), c.norm(), c.act("relu"), c.conv(6))[3]
    a = c.sum(b, s)
    b = (c.norm(), c.act("relu"), c.conv(6), c.norm(), c.act("relu"), c.conv(6))[5]
    c.sum(b, a)
    c.norm()
    c.act("relu")
    c.add("globalAveragePool")
    c.linear()
    c = case("a norm that a convolution, a pooling and an addition read", 4, 4, 3)
    n = (c.conv(4), c.norm(), c.act("relu"))[2]
    a = c.conv(4)
    p = c.pool("maxPool", 3, 1, 1, at=n)
    s = c.sum(a, p)
    c.sum(s, n)
    c.linear()
    c = case("norms and activations of one value", 4, 3, 3)
    a = c.conv(4, bias=True)
    n = c.norm()
    m = c.norm(at=a)
    h = c.act("hardSwish", at=n)
    r = c.act("relu", at=n)
    s = c.sum(h, m)
    c.sum(s, r)
    c.linear()
    c = case("a norm's output as logits", 1, 1, 4, images=6)
    c.linear(3)
    c.norm()
    return cases


class Parameters:
    """Values in the order in which GraphBuilder lays them out, in its own layout (O,H,W,I)."""

    def __init__(self):
        self.values, self.roles = [], []

    def make(self, role, shape):
        value = noise(STREAM_PARAMETERS + len(self.values), int(np.prod(shape))).reshape(shape)
        one = np.float32
        value = {
            "weight": lambda: value * (one(1) / np.sqrt(one(np.prod(shape[1:])))),
            "bias": lambda: value * one(0.25),
            "normScale": lambda: value + one(0.25),
            "normShift": lambda: value * one(0.25),
            "runningMean": lambda: value * one(0.25),
            "runningVariance": lambda: value * one(0.5) + one(0.75),
        }[role]()
        assert value.dtype == np.float32
        made = tensor(value).requires_grad_(not role.startswith("running"))
        self.values.append(made)
        self.roles.append(role)
        return made


def run(case, training):
    parameters = Parameters()
    height, width, channels = case.input
    x = noise(STREAM_INPUT, case.images * height * width * channels) * np.float32(case.scale)
    values = [tensor(x).reshape(case.images, height, width, channels).permute(0, 3, 1, 2)]
    for node in case.nodes:
        x = values[node["inputs"][0]]
        op = node["op"]
        if op == "convolution":
            weight = parameters.make("weight", (node["outputs"], *node["kernel"], x.shape[1] // node["groups"]))
            bias = parameters.make("bias", (node["outputs"],)) if node["bias"] else None
            top, left, bottom, right = node["pads"]
            y = F.conv2d(F.pad(x, (left, right, top, bottom)), weight.permute(0, 3, 1, 2), bias, node["stride"],
                         groups=node["groups"])
        elif op == "batchNorm":
            scale, shift, mean, variance = (
                parameters.make(r, (x.shape[1],)) for r in ("normScale", "normShift", "runningMean", "runningVariance"))
            y = F.batch_norm(x, mean, variance, scale, shift, training, 0.1, 1e-5)
        elif op == "linear":
            flat = x.permute(0, 2, 3, 1).flatten(1)
            weight = parameters.make("weight", (node["outputs"], flat.shape[1]))
            y = F.linear(flat, weight, parameters.make("bias", (node["outputs"],)))[:, :, None, None]
        else:
            y = {
                "relu": lambda: F.relu(x),
                "relu6": lambda: F.relu6(x),
                "hardSwish": lambda: F.hardswish(x),
                "add": lambda: x + values[node["inputs"][1]],
                "maxPool": lambda: F.max_pool2d(x, node["size"], node["stride"], node["padding"]),
                "averagePool": lambda: F.avg_pool2d(
                    x, node["size"], node["stride"], node["padding"], count_include_pad=False),
                "globalAveragePool": lambda: x.mean((2, 3), keepdim=True),
                "dropout": lambda: F.dropout(x, node["rate"], training),
            }[op]()
        values.append(y)
    logits = values[-1].flatten(1)
    return logits, parameters


def layers():
    rows = []
    for case in layer_cases():
        evaluation, _ = run(case, training=False)
        logits, parameters = run(case, training=True)
        logits.backward(tensor(noise(STREAM_GRADIENT, logits.numel())).reshape(logits.shape))
        rows.append({
            "name": case.name, "input": case.input, "images": case.images, "scale": case.scale, "nodes": case.nodes,
            "logits": numbers(logits), "evaluation": numbers(evaluation),
            # The gradient of a trainable value; the new value of a running one.
            "after": [numbers(v if r.startswith("running") else v.grad)
                      for v, r in zip(parameters.values, parameters.roles)]})
    return rows


# Networks, written as their papers and the usual implementations do.


def scaled(channels, width):
    return max(8, int(channels * width / 8 + 0.5) * 8)


class Net(nn.Module):
    """Modules in the order in which they run."""

    def __init__(self, *modules):
        super().__init__()
        self.body = nn.Sequential(*modules)

    def forward(self, x):
        return self.body(x)


def conv_norm(i, o, kernel=3, stride=1, groups=1):
    return [nn.Conv2d(i, o, kernel, stride, kernel // 2, groups=groups, bias=False), nn.BatchNorm2d(o)]


class Block(nn.Module):
    def __init__(self, i, o, stride):
        super().__init__()
        self.body = nn.Sequential(*conv_norm(i, o, 3, stride), nn.ReLU(), *conv_norm(o, o))
        self.shortcut = nn.Sequential(*conv_norm(i, o, 1, stride)) if stride != 1 or i != o else nn.Identity()

    def forward(self, x):
        return F.relu(self.body(x) + self.shortcut(x))


class PreActivationBlock(nn.Module):
    def __init__(self, i, o, stride):
        super().__init__()
        self.first = nn.Sequential(nn.BatchNorm2d(i), nn.ReLU())
        self.shortcut = nn.Conv2d(i, o, 1, stride, bias=False) if stride != 1 or i != o else None
        self.rest = nn.Sequential(
            nn.Conv2d(i, o, 3, stride, 1, bias=False), nn.BatchNorm2d(o), nn.ReLU(), nn.Conv2d(o, o, 3, 1, 1, bias=False))

    def forward(self, x):
        y = self.first(x)
        return self.rest(y) + (x if self.shortcut is None else self.shortcut(y))


def head(channels, classes):
    return [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, classes)]


def resnet(depth, widths):
    def make(channels, classes, w):
        stem, *stages = [scaled(c, w) for c in widths]
        modules, i = [*conv_norm(channels, stem), nn.ReLU()], stem
        for stage, o in enumerate(stages):
            for block in range((depth - 2) // 6):
                modules.append(Block(i, o, 2 if stage and not block else 1))
                i = o
        return Net(*modules, *head(i, classes))
    return make


def wrn(depth, k):
    def make(channels, classes, w):
        i = scaled(16, w)
        modules = [nn.Conv2d(channels, i, 3, 1, 1, bias=False)]
        for stage in range(3):
            o = scaled(16 * k * 2**stage, w)
            for block in range((depth - 4) // 6):
                modules.append(PreActivationBlock(i, o, 2 if stage and not block else 1))
                i = o
        return Net(*modules, nn.BatchNorm2d(i), nn.ReLU(), *head(i, classes))
    return make


def vgg(per_block):
    def make(channels, classes, w):
        modules, i = [], channels
        for block, o in enumerate((64, 128, 256, 512, 512)):
            o = scaled(o, w)
            for _ in range(per_block):
                modules += [*conv_norm(i, o), nn.ReLU()]
                i = o
            if block < 3:
                modules.append(nn.MaxPool2d(2))
        return Net(*modules, *head(i, classes))
    return make


def separable(i, o, stride, act):
    return [*conv_norm(i, i, 3, stride, groups=i), act(), *conv_norm(i, o, 1), act()]


def mobilenet(channels, classes, w):
    i = scaled(16, w)
    modules = [*conv_norm(channels, i), nn.ReLU6()]
    for o, stride in ((32, 1), (64, 2), (64, 1), (128, 2), (128, 1), (128, 1), (128, 1), (256, 2), (256, 1)):
        modules += separable(i, scaled(o, w), stride, nn.ReLU6)
        i = scaled(o, w)
    return Net(*modules, *head(i, classes))


def dscnn(channels, classes, w):
    o = scaled(64, w)
    modules = [*conv_norm(channels, o), nn.ReLU()]
    for stride in (2, 1, 2, 1):
        modules += separable(o, o, stride, nn.ReLU)
    return Net(*modules, *head(o, classes))


def convnet3(channels, classes, w):
    a, b, c = (scaled(o, w) for o in (16, 24, 24))
    return Net(*conv_norm(channels, a), nn.ReLU(), nn.MaxPool2d(2), *conv_norm(a, b), nn.ReLU(), nn.MaxPool2d(2),
               *conv_norm(b, c), nn.ReLU(), *head(c, classes))


PRESETS = {
    "convnet3": convnet3, "dscnn-tiny": dscnn, "mobilenet-tiny": mobilenet,
    **{f"resnet{d}": resnet(d, (16, 16, 32, 64)) for d in (8, 20, 32, 56, 110)},
    "resnet8x4": resnet(8, (32, 64, 128, 256)), "resnet32x4": resnet(32, (32, 64, 128, 256)),
    "vgg8": vgg(1), "vgg13": vgg(2), "wrn-16-2": wrn(16, 2), "wrn-40-2": wrn(40, 2)}


def multiply_accumulates(net, shape):
    total = 0

    def hook(module, inputs, output):
        nonlocal total
        if isinstance(module, nn.Conv2d):
            total += output.numel() * module.weight[0].numel()
        elif isinstance(module, nn.Linear):
            total += module.weight.numel()

    for module in net.modules():
        module.register_forward_hook(hook)
    with torch.no_grad():
        net.eval()(torch.zeros(1, *shape))
    return total


def presets():
    rows = []
    for name, make in PRESETS.items():
        for channels, height, width, classes, factor in (
                (3, 32, 32, 10, 1), (3, 32, 32, 100, 1), (1, 28, 28, 10, 1), (3, 32, 48, 2, 0.5), (3, 32, 32, 1000, 0.25)):
            net = make(channels, classes, factor)
            rows.append({
                "name": name, "channels": channels, "height": height, "width": width, "classes": classes,
                "factor": factor, "parameters": sum(p.numel() for p in net.parameters()),
                "multiplyAccumulates": multiply_accumulates(net, (channels, height, width))})
    return rows


# Training: ten steps of SGD, as the bench script of distillation trains.


def trace(name, batch=32, side=32, classes=10, steps=10, rate=0.02, momentum=0.9, decay=5e-4, dtype=torch.float64):
    net = PRESETS[name](3, classes, 1).to(dtype)
    position = 0
    for module in net.modules():
        if isinstance(module, (nn.Conv2d, nn.Linear)):
            fan_in = module.weight[0].numel()
            for value in [module.weight] + ([module.bias] if module.bias is not None else []):
                shape = (value.shape[0], *value.shape[2:], value.shape[1]) if value.ndim == 4 else tuple(value.shape)
                filled = noise(STREAM_PARAMETERS + position, value.numel()).reshape(shape)
                filled = tensor(filled * (np.float32(1) / np.sqrt(np.float32(fan_in))))
                value.data = (filled.permute(0, 3, 1, 2) if value.ndim == 4 else filled).to(dtype).contiguous()
                position += 1
    decayed = [p for p in net.parameters() if p.ndim > 1]
    plain = [p for p in net.parameters() if p.ndim == 1]
    optimiser = torch.optim.SGD(
        [{"params": decayed, "weight_decay": decay}, {"params": plain, "weight_decay": 0}], rate, momentum, nesterov=True)
    labels = torch.arange(batch) % classes
    losses = []
    for step in range(steps):
        # Noise, and a tint by the label that can be learned.
        images = tensor(noise(STREAM_INPUT + step, batch * side * side * 3)).reshape(batch, side, side, 3)
        tint = tensor(noise(STREAM_GRADIENT + 100, classes * 3)).reshape(classes, 1, 1, 3)
        loss = F.cross_entropy(net((images + tint[labels]).permute(0, 3, 1, 2).to(dtype)), labels)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    running = [b for n, b in net.named_buffers() if n.endswith(("running_mean", "running_var"))]
    return {
        "preset": name, "batch": batch, "side": side, "classes": classes, "rate": rate, "momentum": momentum,
        "decay": decay, "losses": numbers(torch.tensor(losses)),
        # Length of each trained tensor, in the order of the modules; then of each running statistic.
        "lengths": numbers(torch.stack([p.norm() for p in net.parameters()])),
        "running": numbers(torch.stack([b.norm() for b in running]))}


def main():
    write("layers.json", layers())
    write("presets.json", presets())
    traces = [trace(name) for name in ("resnet8", "wrn-16-2")]
    write("training.json", traces)
    # How far single precision strays by itself: what the tests' tolerances are made from.
    for double in traces:
        single = trace(double["preset"], dtype=torch.float32)
        for key in ("losses", "lengths", "running"):
            strayed = [abs(a - b) / abs(a) for a, b in zip(double[key], single[key])]
            print(double["preset"], key, " ".join(f"{d:.0e}" for d in (strayed if key == "losses" else [max(strayed)])))


main()
