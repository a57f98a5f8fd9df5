"""Makes node-cases.tar.gz: single nodes of many operators, attributes and opsets, with inputs and the outputs that
ONNX Runtime gives, laid out as the ONNX standard's own node tests are (which cannot be part of this project).

Needs onnx and onnxruntime. The archive is committed; run this again only to add cases.
"""
import io
import os
import tarfile

import numpy
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

random = numpy.random.default_rng(11)
cases = []


def case(operation, inputs, opset=17, outputs=1, name="", **attributes):
    """Inputs are arrays; None stands for one that is left out; a tuple (array,) is a constant of the graph."""
    cases.append((operation, inputs, opset, outputs, name, attributes))


def floats(*shape, scale=1.0):
    return (scale * random.normal(size=shape)).astype("f")


def whole(*values):
    return (numpy.array(values, dtype="i8"),)


image = floats(2, 6, 7, 8)
small = floats(2, 3, 5)

for operation, opset in [("Relu", 14), ("Sigmoid", 13), ("Tanh", 13), ("HardSwish", 14), ("Mish", 18), ("Softplus", 1),
                         ("Softsign", 1), ("Abs", 13), ("Neg", 13), ("Exp", 13), ("Erf", 13), ("Floor", 13),
                         ("Ceil", 13), ("Round", 11), ("Sign", 13), ("Reciprocal", 13), ("HardSigmoid", 6),
                         ("LeakyRelu", 6), ("Elu", 6), ("Selu", 6), ("Celu", 12), ("ThresholdedRelu", 10),
                         ("Gelu", 20), ("Identity", 14), ("Hardmax", 13)]:
    case(operation, [small * 3], max(opset, 7))
for operation, attributes in [("HardSigmoid", {"alpha": 0.4, "beta": 0.3}), ("LeakyRelu", {"alpha": 0.3}),
                              ("Elu", {"alpha": 0.7}), ("Celu", {"alpha": 0.5}), ("Selu", {"alpha": 2.0, "gamma": 3.0}),
                              ("ThresholdedRelu", {"alpha": 0.6}), ("Clip", {})]:
    case(operation, [small * 3], 13, **attributes)
case("Gelu", [small * 3], 20, approximate="tanh")
for operation in ["Sqrt", "Log"]:
    case(operation, [abs(small) + 0.1], 13)
case("Clip", [small], 7, min=-0.4, max=0.6)
case("Clip", [small], 10, max=0.1)
case("Clip", [small, None, numpy.float32(0.2)], 12)
case("Clip", [small, numpy.float32(-0.2), None], 12)
case("Clip", [numpy.arange(-5, 5, dtype="i8"), numpy.int64(-2), numpy.int64(3)], 12)
case("PRelu", [image, floats(6, 1, 1)], 9)
case("PRelu", [image, floats(1)], 16)
case("PRelu", [image, floats(2, 6, 7, 8)], 7)
case("Not", [small > 0], 13)
case("Relu", [numpy.arange(-3, 3, dtype="i4")], 14)

for operation in ["Add", "Sub", "Mul", "Div"]:
    for opset in (7, 14):
        case(operation, [image, floats(6, 1, 1) + 3], opset)
    case(operation, [floats(3, 1), floats(2, 1, 4) + 3], 13)
    case(operation, [numpy.array([-7, 9, 5], "i4"), numpy.array([2, -4, 3], "i4")], 14)
    case(operation, [numpy.array([200, 9], "u1"), numpy.array([100, 4], "u1")], 14)
for operation in ["Min", "Max", "Sum", "Mean"]:
    case(operation, [floats(2, 3), floats(3), floats(2, 1)], 13)
    case(operation, [floats(2, 3)], 8)
case("Pow", [abs(small), floats(5)], 13)
case("Pow", [small, numpy.array(2, "i8")], 13)
case("Mod", [numpy.array([-7, 7, 5], "i8"), numpy.array([3, -3, 3], "i8")], 13)
case("Mod", [numpy.array([-7, 7, 5], "i8"), numpy.array([3, -3, 3], "i8")], 13, fmod=1)
case("Mod", [floats(5), floats(5) + 2], 13, fmod=1)
for operation in ["Equal", "Less", "LessOrEqual", "Greater", "GreaterOrEqual"]:
    case(operation, [numpy.array([[1], [2], [3]], "i4"), numpy.array([1, 3, 2], "i4")], 13)
    case(operation, [small.round(), floats(5).round()], 16)
