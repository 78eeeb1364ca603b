"""Reads what an offline W&B run wrote: LevelDB-framed protobuf records."""

import json
import struct
from pathlib import Path
from typing import Any

_BLOCK = 32 * 1024
_FULL, _FIRST, _MIDDLE, _LAST = 1, 2, 3, 4


def runs(folder: str | Path) -> list[Path]:
    """The files of all runs below a folder, or of all parts of one."""
    return sorted(Path(folder).rglob("run-*.wandb"))


def told(file: Path, kind: str) -> list[Any]:
    """The records of a kind, such as `run`, `history` or `exit`."""
    return [getattr(record, kind) for record in records(file) if record.WhichOneof("record_type") == kind]


def summary(file: Path) -> dict[str, Any]:
    """What the run's summary came to."""
    return {item.key: json.loads(item.value_json) for row in told(file, "summary") for item in row.update}


def records(file: Path) -> list:
    """All records of a run-<id>.wandb file."""
    import wandb
    from wandb.proto.wandb_internal_pb2 import Record

    wandb.teardown()  # its process writes on for a moment after a run has ended
    data = file.read_bytes()
    assert data[:4] == b":W&B"
    position, parts, found = 7, b"", []
    while position + 7 <= len(data):
        left = _BLOCK - position % _BLOCK
        if left < 7:
            position += left
            continue
        _, length, kind = struct.unpack("<IHB", data[position : position + 7])
        chunk = data[position + 7 : position + 7 + length]
        position += 7 + length
        parts = chunk if kind in (_FULL, _FIRST) else parts + chunk
        if kind in (_FULL, _LAST):
            record = Record()
            record.ParseFromString(parts)
            found.append(record)
    return found
