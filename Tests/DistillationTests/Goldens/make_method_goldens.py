#!/usr/bin/env python3
"""Makes methods.json, teachers.json, features.json and mutual.json beside this file from PyTorch: the values and gradients that the
methods of distillation are tested against.

Usage: make_method_goldens.py, in an environment with torch. Everything is written down from the papers in double
precision, in PyTorch's terms where it has any, and differentiated by it; nothing follows the form that the code under
test has.
"""
import json
import os

import torch
import torch.nn.functional as F

torch.manual_seed(20260112)
torch.set_default_dtype(torch.float64)


def numbers(x):
    if isinstance(x, torch.Tensor):
        x = x.detach().flatten().tolist()
    return [float(f"{v:.9g}") for v in x]


def number(x):
    return numbers(x.reshape(1))[0]


def write(name, value):
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), name), "w") as file:
        json.dump(value, file, indent=None, separators=(",", ":"))
        file.write("\n")


def single(*shape, scale=1.0):
    """Numbers that single precision has exactly, so that both sides begin with the same."""
    return (torch.randn(*shape) * scale).float().double()


# Losses on logits. Each gives a value for every image, or, where images mix, for the batch.


def z_scores(x):
    return (x - x.mean(1, keepdim=True)) / (x.std(1, keepdim=True, unbiased=False) + 1e-7)


def kd(student, teacher, labels, t, weights):
    each = F.kl_div(F.log_softmax(student / t, 1), F.log_softmax(teacher / t, 1), reduction="none", log_target=True).sum(1)
    return (weights * each).mean() * t**2


def dkd(student, teacher, labels, t, weights, alpha, beta):
    n, k = student.shape
    own = F.one_hot(labels, k).bool()
    q, p = F.softmax(student / t, 1), F.softmax(teacher / t, 1)
    pair = lambda x: torch.stack([x[own], x[~own].view(n, k - 1).sum(1)], 1)
    target = F.kl_div(pair(q).log(), pair(p), reduction="none").sum(1)
    rest = lambda x: x[~own].view(n, k - 1)
    others = F.kl_div(
        F.log_softmax(rest(student) / t, 1), F.softmax(rest(teacher) / t, 1), reduction="none").sum(1)
    return (weights * (alpha * target + beta * others)).mean() * t**2


def pearson(a, b, weights):
    """Of each row, with weights of the columns."""
    w = weights / weights.sum()
    a = a - (a * w).sum(1, keepdim=True)
    b = b - (b * w).sum(1, keepdim=True)
    covariance = (w * a * b).sum(1)
    return covariance / ((w * a * a).sum(1) * (w * b * b).sum(1)).sqrt()


def dist(student, teacher, labels, t, weights, beta, gamma):
    n, k = student.shape
    q, p = F.softmax(student / t, 1), F.softmax(teacher / t, 1)
    inter = (weights * (1 - pearson(q, p, torch.ones(k)))).mean()
    intra = weights.mean() * (1 - pearson(q.T, p.T, weights)).mean()
    return t**2 * (beta * inter + gamma * intra)