for operation in ["And", "Or", "Xor"]:
    case(operation, [small > 0, floats(3, 1) > 0], 7)
case("Where", [floats(3, 1) > 0, floats(2, 3, 4), floats(4)], 9)
case("Where", [floats(3) > 0, numpy.arange(3), numpy.arange(3) * 5], 16)

for mode in ["NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER"]:
    case("Conv", [image, floats(4, 6, 3, 4)], 11, auto_pad=mode, strides=[2, 3])
    case("Conv", [image, floats(4, 6, 2, 3)], 11, auto_pad=mode, dilations=[2, 1])
    case("MaxPool", [image], 12, auto_pad=mode, kernel_shape=[3, 2], strides=[2, 2])
    case("AveragePool", [image], 11, auto_pad=mode, kernel_shape=[3, 2], strides=[2, 2])
    case("AveragePool", [image], 11, auto_pad=mode, kernel_shape=[2, 3], strides=[2, 2], count_include_pad=1)
case("Conv", [image, floats(9, 2, 3, 3), floats(9)], 11, group=3, pads=[1, 0, 2, 1], strides=[1, 2])
case("Conv", [image, floats(6, 1, 3, 3), floats(6)], 11, group=6, pads=[2, 2, 2, 2], dilations=[2, 2])
case("Conv", [image, floats(12, 1, 3, 3)], 11, group=6, kernel_shape=[3, 3])
case("Conv", [floats(2, 4, 9), floats(6, 4, 3), floats(6)], 11, strides=[2], pads=[1, 2])
case("Conv", [floats(1, 2, 5, 6, 4), floats(3, 2, 2, 3, 2)], 11, strides=[1, 2, 1], pads=[1, 0, 1, 0, 2, 0])
case("ConvInteger", [random.integers(0, 255, (1, 2, 5, 5)).astype("u1"), random.integers(0, 255, (3, 2, 3, 3)).astype("u1"),
                     numpy.array(120, "u1"), numpy.array(90, "u1")], 10, pads=[1, 1, 1, 1])
for attributes in [{}, {"pads": [1, 1, 1, 1]}, {"ceil_mode": 1}, {"pads": [1, 0, 0, 1], "ceil_mode": 1},
                   {"strides": [3, 3], "pads": [2, 2, 2, 2], "ceil_mode": 1}]:
    attributes = {"kernel_shape": [3, 3], "strides": [2, 2], **attributes}
    case("MaxPool", [image], 12, **attributes)
    case("MaxPool", [image], 12, outputs=2, **attributes)
    for include in (0, 1):
        case("AveragePool", [image], 11, count_include_pad=include, **attributes)
        case("AveragePool", [image], 19, count_include_pad=include, **attributes)
case("MaxPool", [image], 12, outputs=2, kernel_shape=[2, 2], storage_order=1)
case("MaxPool", [image], 12, kernel_shape=[2, 3], dilations=[2, 3])
case("MaxPool", [random.integers(-99, 99, (1, 1, 6, 6)).astype("i1")], 12, kernel_shape=[3, 3], strides=[2, 2])
case("MaxPool", [floats(1, 2, 9)], 11, kernel_shape=[3], strides=[2], pads=[1, 1])
case("AveragePool", [floats(1, 2, 6, 7, 5)], 11, kernel_shape=[2, 3, 2], strides=[2, 2, 1])
case("AveragePool", [image], 19, kernel_shape=[2, 3], dilations=[2, 2], pads=[1, 2, 1, 2])
for operation in ["GlobalAveragePool", "GlobalMaxPool"]:
    case(operation, [image], 7)
    case(operation, [floats(2, 3, 4, 5, 6)], 7)

case("Gemm", [floats(3, 4), floats(4, 5), floats(5)], 7, alpha=0.5, beta=2.0)
case("Gemm", [floats(4, 3), floats(5, 4), floats(3, 1)], 11, transA=1, transB=1)
case("Gemm", [floats(3, 4), floats(4, 5)], 13)
for a, b in [((3,), (3,)), ((2, 3), (3,)), ((3,), (3, 4)), ((2, 1, 3, 4), (5, 4, 2)), ((5, 2, 3), (3, 2))]:
    case("MatMul", [floats(*a), floats(*b)], 13)
