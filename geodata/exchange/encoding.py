"""In which encoding a text file is, found without holding more than a piece of it."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import IO

from geodata.errors import FileFault

_BLOCK_BYTES = 1 << 20
_HEAD_BYTES = 4096
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_UTF8_LETTER = re.compile(b"\xc3[\x80-\xbf]|\xe2\x80[\x80-\xbf]")
_LONGEST_LETTER_BYTES = 3


def find_encoding(file: IO[bytes]) -> tuple[str, int]:
    """UTF-8, UTF-16 or Windows-1252, all of the file tried, and its number of line ends. Raises FileFault."""
    file.seek(0)
    head = file.read(_HEAD_BYTES)
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding, _line_ends(file, encoding)
    if b"\0" in head:
        encoding = "utf-16-le" if head[1:2] == b"\0" else "utf-16-be"
        return encoding, _line_ends(file, encoding)
    try:
        return "utf-8", _line_ends(file, "utf-8")
    except FileFault:
        if line := _line_of_letter(file):
            raise FileFault("file.mixed_encodings", "file", line=line) from None
    return "cp1252", _line_ends(file, "cp1252")


def _blocks(file: IO[bytes]) -> Iterator[bytes]:
    """All of the file, and an empty block at its end."""
    file.seek(0)
    while block := file.read(_BLOCK_BYTES):
        yield block
    yield b""


def _line_ends(file: IO[bytes], encoding: str) -> int:
    """How many there are. Raises FileFault where the bytes are not text in this encoding."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    count = 0
    for block in _blocks(file):
        try:
            text = decoder.decode(block, final=not block)
        except UnicodeDecodeError as fault:
            line = count + fault.object.count(b"\n", 0, fault.start) + 1
            raise FileFault("file.encoding", "file", line=line) from fault
        if "\0" in text:
            raise FileFault("file.not_text", "file")
        count += block.count(b"\n")
    return count


def _line_of_letter(file: IO[bytes]) -> int:
    """The line of the first letter that is written in UTF-8; 0 where there is none."""
    count, rest = 0, b""
    for block in _blocks(file):
        joined = rest + block
        if found := _UTF8_LETTER.search(joined):
            return count + joined.count(b"\n", 0, found.start()) + 1
        rest = joined[-_LONGEST_LETTER_BYTES + 1 :]
        count += joined.count(b"\n") - rest.count(b"\n")
    return 0
