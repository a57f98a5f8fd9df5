#!/usr/bin/env python3
"""Measures the peers of distilld's kernels. A request is a JSON object on a line of standard input:

    {"benchmark": "train", "subject": "resnet8", "precision": "fp32", "batch": 128, "threads": 2, "seconds": 1}

The answer is a JSON object on a line of standard output: for each peer the value of its fastest call, in images a second
(of `gemm`: 10^9 operations a second), or what it said when it failed. Precisions are fp32, bf16 and int8. A request of
`decode` has the folder of the pictures and the side of the squares that they are brought to (0: they keep their size).
Networks stay in memory from one request to the next, so that many short measurements can take turns with those of
distilld.
"""

import concurrent.futures
import contextlib
import functools
import io
import json
import os
import sys
import tempfile
import time
import warnings

import numpy
import torch
import torch.nn.functional as F

from networks import CLASSES, NETWORKS


def fastest(call, seconds):
    """Seconds of the fastest call: two that do not count, then at least three, for about the given time."""
    call()
    call()
    times, start = [], time.perf_counter()
    while len(times) < 3 or time.perf_counter() - start < seconds:
        before = time.perf_counter()
        call()
        times.append(time.perf_counter() - before)
    return min(times)


def images(batch):
    return torch.randn(batch, 3, 32, 32, generator=torch.Generator().manual_seed(1))


def casts(precision):
    """PyTorch's own mixed precision."""
    return torch.autocast("cpu", dtype=torch.bfloat16) if precision == "bf16" else contextlib.nullcontext()


@functools.cache
def training_step(name, precision, batch, layout):
    """A step of distillation against given teacher logits: temperature 4, alpha 0.9, SGD with momentum and decay."""
    model, x = NETWORKS[name]().to(memory_format=layout).train(), images(batch).to(memory_format=layout)
    labels, teacher = torch.arange(batch) % CLASSES, torch.randn(batch, CLASSES)
    optimiser = torch.optim.SGD(model.parameters(), 0.01, momentum=0.9, weight_decay=5e-4, nesterov=True)

    def step():
        optimiser.zero_grad(set_to_none=True)
        with casts(precision):
            logits = model(x)
        logits = logits.float()
        soft = F.kl_div(F.log_softmax(logits / 4, 1), F.softmax(teacher / 4, 1), reduction="batchmean")
        (0.1 * F.cross_entropy(logits, labels) + 0.9 * 16 * soft).backward()
        optimiser.step()

    return step


@functools.cache
def torch_inference(name, precision, batch, layout):
    model, x = NETWORKS[name]().to(memory_format=layout).eval(), images(batch).to(memory_format=layout)

    def run():
        with torch.inference_mode(), casts(precision):
            model(x)

    return run


@functools.cache
def exported(name, batch):
    """The network as an ONNX file."""
    path = f"{tempfile.gettempdir()}/{name}-{batch}.onnx"
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        torch.onnx.export(NETWORKS[name]().eval(), images(batch), path, input_names=["x"], dynamo=False)
    return path


@functools.cache
def quantized(name, batch):
    """The network as an ONNX file of 8-bit integers: unsigned activations, signed weights by output channel."""
    from onnxruntime import quantization
    from onnxruntime.quantization.shape_inference import quant_pre_process

    class Noise(quantization.CalibrationDataReader):
        def __init__(self):
            self.left = iter([{"x": numpy.random.default_rng(i).normal(size=(batch, 3, 32, 32)).astype("f")} for i in range(4)])

        def get_next(self):
            return next(self.left, None)

    path, prepared, result = exported(name, batch), f"{exported(name, batch)}.prepared", f"{exported(name, batch)}.int8"
    with contextlib.redirect_stdout(io.StringIO()):
        quant_pre_process(path, prepared)
        quantization.quantize_static(
            prepared, result, Noise(), quant_format=quantization.QuantFormat.QDQ,
            activation_type=quantization.QuantType.QUInt8, weight_type=quantization.QuantType.QInt8, per_channel=True,
        )
    return result


@functools.cache
def onnxruntime_inference(name, precision, batch, threads):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    path = quantized(name, batch) if precision == "int8" else exported(name, batch)
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    x = images(batch).numpy()
    return lambda: session.run(None, {"x": x})


@functools.cache
def openvino_inference(name, precision, batch, threads):
    import openvino

    compiled = openvino.Core().compile_model(
        exported(name, batch), "CPU",
        {
            "INFERENCE_PRECISION_HINT": "bf16" if precision == "bf16" else "f32", "INFERENCE_NUM_THREADS": threads,
            "PERFORMANCE_HINT": "LATENCY",
        },
    )
    request, x = compiled.create_infer_request(), images(batch).numpy()
    return lambda: request.infer({0: x})


