"""Times PyTorch's training step of the small network, one step for each line read, from the same start as step.ts.

    python3 step.py --start <file> [--task teacher|student|target] [--threads 2]
                    [--layout channels-last|contiguous] [--adamw fused|foreach|plain]

The file is made by step.ts. Prints one JSON object a line: first {"ready"}, then for each line read
{"milliseconds", "gradients", "loss"}, where gradients are the milliseconds of all passes and of the gradients.
It ends when its input ends. Needs torch 2.13 only. The defaults are PyTorch's fastest forms on a CPU;
`--layout contiguous --adamw plain` is what PyTorch does by default.
"""

import argparse
import json
import math
import struct
import sys
import time

try:
    import torch
    from torch.nn import functional as F
except ImportError:
    sys.exit("torch is missing: pip install torch==2.13.0")

EPSILON = 1e-6


def read_start(file, layout):
    """The numbers, and tensors by group: images become [batch, channels, height, width]."""
    with open(file, "rb") as opened:
        (length,) = struct.unpack("<Q", opened.read(8))
        header = json.loads(opened.read(length))
        content = bytearray(opened.read())
    numbers = json.loads(header.pop("__metadata__")["start"])
    groups = {"teacher": {}, "student": {}, "draws": {}}
    for key, entry in header.items():
        group, name = key.split(".", 1)
        begin, end = entry["data_offsets"]
        flat = torch.frombuffer(content, dtype=torch.float32, count=(end - begin) // 4, offset=begin)
        tensor = flat.reshape(entry["shape"]).clone()
        if tensor.dim() == 4:
            if group == "draws":
                tensor = tensor.permute(0, 3, 1, 2)
            tensor = tensor.contiguous(memory_format=layout)
        groups[group][name] = tensor
    return numbers, groups


def channel_norm(image):
    return image * torch.rsqrt(image.square().mean(1, keepdim=True) + EPSILON)


def block(weights, name, image, time):
    modulation = F.linear(time, weights[f"{name}.time.weight"], weights[f"{name}.time.bias"])
    gamma, beta = modulation[:, :, None, None].chunk(2, dim=1)
    hidden = channel_norm(image) * (1 + gamma) + beta
    hidden = F.silu(F.conv2d(hidden, weights[f"{name}.conv1.weight"], weights[f"{name}.conv1.bias"], padding=1))
    return image + F.conv2d(hidden, weights[f"{name}.conv2.weight"], weights[f"{name}.conv2.bias"], padding=1)


def convolution(weights, name, image, **options):
    return F.conv2d(image, weights[f"{name}.weight"], weights[f"{name}.bias"], **options)


def level(config, weights, depth, image, time):
    for i in range(config["blocks"][depth]):
        image = block(weights, f"down.{depth}.{i}", image, time)
    if depth + 1 == len(config["channels"]):
        return image
    shrunk = convolution(weights, f"shrink.{depth}", F.pad(image, (0, 1, 0, 1)), stride=2)
    below = level(config, weights, depth + 1, shrunk, time)
    grown = F.interpolate(convolution(weights, f"grow.{depth}", below), scale_factor=2, mode="nearest")
    image = image + grown
    for i in range(config["blocks"][depth]):
        image = block(weights, f"up.{depth}.{i}", image, time)
    return image


def time_features(indices, count):
    half = count // 2
    frequencies = torch.exp(-math.log(10000.0) * torch.arange(half, dtype=torch.float64) / half)
    angles = torch.tensor(indices, dtype=torch.float64)[:, None] * frequencies
    return torch.cat([angles.cos(), angles.sin()], 1).float()


def embedded(config, weights, indices):
    features = time_features(indices, config["timeFeatures"])
    hidden = F.silu(F.linear(features, weights["time.0.weight"], weights["time.0.bias"]))
    return F.silu(F.linear(hidden, weights["time.2.weight"], weights["time.2.bias"]))


def stack(config, weights, image, z_y, picture, indices):
    """As `network`, by residual blocks at one size; reads the picture [batch, 3, side, side] too."""
    time = embedded(config, weights, indices)
    body = convolution(weights, "input.picture", picture, padding=1)
    body = body + convolution(weights, "input.latent", image, padding=1)
    for i in range(config["blocks"]):
        name = f"blocks.{i}"
        shift = F.linear(time, weights[f"{name}.time.weight"], weights[f"{name}.time.bias"])
        hidden = convolution(weights, f"{name}.conv1", body, padding=1) + shift[:, :, None, None]
        hidden = F.leaky_relu(hidden, 0.2, inplace=True)
        body = body + convolution(weights, f"{name}.conv2", hidden, padding=1)
    return z_y + convolution(weights, "output", body, padding=1)


def network(config, weights, image, condition, indices):
    """z_0 from the scaled z_t [batch, channels, side, side] and 0-based indices."""
    time = embedded(config, weights, indices)
    entered = convolution(weights, "input", torch.cat([image, condition], 1), padding=1)
    body = level(config, weights, 0, entered, time)
    return condition + convolution(weights, "output", F.silu(channel_norm(body)), padding=1)


def clean(numbers, weights, z_t, z_y, times):
    """F(z_t, t) for one time a sample."""
    kappa = numbers["schedule"]["kappa"]
    scales = [1 / math.sqrt(kappa**2 * numbers["eta"][t] + 1) for t in times]
    indices = [numbers["index"][t - 1] for t in times]
    return network(numbers["network"], weights, z_t * of_samples(scales), z_y, indices)


def of_samples(factors):
    return torch.tensor(factors)[:, None, None, None]


def perturb(numbers, z_0, z_y, noise, times):
    """Equation 1."""
    kappa = numbers["schedule"]["kappa"]
    eta = [numbers["eta"][t] for t in times]
    mean = z_0 * of_samples([1 - e for e in eta]) + z_y * of_samples(eta)
    return mean + noise * of_samples([kappa * math.sqrt(e) for e in eta])


def teacher_loss(numbers, groups):
    draws = groups["draws"]
    times = [int(t) for t in draws["time"]]
    z_t = perturb(numbers, draws["z_0"], draws["z_y"], draws["noise"], times)
    return lambda weights: F.mse_loss(clean(numbers, weights, z_t, draws["z_y"], times), draws["z_0"])


def sample(numbers, weights, z_T, z_y):
    """All steps of the deterministic sampler, equation 3."""
    eta = numbers["eta"]
    z_t = z_T
    for t in range(len(eta) - 1, 0, -1):
        m = math.sqrt(eta[t - 1] / eta[t])
        j = eta[t - 1] - math.sqrt(eta[t - 1] * eta[t])
        z_0 = clean(numbers, weights, z_t, z_y, [t] * len(z_t))
        z_t = z_0 * (1 - j - m) + z_t * m + z_y * j
    return z_t


def student_loss(numbers, groups):
    """Equation 6, and equation 8 by its share."""
    draws, teacher = groups["draws"], groups["teacher"]
    kappa, eta = numbers["schedule"]["kappa"], numbers["eta"]
    last = len(eta) - 1
    z_y, noise = draws["z_y"], draws["scoreNoise"]
    times = [int(t) for t in draws["scoreTime"]]
    share = of_samples([(1 - eta[t]) / (kappa * math.sqrt(eta[t])) for t in times])

    def loss(weights):
        z_T = z_y + draws["noise"] * (kappa * math.sqrt(eta[last]))
        with torch.no_grad():
            taught = sample(numbers, teacher, z_T, z_y)
        made = clean(numbers, weights, z_T, z_y, [last] * len(z_T))
        with torch.no_grad():
            end = made.detach()
            of_student = clean(numbers, teacher, perturb(numbers, end, z_y, noise, times), z_y, times)
            of_teacher = clean(numbers, teacher, perturb(numbers, taught, z_y, noise, times), z_y, times)
            gradient = (end - taught + of_teacher - of_student) * share
        return F.mse_loss(made, taught) + numbers["scoreWeight"] * (gradient * made).mean()

    return loss


def target_loss(numbers, groups):
    """The mean absolute error from the target's latent, of one step from z_T."""
    draws, config = groups["draws"], numbers["network"]
    level = numbers["schedule"]["kappa"] * math.sqrt(numbers["eta"][-1])
    indices = [numbers["index"][-1]] * len(draws["z_y"])

    def loss(weights):
        z_T = draws["z_y"] + draws["noise"] * level
        scaled = z_T * (1 / math.sqrt(level**2 + 1))
        return F.l1_loss(stack(config, weights, scaled, draws["z_y"], draws["picture"], indices), draws["z_0"])

    return loss


LOSSES = {"teacher": teacher_loss, "student": student_loss, "target": target_loss}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--start", required=True)
    parser.add_argument("--task", choices=list(LOSSES), default="teacher")
    parser.add_argument("--threads", type=int, default=0, help="0: as many as PyTorch takes by itself")
    parser.add_argument("--layout", choices=["channels-last", "contiguous"], default="channels-last")
    parser.add_argument("--adamw", choices=["fused", "foreach", "plain"], default="fused")
    options = parser.parse_args()
    if options.threads > 0:
        torch.set_num_threads(options.threads)
    layout = torch.channels_last if options.layout == "channels-last" else torch.contiguous_format
    numbers, groups = read_start(options.start, layout)
    learner = "teacher" if options.task == "teacher" else "student"
    weights = {name: tensor.requires_grad_() for name, tensor in groups[learner].items()}
    if options.task == "student":
        groups["teacher"] = {name: tensor.detach() for name, tensor in groups["teacher"].items()}
    learned = list(weights.values())
    average = [tensor.detach().clone() for tensor in learned]
    choice = {} if options.adamw == "plain" else {options.adamw: True}
    optimizer = torch.optim.AdamW(learned, lr=numbers["rate"], eps=1e-8, weight_decay=0, **choice)
    objective = LOSSES[options.task](numbers, groups)
    print(json.dumps({"ready": f"torch {torch.__version__}, {options.task}"}), flush=True)
    for step, _ in enumerate(sys.stdin, 1):
        began = time.perf_counter()
        loss = objective(weights)
        loss.backward()
        gradients = 1000 * (time.perf_counter() - began)
        if numbers["clip"] > 0:
            torch.nn.utils.clip_grad_norm_(learned, numbers["clip"], foreach=True)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        decay = min(numbers["averageDecay"], (1 + step) / (10 + step))
        with torch.no_grad():
            torch._foreach_lerp_(average, learned, 1 - decay)
        value = loss.item()
        milliseconds = 1000 * (time.perf_counter() - began)
        print(json.dumps({"milliseconds": milliseconds, "gradients": gradients, "loss": value}), flush=True)


main()
