#!/usr/bin/env python3
"""Writes image files of many kinds, and what Pillow makes of them at another size, for DecodeGoldenTests.swift.

Usage: make.py [FOLDER], by default this script's own. Needs Pillow and NumPy; made with Pillow 12 and NumPy 2.

References are computed from what Pillow decodes: alpha composited and 16 bits reduced here in NumPy, EXIF orientation
by ImageOps, resizing axis by axis (columns first) with LANCZOS where an axis shrinks and BICUBIC where it grows.
"""
import base64, io, json, os, sys

import numpy as np
from PIL import Image, ImageOps

folder = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__))
rng = np.random.default_rng(20261127)
BACKGROUND = (32, 160, 96)


def picture(width, height, detail=6):
    """Smooth colours with some edges: what photographs are like, small when compressed."""
    small = rng.integers(0, 256, (detail, detail, 3), dtype=np.uint8)
    image = np.asarray(Image.fromarray(small).resize((width, height), Image.BICUBIC)).copy()
    image[height // 3: height // 2, width // 5: width // 2] = rng.integers(0, 256, 3)
    image[:, width * 3 // 4: width * 3 // 4 + 2] = 255 - image[:, width * 3 // 4: width * 3 // 4 + 2]
    return image


def resized(image, width, height, fit):
    """`image`: H, W, C bytes. The placement is computed in floating point and rounded as the manifest promises."""
    h, w = image.shape[:2]
    box = [0.0, 0.0, float(w), float(h)]
    tw, th = width, height
    if fit == "crop":
        if w * height > h * width:
            used = h * width / height
            box[0], box[2] = (w - used) / 2, (w + used) / 2
        else:
            used = w * height / width
            box[1], box[3] = (h - used) / 2, (h + used) / 2
    elif fit == "pad":
        if w * height > h * width:
            th = max(1, int(h * width / w + 0.5))
        else:
            tw = max(1, int(w * height / h + 0.5))
    kernel = lambda a, b: Image.LANCZOS if a > b else Image.BICUBIC
    out = Image.fromarray(image[..., 0] if image.shape[2] == 1 else image)
    if (box[0], box[2], tw) != (0, w, w):
        out = out.resize((tw, h), kernel(box[2] - box[0], tw), box=(box[0], 0, box[2], h))
    if (box[1], box[3], th) != (0, h, h):
        out = out.resize((tw, th), kernel(box[3] - box[1], th), box=(0, box[1], tw, box[3]))
    out = np.asarray(out).reshape(th, tw, -1)
    if fit != "pad":
        return out
    back = BACKGROUND if image.shape[2] == 3 else (luma(np.array([[BACKGROUND]], np.uint8)).item(),)
    padded = np.tile(np.array(back, np.uint8), (height, width, 1))
    y, x = (height - th) // 2, (width - tw) // 2
    padded[y:y + th, x:x + tw] = out
    return padded


def luma(rgb):
    return np.asarray(Image.fromarray(rgb).convert("L"))[..., None]


def over(rgba):
    a = rgba[..., 3:].astype(float) / 255
    return np.floor(rgba[..., :3] * a + np.array(BACKGROUND) * (1 - a) + 0.5).astype(np.uint8)


cases = []


def case(name, image, upright, width, height, fit="stretch", channels=3, tolerance=2.0, average=0.5, **options):
    """Saves `image`; `upright`: what it shows, H, W, 3 bytes, or None for what Pillow decodes."""
    path = os.path.join(folder, name)
    if image is not None:
        image.save(path, **options)
    if upright is None:
        upright = np.asarray(ImageOps.exif_transpose(Image.open(path)).convert("RGB"))
    if channels == 1:
        upright = luma(upright)
    pixels = resized(upright, width, height, fit)
    cases.append(dict(
        file=name, width=width, height=height, channels=channels, fit=fit, background="#%02x%02x%02x" % BACKGROUND,
        largestDifference=tolerance, averageDifference=average,
        pixels=base64.b64encode(np.ascontiguousarray(pixels).tobytes()).decode()))


# Sizes and ways to fit.
wide = Image.fromarray(picture(61, 37))
case("wide.png", wide, None, 20, 20)
for fit in ("crop", "pad"):
    case("wide.png", None, None, 20, 16, fit)
case("wide.png", None, None, 61, 37)
case("wide.png", None, None, 80, 50)
case("wide.png", None, None, 20, 60)
case("wide.png", None, None, 16, 24, "crop", channels=1)
case("wide.png", None, None, 16, 24, "pad", channels=1)
tall = Image.fromarray(picture(19, 45))
case("tall.png", tall, None, 16, 16, "crop")
case("tall.png", None, None, 17, 15, "pad")
case("dot.png", Image.fromarray(picture(1, 1)), None, 5, 3)

# Depths and transparency.
gray = picture(40, 30)[..., 0]
case("gray.png", Image.fromarray(gray), None, 16, 16)
case("gray.png", None, None, 16, 16, channels=1)
deep = (np.linspace(0, 65535, 40 * 30).reshape(30, 40) * 0.9 + 1000).astype(np.uint16)
eight = np.floor(deep / 257 + 0.5).astype(np.uint8)
case("gray16.png", Image.fromarray(deep), np.repeat(eight[..., None], 3, 2), 16, 12)
bits = Image.fromarray((gray > 128).astype(np.uint8) * 255).convert("1")
case("bits.png", bits, None, 16, 16)
palette = Image.fromarray(picture(40, 30)).quantize(12)
alpha = bytes([0, 255, 128, 40] + [255] * 8)
rgba = np.asarray(palette.convert("RGB"))
opacity = np.frombuffer(alpha, np.uint8)[np.asarray(palette)]
case("palette.png", palette, None, 16, 16)
case("palette-trns.png", palette, over(np.dstack([rgba, opacity])), 16, 16, transparency=alpha)
rgba = np.dstack([picture(40, 30), np.linspace(0, 255, 1200).reshape(30, 40).astype(np.uint8)])
case("rgba.png", Image.fromarray(rgba), over(rgba), 16, 16, "pad")
la = np.dstack([gray, rgba[..., 3]])
case("gray-alpha.png", Image.fromarray(la), over(np.dstack([gray, gray, gray, rgba[..., 3]])), 16, 16)

# JPEG: its own ways of colour, and scaled decoding, which filters a little otherwise.
photo = Image.fromarray(picture(60, 44))
case("baseline.jpg", photo, None, 40, 30, quality=92)
case("baseline.jpg", None, None, 40, 30, channels=1, tolerance=3, quality=92)
case("progressive.jpg", photo, None, 40, 30, quality=80, progressive=True)
case("full-chroma.jpg", photo, None, 40, 30, quality=90, subsampling=0)
case("gray.jpg", Image.fromarray(gray), None, 24, 16, quality=90)
case("cmyk.jpg", photo.convert("CMYK"), None, 40, 30, quality=95)
large = Image.fromarray(picture(403, 301, 9))
for side in (96, 48, 24):
    case("large.jpg", large if side == 96 else None, None, side, side, tolerance=40, average=1.5, quality=85)
case("large.jpg", None, None, 40, 20, "crop", tolerance=40, average=1.5)
case("large.jpg", None, None, 40, 40, "pad", tolerance=40, average=1.5)

# The eight orientations.
for orientation in range(1, 9):
    exif = Image.Exif()
    exif[0x0112] = orientation
    options = dict(exif=exif) if orientation % 2 else dict(exif=exif.tobytes())
    turned = Image.fromarray(picture(36, 22, 3))
    case(f"turned-{orientation}.jpg", turned, None, 18, 14, "crop", quality=90, **options)
case("turned-6.jpg", None, None, 22, 36)
case("turned-5.jpg", None, None, 20, 20, "pad")
exif = Image.Exif()
exif[0x0112] = 6
case("turned-6.png", Image.fromarray(picture(36, 22, 3)), None, 18, 14, exif=exif)

with open(os.path.join(folder, "decode.json"), "w") as file:
    json.dump(cases, file, indent=1)
    file.write("\n")
print(len(cases), "cases")
