"""The parts of an Excel workbook, looked through as text before anything builds a table of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from posixpath import join, normpath
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from geodata.errors import FileFault, InvalidValue
from geodata.exchange.container import Container, open_container

WORKBOOK = "xl/workbook.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"
_READ_WHOLE = ("[Content_Types].xml", WORKBOOK, _RELATIONS, "xl/sharedStrings.xml", "xl/styles.xml")
_LARGEST_INDEX_BYTES = 2_000_000
"""Of the two parts that are built into trees."""
_MOST_CELLS = 6_000_000
"""Of the rectangle from the first cell to the last, which is kept whole in memory."""
_DEFINITION = re.compile(rb"<!(?!--|\[CDATA\[)")
_REFERENCE = re.compile(rb"\sr\s*=\s*[\"']\s*([A-Za-z]*)([0-9]+)")
_ROW = re.compile(rb"<(?:[\w.-]+:)?row[\s/>]")
_CELL = re.compile(rb"<(?:[\w.-]+:)?c[\s/>]")
_ERROR_CELL = re.compile(
    rb"<(?:[\w.-]+:)?c\s([^>]*\bt\s*=\s*[\"']e[\"'][^>]*)>(?:(?:(?!</(?:[\w.-]+:)?c>).)*?<(?:[\w.-]+:)?v>([^<]*))?",
    re.DOTALL,
)


@dataclass(frozen=True)
class Sheet:
    """A sheet that may be read. errors: (row, column) from 0 of cells that hold an error → its name."""

    name: str
    others: tuple[str, ...]
    errors: dict[tuple[int, int], str]


def look_through(data: bytes, wanted: str) -> Sheet:
    """The sheet wanted, or the first that is not hidden. Raises FileFault, InvalidValue for the sheet."""
    container = open_container(data)
    if WORKBOOK not in container.names:
        raise FileFault("file.not_what_it_says", "file", format="xlsx")
    for name in set(_READ_WHOLE) & set(container.names):
        _checked(container.read(name))
    parts = _sheets(container)
    name = _chosen(list(parts), wanted)
    xml = _checked(container.read(parts[name]))
    _refuse_extent(xml, name)
    return Sheet(name, tuple(other for other in parts if other != name), dict(_errors(xml)))


def _checked(xml: bytes) -> bytes:
    if _DEFINITION.search(xml):
        raise FileFault("xml.definitions", "file")
    if b"\0" in xml[:4096]:
        raise FileFault("excel.broken", "file")
    return xml


def _tree(container: Container, name: str) -> Element:
    xml = container.read(name) if name in container.names else b""
    if len(xml) > _LARGEST_INDEX_BYTES:
        raise FileFault("excel.broken", "file")
    try:
        return fromstring(xml, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError, RecursionError) as fault:
        raise FileFault("excel.broken", "file") from fault


def _sheets(container: Container) -> dict[str, str]:
    """Name → part of the sheets that are not hidden, in their order; all of them where all are."""
    relations = {each.get("Id", ""): each.get("Target", "") for each in _tree(container, _RELATIONS)}
    found: dict[str, str] = {}
    hidden: set[str] = set()
    for each in _tree(container, WORKBOOK).findall(".//{*}sheet"):
        relation = next((value for key, value in each.items() if key.endswith("}id")), "")
        part = normpath(join("/xl", relations.get(relation, ""))).lstrip("/")
        if part in container.names and "worksheets/" in part:
            name = each.get("name", "")
            found[name] = part
            hidden |= {name} if each.get("state", "visible") != "visible" else set()
    if not found:
        raise FileFault("excel.no_sheet", "file")
    return {name: part for name, part in found.items() if name not in hidden} or found


def _chosen(names: list[str], wanted: str) -> str:
    if not wanted:
        return names[0]
    name = next((name for name in names if name.casefold() == wanted.casefold()), None)
    if name is None:
        raise InvalidValue("layer.no_such", "--layer", given=wanted[:80], known=", ".join(names)[:200])
    return name


def _refuse_extent(xml: bytes, name: str) -> None:
    """One cell far down and one far out make a table of 17 thousand million cells: counted, not believed."""
    rows, columns = len(_ROW.findall(xml)), 1
    found = _REFERENCE.findall(xml)
    if len(_CELL.findall(xml)) > sum(letters != b"" for letters, _ in found):  # cells that do not say where
        columns = max(len(_CELL.findall(row)) for row in _ROW.split(xml))
    for letters, digits in found:
        rows = max(rows, int(digits[:9]))
        columns = max(columns, _column(letters) + 1)
    if rows * columns > _MOST_CELLS:
        raise FileFault("excel.too_wide", "file", sheet=name[:80], rows=rows, columns=columns)


def _column(letters: bytes) -> int:
    """AA → 26."""
    number = 0
    for letter in letters[:8].upper():
        number = number * 26 + letter - 64
    return number - 1


def _errors(xml: bytes) -> list[tuple[tuple[int, int], str]]:
    if b't="e"' not in xml and b"t='e'" not in xml:
        return []
    found = []
    for attributes, value in _ERROR_CELL.findall(xml):
        at = _REFERENCE.search(b" " + attributes)
        if at:
            found.append(((int(at[2][:9]) - 1, _column(at[1])), value.decode("utf-8", "replace")[:20]))
    return found
