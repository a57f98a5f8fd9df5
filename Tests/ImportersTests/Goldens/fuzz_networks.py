"""Makes random small classifiers of the operators that are read, with odd attributes and shapes, with images and the logits
of ONNX Runtime, laid out as export_networks.py does.

Arguments: a folder, the number of networks, a seed. Needs onnx and onnxruntime. The tests of ImportersTests run it.
"""
import os
import random
import sys

import numpy
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

IMAGES = 3


class Network:
    def __init__(self, seed):
        self.choose = random.Random(seed)
        self.values = numpy.random.default_rng(seed)
        self.opset = self.choose.choice([9, 11, 12, 13, 14, 15, 17, 18, 19, 20, 21])
        self.nodes, self.constants, self.count = [], [], 0
        self.height, self.width = self.some(7, 18), self.some(7, 18)
        self.channels = self.choose.choice([1, 3, 3, 3])

    def some(self, low, high):
        return self.choose.randint(low, high)

    def maybe(self, share=0.5):
        return self.choose.random() < share

    def constant(self, value):
        name = f"c{len(self.constants)}"
        if self.maybe(0.2):
            self.add("Constant", [], name=name, value=numpy_helper.from_array(numpy.asarray(value)))
            self.constants.append(None)
        else:
            self.constants.append(numpy_helper.from_array(numpy.asarray(value), name))
        return name

    def floats(self, *shape, scale=1.0, offset=0.0):
        return self.constant((offset + scale * self.values.normal(size=shape)).astype("f"))

    def whole(self, values):
        return self.constant(numpy.array(values, "i8"))

    def add(self, operation, inputs, outputs=1, name=None, **attributes):
        self.count += 1
        names = [name] if name else [f"v{self.count}_{i}" for i in range(outputs)]
        self.nodes.append(helper.make_node(operation, inputs, names, **attributes))
        return names[0] if outputs == 1 else names

    def shape(self, name):
        """Without the batch."""
        if name == "image":
            return [self.channels, self.height, self.width]
        model = self.model(name, [])
        found = onnx.shape_inference.infer_shapes(model, strict_mode=True, data_prop=True).graph.output[0]
        return [d.dim_value for d in found.type.tensor_type.shape.dim][1:]

    def model(self, output, shape):
        image = helper.make_tensor_value_info("image", TensorProto.FLOAT, ["N", self.channels, self.height, self.width])
        result = helper.make_tensor_value_info(output, TensorProto.FLOAT, shape) if shape else \
            helper.make_empty_tensor_value_info(output)
        graph = helper.make_graph(self.nodes, "random", [image], [result], [c for c in self.constants if c is not None])
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", self.opset)],
                                 ir_version=8 if self.opset < 19 else 10)

    # Steps from a value N,C,H,W to another.

    def convolution(self, x, keep=False, outputs=None):
        c, h, w = self.shape(x)
        outputs = outputs or self.some(2, 9)
        group = 1
        if self.maybe(0.35):
            group = self.choose.choice([g for g in range(1, c + 1) if c % g == 0])
            outputs = outputs if outputs % group == 0 else group * self.some(1, 2)
        size = [self.some(1, min(4, h)), self.some(1, min(4, w))]
        attributes = {}
        if keep:
            size = self.choose.choice([[1, 1], [3, 3], [3, 1], [1, 3], [5, 3]])
            attributes["pads"] = [size[0] // 2, size[1] // 2] * 2
        else:
            if self.maybe(0.3):
                attributes["strides"] = [self.some(1, 3), self.some(1, 2)]
            if self.maybe(0.2) and (size[0] - 1) * 2 < h and (size[1] - 1) * 2 < w:
                attributes["dilations"] = [self.some(1, 2), self.some(1, 2)]
            if self.maybe(0.4):
                attributes["pads"] = [self.some(0, size[i % 2]) for i in range(4)]
            elif self.maybe(0.5) and attributes.get("dilations", [1, 1]) == [1, 1]:
                attributes["auto_pad"] = self.choose.choice(["SAME_UPPER", "SAME_LOWER", "VALID"])
        if group > 1:
            attributes["group"] = group
        scale = 1 / (c // group * size[0] * size[1]) ** 0.5
        weight = self.floats(outputs, c // group, *size, scale=scale)
        if self.maybe(0.1):
            stored = self.constant(self.values.integers(-127, 128, (outputs, c // group, *size)).astype("i1"))
            attributes_of = {"axis": 0} if self.opset >= 13 else {}
            steps = self.constant(numpy.full(outputs if self.opset >= 13 else (), scale / 60, "f"))
            if self.opset >= 10:
                weight = self.add("DequantizeLinear", [stored, steps], **attributes_of)
        inputs = [x, weight]
        if self.maybe():
            inputs.append(self.floats(outputs, scale=0.3))
        return self.add("Conv", inputs, **attributes)

    def norm(self, x):
        c = self.shape(x)[0]
        variance = self.constant((0.3 + self.values.random(c)).astype("f"))
        return self.add("BatchNormalization", [x, self.floats(c, offset=1, scale=0.3), self.floats(c, scale=0.3),
                                               self.floats(c, scale=0.3), variance],
                        **({"epsilon": 0.01} if self.maybe() else {}))

    def activation(self, x):
        kinds = ["Relu", "Sigmoid", "Tanh", "Elu", "LeakyRelu", "HardSigmoid", "Clip", "PRelu", "Softplus", "Swish",
                 "ReluClip"]
        kinds += ["HardSwish"] * (self.opset >= 14) + ["Mish"] * (self.opset >= 18) + ["Gelu"] * (self.opset >= 20)
        kind = self.choose.choice(kinds)
        if kind == "Clip":
            if self.opset < 11:
                return self.add("Clip", [x], min=-0.5, max=0.9)
            low, high = self.constant(numpy.float32(-0.4)), self.constant(numpy.float32(1.1))
            return self.add("Clip", [[x, low, high], [x, "", high], [x, low]][self.some(0, 2)])
        if kind == "ReluClip":
            x = self.add("Relu", [x])
            if self.opset < 11:
                return self.add("Clip", [x], min=0.0, max=6.0)
            return self.add("Clip", [x, self.constant(numpy.float32(0)), self.constant(numpy.float32(6))])
        if kind == "PRelu":
            return self.add("PRelu", [x, self.floats(self.choose.choice([self.shape(x)[0], 1]), 1, 1, scale=0.3)])
        if kind == "Swish":
            return self.add("Mul", [x, self.add("Sigmoid", [x])] if self.maybe() else [self.add("Sigmoid", [x]), x])
        if kind == "Gelu":
            return self.add("Gelu", [x], approximate=self.choose.choice(["none", "tanh"]))
        names = {"Elu": ["alpha"], "LeakyRelu": ["alpha"], "HardSigmoid": ["alpha", "beta"]}.get(kind, [])
        return self.add(kind, [x], **{n: self.choose.uniform(0.1, 0.8) for n in names if self.maybe()})

    def pool(self, x):
        _, h, w = self.shape(x)
        # A window may be larger than the image where it may hang over.
        ceil = self.opset >= 10 and self.maybe()
        size = [self.some(1, min(4, h + ceil)), self.some(1, min(4, w + ceil))]
        kind = self.choose.choice(["MaxPool", "AveragePool"])
        attributes = {"kernel_shape": size, "strides": [self.some(1 + ceil, 3), self.some(1 + ceil, 3)]}
        if ceil:
            attributes["ceil_mode"] = 1
        if self.maybe(0.5):
            attributes["pads"] = [self.some(0, size[i % 2] - 1) for i in range(4)]
        elif self.maybe():
            attributes["auto_pad"] = self.choose.choice(["SAME_UPPER", "SAME_LOWER", "VALID"])
        elif kind == "MaxPool" and self.opset >= 10 and 2 * max(size) <= min(h, w):
            attributes["dilations"] = [self.some(1, 2), self.some(1, 2)]
        # The standard's inference counts windows that begin behind the image, which nobody computes.
        pads = attributes.get("pads", [0] * 4)
        for n, k, s, before, after in zip((h, w), size, attributes["strides"], pads[:2], pads[2:]):
            if (-(-(n + before + after - k) // s)) * s >= n + before:
                attributes.pop("ceil_mode", None)
                attributes["kernel_shape"] = [min(size[0], h), min(size[1], w)]
        if kind == "AveragePool" and self.maybe():
            attributes["count_include_pad"] = 1
        return self.add(kind, [x], **attributes)

    def pad(self, x):
        pads = [0, 0, self.some(-1, 2), self.some(-1, 2), 0, 0, self.some(-1, 2), self.some(-1, 2)]
        mode = self.choose.choice(["constant", "reflect", "edge"])
        if mode != "constant":
            pads = [abs(p) for p in pads]
        if self.opset < 11:
            return self.add("Pad", [x], pads=pads, mode=mode, **({"value": 0.3} if mode == "constant" else {}))
        value = [self.constant(numpy.float32(0.3))] if mode == "constant" and self.maybe() else []
        return self.add("Pad", [x, self.whole(pads)] + value, mode=mode)

    def branch(self, x):
        """Something of the same shape."""
        y = self.convolution(x, keep=True, outputs=self.shape(x)[0])
        if self.shape(y) != self.shape(x):
            return self.activation(x)
        return self.activation(y) if self.maybe() else self.norm(y)

    def residual(self, x):
        kind = self.choose.choice(["Add", "Add", "Sub", "Mul"])
        pair = [x, self.branch(x)]
        if self.maybe():
            pair.reverse()
        y = self.add(kind, pair)
        return self.activation(y) if self.maybe() else y

    def constants_with(self, x):
        c, h, w = self.shape(x)
        shape = self.choose.choice([[], [1], [c, 1, 1], [1, c, 1, 1], [h, w], [c, h, w], [1, 1, 1, w], [h, 1]])
        kind = self.choose.choice(["Add", "Sub", "Mul", "Div"])
        pair = [x, self.floats(*shape, scale=0.2, offset=1.5)]
        if self.maybe(0.3) and kind != "Div":
            pair.reverse()
        return self.add(kind, pair)

    def excitation(self, x):
        c = self.shape(x)[0]
        axes = [2, 3] if self.maybe() else [-1, -2]
        if self.maybe():
            y = self.add("GlobalAveragePool", [x])
        elif self.opset >= 18:
            y = self.add("ReduceMean", [x, self.whole(axes)], keepdims=1)
        else:
            y = self.add("ReduceMean", [x], axes=axes if self.opset >= 11 else [2, 3], keepdims=1)
        y = self.add("Relu", [self.add("Conv", [y, self.floats(3, c, 1, 1)])])
        y = self.add("Sigmoid", [self.add("Conv", [y, self.floats(c, 3, 1, 1)])])
        return self.add("Mul", [x, y] if self.maybe() else [y, x])

    def concat(self, x):
        parts = [x, self.branch(x)]
        if self.maybe(0.3):
            parts.append(self.activation(x))
        self.choose.shuffle(parts)
        return self.add("Concat", parts, axis=self.choose.choice([1, 1, 1, 2, 3, -1]))

    def split(self, x):
        shape = self.shape(x)
        axis = self.choose.choice([1, 1, 2, 3])
        n = shape[axis - 1]
        if n < 2:
            return x
        first = self.some(1, n - 1)
        sizes = [first, n - first]
        given = axis - 4 if self.maybe() and self.opset >= 11 else axis
        if n % 2 == 0 and self.maybe():
            more = {"num_outputs": 2} if self.opset >= 18 else {}
            a, b = self.add("Split", [x], outputs=2, axis=given, **more)
            sizes = [n // 2, n // 2]
        elif self.opset < 13:
            a, b = self.add("Split", [x], outputs=2, axis=given, split=sizes)
        else:
            a, b = self.add("Split", [x, self.whole(sizes)], outputs=2, axis=given)
        if self.maybe():
            return self.add("Concat", [b, self.activation(a)], axis=axis)
        return self.choose.choice([a, b])

    def slice(self, x):
        axis = self.choose.choice([1, 2, 3])
        n = self.shape(x)[axis - 1]
        if n < 3:
            return x
        if self.opset < 10:
            return self.add("Slice", [x], axes=[axis], starts=[self.some(0, 1)], ends=[self.some(n - 1, n + 3)])
        step = self.choose.choice([1, 2, -1, -2])
        bounds = (self.some(0, 1), 2**31 - 1) if step > 0 else (-1, -2**31)
        named = axis - 4 if self.maybe() else axis
        return self.add("Slice", [x, self.whole([bounds[0]]), self.whole([bounds[1]]), self.whole([named]),
                                  self.whole([step])])

    def shuffle(self, x):
        c, h, w = self.shape(x)
        groups = self.choose.choice([g for g in range(1, c + 1) if c % g == 0])
        if self.maybe():
            y = self.add("Reshape", [x, self.whole([0, groups, c // groups, h, w])])
            y = self.add("Transpose", [y], perm=[0, 2, 1, 3, 4])
            return self.add("Reshape", [y, self.whole([-1, c, h, w])])
        # The batch from the value's shape, as exporters write it.
        size = self.add("Shape", [x])
        batch = self.add("Gather", [size, self.constant(numpy.array(0, "i8"))], axis=0)
        batch = self.add("Unsqueeze", [batch, self.whole([0])]) if self.opset >= 13 else \
            self.add("Unsqueeze", [batch], axes=[0])
        a = self.add("Concat", [batch, self.whole([groups, c // groups, h, w])], axis=0)
        b = self.add("Concat", [batch, self.whole([c, h, w])], axis=0)
        y = self.add("Transpose", [self.add("Reshape", [x, a])], perm=[0, 2, 1, 3, 4])
        return self.add("Reshape", [y, b])

    def resize(self, x):
        _, h, w = self.shape(x)
        # A scale that leaves the size as it is does nothing in ONNX Runtime.
        if max(h, w) > 16 or min(h, w) < 2 or self.opset < 11:
            return x
        mode = self.choose.choice(["nearest", "linear"])
        how = self.choose.choice(["half_pixel", "asymmetric", "pytorch_half_pixel"])
        more = {"nearest_mode": self.choose.choice(["floor", "ceil", "round_prefer_floor"])} if mode == "nearest" else {}
        empty = self.constant(numpy.zeros(0, "f"))
        scales = self.constant(numpy.array([1, 1, self.choose.choice([2, 1.5, 0.7]), self.choose.choice([2, 1, 0.6])], "f"))
        return self.add("Resize", [x, empty, scales], mode=mode, coordinate_transformation_mode=how, **more)

    def transposed(self, x):
        """Something done with channels last."""
        c = self.shape(x)[0]
        y = self.add("Transpose", [x], perm=[0, 2, 3, 1])
        y = self.choose.choice([
            lambda: self.activation(y) if self.maybe(0) else self.add("Relu", [y]),
            lambda: self.add("Mul", [y, self.floats(c, offset=1, scale=0.3)]),
            lambda: self.add("Add", [y, self.floats(1, 1, c, scale=0.3)]),
            lambda: self.add("Softmax", [y], axis=-1 if self.opset >= 13 else 3),
        ])()
        y = self.add("Transpose", [y], perm=[0, 3, 1, 2])
        return self.add("Add", [x, y]) if self.maybe() else y

    def softmaxed(self, x):
        if self.opset < 13:
            return x
        y = self.add(self.choose.choice(["Softmax", "LogSoftmax"]), [x], axis=self.choose.choice([1, -1, 2, -3]))
        return self.add("Mul", [x, y])

    def reduced(self, x):
        """x less its mean or largest value in some axes."""
        axes = self.choose.choice([[1], [2], [3], [2, 3], [1, 2, 3]])
        kind = self.choose.choice(["ReduceMean", "ReduceMax"])
        if self.opset >= 18:
            y = self.add(kind, [x, self.whole(axes)], keepdims=1)
        else:
            y = self.add(kind, [x], axes=axes, keepdims=1)
        return self.add("Sub", [x, y])

    def squeezed(self, x):
        if self.opset < 13:
            y = self.add("Unsqueeze", [x], axes=[2])
            return self.add("Squeeze", [self.add("Relu", [y])], axes=[2])
        y = self.add("Unsqueeze", [x, self.whole([-1])])
        return self.add("Squeeze", [self.add("Tanh", [y]), self.whole([4])])

    def end(self, x):
        c, h, w = self.shape(x)
        kind = self.some(0, 5)
        if kind == 0:
            x = self.add("GlobalMaxPool", [x])
        elif kind <= 2:
            x = self.add("GlobalAveragePool", [x])
        if kind <= 2:
            h = w = 1
            if self.maybe(0.3):
                return self.add("Flatten", [self.add("Conv", [x, self.floats(5, c, 1, 1)])])
        if kind == 3:
            if self.opset >= 18:
                x = self.add("ReduceMean", [x, self.whole([2, 3])], keepdims=0)
            else:
                x = self.add("ReduceMean", [x], axes=[2, 3], keepdims=0)
            h = w = 1
        elif self.maybe():
            x = self.add("Flatten", [x], **({"axis": -3} if self.opset >= 11 and self.maybe() else {}))
        else:
            x = self.add("Reshape", [x, self.whole(self.choose.choice([[0, -1], [-1, c * h * w]]))])
        if self.maybe(0.3):
            x = self.add("Dropout", [x])
        n = c * h * w
        if self.maybe():
            if self.maybe():
                x = self.add("Gemm", [x, self.floats(5, n, scale=n**-0.5), self.floats(5)], transB=1,
                             **({"alpha": 0.7, "beta": 1.4} if self.maybe() else {}))
            else:
                x = self.add("Gemm", [x, self.floats(n, 5, scale=n**-0.5), self.floats(1, 5)])
        else:
            x = self.add("MatMul", [x, self.floats(n, 5, scale=n**-0.5)])
            if self.maybe():
                x = self.add("Add", [self.floats(5), x])
        return x

    def grow(self):
        x = "image"
        if self.maybe(0.2):
            x = self.constants_with(x)
        x = self.convolution(x)
        for _ in range(self.some(2, 9)):
            step = self.choose.choice([
                self.convolution, self.convolution, self.convolution, self.norm, self.norm, self.activation,
                self.activation, self.activation, self.pool, self.pool, self.pad, self.residual, self.residual,
                self.constants_with, self.excitation, self.concat, self.split, self.slice, self.shuffle, self.resize,
                self.transposed, self.softmaxed, self.reduced, self.squeezed])
            x = step(x)
            if min(self.shape(x)) < 1 or max(self.shape(x)[1:]) > 40:
                return None
            if self.shape(x)[0] > 24:
                x = self.convolution(x)
        return self.end(x)


def main():
    folder, count, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    os.makedirs(folder, exist_ok=True)
    onnxruntime.set_default_logger_severity(4)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    made = 0
    for number in range(seed * 1_000_000, seed * 1_000_000 + count):
        network = Network(number)
        try:
            output = network.grow()
            if output is None:
                continue
            model = network.model(output, ["N", 5])
            images = numpy.random.default_rng(number).normal(
                size=(IMAGES, network.channels, network.height, network.width)).astype("<f4")
            session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
            logits = session.run(None, {"image": images})[0]
        except Exception as error:
            print(f"left out: {number}: {str(error)[:200]!r}")
            continue
        # Shapes that the standard's inference has got wrong may still fit three images at once.
        if logits.shape != (IMAGES, 5) or not numpy.isfinite(logits).all() or abs(logits).max() < 1e-3:
            continue
        path = os.path.join(folder, f"random-{number}")
        onnx.save(model, path + ".onnx")
        images.tofile(path + ".input")
        logits.astype("<f4").tofile(path + ".output")
        made += 1
    print(f"{made} networks")


if __name__ == "__main__":
    main()