def onnxruntime_product(rows, depth, columns, threads):
    """Unsigned 8-bit rows by constant signed 8-bit columns, to 32 bits."""
    import onnx
    import onnxruntime

    weights = numpy.random.default_rng(1).integers(-128, 128, (depth, columns), dtype=numpy.int8)
    graph = onnx.helper.make_graph(
        [onnx.helper.make_node("MatMulInteger", ["x", "w"], ["y"])], "product",
        [onnx.helper.make_tensor_value_info("x", onnx.TensorProto.UINT8, [rows, depth])],
        [onnx.helper.make_tensor_value_info("y", onnx.TensorProto.INT32, [rows, columns])],
        [onnx.numpy_helper.from_array(weights, "w")],
    )
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=9)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    x = numpy.random.default_rng(2).integers(0, 256, (rows, depth), dtype=numpy.uint8)
    return lambda: session.run(None, {"x": x})


LAYOUTS = {"PyTorch NCHW": torch.contiguous_format, "PyTorch NHWC": torch.channels_last}


def train(r):
    return {
        peer: lambda layout=layout: training_step(r["subject"], r["precision"], r["batch"], layout)
        for peer, layout in LAYOUTS.items()
    }


def infer(r):
    name, precision, batch, threads = r["subject"], r["precision"], r["batch"], r["threads"]
    if precision == "int8":
        return {"ONNX Runtime": lambda: onnxruntime_inference(name, precision, batch, threads)}
    peers = {"OpenVINO": lambda: openvino_inference(name, precision, batch, threads)}
    if precision == "fp32":
        peers["ONNX Runtime"] = lambda: onnxruntime_inference(name, precision, batch, threads)
    for peer, layout in LAYOUTS.items():
        peers[peer] = lambda layout=layout: torch_inference(name, precision, batch, layout)
    return peers


def gemm(r):
    """rows x depth x columns, the rows many: PyTorch and NumPy in the order that suits them better."""
    rows, depth, columns = (int(n) for n in r["subject"].split(" ")[-1].split("x"))
    if r["precision"] == "int8":
        return {"ONNX Runtime": lambda: onnxruntime_product(rows, depth, columns, r["threads"])}
    a, b, c = torch.randn(rows, depth), torch.randn(depth, columns), torch.empty(rows, columns)
    at, bt, ct = a.T.contiguous(), b.T.contiguous(), torch.empty(columns, rows)
    return {
        "PyTorch": lambda: lambda: torch.mm(a, b, out=c),
        "PyTorch, transposed": lambda: lambda: torch.mm(bt, at, out=ct),
        "NumPy": lambda: lambda: numpy.matmul(a.numpy(), b.numpy(), out=c.numpy()),
        "NumPy, transposed": lambda: lambda: numpy.matmul(bt.numpy(), at.numpy(), out=ct.numpy()),
    }


@functools.cache
def files(folder):
    """The bytes of the pictures in a folder."""
    names = sorted(name for name in os.listdir(folder) if name.endswith((".jpg", ".jpeg", ".png")))
    result = []
    for name in names:
        with open(os.path.join(folder, name), "rb") as file:
            result.append(file.read())
    return result


def decode(r):
    """Pillow, as a training script uses it: libjpeg shrinks what it can, a filter does the rest."""
    from PIL import Image

    side, threads, pictures = r["side"], r["threads"], files(r["folder"])
    pool = concurrent.futures.ThreadPoolExecutor(threads)

    def share(first):
        for picture in pictures[first::threads]:
            image = Image.open(io.BytesIO(picture))
            if side:
                image.draft("RGB", (side, side))
                image.convert("RGB").resize((side, side), Image.Resampling.LANCZOS)
            else:
                image.convert("RGB").load()

    return {"Pillow": lambda: lambda: list(pool.map(share, range(threads)))}


def answer(request):
    torch.set_num_threads(request["threads"])
    peers = {"train": train, "infer": infer, "gemm": gemm, "decode": decode}[request["benchmark"]](request)
    if request["benchmark"] == "decode":
        amount = len(files(request["folder"]))
    elif request["benchmark"] == "gemm":
        rows, depth, columns = (int(n) for n in request["subject"].split(" ")[-1].split("x"))
        amount = 2e-9 * rows * depth * columns
    else:
        amount = request["batch"]
    result = {}
    for peer, make in peers.items():
        try:
            result[peer] = amount / fastest(make(), request["seconds"] / len(peers))
        except Exception as error:  # What a peer cannot do is part of the result.
            result[peer] = f"{type(error).__name__}: {error}"[:200]
    return result


def main():
    torch.manual_seed(1)
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)


main()
