"""Makes the small ONNX models of this folder, one for each pattern of real classifiers, with an input and the output
that ONNX Runtime gives: NAME.onnx, NAME.input and NAME.output (little-endian floats; four images).

Needs torch, onnx and onnxruntime. The files are committed; run this again only to add a pattern.
Arguments: names of patterns; none means all.
"""
import os
import sys

import numpy
import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn
from torch.nn import functional as F

FOLDER = os.path.dirname(os.path.abspath(__file__))
SIZE = 16


class Residual(nn.Module):
    """ResNet: convolutions with batch norm, ReLU and addition, and a projection."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 8, 3, 1, 1, bias=False), nn.BatchNorm2d(8), nn.ReLU())
        self.a = nn.Sequential(nn.Conv2d(8, 12, 3, 2, 1, bias=False), nn.BatchNorm2d(12), nn.ReLU(),
                               nn.Conv2d(12, 12, 3, 1, 1, bias=False), nn.BatchNorm2d(12))
        self.short = nn.Sequential(nn.Conv2d(8, 12, 1, 2, bias=False), nn.BatchNorm2d(12))
        self.fc = nn.Linear(12, 5)

    def forward(self, x):
        x = self.stem(x)
        x = F.relu(self.a(x) + self.short(x))
        return self.fc(torch.flatten(F.adaptive_avg_pool2d(x, 1), 1))


class Inverted(nn.Module):
    """MobileNet v2: expansion, depthwise, projection, ReLU6."""

    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(3, 6, 3, 2, 1, bias=False), nn.BatchNorm2d(6), nn.ReLU6())
        self.block = nn.Sequential(
            nn.Conv2d(6, 18, 1, bias=False), nn.BatchNorm2d(18), nn.ReLU6(),
            nn.Conv2d(18, 18, 3, 1, 1, groups=18, bias=False), nn.BatchNorm2d(18), nn.ReLU6(),
            nn.Conv2d(18, 6, 1, bias=False), nn.BatchNorm2d(6))
        self.fc = nn.Sequential(nn.Dropout(0.2), nn.Linear(6, 5))

    def forward(self, x):
        x = self.body(x)
        x = x + self.block(x)
        return self.fc(x.mean([2, 3]))


class Fire(nn.Module):
    """SqueezeNet: concatenation, pools with ceil mode, a convolution as the classifier."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 3, 2)
        self.squeeze = nn.Conv2d(8, 4, 1)
        self.one = nn.Conv2d(4, 6, 1)
        self.three = nn.Conv2d(4, 6, 3, padding=1)
        self.classifier = nn.Conv2d(12, 5, 1)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.stem(x)), 3, 2, ceil_mode=True)
        x = F.relu(self.squeeze(x))
        x = torch.cat([F.relu(self.one(x)), F.relu(self.three(x))], 1)
        x = F.avg_pool2d(x, 3, 2, 1, ceil_mode=True, count_include_pad=False)
        return torch.flatten(F.adaptive_avg_pool2d(F.relu(self.classifier(x)), 1), 1)


class Shuffle(nn.Module):
    """ShuffleNet v2: split, depthwise, concatenation and channel shuffle with arithmetic on shapes."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 3, 2, 1)
        self.branch = nn.Sequential(
            nn.Conv2d(4, 4, 1, bias=False), nn.BatchNorm2d(4), nn.ReLU(),
            nn.Conv2d(4, 4, 3, 1, 1, groups=4, bias=False), nn.BatchNorm2d(4),
            nn.Conv2d(4, 4, 1, bias=False), nn.BatchNorm2d(4), nn.ReLU())
        self.fc = nn.Linear(8, 5)

    def forward(self, x):
        x = self.stem(x)
        for _ in range(2):
            a, b = x.chunk(2, dim=1)
            x = torch.cat((a, self.branch(b)), dim=1)
            n, c, h, w = x.size()
            x = x.view(n, 2, c // 2, h, w).transpose(1, 2).contiguous().view(n, c, h, w)
        return self.fc(x.mean([2, 3]))


class Excitation(nn.Module):
    """EfficientNet: SiLU and squeeze-and-excitation."""

    def __init__(self, activation=F.silu, gate=torch.sigmoid):
        super().__init__()
        self.activation, self.gate = activation, gate
        self.stem = nn.Sequential(nn.Conv2d(3, 10, 3, 2, 1, bias=False), nn.BatchNorm2d(10))
        self.depthwise = nn.Sequential(nn.Conv2d(10, 10, 5, 1, 2, groups=10, bias=False), nn.BatchNorm2d(10))
        self.reduce, self.expand = nn.Conv2d(10, 3, 1), nn.Conv2d(3, 10, 1)
        self.project = nn.Sequential(nn.Conv2d(10, 10, 1, bias=False), nn.BatchNorm2d(10))
        self.fc = nn.Linear(10, 5)

    def forward(self, x):
        x = self.activation(self.stem(x))
        y = self.activation(self.depthwise(x))
        s = F.adaptive_avg_pool2d(y, 1)
        y = y * self.gate(self.expand(self.activation(self.reduce(s))))
        x = x + self.project(y)
        return self.fc(torch.flatten(F.adaptive_avg_pool2d(x, 1), 1))


class Dense(nn.Module):
    """DenseNet: batch norm and ReLU before the convolutions, growing concatenations, average pools."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 6, 3, 1, 1, bias=False)
        self.norms = nn.ModuleList([nn.BatchNorm2d(6 + 4 * i) for i in range(3)])
        self.convolutions = nn.ModuleList([nn.Conv2d(6 + 4 * i, 4, 3, 1, 1, bias=False) for i in range(3)])
        self.last = nn.BatchNorm2d(18)
        self.fc = nn.Linear(18, 5)

    def forward(self, x):
        features = [F.max_pool2d(self.stem(x), 3, 2, 1)]
        for norm, convolution in zip(self.norms, self.convolutions):
            features.append(convolution(F.relu(norm(torch.cat(features, 1)))))
        x = F.avg_pool2d(torch.cat(features, 1), 2, 2)
        return self.fc(torch.flatten(F.adaptive_avg_pool2d(F.relu(self.last(x)), 1), 1))


