#!/usr/bin/env python3
"""Makes the golden values beside this file from PyTorch and torchvision: losses, optimisers, schedules, augmentation.

Usage: make_goldens.py, in an environment with torch and torchvision. Numbers are rounded to 9 significant digits, which
is more than single precision has.
"""
import json
import os
import warnings

import torch
import torch.nn.functional as F
import torchvision.transforms.functional as TF

warnings.filterwarnings("ignore")
torch.manual_seed(20240607)


def numbers(x):
    if isinstance(x, torch.Tensor):
        x = x.detach().flatten().tolist()
    return [float(f"{v:.9g}") for v in x]


def write(name, value):
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), name), "w") as file:
        json.dump(value, file, indent=None, separators=(",", ":"))
        file.write("\n")


def loss_case(name, n, k, scale, smoothing=0.0, mixed=False, temperature=None, alpha=0.0):
    logits = (torch.randn(n, k) * scale).requires_grad_()
    teacher = torch.randn(n, k) * scale
    labels = torch.randint(0, k, (n,))
    shares = torch.rand(n) if mixed else torch.ones(n)
    if n % 2 == 1:
        shares[n // 2] = 1
    # Cross entropy is linear in the target, so a mixed one is the mixture of two plain ones.
    plain = F.cross_entropy(logits, labels, label_smoothing=smoothing, reduction="none")
    other = F.cross_entropy(logits, labels.flip(0), label_smoothing=smoothing, reduction="none")
    loss = (shares * plain + (1 - shares) * other).mean()
    if temperature is not None:
        soft = F.kl_div(
            F.log_softmax(logits / temperature, 1), F.softmax(teacher / temperature, 1), reduction="batchmean")
        loss = (1 - alpha) * loss + alpha * temperature**2 * soft
    loss.backward()
    return {
        "name": name, "count": n, "classes": k, "logits": numbers(logits), "teacher": numbers(teacher),
        "labels": labels.tolist(), "shares": numbers(shares), "smoothing": smoothing, "temperature": temperature,
        "alpha": alpha, "loss": numbers([loss.item()])[0], "dLogits": numbers(logits.grad)}


def losses():
    return [
        loss_case("cross entropy", 5, 4, 2),
        loss_case("two classes", 3, 2, 2),
        loss_case("label smoothing", 5, 7, 2, smoothing=0.1),
        loss_case("mixup", 6, 4, 2, mixed=True),
        loss_case("mixup of an odd batch, smoothed", 5, 4, 2, smoothing=0.2, mixed=True),
        loss_case("large logits", 4, 5, 300),
        loss_case("distillation", 5, 10, 3, temperature=4.0, alpha=0.9),
        loss_case("distillation without labels", 4, 6, 3, temperature=2.0, alpha=1.0),
        loss_case("distillation with mixup and smoothing", 6, 5, 3, smoothing=0.1, mixed=True, temperature=1.0, alpha=0.5),
        loss_case("distillation of large logits", 4, 5, 200, temperature=4.0, alpha=0.9),
    ]


PARAMETERS = [
    ("conv.weight", 12), ("conv.bias", 4), ("norm.normScale", 4), ("norm.normShift", 4), ("fc.weight", 20), ("fc.bias", 5)]


def optimiser_case(name, make, rate, steps=6, clip=None, onecycle=True):
    values = {n: torch.nn.Parameter(torch.randn(c) * 0.5) for n, c in PARAMETERS}
    first = {n: numbers(v) for n, v in values.items()}
    decayed = [v for n, v in values.items() if n.endswith(".weight")]
    plain = [v for n, v in values.items() if not n.endswith(".weight")]
    optimiser = make(decayed, plain, rate)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, rate, total_steps=steps, pct_start=0.25) if onecycle else None
    rows = []
    for _ in range(steps):
        for v in values.values():
            v.grad = torch.randn_like(v)
        gradients = {n: numbers(v.grad) for n, v in values.items()}
        norm = torch.nn.utils.clip_grad_norm_(values.values(), clip if clip else 1e9).item()
        optimiser.step()
        if schedule:
            schedule.step()
        rows.append({"gradients": gradients, "norm": norm, "values": {n: numbers(v) for n, v in values.items()}})
    return {"name": name, "rate": rate, "onecycle": onecycle, "clip": clip, "first": first, "steps": rows}