def method_case(name, n, k, method, t, alpha, scale=2.0, standardize=False, factors=(1.0, 1.0), gap=False, trusted=False):
    student = single(n, k, scale=scale).requires_grad_()
    teacher = single(n, k, scale=scale)
    labels = torch.randint(0, k, (n,))
    temperature = torch.tensor(float(t), requires_grad=True)
    trust = torch.rand(n).float().double() if trusted else torch.ones(n)
    z, y = (z_scores(student), z_scores(teacher)) if standardize else (student, teacher)
    weights = trust.clone()
    if gap:
        d = F.kl_div(
            F.log_softmax(z / t, 1), F.log_softmax(y / t, 1), reduction="none", log_target=True).sum(1).detach()
        g = d / (d + d.mean())
        weights = weights * g / g.mean()
    if method == "kd":
        soft = kd(z, y, labels, temperature, weights)
    elif method == "dkd":
        soft = dkd(z, y, labels, temperature, weights, *factors)
    else:
        soft = dist(z, y, labels, temperature, weights, *factors)
    plain = F.cross_entropy(student, labels, reduction="none")
    loss = ((1 - alpha * trust) * plain).mean() + alpha * soft
    (d_hard,) = torch.autograd.grad(plain.mean(), student, retain_graph=True)
    (d_soft,) = torch.autograd.grad(soft, student, retain_graph=True)
    loss.backward()
    return {
        "name": name, "method": method, "count": n, "classes": k, "temperature": t, "alpha": alpha,
        "standardize": standardize, "factors": list(factors), "weightByGap": gap,
        "trust": numbers(trust) if trusted else None, "logits": numbers(student), "teacher": numbers(teacher),
        "labels": labels.tolist(), "loss": number(loss), "hard": number(plain.mean()), "soft": number(soft),
        "cosine": number(F.cosine_similarity(d_hard.flatten(), d_soft.flatten(), 0)), "dLogits": numbers(student.grad),
        "dTemperature": number(temperature.grad)}


def methods():
    return [
        method_case("kd", 6, 10, "kd", 4.0, 0.9),
        method_case("kd, two classes", 3, 2, "kd", 2.0, 0.5),
        method_case("kd, standardised", 5, 7, "kd", 2.0, 0.9, standardize=True),
        method_case("kd, standardised, wide logits", 4, 5, "kd", 3.0, 0.7, scale=30, standardize=True),
        method_case("kd by gap", 6, 5, "kd", 3.0, 0.8, gap=True),
        method_case("kd by gap, trusted in part", 6, 5, "kd", 3.0, 0.8, gap=True, trusted=True),
        method_case("kd, trusted in part", 5, 4, "kd", 4.0, 1.0, trusted=True),
        method_case("dkd", 6, 10, "dkd", 4.0, 0.9, factors=(1.0, 8.0)),
        method_case("dkd, two classes", 4, 2, "dkd", 2.0, 0.5, factors=(1.0, 8.0)),
        method_case("dkd, the label alone", 5, 6, "dkd", 3.0, 1.0, factors=(2.0, 0.0)),
        method_case("dkd, the others alone", 5, 6, "dkd", 3.0, 1.0, factors=(0.0, 1.5)),
        method_case("dkd, sure logits", 4, 5, "dkd", 4.0, 0.9, scale=15, factors=(1.0, 8.0)),
        method_case("dkd, standardised, trusted in part", 5, 6, "dkd", 2.0, 0.9, standardize=True, trusted=True, factors=(1.0, 4.0)),
        method_case("dist", 6, 10, "dist", 1.0, 0.9),
        method_case("dist, weights of ImageNet", 8, 5, "dist", 1.0, 0.5, factors=(2.0, 2.0)),
        method_case("dist, within an image", 5, 4, "dist", 4.0, 1.0, factors=(1.0, 0.0)),
        method_case("dist, within a class", 5, 4, "dist", 4.0, 1.0, factors=(0.0, 1.0)),
        method_case("dist, standardised", 7, 6, "dist", 2.0, 0.9, standardize=True),
        method_case("dist by gap, trusted in part", 7, 6, "dist", 2.0, 0.9, gap=True, trusted=True, factors=(1.0, 3.0)),
    ]


# Teachers.


