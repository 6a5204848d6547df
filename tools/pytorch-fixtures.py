#!/usr/bin/env python3
"""Makes small files with PyTorch, and prints what PyTorch reads from them, for the tests of checkpoints.

    python3 tools/pytorch-fixtures.py FOLDER
    python3 tools/pytorch-fixtures.py --digests FILE.pth

The first writes packages/model/test/fixtures/pytorch: .pth files and expected.json, which has for every file
its groups of tensors with their prefix, types, shapes and values. The second prints as JSON, for every tensor
of a file, its type, its shape and the SHA-256 of its numbers: little-endian, float32 for floating-point numbers
and float64 for whole numbers. Both read with weights_only. Made with PyTorch 2.13.
"""
import collections, hashlib, io, json, os, sys, zipfile
import torch

DTYPES = {
    torch.float64: "F64", torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16",
    torch.int64: "I64", torch.int32: "I32", torch.int16: "I16", torch.int8: "I8",
    torch.uint8: "U8", torch.bool: "BOOL",
}
PREFIXES = ("module.", "_orig_mod.")


def groups(value, path=()):
    """Groups tensors by the path of the dict or list that contains them."""
    found = collections.OrderedDict()
    if isinstance(value, torch.Tensor):
        return {"": {"": value}}
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, (list, tuple)) else ()
    items = [(str(key), member) for key, member in items]
    own = {key: member for key, member in items if isinstance(member, torch.Tensor)}
    if own:
        found[".".join(path)] = own
    for key, member in items:
        if not isinstance(member, torch.Tensor):
            found.update(groups(member, path + (key,)))
    return found


def numbers(tensor):
    tensor = tensor.detach().contiguous()
    return tensor.to(torch.float32 if tensor.is_floating_point() else torch.float64)


def prefix(names):
    common = ""
    while True:
        more = [p for p in PREFIXES if all(name.startswith(common + p) for name in names)]
        if not more:
            return common
        common += more[0]


def described(file):
    listed = []
    for path, members in groups(torch.load(file, weights_only=True, map_location="cpu")).items():
        common = prefix(list(members))
        tensors = [
            {
                "name": name[len(common):],
                "dtype": DTYPES[tensor.dtype],
                "shape": list(tensor.shape),
                "values": numbers(tensor).flatten().tolist(),
            }
            for name, tensor in members.items()
        ]
        listed.append({"path": path, "prefix": common, "tensors": tensors})
    return listed


def digests(file):
    return {
        f"{path}.{name}" if path else name: [
            DTYPES[tensor.dtype], list(tensor.shape), hashlib.sha256(numbers(tensor).numpy().tobytes()).hexdigest()
        ]
        for path, members in groups(torch.load(file, weights_only=True, map_location="cpu")).items()
        for name, tensor in members.items()
    }


def deflated(value):
    """The file as a program that packs it again with compression writes it."""
    stored, packed = io.BytesIO(), io.BytesIO()
    torch.save(value, stored)
    with zipfile.ZipFile(stored) as source, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(name, source.read(name))
    return packed.getvalue()


def renamed(state, start):
    return collections.OrderedDict((start + name, tensor) for name, tensor in state.items())


