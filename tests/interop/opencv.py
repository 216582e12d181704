"""The low-level check as OpenCV does it.

Reads jobs as JSON lines from standard input, answers one JSON line each:
  {"mask": file, "width", "height"}                              one byte a pixel, 0 or not
  {"source": file, "edited": file, "width", "height", "threshold", "rule"}   raw RGB
  {"greys": file, "count"}                                       raw RGB; answers the SHA-256 of their grey values
"""

import hashlib
import json
import sys

import cv2
import numpy as np


def counts(mask):
    labels, _, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=4)
    sizes = stats[1:, cv2.CC_STAT_AREA]
    return {"flagged": int(np.count_nonzero(mask)), "largest": int(sizes.max()) if labels > 1 else 0, "components": labels - 1}


def difference(job):
    shape = (job["height"], job["width"], 3)
    source = np.fromfile(job["source"], np.uint8).reshape(shape)
    edited = np.fromfile(job["edited"], np.uint8).reshape(shape)
    apart = cv2.absdiff(source, edited)
    values = apart.max(axis=2) if job["rule"] == "any" else cv2.cvtColor(apart, cv2.COLOR_RGB2GRAY)
    return (values > job["threshold"]).astype(np.uint8)


def answer(job):
    if "greys" in job:
        rgb = np.fromfile(job["greys"], np.uint8).reshape((job["count"], 1, 3))
        return {"sha256": hashlib.sha256(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY).tobytes()).hexdigest()}
    if "mask" in job:
        return counts(np.fromfile(job["mask"], np.uint8).reshape((job["height"], job["width"])))
    return counts(difference(job))


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