def mixture_case(name, k, n, c, t, combine, weights, revise="none", class_weights=None, standardize=False):
    logits = single(k, n, c, scale=2.0)
    labels = torch.randint(0, c, (n,))
    given = logits.clone()
    log_p = F.log_softmax(logits, 2)
    entropy = -(log_p.exp() * log_p).sum(2)
    cross = -log_p.gather(2, labels.expand(k, n)[..., None])[..., 0]
    relative = torch.tensor(weights)[:, None].expand(k, n).clone()
    if combine == "confidence":
        relative = relative * (1 - F.softmax(cross, 0)) / (k - 1)
    elif combine == "entropy":
        relative = relative * torch.exp(-entropy)
    v = relative / relative.sum(0)
    if class_weights is not None:
        v = v * torch.tensor(class_weights)[:, labels]
    top = logits.argmax(2)
    wrong = top != labels
    if revise == "discount":
        v = torch.where(wrong, v * (1 - log_p.exp().max(2).values), v)
    elif revise == "swap":
        logits = logits.clone()
        for a in range(k):
            for i in range(n):
                if wrong[a, i]:
                    highest, own = logits[a, i, top[a, i]].item(), logits[a, i, labels[i]].item()
                    logits[a, i, top[a, i]], logits[a, i, labels[i]] = own, highest
    if standardize:
        logits = torch.stack([z_scores(x) for x in logits])
    trust = v.sum(0)
    probabilities = (v[..., None] * F.softmax(logits / t, 2)).sum(0) / trust[:, None]
    return {
        "name": name, "teachers": k, "count": n, "classes": c, "temperature": t, "combine": combine, "weights": weights,
        "revise": revise, "standardize": standardize, "classWeights": class_weights, "logits": numbers(given), "labels": labels.tolist(),
        "probabilities": numbers(probabilities), "trust": numbers(trust), "wrong": int(wrong.sum())}


def calibration_case(name, n, c, sharpness):
    logits = single(n, c, scale=1.0)
    labels = torch.distributions.Categorical(logits=logits).sample()
    logits = (logits * sharpness).float().double()

    def error(x):
        sure, top = F.softmax(x, 1).max(1)
        total = 0.0
        for b in range(15):
            inside = (sure > b / 15) & (sure <= (b + 1) / 15)
            if inside.any():
                gap = (top[inside] == labels[inside]).double().mean() - sure[inside].mean()
                total += inside.double().mean().item() * abs(gap.item())
        return total

    log_t = torch.zeros(1, requires_grad=True)
    optimiser = torch.optim.LBFGS([log_t], max_iter=200, tolerance_grad=1e-12, tolerance_change=1e-14, line_search_fn="strong_wolfe")

    def closure():
        optimiser.zero_grad()
        loss = F.cross_entropy(logits / log_t.exp(), labels)
        loss.backward()
        return loss

    for _ in range(5):
        optimiser.step(closure)
    t = log_t.exp().item()
    return {
        "name": name, "classes": c, "logits": numbers(logits), "labels": labels.tolist(), "temperature": t,
        "error": error(logits), "calibratedError": error(logits / t),
        "loss": F.cross_entropy(logits, labels).item(), "calibratedLoss": F.cross_entropy(logits / t, labels).item()}


def feed_case(height, width, to_height, to_width, channels):
    mean, std = [0.4, 0.5, 0.6][:channels], [0.2, 0.25, 0.3][:channels]
    own_mean, own_std = [0.5, 0.45, 0.4][:channels], [0.3, 0.2, 0.25][:channels]
    column = lambda x: torch.tensor(x).view(1, -1, 1, 1)
    x = single(2, channels, height, width)
    pixels = x * column(std) + column(mean)
    y = F.interpolate(pixels, (to_height, to_width), mode="bilinear", align_corners=False)
    y = (y - column(own_mean)) / column(own_std)
    nhwc = lambda v: numbers(v.permute(0, 2, 3, 1))
    return {
        "from": [height, width, channels], "to": [to_height, to_width, channels], "mean": mean, "std": std,
        "ownMean": own_mean, "ownStd": own_std, "input": nhwc(x), "output": nhwc(y)}


