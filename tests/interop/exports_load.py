"""Opens exported folders the way trainers do and prints what they would get, as JSON.

exports_load.py CACHE KIND=FOLDER ...
"""

import glob
import hashlib
import json
import os
import sys

import pyarrow.parquet as pq
from datasets import load_dataset


def pixels(image):
    rgb = image.convert("RGB")
    return hashlib.sha256(f"{rgb.size}".encode() + rgb.tobytes()).hexdigest()


def cells(row):
    """A row with every picture, alone or in a list, as the hash of its pixels."""
    found = {}
    for name, value in row.items():
        if hasattr(value, "convert"):
            found[name] = pixels(value)
        elif isinstance(value, list) and value and hasattr(value[0], "convert"):
            found[name] = [pixels(one) for one in value]
        else:
            found[name] = value
    return found


def hf(folder, cache):
    """Normal and streaming mode of one dataset, by its card."""
    plain = load_dataset(folder, split="train", cache_dir=cache)
    rows = [cells(row) for row in plain]
    streamed = load_dataset(folder, split="train", streaming=True, cache_dir=cache)
    return {
        "features": {name: str(feature) for name, feature in plain.features.items()},
        "rows": rows,
        "sameStreamed": [cells(row) for row in streamed] == rows,
    }


def footer(path):
    file = pq.ParquetFile(path)
    meta = file.metadata
    return {
        "schema": {field.name: str(field.type) for field in file.schema_arrow},
        "nullable": all(field.nullable for field in file.schema_arrow),
        "groups": [meta.row_group(i).num_rows for i in range(meta.num_row_groups)],
        "huggingface": json.loads((meta.metadata or {}).get(b"huggingface", b"null")),
    }


def parquet(folder, cache):
    shards = sorted(glob.glob(os.path.join(folder, "data", "*.parquet")))
    return {"footers": [footer(path) for path in shards], **hf(folder, cache)}


def imagefolder(folder, cache):
    by_card = hf(folder, cache)
    by_folder = [cells(row) for row in load_dataset("imagefolder", data_dir=folder, split="train", cache_dir=cache + "-folder")]
    return {**by_card, "sameByFolder": by_folder == by_card["rows"]}


def webdataset(folder, cache):
    import webdataset as wds

    shards = sorted(glob.glob(os.path.join(folder, "data", "train-*.tar")))
    rows = [cells(row) for row in wds.WebDataset(shards, shardshuffle=False).decode("pil")]
    for row in rows:
        row.pop("__local_path__", None)
    loaded = hf(folder, cache)
    return {"rows": rows, "features": loaded["features"], "sameStreamed": loaded["sameStreamed"], "loaded": len(loaded["rows"])}


def bagel(folder, _cache):
    """What BAGEL's loader does with its files: keys by os.path.join, groups by number, bytes as pictures, wordings as lists."""
    import io

    from PIL import Image

    with open(os.path.join(folder, "bagel", "dataset_info_entry.json"), encoding="utf-8") as file:
        entries = json.load(file)["unified_edit"]
    result = {}
    for name, entry in entries.items():
        with open(entry["parquet_info_path"], encoding="utf-8") as file:
            info = json.load(file)
        files = sorted(name for name in os.listdir(entry["data_dir"]) if name.endswith(".parquet"))
        rows = []
        for path in (os.path.join(entry["data_dir"], name) for name in files):
            parquet_file = pq.ParquetFile(path)
            assert info[path]["num_row_groups"] == parquet_file.num_row_groups
            for group in range(parquet_file.num_row_groups):
                frame = parquet_file.read_row_group(group)
                assert frame.num_rows <= 10
                for row in frame.to_pylist():
                    images, instructions = row["image_list"], row["instruction_list"]
                    assert len(instructions) == len(images) - 1 and all(isinstance(step, list) for step in instructions)
                    rows.append([[pixels(Image.open(io.BytesIO(image))) for image in images], instructions])
        assert len(files) == entry["num_files"] == len(info) and len(rows) == entry["num_total_samples"]
        result[name] = {"schema": str(pq.ParquetFile(os.path.join(entry["data_dir"], files[0])).schema_arrow), "rows": rows}
    return result


def blobs(folder, _cache):
    """The pixels of stored pictures by file name."""
    from PIL import Image

    return {name: pixels(Image.open(os.path.join(folder, name))) for name in os.listdir(folder)}


KINDS = {"blobs": blobs, "parquet": parquet, "imagefolder": imagefolder, "webdataset": webdataset, "bagel": bagel}
cache = sys.argv[1]
answers = {}
for index, argument in enumerate(sys.argv[2:]):
    kind, folder = argument.split("=", 1)
    answers[folder] = KINDS[kind](folder, f"{cache}-{index}")
print(json.dumps(answers))
