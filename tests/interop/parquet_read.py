"""Reads a Parquet file with pyarrow and prints what another world sees of it, as JSON."""

import hashlib
import json
import sys

import pyarrow.parquet as pq


def plain(value):
    if isinstance(value, bytes):
        return {"sha256": hashlib.sha256(value).hexdigest(), "length": len(value)}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    return value


file = pq.ParquetFile(sys.argv[1])
meta = file.metadata
groups = [meta.row_group(index) for index in range(meta.num_row_groups)]
score = [i for i in range(meta.num_columns) if meta.schema.column(i).path == "score"][0]
print(
    json.dumps(
        {
            "schema": {field.name: str(field.type) for field in file.schema_arrow},
            "nullable": {field.name: field.nullable for field in file.schema_arrow},
            "groups": [group.num_rows for group in groups],
            "codecs": sorted({group.column(i).compression for group in groups for i in range(meta.num_columns)}),
            "score": [[group.column(score).statistics.min, group.column(score).statistics.max] for group in groups],
            "keyValues": {key.decode(): value.decode() for key, value in (meta.metadata or {}).items()},
            "rows": [plain(row) for row in file.read().to_pylist()],
            # Small batches begin in the middle of pages.
            "batches": [row for batch in file.iter_batches(batch_size=7) for row in batch.to_pylist()] == file.read().to_pylist(),
        }
    )
)