byte = lambda *shape: random.integers(0, 255, shape).astype("u1")
case("MatMulInteger", [byte(3, 4), byte(4, 2), numpy.array(7, "u1"), numpy.array(9, "u1")], 10)
case("QLinearMatMul", [byte(3, 4), numpy.float32(0.02), numpy.array(120, "u1"), byte(4, 5), numpy.float32(0.03),
                       numpy.array(130, "u1"), numpy.float32(0.05), numpy.array(99, "u1")], 10)

for opset in (7, 9, 14, 15):
    case("BatchNormalization", [image, floats(6), floats(6), floats(6), abs(floats(6)) + 0.1], opset, epsilon=0.01)
case("BatchNormalization", [floats(5, 3), floats(3), floats(3), floats(3), abs(floats(3)) + 0.1], 15)
case("InstanceNormalization", [image, floats(6), floats(6)], 7, epsilon=0.01)
case("LRN", [image], 13, size=3, alpha=0.3, beta=0.6, bias=1.5)
case("LRN", [image], 13, size=4)

for opset, axes in [(11, [0, 1, 2]), (13, [0, 1, -1])]:
    for axis in axes:
        case("Softmax", [small * 4], opset, axis=axis)
        case("LogSoftmax", [small * 4], opset, axis=axis)
    case("Softmax", [small], opset)

