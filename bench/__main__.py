"""python -m bench: every measurement beside its peer, as a table and as JSON."""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

MODULES = (
    *("surface", "squares", "points", "week", "list", "tiles", "page"),
    *("exchange", "journal", "walk", "memory"),
)
SIZES = (10_000, 100_000, 1_000_000)

_HEAD = ("name", "n", "ours", "peer", "ratio", "unit", "spread", "peer_name")


def main(given: Sequence[str] | None = None) -> int:
    chosen = _options().parse_args(given)
    sizes = SIZES[:1] if chosen.quick else [int(size) for size in chosen.sizes.split(",")]
    print(_line(_HEAD), flush=True)
    rows = []
    for row in _rows(sizes, chosen.only):
        rows.append(row)
        print(_line(_cells(row)), flush=True)
    if chosen.json:
        Path(chosen.json).write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return 0 if rows else 2


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m bench", description=__doc__)
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)), help="numbers of reports")
    parser.add_argument("--only", default="", help="a module, or a part of a measurement's name")
    parser.add_argument("--json", metavar="FILE", help="write the rows here too")
    parser.add_argument("--quick", action="store_true", help="10,000 reports only")
    return parser


def _rows(sizes: Sequence[int], only: str) -> Iterator[dict[str, Any]]:
    for name in MODULES:
        if importlib.util.find_spec(f"bench.{name}") is None or (only in MODULES and only != name):
            continue
        module = importlib.import_module(f"bench.{name}")
        for size in sizes:
            made = (_with_spread(row) for row in module.rows(size))
            yield from (row for row in made if only in (*MODULES, "") or only in row["name"])


def _with_spread(row: dict[str, Any]) -> dict[str, Any]:
    """The row, its spread as a share of the median also where it came as lowest and highest."""
    spread = row["spread"]
    if isinstance(spread, list):
        spread = (max(spread) - min(spread)) / row["ours"]
    return row | {"spread": spread}


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    return (
        row["name"],
        f"{row['n']:,}",
        *(f"{row[name]:,.4g}" if row[name] < 1000 else f"{row[name]:,.0f}" for name in ("ours", "peer")),
        f"{row['ratio']:.4g}",
        row["unit"],
        f"{row['spread']:.0%}",
        row["peer_name"],
    )


def _line(cells: Sequence[str]) -> str:
    widths = (24, 10, 10, 10, 9, 6, 6, 0)
    return "  ".join(f"{cell:<{width}}" for cell, width in zip(cells, widths, strict=True)).rstrip()


if __name__ == "__main__":
    sys.exit(main())
