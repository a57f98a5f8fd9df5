"""Makes random nodes of the operators that classifiers use, with odd attributes, and what ONNX Runtime gives for them, as
an archive like node-cases.tar.gz. What ONNX Runtime refuses is left out.

Arguments: the archive, the number of nodes, a seed. Needs onnx and onnxruntime. The tests of ImportersTests run it.
"""
import random
import sys

import numpy
from onnx import TensorProto, helper

import make_node_cases as maker

choose = random.Random(1)


def floats(*shape, scale=1.0):
    return maker.floats(*shape, scale=scale)


def some(low, high):
    return choose.randint(low, high)


def maybe(share=0.5):
    return choose.random() < share


def shape(rank=None, least=1, most=6):
    return [some(least, most) for _ in range(rank or some(1, 5))]


def axis_of(rank):
    return some(-rank, rank - 1)


def given(value):
    """A constant of the graph, or an input."""
    return (value,) if maybe(0.7) else value


def whole(values):
    return given(numpy.array(values, dtype="i8"))


def window(rank, pads=True, dilations=True):
    """Attributes of a window, and its size."""
    size = [some(1, 3) for _ in range(rank)]
    found = {}
    if maybe():
        found["strides"] = [some(1, 3) for _ in range(rank)]
    if dilations and maybe(0.3):
        found["dilations"] = [some(1, 2) for _ in range(rank)]
    choice = choose.random()
    if choice < 0.35 and pads:
        found["pads"] = [some(0, size[i % rank] - 1) for i in range(2 * rank)]
    elif choice < 0.75:
        found["auto_pad"] = choose.choice(["SAME_UPPER", "SAME_LOWER", "SAME_LOWER", "VALID", "NOTSET"])
    return size, found


def conv():
    rank = choose.choice([1, 2, 2, 2, 2, 3])
    group = choose.choice([1, 1, 2, 3])
    inner, per = some(1, 4), some(1, 4)
    size, attributes = window(rank)
    inputs = [floats(some(1, 2), group * inner, *shape(rank, 5, 9)), given(floats(group * per, inner, *size))]
    if maybe():
        inputs.append(given(floats(group * per)))
    if group > 1 or maybe(0.3):
        attributes["group"] = group
    if maybe(0.4):
        attributes["kernel_shape"] = size
    return "Conv", inputs, choose.choice([7, 11, 13, 21]), attributes


def quantized_conv():
    group = choose.choice([1, 1, 2])
    inner, per = some(1, 3), some(1, 3)
    size, attributes = window(2)
    kind = choose.choice(["u1", "i1"])
    weights = choose.choice(["i1", "i1", "u1"]) if kind == "u1" else "i1"
    generator = maker.random
    limits = {"u1": (0, 256), "i1": (-128, 128)}
    per_channel = maybe()
    count = (group * per,) if per_channel else ()
    x = generator.integers(*limits[kind], (1, group * inner, some(4, 8), some(4, 8))).astype(kind)
    w = generator.integers(*limits[weights], (group * per, inner, *size)).astype(weights)
    zero = numpy.zeros(count, weights) if weights == "i1" else numpy.full(count, 120, weights)
    inputs = [x, numpy.float32(0.02), (numpy.array(some(0, 100), kind),), (w,),
              ((0.01 + 0.02 * generator.random(count)).astype("f"),), (zero,), (numpy.float32(0.2),),
              (numpy.array(some(0, 100), kind),)]
    if maybe():
        inputs.append((generator.integers(-500, 500, group * per).astype("i4"),))
    if group > 1:
        attributes["group"] = group
    return "QLinearConv", inputs, choose.choice([10, 13, 21]), attributes


