"""Distances of pictures by the features of AlexNet, VGG16 and EfficientNet-lite0, written down as ONNX graphs.

    python feature_networks.py cases.json

cases.json is a list of {"network": name, "weights": file, "linear": file, "pairs": [{"width", "height", "pictures":
[file, file]}]}; weights are safetensors of float32, pictures are RGB bytes. The networks are described here as
PyTorch's modules, and pooled by ONNX's MaxPool. Prints for each case and pair the terms of the distance, one for each
feature map: "plain", with every channel counted alike, and "weighted", by the linear weights.
"""

import json
import struct
import sys

import numpy
import onnx
import onnxruntime
from onnx import helper, numpy_helper

# torchvision's `features`: (what, number, ...); a ReLU whose number is in TAPS is compared.
ALEXNET = [
    ("conv", 0, 4, 2), ("relu", 1), ("pool", 3),
    ("conv", 3, 1, 2), ("relu", 4), ("pool", 3),
    ("conv", 6, 1, 1), ("relu", 7),
    ("conv", 8, 1, 1), ("relu", 9),
    ("conv", 10, 1, 1), ("relu", 11),
]  # fmt: skip
VGG16_CONVOLUTIONS = [(0, 2), (5, 7), (10, 12, 14), (17, 19, 21), (24, 26, 28)]
VGG16 = [
    step
    for numbers in VGG16_CONVOLUTIONS
    for step in [*(s for n in numbers for s in (("conv", n, 1, 1), ("relu", n + 1))), ("pool", 2)]
]
TAPS = {"alexnet": {1, 4, 7, 9, 11}, "vgg16": {3, 8, 15, 22, 29}}

# EfficientNet-lite0's blocks: kernel, stride, whether it widens, whether its input is added.
BLOCKS = [
    (3, 1, False, False), (3, 2, True, False), (3, 1, True, True), (5, 2, True, False),
    (5, 1, True, True), (3, 2, True, False), (3, 1, True, True), (3, 1, True, True),
]  # fmt: skip


def read(path):
    with open(path, "rb") as file:
        (size,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(size))
        data = file.read()
    header.pop("__metadata__", None)
    return {
        name: numpy.frombuffer(data[slice(*entry["data_offsets"])], "<f4").reshape(entry["shape"])
        for name, entry in header.items()
    }


class Graph:
    def __init__(self, weights):
        self.weights, self.nodes, self.constants, self.taps = weights, [], {}, []

    def add(self, operator, *inputs, **attributes):
        name = f"value{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, list(inputs), [name], **attributes))
        return name

    def constant(self, value):
        name = f"constant{len(self.constants)}"
        self.constants[name] = numpy.asarray(value, "f4")
        return name

    def convolution(self, x, name, stride, pads, group=1):
        inputs = [self.constant(self.weights[f"{name}.{part}"]) for part in ("weight", "bias")]
        return self.add("Conv", x, *inputs, strides=[stride] * 2, pads=pads, group=group)

    def features(self, picture):
        graph = helper.make_graph(
            self.nodes,
            "features",
            [helper.make_tensor_value_info("picture", onnx.TensorProto.FLOAT, list(picture.shape))],
            [helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None) for name in self.taps],
            [numpy_helper.from_array(value, name) for name, value in self.constants.items()],
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        session = onnxruntime.InferenceSession(
            model.SerializeToString(), options, providers=["CPUExecutionProvider"]
        )
        return session.run(self.taps, {"picture": picture})


def torchvision(graph, steps, taps):
    per_colour = [graph.constant(numpy.reshape(row, (1, 3, 1, 1))) for row in ([-0.030, -0.088, -0.188], [0.458, 0.448, 0.450])]
    x = graph.add("Div", graph.add("Sub", "picture", per_colour[0]), per_colour[1])
    for what, number, *geometry in steps:
        if what == "conv":
            stride, padding = geometry
            x = graph.convolution(x, f"features.{number}", stride, [padding] * 4)
        elif what == "relu":
            x = graph.add("Relu", x)
            if number in taps:
                graph.taps.append(x)
        else:
            x = graph.add("MaxPool", x, kernel_shape=[number] * 2, strides=[2, 2])


def efficientnet(graph):
    low, high = graph.constant(0), graph.constant(6)
    clip = lambda x: graph.add("Clip", x, low, high)
    # TensorFlow's "same" for an even side: the odd zero goes below and to the right.
    pads = lambda kernel, stride: [(kernel - stride) // 2] * 2 + [(kernel - stride + 1) // 2] * 2
    # From [-1, 1] to (byte - 127) / 128.
    x = graph.add("Mul", graph.add("Add", graph.add("Mul", "picture", graph.constant(127.5)), graph.constant(0.5)), graph.constant(1 / 128))
    x = clip(graph.convolution(x, "stem", 2, pads(3, 2)))
    for i, (kernel, stride, widens, adds) in enumerate(BLOCKS):
        name, before = f"blocks.{i}", x
        if widens:
            x = clip(graph.convolution(x, f"{name}.expand", 1, [0] * 4))
        group = graph.weights[f"{name}.depthwise.weight"].shape[0]
        x = clip(graph.convolution(x, f"{name}.depthwise", stride, pads(kernel, stride), group))
        x = graph.convolution(x, f"{name}.project", 1, [0] * 4)
        if adds:
            x = graph.add("Add", x, before)
        if i in (0, 2, 4, 7):
            graph.taps.append(x)


def build(network, weights):
    graph = Graph(weights)
    if network == "efficientnet-lite0":
        efficientnet(graph)
    else:
        torchvision(graph, ALEXNET if network == "alexnet" else VGG16, TAPS[network])
    return graph


def unit(features):
    features = features.astype("f8")
    return features / (numpy.sqrt(numpy.square(features).sum(1, keepdims=True)) + 1e-10)


def terms(graph, linear, pair):
    shape = (pair["height"], pair["width"], 3)
    pictures = [numpy.fromfile(path, "u1").reshape(shape).transpose(2, 0, 1)[None] for path in pair["pictures"]]
    a, b = (graph.features((picture / 127.5 - 1).astype("f4")) for picture in pictures)
    squares = [numpy.square(unit(x) - unit(y)) for x, y in zip(a, b)]
    weights = [linear[f"lin{k}.model.1.weight"].astype("f8") for k in range(len(squares))]
    return {
        "shapes": [list(square.shape) for square in squares],
        "plain": [float(square.sum(1).mean()) for square in squares],
        "weighted": [float((square * weight).sum(1).mean()) for square, weight in zip(squares, weights)],
    }


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        cases = json.load(file)
    results = []
    for case in cases:
        graph, linear = build(case["network"], read(case["weights"])), read(case["linear"])
        results.append([terms(graph, linear, pair) for pair in case["pairs"]])
    json.dump(results, sys.stdout)


main()