class Odd(nn.Module):
    """Dilation, uneven padding and strides, groups, and every other activation."""

    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(3, 6, 3, 1, dilation=2)
        self.b = nn.Conv2d(6, 8, (3, 5), (2, 1), (1, 2), groups=2)
        self.c = nn.Conv2d(8, 8, (1, 3), 1, (0, 1), groups=4)
        self.prelu = nn.PReLU(8)
        self.shared = nn.PReLU(1)
        self.d = nn.Conv2d(8, 16, 3, 2, 1, groups=8)
        self.fc = nn.Linear(16, 5)

    def forward(self, x):
        x = F.leaky_relu(self.a(F.pad(x, (1, 2, 0, 3))), 0.1)
        x = F.elu(F.pad(self.b(x), (1, 1, 2, 0), mode="reflect"))
        x = self.prelu(self.c(x))
        x = self.shared(torch.tanh(x) - 0.3) * 1.5 + torch.sigmoid(x)
        x = self.d(F.mish(x)) / 2 + F.hardsigmoid(self.d(x))
        x = F.gelu(x) + torch.clamp(x, -0.2, 0.7)
        return F.log_softmax(self.fc(x.amax((2, 3)) + x.mean((2, 3))), 1)


class Flat(nn.Module):
    """VGG: flattened images into linear layers with batch norm, and a softmax at the end."""

    def __init__(self):
        super().__init__()
        self.a, self.norm = nn.Conv2d(3, 4, 3, 1, 1), nn.BatchNorm2d(4)
        self.fc1, self.norm1, self.fc2 = nn.Linear(4 * 4 * 4, 9), nn.BatchNorm1d(9), nn.Linear(9, 5)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.norm(self.a((x - 0.2) / 0.5))), 4)
        x = F.relu(self.norm1(self.fc1(F.dropout(x.flatten(1), 0.5, self.training))))
        return F.softmax(self.fc2(x), 1)


class Pyramid(nn.Module):
    """Resizing, both ways, and arithmetic between images of one shape."""

    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Conv2d(3, 5, 3, 2, 1), nn.Conv2d(5, 5, 3, 2, 1)

    def forward(self, x):
        a = F.relu(self.a(x))
        b = self.b(a)
        near = F.interpolate(b, scale_factor=2, mode="nearest")
        smooth = F.interpolate(b, size=(8, 8), mode="bilinear", align_corners=False)
        wide = F.interpolate(b, size=(8, 8), mode="bilinear", align_corners=True)
        x = torch.maximum(a * near, smooth) - torch.minimum(wide, a)
        return x.flatten(2).mean(2)


class Attention(nn.Module):
    """Matrix products, transposition and softmax over pixels: slow here, but right."""

    def __init__(self):
        super().__init__()
        self.embed = nn.Conv2d(3, 8, 4, 4)
        self.query, self.key, self.value = nn.Linear(8, 8), nn.Linear(8, 8), nn.Linear(8, 8)
        self.position = nn.Parameter(torch.randn(1, 16, 8))
        self.fc = nn.Linear(8, 5)

    def forward(self, x):
        x = self.embed(x).flatten(2).transpose(1, 2) + self.position
        weights = F.softmax(self.query(x) @ self.key(x).transpose(1, 2) / 2.8, -1)
        return self.fc((x + weights @ self.value(x))[:, 0])


def randomized(model):
    """Statistics of batch norms that are not those of a fresh network."""
    for module in model.modules():
        if isinstance(module, (nn.BatchNorm2d, nn.BatchNorm1d)):
            module.running_mean.normal_(0, 0.2)
            module.running_var.uniform_(0.4, 2)
            module.weight.data.uniform_(0.5, 1.5)
            module.bias.data.normal_(0, 0.2)
    return model.eval()