def pool():
    operation = choose.choice(["MaxPool", "AveragePool", "AveragePool"])
    rank = choose.choice([1, 2, 2, 2, 2, 3])
    opset = choose.choice([7, 10, 11, 12, 19, 21])
    size, attributes = window(rank, dilations=opset >= (10 if operation == "MaxPool" else 19))
    # ONNX Runtime does not look at dilations there.
    if "dilations" in attributes and "auto_pad" in attributes:
        del attributes["auto_pad"]
    # Where a stride is larger than its window, some versions crop the image for them.
    if "auto_pad" in attributes and "strides" in attributes:
        attributes["strides"] = [min(stride, kernel) for stride, kernel in zip(attributes["strides"], size)]
    attributes["kernel_shape"] = size
    if opset >= 10 and maybe():
        attributes["ceil_mode"] = 1
    # Later versions of the standard count otherwise in dilated windows.
    if operation == "AveragePool" and "dilations" not in attributes and maybe():
        attributes["count_include_pad"] = some(0, 1)
    if operation == "MaxPool" and opset >= 8 and maybe(0.2):
        attributes["storage_order"] = 0
    return operation, [floats(some(1, 2), some(1, 4), *shape(rank, 5, 9))], opset, attributes


def global_pool():
    operation = choose.choice(["GlobalAveragePool", "GlobalMaxPool"])
    return operation, [floats(some(1, 2), some(1, 4), *shape(some(1, 3)))], 7, {}


def unary():
    x = floats(*shape(), scale=3)
    operation, opset, names = choose.choice([
        ("Relu", 7, []), ("LeakyRelu", 7, ["alpha"]), ("Sigmoid", 7, []), ("HardSigmoid", 7, ["alpha", "beta"]),
        ("HardSwish", 14, []), ("Elu", 7, ["alpha"]), ("Gelu", 20, []), ("Mish", 18, []), ("Tanh", 7, []),
        ("Identity", 7, []), ("Dropout", 7, ["ratio"]), ("Softplus", 7, []), ("Selu", 7, ["alpha"]), ("Sqrt", 13, [])])
    attributes = {name: choose.uniform(0.05, 0.9) for name in names if maybe()}
    if operation == "Gelu" and maybe(0.7):
        attributes["approximate"] = choose.choice(["none", "tanh"])
    if operation == "Sqrt":
        x = abs(x)
    return operation, [x], max(opset, choose.choice([7, 13, 14, 21]) if operation != "Dropout" else 7), attributes


def prelu():
    x = shape(some(2, 4), 2, 5)
    slope = choose.choice([[1], [x[1]] + [1] * (len(x) - 2), x, x[1:], [1] * len(x)])
    return "PRelu", [floats(*x), given(floats(*slope))], choose.choice([7, 9, 16]), {}


def clip():
    x = floats(*shape(), scale=3)
    if maybe(0.4):
        attributes = {}
        if maybe(0.7):
            attributes["min"] = choose.uniform(-1, 0)
        if maybe(0.7):
            attributes["max"] = choose.uniform(0, 1)
        return "Clip", [x], choose.choice([7, 10]), attributes
    low = given(numpy.float32(choose.uniform(-2, 1))) if maybe(0.7) else None
    high = given(numpy.float32(choose.uniform(-1, 2))) if maybe(0.7) else None
    inputs = [x, low, high] if high is not None else [x, low] if low is not None else [x]
    return "Clip", inputs, choose.choice([11, 12, 13]), {}


def arithmetic():
    a = shape(some(1, 4), 1, 5)
    b = [n if maybe(0.6) else 1 for n in a]
    a = [n if maybe(0.8) else 1 for n in a]
    b = b[some(0, len(b)):]
    left, right = floats(*a), floats(*b)
    if maybe(0.3):
        left, right = right, left
    operation = choose.choice(["Add", "Sub", "Mul", "Div", "Pow", "Max", "Min"])
    if operation == "Pow":
        left, right = abs(left) + 0.1, right
    if operation == "Div":
        right = numpy.sign(right) * (abs(right) + 0.2)
    return operation, [left, given(numpy.asarray(right, "f"))], choose.choice([8, 13, 14, 21]), {}


def batch_norm():
    c = some(1, 5)
    x = floats(some(1, 3), c, *shape(some(1, 3)))
    attributes = {"epsilon": choose.choice([1e-5, 1e-3, 0.1])} if maybe() else {}
    if maybe(0.3):
        attributes["momentum"] = 0.8
    inputs = [x] + [given(v) for v in (floats(c), floats(c), floats(c), abs(floats(c)) + 0.1)]
    return "BatchNormalization", inputs, choose.choice([7, 9, 14, 15]), attributes


