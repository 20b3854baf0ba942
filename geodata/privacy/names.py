"""Likely names of persons in free text: a search that would rather ask once too often than let one by."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from geodata.privacy.name_words import Word, words_of
from geodata.privacy.suspects import Suspect, SuspectKind
from geodata.privacy.word_lists import endings, listed

_AFTER_CUE = re.compile(r"[ :,(\"”“'\n/-]{1,3}")
_LONGEST_NAME_WORDS = 5
_AND = frozenset({"och", "o", "å", "samt", "eller"})


def find_names(text: str, known_places: Collection[str] = ()) -> Iterator[Suspect]:
    """Likely names in an even text, but for those that are a known place's or a part of its name."""
    sentence = _Sentence(text, words_of(text))
    taken = _taken_by_places(text, known_places)
    spans = {
        at: end
        for at, end in _runs(sentence)
        if not all(taken[sentence.words[at].start : _end(sentence, end)])
    }
    spans |= dict(_in_company(sentence, spans))
    for at, end in spans.items():
        yield Suspect(SuspectKind.NAME, sentence.words[at].start, _end(sentence, end))


@dataclass(frozen=True, slots=True)
class _Sentence:
    text: str
    words: list[Word]

    def between(self, at: int) -> str:
        """What stands between this word and the next."""
        return self.text[self.words[at].end : self.words[at + 1].start] if at + 1 < len(self.words) else "\n"

    def plain(self, at: int) -> str:
        return self.words[at].plain if 0 <= at < len(self.words) else ""


def _end(sentence: _Sentence, end: int) -> int:
    return sentence.words[end - 1].end


def _taken_by_places(text: str, known_places: Collection[str]) -> bytearray:
    taken = bytearray(len(text))
    small = text.lower()
    if len(small) != len(text):
        return taken
    for place in {place.lower() for place in known_places if place}:
        at = small.find(place)
        while at >= 0:
            end = at + len(place)
            if not (small[at - 1 : at].isalnum() or small[end : end + 1].isalnum()):
                taken[at:end] = b"\1" * len(place)
            at = small.find(place, end)
    return taken


def _runs(sentence: _Sentence) -> Iterator[tuple[int, int]]:
    """Names as (first word, word after the last)."""
    at = 0
    while at < len(sentence.words):
        end = _name_at(sentence, at)
        if end > at and not _is_of_a_place(sentence, at, end):
            yield at, end
        at = max(end, at + 1)


def _name_at(sentence: _Sentence, at: int) -> int:
    """The word after the name that begins with this one; `at` itself where none does."""
    words = sentence.words
    end = at
    while end < min(len(words), at + _LONGEST_NAME_WORDS) and _may_be_part(words[end], at == end):
        end += 1
        if not _goes_on(sentence, at, end):
            break
    told = _told(words[at:end])
    if told:
        return _with_strangers(sentence, at, at + told)
    if _is_cued(sentence, at):
        return _with_strangers(sentence, at, at + 1)
    return _with_initial(sentence, at)


def _may_be_part(word: Word, is_first: bool) -> bool:
    """Whether a word may begin a name or go on with it: no name goes on with a shop."""
    return word.is_name and (is_first or word.has_capital or word.plain not in listed("place_nouns"))


def _goes_on(sentence: _Sentence, at: int, end: int) -> bool:
    gap = sentence.between(end - 1)
    is_turned = gap == ", " and end - at == 1 and _is_turned(sentence.words[at : end + 1])
    return gap == " " or is_turned


def _is_turned(words: list[Word]) -> bool:
    """Whether a surname comes before its first name, as in a register."""
    if len(words) < 2:
        return False
    surname, first = words
    return surname.is_surname and not surname.is_first and first.is_first and first.has_capital


def _told(words: list[Word]) -> int:
    """How many of the words, from the first on, are a name by themselves; 0 if none."""
    if not words:
        return 0
    if len(words) > 1 and (_is_pair(words[0], words[1]) or _is_turned(words[:2])):
        return 1 + max(_told_after(words[1:]), 1)
    return 1 if words[0].tells_alone else 0


