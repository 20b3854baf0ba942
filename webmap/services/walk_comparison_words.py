"""Two walks of the same stops, in words: never as percent, since few were counted."""

from __future__ import annotations

from dataclasses import dataclass

from geodata.hours import today
from geodata.queries.findings import KnownFinding
from geodata.queries.walks import KnownWalk
from geodata.vocabulary import BY_CODE
from webmap.services.finding_words import about_words, follow_up_words, sign_words, stop_words
from webmap.services.walk_comparison import ComparedStop, Count, ThemeCount, WalkComparison
from webmap.words import Words
from webmap.words.walk_labels import THEMES


@dataclass(frozen=True)
class SaidPromise:
    """What was promised at a stop. about: the finding in public words, else its kind; became: how it went."""

    about: str
    action: str
    became: str
    is_late: bool


@dataclass(frozen=True)
class SaidComparedStop:
    """A stop in words, then and now."""

    title: str
    bad: str
    good: str
    categories: list[str]
    themes: list[str]
    promises: list[SaidPromise]


@dataclass(frozen=True)
class SaidComparison:
    """The comparison in words. notes: what to know before one reads anything into it."""

    then: str
    now: str
    total: str
    good: str
    notes: list[str]
    stops: list[SaidComparedStop]


def said_comparison(found: WalkComparison, words: Words) -> SaidComparison:
    """The comparison in words; nothing of anybody's own text."""
    return SaidComparison(
        f"{found.then.title}, {words.day(found.then.day)}",
        f"{found.now.title}, {words.day(found.now.day)}",
        _count(found.bad, found, words),
        _count(found.good, found, words),
        _notes(found, words),
        [_stop(each, found, words) for each in found.stops],
    )


def _count(count: Count, found: WalkComparison, words: Words) -> str:
    if not found.is_walked:
        return _plain_then(count, words)
    return count_words(count, words, is_whole=not found.unreviewed)


def count_words(count: Count, words: Words, *, is_whole: bool = True) -> str:
    """9 då, 1 nu, färre nu; or that nobody can tell. is_whole: all that was said has been reviewed."""
    said = _plain(count, words)
    if not is_whole or not (count.then or count.now):
        return said
    if not count.is_sure:
        return f"{said}, {words('ingen säker skillnad')}"
    return f"{said}, {words('fler nu') if count.now > count.then else words('färre nu')}"


def _notes(found: WalkComparison, words: Words) -> list[str]:
    notes = []
    if not found.is_walked:
        notes.append(words("Vandringen är inte gången än. Här står vad som sades och lovades förra gången."))
    if found.unreviewed:
        notes.append(
            words.plural(
                "%(n)s iakttagelse är inte granskad än, så det går inte att jämföra säkert.",
                "%(n)s iakttagelser är inte granskade än, så det går inte att jämföra säkert.",
                found.unreviewed,
            )
        )
    if found.heads.then and found.heads.now and found.heads.then != found.heads.now:
        then, now = words.number(found.heads.then), words.number(found.heads.now)
        notes.append(words("Olika många gick med: %(then)s då och %(now)s nu.", then=then, now=now))
    return [*notes, *light_words(found.then, found.now, words)]


def light_words(then: KnownWalk, now: KnownWalk, words: Words) -> list[str]:
    """That one was in the dark and the other was not, where it was so."""
    if then.light == now.light:
        return []
    return [words("Den ena vandringen gick i mörker, den andra i dagsljus.")]


def _stop(each: ComparedStop, found: WalkComparison, words: Words) -> SaidComparedStop:
    plain = _plain if found.is_walked else _plain_then
    return SaidComparedStop(
        words("Övriga platser") if each.stop is None else stop_words(each.stop, words),
        _count(each.bad, found, words),
        _count(each.good, found, words),
        [f"{words.category(BY_CODE[code])}: {plain(count, words)}" for code, count in each.categories],
        [(_theme if found.is_walked else _theme_then)(theme, words) for theme in each.themes],
        [_promise(finding, words) for finding in each.promised],
    )


def _plain(count: Count, words: Words) -> str:
    return words("%(then)s då, %(now)s nu", then=count.then, now=count.now)


def _plain_then(count: Count, words: Words) -> str:
    return words("%(then)s då", then=count.then)


def _theme(theme: ThemeCount, words: Words) -> str:
    now = _poor_of_all(theme.poor.now, theme.good.now, words)
    return words("%(said)s, %(now)s nu", said=_theme_then(theme, words), now=now)


def _theme_then(theme: ThemeCount, words: Words) -> str:
    then = _poor_of_all(theme.poor.then, theme.good.then, words)
    return words("%(theme)s: mindre bra sa %(then)s då", theme=words(THEMES[theme.theme]), then=then)


def _poor_of_all(poor: int, good: int, words: Words) -> str:
    return words("%(poor)s av %(all)s", poor=poor, all=poor + good)


def _promise(finding: KnownFinding, words: Words) -> SaidPromise:
    known = finding.follow_up
    about = finding.words or about_words(finding, words) or sign_words(finding, words)
    if known is None:
        return SaidPromise(about, "", "", is_late=False)
    became = follow_up_words(known, words)
    return SaidPromise(about, known.action or known.reason, became, known.is_overdue(today()))
