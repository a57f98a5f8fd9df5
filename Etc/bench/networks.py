"""The networks of `distilld bench` in PyTorch, for images of 3 x 32 x 32 and ten classes, without biases before norms."""

import torch
from torch import nn

CLASSES = 10


def convolution(inputs, outputs, kernel=3, stride=1, groups=1, activation=None):
    """Convolution and batch norm, and an activation where one is given."""
    layers = [
        nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False),
        nn.BatchNorm2d(outputs),
    ]
    if activation is not None:
        layers.append(activation())
    return nn.Sequential(*layers)


class Residual(nn.Module):
    """Two 3 x 3 convolutions beside the identity, or beside a projection where the shape changes."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.body = nn.Sequential(
            convolution(inputs, outputs, stride=stride, activation=nn.ReLU), convolution(outputs, outputs)
        )
        changes = stride != 1 or inputs != outputs
        self.shortcut = convolution(inputs, outputs, kernel=1, stride=stride) if changes else nn.Identity()

    def forward(self, x):
        return torch.relu(self.body(x) + self.shortcut(x))


class Head(nn.Module):
    """Mean over the pixels, and the classifier."""

    def __init__(self, channels):
        super().__init__()
        self.classifier = nn.Linear(channels, CLASSES)

    def forward(self, x):
        return self.classifier(x.mean((2, 3)))


def resnet(depth, stem, widths):
    layers, channels = [convolution(3, stem, activation=nn.ReLU)], stem
    for stage, width in enumerate(widths):
        for block in range((depth - 2) // 6):
            layers.append(Residual(channels, width, 2 if stage > 0 and block == 0 else 1))
            channels = width
    return nn.Sequential(*layers, Head(channels))


def convnet3():
    return nn.Sequential(
        convolution(3, 16, activation=nn.ReLU), nn.MaxPool2d(2),
        convolution(16, 24, activation=nn.ReLU), nn.MaxPool2d(2),
        convolution(24, 24, activation=nn.ReLU), Head(24),
    )


def mobilenet_tiny():
    layers, channels = [convolution(3, 16, activation=nn.ReLU6)], 16
    for width, stride in [(32, 1), (64, 2), (64, 1), (128, 2), (128, 1), (128, 1), (128, 1), (256, 2), (256, 1)]:
        layers.append(convolution(channels, channels, stride=stride, groups=channels, activation=nn.ReLU6))
        layers.append(convolution(channels, width, kernel=1, activation=nn.ReLU6))
        channels = width
    return nn.Sequential(*layers, Head(channels))


NETWORKS = {
    "convnet3": convnet3,
    "mobilenet-tiny": mobilenet_tiny,
    "resnet8": lambda: resnet(8, 16, [16, 32, 64]),
    "resnet20": lambda: resnet(20, 16, [16, 32, 64]),
    "resnet56": lambda: resnet(56, 16, [16, 32, 64]),
    "resnet8x4": lambda: resnet(8, 32, [64, 128, 256]),
    "resnet32x4": lambda: resnet(32, 32, [64, 128, 256]),
}
