"""Exports networks of torchvision with random weights to ONNX, with images and the logits and time of ONNX Runtime.

Arguments: a folder, and names of networks (none means those that are tested). Needs torch, torchvision and
onnxruntime. Set DISTILLD_NETWORKS to the folder and run the tests of ImportersTests.
"""
import os
import sys
import time

import numpy
import onnxruntime
import torch
import torchvision
from torch import nn

NAMES = ["squeezenet1_1", "mobilenet_v2", "resnet18", "shufflenet_v2_x1_0", "efficientnet_b0", "densenet121"]
BATCH = 32
THREADS = int(os.environ.get("THREADS", "2"))


def randomized(model):
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.1)
            module.running_var.uniform_(0.5, 1.5)
            module.weight.data.uniform_(0.5, 1.5)
            module.bias.data.normal_(0, 0.1)
    return model.eval()


def main():
    folder, names = sys.argv[1], sys.argv[2:] or NAMES
    os.makedirs(folder, exist_ok=True)
    for name in names:
        torch.manual_seed(1)
        model = randomized(getattr(torchvision.models, name)(weights=None))
        path = os.path.join(folder, name)
        axes = {"image": {0: "N"}, "logits": {0: "N"}}
        torch.onnx.export(model, torch.randn(2, 3, 224, 224), path + ".onnx", opset_version=17, input_names=["image"],
                          output_names=["logits"], dynamic_axes=axes, dynamo=False)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = THREADS
        session = onnxruntime.InferenceSession(path + ".onnx", options, providers=["CPUExecutionProvider"])
        images = numpy.random.default_rng(3).normal(size=(BATCH, 3, 224, 224)).astype("<f4")
        logits = session.run(None, {"image": images})[0]
        best = [1e9, 1e9]
        for _ in range(3):
            begun = (time.monotonic(), time.process_time())
            session.run(None, {"image": images})
            ended = (time.monotonic(), time.process_time())
            best = [min(old, b - a) for old, a, b in zip(best, begun, ended)]
        images.tofile(path + ".input")
        logits.astype("<f4").tofile(path + ".output")
        print(f"{name}: ONNX Runtime {BATCH} images in {best[0]:.3f} s ({best[1]:.3f} s of CPU), largest logit {abs(logits).max():.3f}", flush=True)


if __name__ == "__main__":
    main()