def exported(model, opset=17, fold=False, batch="N", dynamo=False):
    """The model as PyTorch exports it; unless `fold`, with its batch norms."""
    path = os.path.join(FOLDER, "exported.tmp")
    mode = torch.onnx.TrainingMode.EVAL if fold else torch.onnx.TrainingMode.PRESERVE
    images = torch.randn(2 if batch else 1, 3, SIZE, SIZE)
    axes = {"image": {0: batch}, "logits": {0: batch}} if batch else None
    torch.onnx.export(randomized(model), images, path, opset_version=opset, input_names=["image"],
                      output_names=["logits"], dynamic_axes=axes, training=mode, do_constant_folding=fold,
                      dynamo=dynamo)
    loaded = onnx.load(path)
    os.remove(path)
    return loaded


def channels_last():
    """N,H,W,C in the graph, with transpositions around N,C,H,W convolutions, as converters from TensorFlow write it."""
    weights = numpy.random.default_rng(4).normal(0, 0.3, (6, 3, 3, 3)).astype("f")
    matrix = numpy.random.default_rng(5).normal(0, 0.3, (6 * 8 * 8, 5)).astype("f")
    nodes = [
        helper.make_node("Transpose", ["image"], ["nchw"], perm=[0, 3, 1, 2]),
        helper.make_node("Conv", ["nchw", "w"], ["conv"], auto_pad="SAME_UPPER", strides=[2, 2]),
        helper.make_node("Relu", ["conv"], ["relu"]),
        helper.make_node("Transpose", ["relu"], ["nhwc"], perm=[0, 2, 3, 1]),
        helper.make_node("Add", ["nhwc", "shift"], ["shifted"]),
        helper.make_node("Shape", ["shifted"], ["shape"]),
        helper.make_node("Slice", ["shape", "zero", "one"], ["batch"]),
        helper.make_node("Concat", ["batch", "rest"], ["flat"], axis=0),
        helper.make_node("Reshape", ["shifted", "flat"], ["rows"]),
        helper.make_node("MatMul", ["rows", "matrix"], ["logits"]),
    ]
    constants = [
        numpy_helper.from_array(weights, "w"), numpy_helper.from_array(matrix, "matrix"),
        numpy_helper.from_array(numpy.linspace(-1, 1, 6, dtype="f"), "shift"),
        numpy_helper.from_array(numpy.array([0]), "zero"), numpy_helper.from_array(numpy.array([1]), "one"),
        numpy_helper.from_array(numpy.array([-1]), "rest"),
    ]
    graph = helper.make_graph(
        nodes, "channels_last", [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["N", SIZE, SIZE, 3])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["N", 5])], constants)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)


def quantized(model, operators):
    """Quantized by ONNX Runtime: QuantizeLinear and DequantizeLinear around everything, or operators on integers."""
    from onnxruntime import quantization

    class Images(quantization.CalibrationDataReader):
        def __init__(self):
            generator = numpy.random.default_rng(9)
            self.rest = [{"image": generator.normal(size=(2, 3, SIZE, SIZE)).astype("f")} for _ in range(4)]

        def get_next(self):
            return self.rest.pop() if self.rest else None

    source, target = os.path.join(FOLDER, "source.tmp"), os.path.join(FOLDER, "target.tmp")
    onnx.save(exported(model, fold=True), source)
    form = quantization.QuantFormat.QOperator if operators else quantization.QuantFormat.QDQ
    quantization.quantize_static(source, target, Images(), quant_format=form, per_channel=not operators,
                                 op_types_to_quantize=["Conv"] if operators else None)
    loaded = onnx.load(target)
    os.remove(source)
    os.remove(target)
    return loaded


PATTERNS = {
    "residual": lambda: exported(Residual()),
    "residual-opset9": lambda: exported(Residual(), opset=9),
    "residual-folded": lambda: exported(Residual(), fold=True, batch=None),
    "inverted": lambda: exported(Inverted(), opset=12),
    "fire": lambda: exported(Fire(), opset=11),
    "shuffle": lambda: exported(Shuffle(), opset=13),
    "excitation": lambda: exported(Excitation()),
    "excitation-hard": lambda: exported(Excitation(F.hardswish, F.hardsigmoid)),
    "dense": lambda: exported(Dense()),
    "odd": lambda: exported(Odd(), opset=18),
    "flat": lambda: exported(Flat()),
    "pyramid": lambda: exported(Pyramid()),
    "attention": lambda: exported(Attention()),
    "channels-last": channels_last,
    "quantized-pairs": lambda: quantized(Residual(), operators=False),
    "quantized-operators": lambda: quantized(Residual(), operators=True),
}


def main():
    for name in sys.argv[1:] or PATTERNS:
        torch.manual_seed(1)
        model = PATTERNS[name]()
        onnx.checker.check_model(model)
        session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
        given = session.get_inputs()[0]
        images = numpy.random.default_rng(7).normal(size=[4] + list(given.shape[1:])).astype("<f4")
        free = isinstance(given.shape[0], str)
        rows = [session.run(None, {given.name: part})[0] for part in ([images] if free else images[:, None])]
        output = numpy.concatenate(rows).astype("<f4")
        path = os.path.join(FOLDER, name)
        onnx.save(model, path + ".onnx")
        images.tofile(path + ".input")
        output.tofile(path + ".output")
        print(name, os.path.getsize(path + ".onnx"), output.shape, float(abs(output).max()))


if __name__ == "__main__":
    main()
