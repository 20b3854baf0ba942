"""What staff read of an edition before it is published: figures in plain words, and what differs."""

from __future__ import annotations

from geodata.analysis.publication.edition import ALL, Edition
from webmap.services.publishing import Preview
from webmap.words import Words


def lines_of(made: Preview, words: Words) -> list[str]:
    """Figures that are for staff only: they tell how many were left out."""
    edition, figures = made.edition, made.figures
    lines = [
        words("Rapporter från %(period)s.", period=words.period(*edition.period)),
        _squares(edition, words),
        _left_out(made, words),
    ]
    if figures.personal:
        lines.append(
            words.plural(
                "%(n)s rapport handlar bara om personer och visas inte i någon ruta.",
                "%(n)s rapporter handlar bara om personer och visas inte i någon ruta.",
                figures.personal,
            )
        )
    if figures.unplaced:
        lines.append(
            words.plural("%(n)s rapport saknar läge.", "%(n)s rapporter saknar läge.", figures.unplaced)
        )
    return [*lines, _audit(made, words)]


def _squares(edition: Edition, words: Words) -> str:
    fine = sum(square.size_m < edition.coarse_m for square in edition.squares)
    said = words.plural("%(n)s ruta", "%(n)s rutor", len(edition.squares))
    finer = words.plural("%(n)s finare", "%(n)s finare", fine)
    return words(
        "%(squares)s, varav %(finer)s än %(metres)s m.",
        squares=said,
        finer=finer,
        metres=words.number(edition.coarse_m),
    )


def _left_out(made: Preview, words: Words) -> str:
    figures = made.figures
    if not figures.reports:
        return words("Inga rapporter att visa.")
    share = words.number(100 * figures.left_out / figures.reports)
    return words("%(share)s %% av rapporterna är utelämnade, för att för få står tillsammans.", share=share)


def _audit(made: Preview, words: Words) -> str:
    counted = words.number(made.audit.counts)
    if made.audit.is_passed:
        return words("Kontroll: %(count)s antal är prövade. Inget går att räkna ut för noga.", count=counted)
    return words.plural(
        "Kontroll: %(n)s antal går att räkna ut för noga. Utgåvan kan inte publiceras.",
        "Kontroll: %(n)s antal går att räkna ut för noga. Utgåvan kan inte publiceras.",
        len(made.audit.narrow),
    )


def differences(made: Preview, words: Words) -> list[str]:
    """What is otherwise than in the edition before."""
    if made.since is None:
        return [words("Det här blir den första utgåvan.")]
    now, before = (_classes(edition) for edition in (made.edition, made.since))
    new, gone = len(now.keys() - before.keys()), len(before.keys() - now.keys())
    higher = sum(now[key] > before[key] for key in now.keys() & before.keys())
    lower = sum(now[key] < before[key] for key in now.keys() & before.keys())
    told = (
        words.plural("%(n)s ny ruta", "%(n)s nya rutor", new),
        words.plural("%(n)s ruta borta", "%(n)s rutor borta", gone),
        words.plural("%(n)s i högre klass", "%(n)s i högre klass", higher),
        words.plural("%(n)s i lägre klass", "%(n)s i lägre klass", lower),
    )
    return [each for each, count in zip(told, (new, gone, higher, lower), strict=True) if count] or [
        words("Rutorna och klasserna är desamma.")
    ]


def _classes(edition: Edition) -> dict[str, int]:
    return {square.key: square.classes[ALL] for square in edition.squares}
