"""PSNR and SSIM by scikit-image, NIQE by basicsr's own source, Frechet distances by scipy; numpy alone stands for torch.

    python3 measure.py CASES.json [basicsr's unpacked source]

Each case is {"pictures": [file, file], "size": [width, height], "border": n} with files of RGB bytes, or
{"features": [rows, rows]}. Prints a list with the numbers of each case, in the order of the cases. NIQE, of each case's
first picture, is there if the second argument is.
"""

import json
import sys
import types
import warnings
from pathlib import Path

import numpy as np


def luma(rgb):
    return rgb.astype("f8") @ np.array([65.481, 128.553, 24.966]) / 255 + 16


def compared(a, b):
    from skimage.metrics import peak_signal_noise_ratio, structural_similarity

    def psnr(a, b):
        return peak_signal_noise_ratio(b, a, data_range=255)

    def ssim(a, b, channels=None):
        return structural_similarity(
            a,
            b,
            channel_axis=channels,
            gaussian_weights=True,
            sigma=1.5,
            use_sample_covariance=False,
            data_range=255,
        )

    y, z = luma(a), luma(b)
    return {
        "psnr": psnr(a, b),
        "psnr-y": psnr(y, z),
        "psnr-y rounded": psnr(y.round(), z.round()),
        "ssim": ssim(y, z),
        "ssim rounded": ssim(y.round(), z.round()),
        "ssim-rgb": ssim(a.astype("f8"), b.astype("f8"), 2),
    }


class Tensor:
    """As much of torch.Tensor as basicsr's `imresize` asks of it; `in_order` is how it adds up a product."""

    in_order = True

    def __init__(self, array):
        self.array = np.asarray(array)

    def __getattr__(self, name):
        attribute = getattr(self.array, name)
        return (lambda *words: wrapped(attribute(*map(bare, words)))) if callable(attribute) else attribute

    def __getitem__(self, key):
        return wrapped(self.array[key])

    def __setitem__(self, key, value):
        self.array[key] = bare(value)

    def __int__(self):
        return int(self.array)

    def __float__(self):
        return float(self.array)

    def __neg__(self):
        return wrapped(-self.array)

    def size(self, axis=None):
        return self.array.shape if axis is None else self.array.shape[axis]

    def float(self):
        return Tensor(self.array.astype("f4"))

    def mv(self, vector):
        """In the order of the terms, each rounded to float32; or in the order that numpy takes on this processor."""
        if not Tensor.in_order:
            return Tensor(self.array @ vector.array)
        total = np.zeros(len(self.array), "f4")
        for column, factor in zip(self.array.T, vector.array):
            total += column * factor
        return Tensor(total)

    def long(self):
        return Tensor(self.array.astype("i8"))

    def type_as(self, other):
        return Tensor(self.array.astype(other.array.dtype))

    def view(self, *shape):
        return Tensor(self.array.reshape(shape))

    def expand(self, *shape):
        return Tensor(np.broadcast_to(self.array, shape))

    def narrow(self, axis, start, length):
        return Tensor(self.array[(slice(None),) * axis + (slice(start, start + length),)])

    def copy_(self, other):
        self.array[...] = other.array

    def index_select(self, axis, index):
        return Tensor(self.array.take(index.array, axis))

    def contiguous(self):
        return Tensor(np.ascontiguousarray(self.array))

    def transpose(self, first, second):
        return Tensor(self.array.swapaxes(first, second))

    def numpy(self):
        return self.array.astype("f4")


def bare(value):
    return value.array if isinstance(value, Tensor) else value


def wrapped(value):
    return Tensor(value) if isinstance(value, (np.ndarray, np.generic)) else value


def operator(name):
    return lambda self, other: wrapped(getattr(self.array, name)(bare(other)))


for operation in ("add", "radd", "sub", "mul", "rmul", "truediv", "pow", "le", "gt", "eq"):
    setattr(Tensor, f"__{operation}__", operator(f"__{operation}__"))