for axes in [[1], [0, 2], [-1]]:
    for operation in ["ReduceMean", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1", "ReduceL2", "ReduceSumSquare"]:
        case(operation, [small], 11, axes=axes, keepdims=0)
        case(operation, [small, whole(*axes)], 18)
    case("ReduceSum", [small, whole(*axes)], 13, keepdims=0)
    case("ReduceLogSumExp", [small], 13, axes=axes)
    case("ReduceLogSum", [abs(small)], 13, axes=axes)
case("ReduceMean", [small], 11)
case("ReduceSum", [small], 13, noop_with_empty_axes=1)
case("ReduceMean", [numpy.arange(12, dtype="i4").reshape(3, 4)], 11, axes=[1])
for operation in ["ArgMax", "ArgMin"]:
    case(operation, [small.round()], 13, axis=1)
    case(operation, [small.round()], 13, axis=-1, keepdims=0, select_last_index=1)

case("Reshape", [small, whole(0, -1)], 13)
case("Reshape", [small, whole(5, 3, 2, 1)], 14)
case("Flatten", [small], 13, axis=2)
case("Flatten", [small], 13, axis=-2)
case("Squeeze", [floats(1, 3, 1, 2)], 11, axes=[0])
case("Squeeze", [floats(1, 3, 1, 2), whole(-2)], 13)
case("Squeeze", [floats(1, 3, 1, 2)], 13)
case("Unsqueeze", [floats(3, 2)], 11, axes=[0, 3])
case("Unsqueeze", [floats(3, 2), whole(1, -1)], 13)
case("Transpose", [small], 13)
case("Transpose", [small], 13, perm=[1, 2, 0])
case("Expand", [floats(3, 1), whole(2, 1, 4)], 13)
case("Tile", [floats(2, 3), whole(2, 3)], 13)
case("Shape", [small], 13)
case("Shape", [small], 15, start=1)
case("Shape", [small], 15, start=-2, end=-1)
case("Size", [small], 13)
case("Dropout", [small], 7, ratio=0.3)
case("Dropout", [small], 13, outputs=2)

case("Slice", [small], 9, starts=[1, 0], ends=[9, -1], axes=[1, 2])
case("Slice", [small, whole(0, 1), whole(2, 3)], 10)
case("Slice", [small, whole(-1, 4), whole(-9, 0), whole(1, 2), whole(-1, -2)], 13)
case("Slice", [small, whole(0), whole(2**62), whole(-1), whole(3)], 13)
case("Split", [floats(2, 6)], 11, outputs=3, axis=1)
case("Split", [floats(2, 6)], 11, outputs=2, axis=-1, split=[2, 4])
case("Split", [floats(2, 6), whole(1, 5)], 13, outputs=2, axis=1)
case("Split", [floats(7, 2)], 18, outputs=3, num_outputs=3)
case("Concat", [floats(2, 3), floats(2, 1), floats(2, 2)], 13, axis=1)
case("Concat", [numpy.arange(3), numpy.arange(2)], 13, axis=-1)
case("Gather", [small, numpy.array([[0, 2], [-1, 1]])], 13, axis=1)
case("Gather", [small, numpy.array(3)], 11, axis=2)
for mode in ["constant", "reflect", "edge"]:
    case("Pad", [floats(3, 4, 5)], 10, mode=mode, pads=[0, 2, 1, 1, 0, 3], **({"value": 1.5} if mode == "constant" else {}))
    case("Pad", [floats(3, 4, 5), whole(1, 2, 0, 0, 1, 2)], 13, mode=mode)
case("Pad", [floats(3, 4), whole(1, -1, -1, 2), numpy.float32(0.5)], 13)
case("Pad", [numpy.arange(4), whole(1, 2), numpy.int64(7)], 13)
case("Pad", [floats(3, 4), whole(2, 1), None, whole(1)], 18, mode="reflect")
case("Pad", [floats(3, 4), whole(2, 1), None, whole(-1)], 19, mode="wrap")

case("Range", [numpy.float32(1), numpy.float32(4.2), numpy.float32(0.7)], 11)
case("Range", [numpy.int64(5), numpy.int64(-4), numpy.int64(-2)], 11)
case("ConstantOfShape", [whole(2, 3)], 9)
case("ConstantOfShape", [whole(2)], 9, value=numpy_helper.from_array(numpy.array([5], "i4")))
for to in [TensorProto.FLOAT, TensorProto.FLOAT16, TensorProto.DOUBLE, TensorProto.INT8, TensorProto.UINT8,
           TensorProto.INT32, TensorProto.INT64, TensorProto.BOOL]:
    case("Cast", [numpy.array([-3.7, 0, 0.4, 2.5, 99.9], "f")], 13, to=to)
    case("Cast", [numpy.array([0, 1, -1, 100, 300], "i4")], 13, to=to)
case("CastLike", [small, numpy.array([1.0])], 15)

case("QuantizeLinear", [small * 9, numpy.float32(0.1), numpy.array(7, "u1")], 10)
case("QuantizeLinear", [small * 9, numpy.float32(0.05), numpy.array(-3, "i1")], 13)
case("QuantizeLinear", [small * 9, abs(floats(3)) + 0.1, numpy.array([1, 2, 3], "u1")], 13, axis=1)
case("QuantizeLinear", [numpy.array([0.5, 1.5, 2.5, -0.5, 1e9], "f"), numpy.float32(1)], 13)
case("DequantizeLinear", [byte(2, 3), numpy.float32(0.1), numpy.array(9, "u1")], 10)
case("DequantizeLinear", [byte(2, 3), floats(3), numpy.array([1, 2, 3], "u1")], 13, axis=-1)
case("DequantizeLinear", [numpy.array([5, -900000], "i4"), numpy.float32(0.1)], 13)
case("DequantizeLinear", [byte(4, 6), floats(4, 2), byte(4, 2)], 21, axis=1, block_size=3)
case("DynamicQuantizeLinear", [small], 11, outputs=3)
for per_channel in (False, True):
    count = (4,) if per_channel else ()
    case("QLinearConv", [byte(1, 2, 6, 6), numpy.float32(0.02), numpy.array(110, "u1"),
                         random.integers(-99, 99, (4, 2, 3, 3)).astype("i1"), (abs(floats(*count)) + 0.01).astype("f"),
                         numpy.zeros(count, "i1"), numpy.float32(1.5), numpy.array(120, "u1"),
                         random.integers(-999, 999, 4).astype("i4")], 10, pads=[1, 1, 1, 1], strides=[2, 2])

picture = floats(1, 2, 4, 5)
for mode in ["nearest", "linear"]:
    case("Upsample", [picture, (numpy.array([1, 1, 2, 3], "f"),)], 9, mode=mode)
    case("Resize", [picture, (numpy.array([1, 1, 1.5, 0.6], "f"),)], 10, mode=mode)
for transformation in ["half_pixel", "align_corners", "asymmetric", "pytorch_half_pixel"]:
    for mode in ["nearest", "linear", "cubic"]:
        # Between whole sizes, corners are aligned otherwise by ONNX Runtime than by the standard's tests.
        for scales in [[1, 1, 2, 2], [1, 1, 0.5, 1.8] if transformation == "align_corners" else [1, 1, 0.6, 1.7]]:
            case("Resize", [picture, None, (numpy.array(scales, "f"),)], 13, mode=mode,
                 coordinate_transformation_mode=transformation)
        case("Resize", [picture, None, None, whole(1, 2, 7, 3)], 13, mode=mode,
             coordinate_transformation_mode=transformation)
for nearest in ["round_prefer_floor", "round_prefer_ceil", "floor", "ceil"]:
    case("Resize", [picture, (numpy.zeros(0, "f"),), (numpy.array([1, 1, 2.5, 0.5], "f"),)], 11, mode="nearest", nearest_mode=nearest)
case("Resize", [picture, None, None, whole(3, 3)], 18, mode="linear", axes=[2, 3], antialias=1)
case("Resize", [picture, None, None, whole(3, 3)], 18, mode="cubic", axes=[2, 3], antialias=1, exclude_outside=1)
case("Resize", [picture, None, None, whole(9, 8)], 18, mode="nearest", axes=[2, 3],
     keep_aspect_ratio_policy="not_larger")
case("Resize", [picture, None, None, whole(9, 8)], 18, mode="linear", axes=[2, 3],
     keep_aspect_ratio_policy="not_smaller")
case("Resize", [picture, (numpy.array([0, 0, 0.2, -0.25, 1, 1, 0.9, 1.15], "f"),), None, whole(1, 2, 5, 7)], 13,
     mode="linear", coordinate_transformation_mode="tf_crop_and_resize", extrapolation_value=9.0)
case("Resize", [picture, None, (numpy.array([1, 1, 2.3, 1.6], "f"),)], 19, mode="linear",
     coordinate_transformation_mode="half_pixel_symmetric")


def model(operation, inputs, opset, outputs, attributes):
    names, graph_inputs, constants, feeds = [], [], [], {}
    for index, value in enumerate(inputs):
        name = "" if value is None else f"x{index}"
        names.append(name)
        if value is None:
            continue
        if isinstance(value, tuple):
            constants.append(numpy_helper.from_array(value[0], name))
            continue
        value = numpy.asarray(value)
        feeds[name] = value
        graph_inputs.append(
            helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(value.dtype), value.shape))
    results = [f"y{index}" for index in range(outputs)]
    node = helper.make_node(operation, names, results, **attributes)
    graph = helper.make_graph([node], operation, graph_inputs,
                              [helper.make_empty_tensor_value_info(name) for name in results], constants)
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8 if opset < 19 else 10)
    return onnx.shape_inference.infer_shapes(made), feeds