def gemm():
    m, k, n = shape(3)
    attributes = {}
    a, b = [m, k], [k, n]
    if maybe(0.4):
        attributes["transA"], a = 1, [k, m]
    if maybe():
        attributes["transB"], b = 1, [n, k]
    if maybe(0.3):
        attributes["alpha"] = choose.uniform(0.1, 2)
    if maybe(0.3):
        attributes["beta"] = choose.uniform(0.1, 2)
    inputs = [floats(*a), given(floats(*b))]
    if maybe(0.8):
        inputs.append(given(floats(*choose.choice([[n], [1, n], [m, 1], [m, n], [1], []]))))
    return "Gemm", inputs, choose.choice([9, 11, 13]) if len(inputs) < 3 else choose.choice([7, 9, 11, 13]), attributes


def matmul():
    m, k, n = shape(3)
    batch = shape(some(1, 2), 1, 3)
    a, b = choose.choice([([m, k], [k, n]), ([k], [k, n]), ([m, k], [k]), ([k], [k]), (batch + [m, k], [k, n]),
                          (batch + [m, k], batch + [k, n]), ([m, k], batch + [k, n]), (batch + [m, k], [1, k, n]),
                          (batch + [m, k], [k])])
    return "MatMul", [floats(*a), given(floats(*b))], choose.choice([7, 9, 13]), {}


def pad():
    x = floats(*shape(some(1, 4), 3, 6))
    rank = x.ndim
    mode = choose.choice(["constant", "reflect", "edge"])
    low = -1 if mode == "constant" else 0
    opset = choose.choice([7, 11, 13, 18, 19, 21])
    pads = [some(low, 2) for _ in range(2 * rank)]
    attributes = {} if mode == "constant" and maybe() else {"mode": mode}
    if opset < 11:
        if mode == "constant" and maybe():
            attributes["value"] = 0.7
        return "Pad", [x], opset, dict(attributes, pads=pads)
    value = given(numpy.float32(0.7)) if mode == "constant" and maybe() else None
    inputs = [x, whole(pads)] + ([] if value is None else [value])
    if opset >= 18 and maybe():
        axes = choose.sample(range(rank), some(1, rank))
        inputs = [x, whole([some(low, 2) for _ in range(2 * len(axes))]), value,
                  whole([a - rank if maybe() else a for a in axes])]
    return "Pad", inputs, opset, attributes


def concat():
    x = shape(some(1, 4))
    axis = axis_of(len(x))
    parts = []
    for _ in range(some(1, 4)):
        part = list(x)
        part[axis] = some(1, 4)
        parts.append(given(floats(*part)))
    parts[0] = floats(*(parts[0][0] if isinstance(parts[0], tuple) else parts[0]).shape)
    return "Concat", parts, choose.choice([7, 11, 13]), {"axis": axis}


def split():
    x = shape(some(1, 4), 2, 7)
    axis = axis_of(len(x))
    count = some(1, min(3, x[axis]))
    opset = choose.choice([7, 11, 13, 18])
    attributes = {"axis": axis} if maybe(0.8) or axis % len(x) else {}
    kind = choose.choice(["even", "sizes"])
    if kind == "even" and opset < 18:
        x[axis] = count * some(1, 3)
    inputs = [floats(*x)]
    if kind == "sizes":
        cuts = sorted(choose.sample(range(1, x[axis]), count - 1))
        sizes = [b - a for a, b in zip([0] + cuts, cuts + [x[axis]])]
        if opset < 13:
            attributes["split"] = sizes
        else:
            inputs.append(whole(sizes))
    elif opset >= 18:
        attributes["num_outputs"] = count
    return "Split", inputs, opset, attributes, count


def slice_():
    x = shape(some(1, 4), 2, 7)
    rank = len(x)
    opset = choose.choice([7, 10, 11, 13])
    axes = choose.sample(range(rank), some(1, rank))
    steps = [choose.choice([1, 1, 2, 3, -1, -2]) for _ in axes] if opset >= 10 else [1] * len(axes)
    starts = [some(-x[a] - 1, x[a] + 1) for a in axes]
    # The largest integers are "to the end" for ONNX Runtime in both directions; for the standard in the positive one.
    ends = [choose.choice([some(-x[a] - 1, x[a] + 1), -2**31] + ([2**31 - 1, 2**63 - 1] if step > 0 else []))
            for a, step in zip(axes, steps)]
    named = axes if opset < 10 else [a - rank if maybe(0.4) else a for a in axes]
    if opset < 10:
        return "Slice", [floats(*x)], opset, {"starts": starts, "ends": ends, "axes": named}
    inputs = [floats(*x), whole(starts), whole(ends), whole(named)]
    if any(s != 1 for s in steps) or maybe():
        inputs.append(whole(steps))
    return "Slice", inputs, opset, {}


