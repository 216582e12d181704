"""Loads an exported folder without decoding its pictures and prints a few values of the first and the last row."""

import json
import sys

from datasets import load_dataset

folder, cache = sys.argv[1:3]
rows = load_dataset("imagefolder", data_dir=folder, split="train", cache_dir=cache)
rows = rows.select_columns(["adherence", "soft_adherence", "decision"])
pick = lambda row: [row["adherence"], row["soft_adherence"], row["decision"]]
print(json.dumps({"rows": len(rows), "first": pick(rows[0]), "last": pick(rows[-1])}))
