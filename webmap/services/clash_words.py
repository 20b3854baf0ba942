"""Two sayings of one finding beside each other, in words."""

from __future__ import annotations

import json
from dataclasses import dataclass

from geodata.queries.walk_aside import Clash
from webmap.services.aside_reading import document_in
from webmap.services.aside_words import body_words, said_in
from webmap.services.finding_words import about_words, place_words, sign_words
from webmap.words import Words


@dataclass(frozen=True)
class SideBySide:
    """rows: what, as it is now, as the phone sent it. text: the phone's, to write on from.

    can_take: the phone's can stand. can_merge: both can be brought together.
    """

    rows: list[tuple[str, str, str]]
    text: str
    can_take: bool
    can_merge: bool


def side_by_side(clash: Clash, words: Words) -> SideBySide:
    """What stands, and what the phone sent."""
    now, sent = dict(_now(clash, words)), dict(body_words(clash.body, words))
    labels = list(dict.fromkeys((*now, *sent)))
    document = document_in(clash.body)
    said = document if isinstance(document, dict) else {}
    is_withdrawn = said.get("withdrawn") is True
    return SideBySide(
        [(label, now.get(label, ""), sent.get(label, "")) for label in labels],
        said_in(said, "text"),
        not clash.is_deleted,
        not clash.is_deleted and clash.finding is not None and not is_withdrawn,
    )


def _now(clash: Clash, words: Words) -> list[tuple[str, str]]:
    if clash.is_deleted:
        return [(words("Läge"), words("Tillbakatagen"))]
    finding = clash.finding
    if finding is None:
        return body_words(json.dumps({"answers": json.loads(clash.answers or "{}")}), words)
    position = finding.position
    spot = f"{position[1]:.5f}, {position[0]:.5f}" if position else place_words(finding, words)
    told = [
        (words("Tecken"), sign_words(finding, words)),
        (words("Gäller"), about_words(finding, words)),
        (words("Text"), finding.private_text),
        (words("Plats i ord"), finding.place_text),
        (words("Allvar"), str(finding.severity or "")),
        (words("Läge"), spot),
        (words("Bilder"), str(len(finding.photos) or "")),
    ]
    return [(label, said) for label, said in told if said]
