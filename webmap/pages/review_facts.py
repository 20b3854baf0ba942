"""What a report says of itself, and what another says beside it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from geodata.vocabulary import BY_CODE, Verdict
from webmap.gate import viewer
from webmap.services.place_words import distance_words
from webmap.services.review_desk import NEAR_DAYS, NEAR_M, Alike, Case
from webmap.services.review_words import STATE_WORDS, moment_words, names_of, place_words, time_words
from webmap.words import Words


@dataclass(frozen=True)
class OtherReport:
    """A report to compare with. facts: label, value, and in what it is alike."""

    uid: UUID
    title: str
    tag: str
    polarity: str
    text: str
    facts: list[tuple[str, str, str]]


def facts_of(case: Case, words: Words) -> list[tuple[str, str, str]]:
    """Label, value, and the panel in which it can be set right."""
    report = case.report
    where = place_words(names_of(case.home), (report.east, report.north), report.place_text, words)
    if report.east is not None and report.accuracy_m:
        around = distance_words(round(report.accuracy_m), words)
        where = words("%(place)s. Ungefär, ±%(distance)s", place=where, distance=around)
    if report.east is not None and report.place_text:
        where = f"{where}. ”{report.place_text}”"
    facts = [
        (words("Plats"), where, "place"),
        (words("Tid"), time_words(report.day, report.hours, words), ""),
        (words("Kategori"), ", ".join(words.category(BY_CODE[code]) for code in report.categories), "edit"),
        (words("Allvar"), words("%(n)s av 5", n=report.severity) if report.severity else "", "edit"),
        (words("Kommer från"), _source(case, words), ""),
        (words("Foto"), words.number(len(case.photos)) if case.photos else words("Inget"), ""),
        (words("Bekräftat"), _confirmed(case, words), ""),
        (words("Vill ha svar"), words("Ja, med e-post") if report.has_contact else "", ""),
        (words("Dubbletter"), words.number(report.duplicates) if report.duplicates else "", ""),
    ]
    return [fact for fact in facts if fact[1]]


def _source(case: Case, words: Words) -> str:
    origin, channel = words.label(case.report.origin), words.label(case.report.source)
    return f"{origin}, {channel[:1].lower()}{channel[1:]}"


def _confirmed(case: Case, words: Words) -> str:
    told = case.report.confirmed
    said = [
        words.plural("%(n)s säger samma sak", "%(n)s säger samma sak", told.get(Verdict.SAME, 0)),
        words.plural("%(n)s säger bättre nu", "%(n)s säger bättre nu", told.get(Verdict.BETTER, 0)),
    ]
    return ", ".join(each for each, verdict in zip(said, Verdict, strict=True) if told.get(verdict))


def similar_words(case: Case, words: Words) -> str:
    if case.report.east is None:
        return words("Kan inte jämföras utan plats")
    near = {"metres": round(NEAR_M), "days": NEAR_DAYS}
    if not case.close:
        return words("Ingen inom %(metres)s m och %(days)s dagar", **near)
    return words.plural(
        "%(n)s rapport inom %(metres)s m och %(days)s dagar",
        "%(n)s rapporter inom %(metres)s m och %(days)s dagar",
        case.close,
        **near,
    )


def holding_words(case: Case, words: Words) -> str:
    if case.holder is None:
        return words("Ingen har tagit den här rapporten")
    if case.holder[0] == viewer().user_id:
        return words("Du har tagit den här rapporten")
    return words("%(who)s har tagit den här rapporten", who=case.holder[1])


def this_report(case: Case, words: Words) -> OtherReport:
    report = case.report
    facts = [
        (words("Tid"), time_words(report.day, report.hours, words), ""),
        (words("Kategori"), ", ".join(words.category(BY_CODE[code]) for code in report.categories), ""),
        (words("Kom in"), moment_words(report.created_at, words), ""),
    ]
    title, tag = words("Den här rapporten"), words(STATE_WORDS[report.state])
    return OtherReport(report.uid, title, tag, report.polarity, report.private_text, facts)


def other_report(alike: Alike, case: Case, words: Words) -> OtherReport:
    near, report = alike.report, case.report
    said = ", ".join(words.category(BY_CODE[code]) for code in near.categories)
    is_same_hours = near.hours == report.hours and near.day == report.day
    is_shared = bool(set(near.categories) & set(report.categories))
    facts = [
        (
            words("Avstånd"),
            distance_words(round(near.distance_m), words),
            words("nära") if near.distance_m <= NEAR_M else "",
        ),
        (
            words("Tid"),
            time_words(near.day, near.hours, words),
            words("samma") if is_same_hours else "",
        ),
        (words("Kategori"), said, words("samma") if is_shared else ""),
        (words("Kom in"), moment_words(near.created_at, words), _apart(alike, words)),
    ]
    title = words("%(part)s %% lik", part=words.number(100 * alike.score))
    return OtherReport(near.uid, title, words(STATE_WORDS[near.state]), near.polarity, near.text, facts)


def _apart(alike: Alike, words: Words) -> str:
    if alike.days_apart > NEAR_DAYS:
        return ""
    if not alike.days_apart:
        return words("samma dag")
    return words.plural("%(n)s dag ifrån", "%(n)s dagar ifrån", alike.days_apart)
