"""Runs networks in ncnn, in float32 on one thread.

    python run_ncnn.py cases.json

cases.json is a list of {"param": file, "bin": file, "input": file, "shape": [channels, height, width],
"output": file}; the inputs are float32 numbers, and the outputs, which are written, likewise. Prints a list of the
outputs' shapes.
"""

import json
import sys

import ncnn
import numpy


def run(case):
    with ncnn.Net() as net:
        net.opt.use_fp16_packed = False
        net.opt.use_fp16_storage = False
        net.opt.use_fp16_arithmetic = False
        net.opt.use_bf16_storage = False
        net.opt.use_vulkan_compute = False
        net.opt.num_threads = 1
        if net.load_param(case["param"]) != 0 or net.load_model(case["bin"]) != 0:
            raise SystemExit(f"ncnn cannot load {case['param']}")
        given = numpy.fromfile(case["input"], dtype="<f4").reshape(case["shape"])
        with net.create_extractor() as extractor:
            extractor.input("data", ncnn.Mat(given).clone())
            status, result = extractor.extract("output")
            if status != 0:
                raise SystemExit(f"ncnn cannot run {case['param']}: {status}")
            found = numpy.array(result)
    found.astype("<f4").tofile(case["output"])
    return list(found.shape)


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        cases = json.load(file)
    json.dump([run(case) for case in cases], sys.stdout)


main()
