"""What became of a layer, in words."""

from __future__ import annotations

from dataclasses import dataclass

from webmap.services.area_layers import AreaOrder, AreaResult
from webmap.words import Words

_MOST_FAULTS_SHOWN = 50


@dataclass(frozen=True)
class AreaResultView:
    """is_stored: the file is done with. faults: (where, why). more_faults: that some are not shown."""

    title: str
    lines: list[str]
    is_stored: bool
    is_refused: bool
    faults: list[tuple[str, str]]
    more_faults: str


def result_view(order: AreaOrder, result: AreaResult, words: Words) -> AreaResultView:
    """The outcome as the page says it."""
    found = result.reading
    is_stored = not (order.is_dry_run or result.is_refused)
    counts = result.stored if is_stored else found.counts
    lines = [f"{words.label(kind)}: {words.number(counts.get(kind, 0))}" for kind in order.kinds]
    figures = (
        (found.outside, words("Utanför kommunen: %(count)s", count=words.number(found.outside))),
        (result.already_there, words("Fanns redan: %(count)s", count=words.number(result.already_there))),
        (result.removed, words("Togs bort först: %(count)s", count=words.number(result.removed))),
        (len(found.faults), words("Felaktiga: %(count)s", count=words.number(len(found.faults)))),
    )
    hidden = len(found.faults) - _MOST_FAULTS_SHOWN
    return AreaResultView(
        title=_title(order, result, words),
        lines=[*lines, *(said for count, said in figures if count)],
        is_stored=is_stored,
        is_refused=result.is_refused,
        faults=[
            (_place(found.format, fault.line, words), words.fault(fault.fault))
            for fault in found.faults[:_MOST_FAULTS_SHOWN]
        ],
        more_faults=words("Och %(count)s till.", count=words.number(hidden)) if hidden > 0 else "",
    )


def _title(order: AreaOrder, result: AreaResult, words: Words) -> str:
    if result.is_refused:
        return words("Inget sparades")
    if order.is_dry_run:
        return (
            words("Så här blir det") if result.reading.drafts else words("Filen har inget sådant i kommunen")
        )
    return words("Sparat")


def _place(format_name: str, line: int, words: Words) -> str:
    if format_name == "osm":
        return words("objekt %(line)s", line=line)
    return words("rad %(line)s", line=line)