Tensor.__rsub__ = lambda self, other: wrapped(other - self.array)


def torch_of_numpy():
    return {
        "abs": lambda x: wrapped(np.abs(x.array)),
        "floor": lambda x: wrapped(np.floor(x.array)),
        "sum": lambda x, axis: wrapped(x.array.sum(axis)),
        "linspace": lambda start, end, count: Tensor(np.linspace(start, end, count, dtype="f4")),
        "arange": lambda start, end, step: Tensor(np.arange(start, end, step)),
        "from_numpy": Tensor,
        "FloatTensor": lambda *shape: Tensor(np.empty([int(side) for side in shape], "f4")),
        "no_grad": lambda: lambda function: function,
    }


def module(name, **members):
    made = types.ModuleType(name)
    made.__dict__.update(members)
    sys.modules[name] = made
    return made


def basicsr_niqe(source):
    """Its `calculate_niqe`, and its `niqe` of luma in float64; with numpy in the place of torch."""
    import scipy.ndimage

    class Registry:
        def register(self):
            return lambda function: function

    def run(name, path):
        made = module(name, __file__=str(path))
        exec(compile(path.read_text(encoding="utf8"), path, "exec"), made.__dict__)
        return made

    root = Path(source) / "basicsr"
    # For pictures of grey, which it is not asked for.
    module("cv2")
    module("torch", **torch_of_numpy())
    module("scipy.ndimage.filters", convolve=scipy.ndimage.convolve)
    for name in ("basicsr", "basicsr.metrics"):
        module(name)
    module("basicsr.utils.registry", METRIC_REGISTRY=Registry())
    colours = run("basicsr.utils.color_util", root / "utils/color_util.py")
    module("basicsr.utils", bgr2ycbcr=colours.bgr2ycbcr)
    run("basicsr.metrics.metric_util", root / "metrics/metric_util.py")
    run("basicsr.utils.matlab_functions", root / "utils/matlab_functions.py")
    # Others, such as scipy, would take it for torch.
    del sys.modules["torch"]
    theirs = run("basicsr.metrics.niqe", root / "metrics/niqe.py")
    natural = np.load(root / "metrics/niqe_pris_params.npz")
    parameters = [natural[name] for name in ("mu_pris_param", "cov_pris_param", "gaussian_window")]

    def numbers(rgb):
        Tensor.in_order = True
        double = theirs.niqe(luma(rgb).round(), *parameters)
        single = theirs.calculate_niqe(rgb[:, :, ::-1].copy(), crop_border=0)
        Tensor.in_order = False
        other = theirs.calculate_niqe(rgb[:, :, ::-1].copy(), crop_border=0)
        return {"niqe": double, "niqe-single": single, "niqe-single in another order": other}

    return numbers


def frechet_distance(a, b):
    import scipy.linalg

    a, b = np.array(a), np.array(b)
    s, t = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
    common = np.trace(scipy.linalg.sqrtm(s @ t)).real
    return float(np.sum((a.mean(0) - b.mean(0)) ** 2) + np.trace(s) + np.trace(t) - 2 * common)


def measured(case, niqe):
    if "features" in case:
        return {"frechet distance": frechet_distance(*case["features"])}
    width, height = case["size"]
    a, b = (np.fromfile(file, "u1").reshape(height, width, 3) for file in case["pictures"])
    n = case["border"]
    inside = np.s_[n : height - n, n : width - n]
    numbers = {name: float(value) for name, value in compared(a[inside], b[inside]).items()}
    if niqe is None:
        return numbers
    return numbers | niqe(a)


def main():
    warnings.filterwarnings("ignore")
    cases = json.loads(Path(sys.argv[1]).read_text(encoding="utf8"))
    niqe = basicsr_niqe(sys.argv[2]) if len(sys.argv) > 2 else None
    print(json.dumps([measured(case, niqe) for case in cases]))


if __name__ == "__main__":
    main()
