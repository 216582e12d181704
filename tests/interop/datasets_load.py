"""Loads an exported folder with the Hugging Face datasets library and prints what a trainer would get, as JSON."""

import json
import sys

from datasets import load_dataset


def describe(rows):
    table = {name: str(feature) for name, feature in rows.features.items()}
    first = rows[0]
    sizes = [[row["source"].size, row["edited"].size, row["img_width"], row["img_height"]] for row in rows]
    return {
        "rows": len(rows),
        "features": table,
        "sizes": sizes,
        "adherence": rows["adherence"][:],
        "instructions": rows["edit_instruction"][:],
        "kinds": rows["kind"][:],
        "augmented": first["augmented_instructions"],
        # The colour inside the square: tells which way round a pair is.
        "squares": [[row["source"].convert("RGB").getpixel((14, 14)), row["edited"].convert("RGB").getpixel((14, 14))] for row in rows],
    }


folder, cache = sys.argv[1:3]
by_folder = load_dataset("imagefolder", data_dir=folder, split="train", cache_dir=cache)
by_card = load_dataset(folder, split="train", cache_dir=cache + "-card")
print(json.dumps({"byFolder": describe(by_folder), "byCard": describe(by_card)}))
