"""Checks ONNX files: ONNX's own checker, then a run in ONNX Runtime on stored inputs.

    python check_onnx.py cases.json

cases.json is a list of {"model": file, "runs": [{"inputs": values, "expected": values}], "evaluate": boolean}, where
values are {name: {"file": float32 numbers, "shape": [...]}}. With "evaluate" ONNX's own evaluator runs it too: where
ONNX Runtime computes float16 in float32 on a processor, that rounds every result as a device does. Prints a list, for each file: versions, domains of its operators,
metadata, what its inputs, outputs and initializers are, or what the checker says; for each run and output the
largest difference from what is expected, the largest expected value, and the shape.
"""

import json
import sys

import numpy
import onnx
import onnxruntime
from onnx.reference import ReferenceEvaluator


def read(value):
    return numpy.fromfile(value["file"], dtype="<f4").reshape(value["shape"])


def described(value):
    tensor = value.type.tensor_type
    sides = [side.dim_param or side.dim_value for side in tensor.shape.dim]
    return {"name": value.name, "type": onnx.TensorProto.DataType.Name(tensor.elem_type), "shape": sides}


def compare(found, expected):
    difference = numpy.abs(found.astype(numpy.float64) - expected) if found.shape == expected.shape else None
    return {
        "shape": list(found.shape),
        "type": str(found.dtype),
        "difference": None if difference is None else float(difference.max()),
        "median": None if difference is None else float(numpy.median(difference)),
        "largest": float(numpy.abs(expected).max()),
    }


def run(model, case):
    names = list(case["expected"])
    found = model.run(names, {name: read(value) for name, value in case["inputs"].items()})
    return {name: compare(value, read(case["expected"][name])) for name, value in zip(names, found)}


def check(case):
    path = case["model"]
    try:
        onnx.checker.check_model(path, full_check=True)
    except Exception as error:  # Whatever it is, it is the answer.
        return {"fault": str(error)}
    model = onnx.load(path, load_external_data=False)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    return {
        "fault": None,
        "ir": model.ir_version,
        "opsets": {entry.domain: entry.version for entry in model.opset_import},
        "domains": sorted({node.domain for node in model.graph.node}),
        "operators": sorted({node.op_type for node in model.graph.node}),
        "producer": f"{model.producer_name} {model.producer_version}",
        "metadata": {entry.key: entry.value for entry in model.metadata_props},
        "inputs": [described(value) for value in model.graph.input],
        "outputs": [described(value) for value in model.graph.output],
        "weights": {
            tensor.name: onnx.TensorProto.DataType.Name(tensor.data_type) for tensor in model.graph.initializer
        },
        "beside": [
            {entry.key: entry.value for entry in tensor.external_data}
            for tensor in model.graph.initializer
            if tensor.external_data
        ],
        "runs": [run(session, each) for each in case["runs"]],
        "evaluated": [run(ReferenceEvaluator(path), each) for each in case["runs"]] if case["evaluate"] else [],
    }


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        cases = json.load(file)
    json.dump([check(case) for case in cases], sys.stdout)


main()