def optimisers():
    def sgd(decay):
        return lambda decayed, plain, rate: torch.optim.SGD(
            [{"params": decayed, "weight_decay": decay}, {"params": plain, "weight_decay": 0.0}], rate, momentum=0.9,
            nesterov=True)

    def adamw(decay):
        return lambda decayed, plain, rate: torch.optim.AdamW(
            [{"params": decayed, "weight_decay": decay}, {"params": plain, "weight_decay": 0.0}], rate)

    return [
        optimiser_case("sgd", sgd(5e-2), 0.1, onecycle=False),
        optimiser_case("sgd", sgd(5e-2), 0.1),
        optimiser_case("sgd", sgd(0), 0.1, clip=2.0),
        optimiser_case("adamw", adamw(5e-2), 1e-2, onecycle=False),
        optimiser_case("adamw", adamw(5e-2), 1e-2),
        optimiser_case("adamw", adamw(0.5), 1e-2, clip=2.0),
    ]


def schedule_case(kind, steps, warmup, make):
    optimiser = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], 0.2, momentum=0.9)
    schedule = make(optimiser)
    rates, momenta = [], []
    for step in range(steps):
        rates.append(optimiser.param_groups[0]["lr"])
        momenta.append(optimiser.param_groups[0]["momentum"])
        optimiser.step()
        if step + 1 < steps:
            schedule.step()
    return {"schedule": kind, "steps": steps, "warmup": warmup, "rates": rates, "momenta": momenta}


def schedules():
    from torch.optim.lr_scheduler import CosineAnnealingLR, MultiStepLR, OneCycleLR

    def onecycle(steps, share):
        return schedule_case("onecycle", steps, share, lambda o: OneCycleLR(o, 0.2, total_steps=steps, pct_start=share))

    return [
        onecycle(100, 0.25), onecycle(37, 0.3), onecycle(8, 0.25), onecycle(11, 0.0), onecycle(2, 0.25),
        schedule_case("cosine", 40, 0, lambda o: CosineAnnealingLR(o, 40)),
        schedule_case("step", 40, 0, lambda o: MultiStepLR(o, [20, 30])),
    ]


def augmentation():
    """Images of 5 x 7, padded by 2 rows and 3 columns, cropped, flipped, jittered, normalised."""
    height, width, pad_y, pad_x = 5, 7, 2, 3
    rows = []
    for channels in (3, 1):
        mean, std = torch.tensor([0.4, 0.5, 0.6][:channels]), torch.tensor([0.2, 0.25, 0.3][:channels])
        for k in range(12):
            # Jitter: values from the middle of the range, so that torchvision does not cut any off between its steps.
            jittered = k >= 8
            pixels = torch.randint(*((90, 160) if jittered else (0, 256)), (channels, height, width), dtype=torch.uint8)
            y, x = int(torch.randint(0, 2 * pad_y + 1, ())), int(torch.randint(0, 2 * pad_x + 1, ()))
            flip = bool(k % 2)
            factors = numbers(0.8 + 0.4 * torch.rand(3)) if jittered else [1.0, 1.0, 1.0]
            image = pixels.float() / 255
            if jittered:
                image = TF.adjust_brightness(image, factors[0])
                image = TF.adjust_contrast(image, factors[1])
                if channels == 3:
                    image = TF.adjust_saturation(image, factors[2])
            image = F.pad(image[None], (pad_x, pad_x, pad_y, pad_y), mode="reflect")[0]
            image = image[:, y:y + height, x:x + width]
            image = image.flip(2) if flip else image
            image = (image - mean.view(-1, 1, 1)) / std.view(-1, 1, 1)
            rows.append({
                "channels": channels, "mean": numbers(mean), "std": numbers(std), "cropY": y, "cropX": x, "flip": flip,
                "factors": factors, "pixels": pixels.permute(1, 2, 0).flatten().tolist(),
                "output": numbers(image.permute(1, 2, 0))})
    return rows


write("losses.json", losses())
write("optimisers.json", optimisers())
write("schedules.json", schedules())
write("augmentation.json", augmentation())