def curriculum_case():
    """Gradient reversal and SGD with momentum, as CTKD's code: the temperature's gradient is that of kd."""
    logit = torch.tensor([-0.5], requires_grad=True)
    optimiser = torch.optim.SGD([logit], 0.05, momentum=0.9)
    first = 1 + 20 * torch.sigmoid(logit)
    rows = []
    for step in range(12):
        factor = (1 - torch.cos(torch.tensor(torch.pi * min(1, step / 8)))) / 2
        student, teacher = single(4, 5, scale=3.0), single(4, 5, scale=3.0)
        t = 1 + 20 * torch.sigmoid(logit)
        t.retain_grad()
        loss = kd(student, teacher, None, t, torch.ones(4))
        optimiser.zero_grad()
        loss.backward()
        slope = number(t.grad)
        logit.grad *= -factor
        optimiser.step()
        rows.append({"gradient": slope, "factor": number(factor), "temperature": number(1 + 20 * torch.sigmoid(logit))})
    return {"first": number(first), "steps": rows}


def teachers():
    three = [1.0, 2.0, 0.5]
    return {
        "mixtures": [
            mixture_case("mean", 3, 4, 5, 4.0, "mean", [1.0, 1.0, 1.0]),
            mixture_case("weights", 3, 4, 5, 4.0, "mean", three),
            mixture_case("confidence", 3, 6, 5, 4.0, "confidence", [1.0, 1.0, 1.0]),
            mixture_case("confidence of two with weights", 2, 4, 3, 2.0, "confidence", [3.0, 1.0]),
            mixture_case("entropy", 3, 4, 5, 4.0, "entropy", three),
            mixture_case("classes", 2, 6, 3, 4.0, "classes", [1.0, 1.0], class_weights=[[0.9, 0.1, 0.5], [0.2, 0.8, 0.0]]),
            mixture_case("one with classes", 1, 6, 3, 4.0, "mean", [1.0], class_weights=[[0.9, 0.1, 0.5]]),
            mixture_case("swap", 2, 6, 4, 4.0, "mean", [1.0, 2.0], revise="swap"),
            mixture_case("swap of one, standardised", 1, 6, 4, 2.0, "mean", [1.0], revise="swap", standardize=True),
            mixture_case("discount", 3, 6, 4, 4.0, "mean", three, revise="discount"),
            mixture_case("discount of one", 1, 8, 4, 4.0, "mean", [1.0], revise="discount"),
            mixture_case("confidence, discount, classes, standardised", 2, 6, 3, 3.0, "confidence", [1.0, 1.5], revise="discount", class_weights=[[0.9, 0.1, 0.5], [0.2, 0.8, 0.7]], standardize=True),
        ],
        "calibrations": [calibration_case("sure", 300, 5, 3.0), calibration_case("timid", 200, 3, 0.4)],
        "feeds": [feed_case(4, 6, 8, 9, 3), feed_case(5, 5, 3, 4, 1), feed_case(3, 4, 3, 4, 3), feed_case(1, 2, 3, 3, 3)],
        "curriculum": curriculum_case(),
    }


# Losses on activations. Those of images are made N,C,H,W, and written N,H,W,C.


def nhwc(x):
    return numbers(x.permute(0, 2, 3, 1))


def attention_case(n, height, width, c_student, c_teacher):
    student = single(n, c_student, height, width).requires_grad_()
    teacher = single(n, c_teacher, height, width)
    attention = lambda x: F.normalize(x.pow(2).mean(1).flatten(1))
    loss = (attention(student) - attention(teacher)).pow(2).mean()
    loss.backward()
    return {
        "count": n, "pixels": height * width, "studentChannels": c_student, "teacherChannels": c_teacher,
        "student": nhwc(student), "teacher": nhwc(teacher), "loss": number(loss), "dStudent": nhwc(student.grad)}