def write(path):
    onnxruntime.set_default_logger_severity(4)
    count = 0
    with tarfile.open(path, "w:gz") as archive:
        for index, (operation, inputs, opset, outputs, name, attributes) in enumerate(cases):
            try:
                made, feeds = model(operation, inputs, opset, outputs, attributes)
                session = onnxruntime.InferenceSession(made.SerializeToString(), providers=["CPUExecutionProvider"])
                results = session.run(None, feeds)
            except Exception as error:  # ONNX Runtime lacks some types of some operators
                print(f"left out: {operation} opset {opset} {attributes}: {str(error)[:150]}")
                continue
            folder = f"{index:03}_{operation}_{opset}"
            files = {"model.onnx": made.SerializeToString()}
            for number, value in enumerate(feeds.values()):
                files[f"test_data_set_0/input_{number}.pb"] = numpy_helper.from_array(value).SerializeToString()
            for number, value in enumerate(results):
                files[f"test_data_set_0/output_{number}.pb"] = numpy_helper.from_array(
                    numpy.asarray(value)).SerializeToString()
            for file, data in files.items():
                entry = tarfile.TarInfo(f"{folder}/{file}")
                entry.size = len(data)
                archive.addfile(entry, io.BytesIO(data))
            count += 1
    print(f"{count} cases in {os.path.getsize(path)} bytes")


if __name__ == "__main__":
    write(os.path.join(os.path.dirname(os.path.abspath(__file__)), "node-cases.tar.gz"))
