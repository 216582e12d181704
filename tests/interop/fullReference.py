"""Says what OpenCV, scikit-image and scipy make of pairs of raw RGB pictures: one JSON job a line, one JSON answer a line."""
import json
import sys

import cv2
import numpy as np
from scipy import ndimage
from skimage.color import deltaE_ciede2000, rgb2lab
from skimage.metrics import structural_similarity
from skimage.registration import phase_cross_correlation

BLOCK = 4


def by_blocks(values):
    h, w = values.shape[0] // BLOCK * BLOCK, values.shape[1] // BLOCK * BLOCK
    return values[:h, :w].reshape(h // BLOCK, BLOCK, w // BLOCK, BLOCK, *values.shape[2:])


def answer(job):
    shape = (job["height"], job["width"], 3)
    a = np.fromfile(job["source"], np.uint8).reshape(shape)
    b = np.fromfile(job["edited"], np.uint8).reshape(shape)
    mask = np.abs(a.astype(np.int16) - b).max(2) > 40
    labels, count = ndimage.label(mask)
    largest = int(np.bincount(labels.ravel())[1:].max()) if count else 0
    flagged = by_blocks(mask).any((1, 3))
    outside = cv2.dilate(flagged.astype(np.uint8), np.ones((5, 5), np.uint8)) == 0
    la, lb = cv2.cvtColor(a, cv2.COLOR_RGB2GRAY), cv2.cvtColor(b, cv2.COLOR_RGB2GRAY)
    # SSIM of every 8 x 8 window, read at those that are made of four whole blocks outside.
    _, full = structural_similarity(la, lb, win_size=7, data_range=255, full=True)
    rows, columns = outside.shape
    four = outside[:-1, :-1] & outside[1:, :-1] & outside[:-1, 1:] & outside[1:, 1:]
    ys, xs = np.nonzero(four)
    ssim = float(full[ys * BLOCK + 3, xs * BLOCK + 3].mean()) if len(ys) else None
    sse = by_blocks((a.astype(np.float64) - b) ** 2).sum((1, 3, 4))
    mse = float(sse[outside].mean() / (BLOCK * BLOCK * 3)) if outside.any() else None
    # Means of 8 x 8 cells that are four whole blocks outside.
    h, w = rows // 2 * 8, columns // 2 * 8
    cells = lambda p: p[:h, :w].reshape(h // 8, 8, w // 8, 8, 3).mean((1, 3)) / 255
    kept = outside[: h // 4, : w // 4].reshape(h // 8, 2, w // 8, 2).all((1, 3))
    drift = deltaE_ciede2000(rgb2lab(cells(a)), rgb2lab(cells(b)))[kept]
    shift, _, _ = phase_cross_correlation(la, lb, upsample_factor=20)
    kernel = np.array([[0, -1, 0], [-1, 4, -1], [0, -1, 0]], np.float64)
    lap = [by_blocks(cv2.filter2D(p.astype(np.float64), -1, kernel)) for p in (la, lb)]
    inner = outside.copy()
    inner[[0, -1], :] = inner[:, [0, -1]] = False
    variance = [float(p.transpose(0, 2, 1, 3)[inner].var()) for p in lap]
    return {
        "changedShare": float(mask.mean()),
        "largestPartShare": largest / mask.size,
        "outsideShare": float(outside.mean()),
        "ssimOutside": ssim,
        "psnrOutside": None if not mse else 10 * np.log10(255**2 / mse),
        "colourDriftMedian": float(np.median(drift)) if drift.size else None,
        "colourDriftP95": float(np.percentile(drift, 95)) if drift.size else None,
        "sharpnessRatio": variance[1] / variance[0],
        "shiftX": -float(shift[1]),
        "shiftY": -float(shift[0]),
    }


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))))