def hint_case(n, height, width, c_student, c_teacher):
    student = single(n, c_student, height, width).requires_grad_()
    teacher = single(n, c_teacher, height, width)
    weight = single(c_teacher, c_student, 1, 1).requires_grad_()
    bias = single(c_teacher).requires_grad_()
    loss = F.mse_loss(F.conv2d(student, weight, bias), teacher)
    loss.backward()
    return {
        "count": n, "pixels": height * width, "studentChannels": c_student, "teacherChannels": c_teacher,
        "student": nhwc(student), "teacher": nhwc(teacher), "weight": numbers(weight), "bias": numbers(bias),
        "loss": number(loss), "dStudent": nhwc(student.grad), "dWeight": numbers(weight.grad), "dBias": numbers(bias.grad)}


def similarity(student, teacher):
    gram = lambda x: F.normalize(x @ x.T, dim=1)
    return (gram(student) - gram(teacher)).pow(2).sum() / len(student) ** 2


def distance(student, teacher):
    def relation(x):
        d = (x[:, None] - x[None]).pow(2).sum(2)
        d = torch.where(torch.eye(len(x)).bool(), torch.ones_like(d), d).sqrt()
        d = torch.where(torch.eye(len(x)).bool(), torch.zeros_like(d), d)
        return d / d[d > 0].mean()
    return F.smooth_l1_loss(relation(student), relation(teacher))


def angle(student, teacher):
    def relation(x):
        e = F.normalize(x[None] - x[:, None], dim=2)
        return e @ e.transpose(1, 2)
    return F.smooth_l1_loss(relation(student), relation(teacher))


def batch_case(loss_of, n, d_student, d_teacher, scale=1.0):
    student = single(n, d_student, scale=scale).requires_grad_()
    teacher = single(n, d_teacher)
    loss = loss_of(student, teacher)
    loss.backward()
    return {
        "count": n, "studentValues": d_student, "teacherValues": d_teacher, "student": numbers(student),
        "teacher": numbers(teacher), "loss": number(loss), "dStudent": numbers(student.grad)}


def contrast_case(n, d, classes, t):
    student, teacher = single(n, d).requires_grad_(), single(n, d).requires_grad_()
    labels = torch.randint(0, classes, (n,))
    c = F.normalize(student, dim=1) @ F.normalize(teacher, dim=1).T / t
    same = (labels[:, None] == labels[None]) & ~torch.eye(n).bool()
    c = c.masked_fill(same, float("-inf"))
    loss = F.cross_entropy(c, torch.arange(n)) + F.cross_entropy(c.T, torch.arange(n))
    loss.backward()
    return {
        "count": n, "values": d, "temperature": t, "labels": labels.tolist(), "student": numbers(student),
        "teacher": numbers(teacher), "loss": number(loss), "dStudent": numbers(student.grad),
        "dTeacher": numbers(teacher.grad)}


def hcl(student, teacher):
    """As the authors' code of ReviewKD."""
    loss, weight, total = F.mse_loss(student, teacher), 1.0, 1.0
    for level in [4, 2, 1]:
        if level >= student.shape[2]:
            continue
        weight /= 2
        loss = loss + weight * F.mse_loss(F.adaptive_avg_pool2d(student, level), F.adaptive_avg_pool2d(teacher, level))
        total += weight
    return loss / total


def context_case(n, side, c):
    student, teacher = single(n, c, side, side).requires_grad_(), single(n, c, side, side)
    loss = hcl(student, teacher)
    loss.backward()
    return {
        "count": n, "pixels": side * side, "studentChannels": c, "teacherChannels": c, "student": nhwc(student),
        "teacher": nhwc(teacher), "loss": number(loss), "dStudent": nhwc(student.grad)}


