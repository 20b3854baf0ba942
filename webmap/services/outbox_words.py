"""What became of a phone's file, in words."""

from __future__ import annotations

from webmap.services.outbox_import import Fate, OutboxResult
from webmap.words import Words


def result_words(result: OutboxResult, words: Words) -> list[str]:
    """One line for each thing that is to be known; what did not happen is not told."""
    entries, changes, photos = result.entries, result.changes, result.photos
    new, already, gone = (entries[fate] for fate in (Fate.NEW, Fate.ALREADY, Fate.WITHDRAWN))
    applied, clashing = changes[Fate.NEW], changes[Fate.CLASH]
    aside, unread, faulty = entries[Fate.ASIDE] + changes[Fate.ASIDE], result.unread, len(result.faults)
    nobodys = photos[Fate.NOBODYS]
    counted = [
        (new, words.plural("%(n)s post är ny", "%(n)s poster är nya", new)),
        (already, words.plural("%(n)s post fanns redan", "%(n)s poster fanns redan", already)),
        (
            gone,
            words.plural("%(n)s post är redan tillbakatagen", "%(n)s poster är redan tillbakatagna", gone),
        ),
        (applied, words.plural("%(n)s ändring är införd", "%(n)s ändringar är införda", applied)),
        (clashing, words.plural("%(n)s ändring krockar", "%(n)s ändringar krockar", clashing)),
        (aside, words.plural("%(n)s ligger vid sidan", "%(n)s ligger vid sidan", aside)),
        (photos[Fate.NEW], words.plural("%(n)s bild är ny", "%(n)s bilder är nya", photos[Fate.NEW])),
        (
            photos[Fate.ALREADY],
            words.plural("%(n)s bild fanns redan", "%(n)s bilder fanns redan", photos[Fate.ALREADY]),
        ),
        (
            nobodys,
            words.plural("%(n)s bild hör inte till något", "%(n)s bilder hör inte till något", nobodys),
        ),
        (faulty, words.plural("%(n)s bild gick inte att läsa", "%(n)s bilder gick inte att läsa", faulty)),
        (unread, words.plural("%(n)s rad gick inte att läsa", "%(n)s rader gick inte att läsa", unread)),
    ]
    told = [said for count, said in counted if count]
    return told or [words("Filen var tom")]