def main(folder):
    torch.manual_seed(1)
    network = torch.nn.Sequential(torch.nn.Conv2d(2, 3, 3), torch.nn.BatchNorm2d(3), torch.nn.Linear(4, 2))
    state = network.state_dict()
    floats = {name: tensor for name, tensor in state.items() if tensor.is_floating_point()}
    optimizer = torch.optim.Adam(network.parameters())
    network[2](torch.ones(1, 4)).sum().backward()
    optimizer.step()

    base = torch.arange(60, dtype=torch.float32) / 7
    views = {
        "whole": base,
        "offset": base[7:19].view(3, 4),
        "transposed": base.view(6, 10).t(),
        "strided": base.view(6, 10)[1::2, ::3],
        "permuted": base.view(3, 4, 5).permute(2, 0, 1),
        "scalar": base[5],
        "empty": torch.zeros(0, 3),
        "expanded": torch.tensor([2.5, -1.0]).unsqueeze(1).expand(2, 5),
        "channels last": torch.randn(2, 3, 2, 2).to(memory_format=torch.channels_last),
    }
    tied = torch.nn.Parameter(torch.randn(3, 2))
    values = {
        "plain": state,
        "half": {name: tensor.half() for name, tensor in floats.items()},
        "bf16": {name: tensor.bfloat16() for name, tensor in floats.items()},
        "double": {"weight": torch.randn(3, 2, dtype=torch.float64), "bias": torch.tensor([0.1, 1e-40], dtype=torch.float64)},
        "integers": {
            "i64": torch.tensor([[1, -2], [2**53 - 1, 3]]), "i32": torch.tensor([-5], dtype=torch.int32),
            "i16": torch.tensor([-300], dtype=torch.int16), "i8": torch.tensor([-7], dtype=torch.int8),
            "u8": torch.tensor([200], dtype=torch.uint8), "bool": torch.tensor([True, False]),
            "weight": torch.tensor([1.5]),
        },
        "views": {**views, "partly expanded": base[3:4].expand(2, 3), "windows": base.unfold(0, 4, 2)[:3]},
        "parameters": {"a": tied, "b": tied, "c": torch.nn.Parameter(torch.ones(2), requires_grad=False)},
        "wrapped": {
            "state_dict": renamed(state, "module."), "epoch": 3, "lr": 1e-4, "name": "tiny", "best": None,
            "ready": True, "config": {"dims": [1, 2], "size": torch.Size([4, 4]), "dtype": torch.float32},
        },
        "compiled": {"model": {"ema": renamed(floats, "_orig_mod.")}},
        "both": renamed(renamed(floats, "_orig_mod."), "module."),
        "training": {
            "params": state, "params_ema": {name: tensor * 0.5 for name, tensor in floats.items()},
            "optimizer": optimizer.state_dict(), "step": 2**40,
        },
        "list": [torch.ones(2), (torch.zeros(1), {"deep": torch.full((2, 2), 7.0)})],
        "tensor": torch.tensor([[1.0, 2.0]]),
    }
    files = {f"{name}.pth": lambda path, value=value: torch.save(value, path) for name, value in values.items()}
    legacy = {"plain", "half", "bf16", "double", "parameters", "wrapped", "training", "list", "tensor"}
    for name, value in [*((name, values[name]) for name in sorted(legacy)), ("views", views)]:
        files[f"{name}.legacy.pth"] = lambda path, value=value: torch.save(
            value, path, _use_new_zipfile_serialization=False)
    for protocol in (4, 5):
        files[f"protocol-{protocol}.pth"] = lambda path, protocol=protocol: torch.save(
            values["wrapped"], path, pickle_protocol=protocol)
    files["deflated.pth"] = lambda path: open(path, "wb").write(deflated(values["views"]))

    os.makedirs(folder, exist_ok=True)
    expected = {}
    for name, write in files.items():
        path = os.path.join(folder, name)
        write(path)
        # PyTorch's weights_only does not know the instructions of later protocols.
        expected[name] = expected["wrapped.pth"] if name.startswith("protocol") else described(path)
    with open(os.path.join(folder, "expected.json"), "w") as file:
        json.dump(expected, file, separators=(",", ":"))
        file.write("\n")


if __name__ == "__main__":
    if len(sys.argv) == 3 and sys.argv[1] == "--digests":
        lines = [f"{json.dumps(name)}: {json.dumps(told)}" for name, told in digests(sys.argv[2]).items()]
        print("{\n" + ",\n".join(lines) + "\n}")
    elif len(sys.argv) == 2:
        main(sys.argv[1])
    else:
        sys.exit(__doc__)