def _told_after(words: list[Word]) -> int:
    """How many more belong to a name that has begun: those written like its first."""
    return next((at for at, word in enumerate(words) if word.has_capital != words[0].has_capital), len(words))


def _is_pair(first: Word, other: Word) -> bool:
    if not first.is_first:
        return False
    if first.has_capital and other.has_capital:
        return other.is_surname or not (first.is_ordinary and other.is_ordinary)
    return not first.is_ordinary or (other.is_surname and not other.is_ordinary)


def _with_strangers(sentence: _Sentence, at: int, end: int) -> int:
    """A name of one word takes those with capitals after it along: surnames no list has."""
    while end < min(len(sentence.words), at + _LONGEST_NAME_WORDS) and sentence.between(end - 1) == " ":
        is_open = end - at == 1 or sentence.words[end].is_name
        if not (is_open and sentence.words[at].has_capital and _may_be_strange_name(sentence, end)):
            break
        end += 1
    return end


def _may_be_strange_name(sentence: _Sentence, at: int) -> bool:
    word = sentence.words[at]
    written = sentence.text[word.start : word.end]
    is_word = (written.isupper() and len(written) > 1) or written.rpartition("-")[2][:1].islower()
    is_other = word.plain in listed("no_names") or word.plain in listed("place_nouns")
    return word.has_capital and not is_word and not is_other and not _is_placelike(word)


def _is_placelike(word: Word) -> bool:
    return word.plain.endswith(endings("place_endings")) and not word.is_name


def _with_initial(sentence: _Sentence, at: int) -> int:
    """Sten K: an ordinary word too, but the letter after it makes it a name."""
    first = sentence.words[at]
    if not (first.is_first and first.has_capital and sentence.between(at) == " "):
        return at
    initial = sentence.words[at + 1]
    is_letter = initial.end - initial.start == 1 and initial.has_capital
    return at + 2 if is_letter and not sentence.text[initial.end : initial.end + 1].isalnum() else at


def _is_cued(sentence: _Sentence, at: int) -> bool:
    if at == 0 or not _AFTER_CUE.fullmatch(sentence.between(at - 1)):
        return False
    word, cue = sentence.words[at], sentence.plain(at - 1)
    if cue in listed("naming"):
        return not _names_a_thing(sentence, at - 1) and (
            _may_be_strange_name(sentence, at) or (word.is_first and word.plain not in listed("no_names"))
        )
    if cue not in listed("people"):
        return False
    is_strange = sentence.between(at - 1) == " " and _may_be_strange_name(sentence, at)
    return is_strange or (word.is_name and word.has_capital) or (word.is_first and not word.is_ordinary)


def _names_a_thing(sentence: _Sentence, cue: int) -> bool:
    before = {sentence.plain(cue - 1), sentence.plain(cue - 2)}
    return bool(before & listed("named_things")) or any(
        word.endswith(endings("place_endings")) for word in before
    )


def _is_of_a_place(sentence: _Sentence, at: int, end: int) -> bool:
    following = sentence.plain(end) if sentence.between(end - 1) in (" ", "-") else ""
    is_before_place = following in listed("place_nouns") or following.endswith(endings("street_endings"))
    return is_before_place or sentence.plain(at - 1) in listed("place_prefixes")


def _in_company(sentence: _Sentence, spans: dict[int, int]) -> Iterator[tuple[int, int]]:
    """First names that are other words too, beside a name: Siv, Sten och Maj."""
    ends = {end: at for at, end in spans.items()}
    for at, word in enumerate(sentence.words):
        if word.is_first and word.has_capital and at not in spans:
            before = _neighbour(sentence, at, -1)
            after = _neighbour(sentence, at, 1)
            if before + 1 in ends or after in spans:
                yield at, at + 1


def _neighbour(sentence: _Sentence, at: int, step: int) -> int:
    """The word that a comma, an `and` or a & joins to this one; -2 if none."""
    gap = sentence.between(at if step > 0 else at - 1) if at + step >= 0 else ""
    if gap in (", ", " & "):
        return at + step
    is_joined = gap == " " and sentence.plain(at + step) in _AND
    return at + 2 * step if is_joined else -2