def review_case(n, sides, channels, teacher_channels):
    """From the first stage to the last; norms have other values than their first ones."""
    middle = channels[-1]
    students = [single(n, c, s, s).requires_grad_() for c, s in zip(channels, sides)]
    teachers = [single(n, c, s, s) for c, s in zip(teacher_channels, sides)]
    values = []  # Of the stages from the last to the first: enter, leave, attend.

    def norm(x):
        scale, shift = (1 + single(x.shape[1], scale=0.2)).float().double(), single(x.shape[1], scale=0.2)
        values[-1] += [scale.requires_grad_(), shift.requires_grad_()]
        return F.batch_norm(x, None, None, scale, shift, training=True)

    def convolve(x, outputs, kernel, bias=False):
        weight = single(outputs, x.shape[1], kernel, kernel, scale=0.5).requires_grad_()
        offset = single(outputs).requires_grad_() if bias else None
        values.append([weight] + ([offset] if bias else []))
        return F.conv2d(x, weight, offset, padding=(kernel - 1) // 2)

    loss, fused = 0.0, None
    for place in reversed(range(len(sides))):
        x = norm(convolve(students[place], middle, 1))
        own = values.pop()
        if fused is not None:
            y = F.interpolate(fused, (sides[place],) * 2, mode="nearest")
            z = torch.sigmoid(convolve(torch.cat([x, y], 1), 2, 1, bias=True))
            attend = values.pop()
            x = x * z[:, :1] + y * z[:, 1:]
        fused = x
        out = norm(convolve(x, teacher_channels[place], 3))
        leave = values.pop()
        values += [own, leave] + ([attend] if place < len(sides) - 1 else [])
        loss = loss + hcl(out, teachers[place])
    loss.backward()
    written = lambda x: numbers(x.permute(0, 2, 3, 1)) if x.dim() == 4 else numbers(x)
    return {
        "count": n, "sides": sides, "channels": channels, "teacherChannels": teacher_channels,
        "students": [nhwc(x) for x in students], "teachers": [nhwc(x) for x in teachers], "loss": number(loss),
        "dStudents": [nhwc(x.grad) for x in students],
        "heads": [[written(x) for x in head] for head in values],
        "dHeads": [[written(x.grad) for x in head] for head in values]}


def features():
    return {
        "attention": [attention_case(3, 2, 3, 4, 2), attention_case(1, 1, 2, 3, 5)],
        "hint": [hint_case(2, 2, 3, 3, 4), hint_case(3, 1, 1, 5, 2)],
        "similarity": [batch_case(similarity, 5, 6, 3), batch_case(similarity, 2, 3, 4)],
        "distance": [batch_case(distance, 5, 3, 6), batch_case(distance, 4, 2, 2, scale=4.0)],
        "angle": [batch_case(angle, 5, 3, 6), batch_case(angle, 3, 2, 4)],
        "contrast": [contrast_case(6, 4, 3, 0.5), contrast_case(3, 2, 2, 0.2)],
        "context": [context_case(2, 5, 3), context_case(3, 2, 2), context_case(1, 1, 4)],
        "review": [review_case(3, [4, 2, 1], [2, 4, 3], [3, 2, 4])],
    }


def mutual_case(students, n, k):
    """With images that have no label, whose row of targets is zero."""
    logits = [single(n, k, scale=2.0).requires_grad_() for _ in range(students)]
    targets = F.one_hot(torch.randint(0, k, (n,)), k).double()
    targets[1] = 0
    losses = []
    for a, own in enumerate(logits):
        hard = -(targets * F.log_softmax(own, 1)).sum(1).mean()
        others = [x.detach() for b, x in enumerate(logits) if b != a]
        soft = sum(
            F.kl_div(F.log_softmax(own, 1), F.log_softmax(x, 1), reduction="batchmean", log_target=True)
            for x in others) / len(others)
        losses.append((hard, soft))
    sum(hard + soft for hard, soft in losses).backward()
    return {
        "count": n, "classes": k, "targets": numbers(targets), "logits": [numbers(x) for x in logits],
        "hard": [number(hard) for hard, _ in losses], "soft": [number(soft) for _, soft in losses],
        "dLogits": [numbers(x.grad) for x in logits]}


write("methods.json", methods())
write("teachers.json", teachers())
write("features.json", features())
write("mutual.json", [mutual_case(2, 4, 5), mutual_case(3, 3, 2)])