def flatten():
    x = shape()
    opset = choose.choice([7, 9, 11, 13, 21])
    axis = some(0 if opset < 11 else -len(x), len(x))
    return "Flatten", [floats(*x)], opset, {"axis": axis} if maybe(0.8) else {}


def reshape():
    x = shape(some(1, 4))
    total = int(numpy.prod(x))
    divisor = choose.choice([n for n in range(1, total + 1) if total % n == 0])
    target = choose.choice([[-1], [divisor, -1], [total // divisor, divisor], [0, -1], [1, total], [-1, 1, divisor],
                            [0] * len(x)])
    opset = choose.choice([7, 13, 14, 21])
    return "Reshape", [floats(*x), whole(target)], opset, {"allowzero": 0} if opset >= 14 and maybe(0.3) else {}


def transpose():
    x = shape()
    return "Transpose", [floats(*x)], choose.choice([7, 13]), (
        {"perm": choose.sample(range(len(x)), len(x))} if maybe(0.8) else {})


def squeeze():
    x = [1 if maybe() else n for n in shape(some(1, 5))]
    ones = [i for i, n in enumerate(x) if n == 1]
    opset = choose.choice([7, 11, 13, 21])
    axes = choose.sample(ones, some(0, len(ones)))
    if opset >= 11:
        axes = [a - len(x) if maybe() else a for a in axes]
    if not axes:
        return "Squeeze", [floats(*x)], opset, {}
    if opset < 13:
        return "Squeeze", [floats(*x)], opset, {"axes": axes}
    return "Squeeze", [floats(*x), whole(axes)], opset, {}


def unsqueeze():
    x = shape(some(1, 3))
    count = some(1, 3)
    rank = len(x) + count
    axes = choose.sample(range(rank), count)
    opset = choose.choice([7, 11, 13, 21])
    if opset >= 11:
        axes = [a - rank if maybe() else a for a in axes]
    if opset < 13:
        return "Unsqueeze", [floats(*x)], opset, {"axes": axes}
    return "Unsqueeze", [floats(*x), whole(axes)], opset, {}


def reduce_():
    operation = choose.choice(["ReduceMean", "ReduceMean", "ReduceMax", "ReduceSum", "ReduceL2"])
    x = shape()
    opset = choose.choice([7, 11, 13, 18])
    axes = choose.sample(range(len(x)), some(1, len(x)))
    if opset >= 11:
        axes = [a - len(x) if maybe() else a for a in axes]
    attributes = {"keepdims": some(0, 1)} if maybe() else {}
    if maybe(0.2):
        return operation, [floats(*x)], opset, attributes
    if opset < (13 if operation == "ReduceSum" else 18):
        return operation, [floats(*x)], opset, dict(attributes, axes=axes)
    if maybe(0.2):
        attributes["noop_with_empty_axes"] = some(0, 1)
    return operation, [floats(*x), whole(axes)], opset, attributes


def softmax():
    x = shape()
    opset = choose.choice([7, 11, 13])
    axis = some(-len(x) if opset >= 11 else 0, len(x) - 1)
    return choose.choice(["Softmax", "LogSoftmax"]), [floats(*x, scale=4)], opset, {"axis": axis} if maybe(0.8) else {}


def resize():
    mode = choose.choice(["nearest", "linear"])
    x = floats(some(1, 2), some(1, 3), some(2, 6), some(2, 6))
    opset = choose.choice([10, 11, 13, 18, 19, 21])
    scales = [1, 1, choose.choice([0.5, 0.6, 1, 1.5, 2, 3.3]), choose.choice([0.5, 0.7, 1, 1.3, 2, 2.6])]
    # A scale that leaves the size as it is does nothing in ONNX Runtime.
    scales = [scale if int(size * scale) != size else 1 for size, scale in zip(x.shape, scales)]
    if opset == 10:
        return "Resize", [x, (numpy.array(scales, "f"),)], opset, {"mode": mode}
    attributes = {"mode": mode}
    if maybe(0.8):
        attributes["coordinate_transformation_mode"] = choose.choice(
            ["half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric"]
            + (["half_pixel_symmetric"] if opset >= 19 else []))
    if mode == "nearest" and maybe(0.8):
        attributes["nearest_mode"] = choose.choice(["round_prefer_floor", "round_prefer_ceil", "floor", "ceil"])
    roi = (numpy.zeros(0, "f"),) if opset == 11 else None
    # Between whole sizes, ONNX Runtime aligns corners otherwise than the standard's tests have it.
    if attributes.get("coordinate_transformation_mode") != "align_corners" and maybe():
        return "Resize", [x, roi, (numpy.array(scales, "f"),)], opset, attributes
    sizes = [x.shape[0], x.shape[1], some(1, 9), some(1, 9)]
    empty = (numpy.zeros(0, "f"),) if opset == 11 else None
    if opset >= 18 and maybe():
        attributes["axes"] = choose.choice([[2, 3], [-2, -1], [3, 2]])
        sizes = [some(1, 9), some(1, 9)]
        if maybe(0.6) and attributes["axes"] == [2, 3]:
            attributes["keep_aspect_ratio_policy"] = choose.choice(["stretch", "not_larger", "not_smaller"])
    return "Resize", [x, roi, empty, (numpy.array(sizes, "i8"),)], opset, attributes


def quantize():
    x = floats(*shape(some(1, 4)), scale=9)
    kind = choose.choice(["u1", "i1"])
    opset = choose.choice([10, 13, 19, 21])
    if opset == 10 or maybe():
        scale, zero, attributes = numpy.float32(choose.uniform(0.02, 0.2)), numpy.array(some(0, 100), kind), {}
    else:
        axis = axis_of(x.ndim)
        n = x.shape[axis]
        scale, zero, attributes = abs(floats(n)) + 0.05, maker.random.integers(0, 100, n).astype(kind), {"axis": axis}
    inputs = [x, given(scale)] + ([given(zero)] if maybe(0.8) else [])
    if maybe():
        return "QuantizeLinear", inputs, opset, attributes
    low, high = (0, 256) if kind == "u1" else (-128, 128)
    inputs[0] = maker.random.integers(low, high, x.shape).astype(kind)
    return "DequantizeLinear", inputs, opset, attributes


def shapes():
    x = floats(*shape())
    opset = choose.choice([7, 13, 15, 21])
    attributes = {}
    if opset >= 15 and maybe():
        attributes = {"start": some(-x.ndim - 1, x.ndim)}
        if maybe():
            attributes["end"] = some(-x.ndim - 1, x.ndim + 1)
    return choose.choice([
        ("Shape", [x], opset, attributes),
        ("Cast", [x], 13, {"to": choose.choice([TensorProto.INT64, TensorProto.INT32, TensorProto.FLOAT, TensorProto.DOUBLE])}),
        ("Gather", [x, whole([some(-x.shape[0], x.shape[0] - 1) for _ in range(some(1, 3))])], choose.choice([11, 13]), {}),
        ("Expand", [floats(3, 1), whole(choose.choice([[3, 4], [2, 1, 1], [1], [5, 3, 2]]))], 13, {}),
    ])


MAKERS = [conv, conv, conv, quantized_conv, pool, pool, pool, global_pool, unary, prelu, clip, arithmetic, batch_norm, gemm,
          matmul, pad, pad, concat, split, slice_, slice_, flatten, reshape, transpose, squeeze, unsqueeze, reduce_, softmax,
          resize, resize, quantize, shapes]


def main():
    path, count, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    choose.seed(seed)
    maker.random = numpy.random.default_rng(seed)
    maker.cases = []
    for index in range(count):
        operation, inputs, opset, attributes, *outputs = MAKERS[index % len(MAKERS)]()
        maker.case(operation, inputs, opset, outputs[0] if outputs else 1, **attributes)
    maker.write(path)


if __name__ == "__main__":
    main()
