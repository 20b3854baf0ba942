"""The words under a written picture."""

from __future__ import annotations

from webmap.services.filter_words import sentence_of
from webmap.services.heat import Heat
from webmap.services.legend import density_words, legend_of
from webmap.words import Words
from webmap.words.caption import Caption


def caption_of(heat: Heat, words: Words, is_demo: bool = False) -> Caption:
    """The map's own legend, for a picture that has to stand alone. is_demo: said first of all."""
    said = legend_of(heat, words)
    notes = (said.rate, said.empty, said.too_few, said.warning, said.note)
    lines = (f"{heat.home.name}: {sentence_of(heat, words)}", *said.lines, said.scale_name, said.scale_note)
    first = words("Påhittade exempeldata") if is_demo else ""
    return Caption(
        said.title,
        words("För litet underlag: under 3 rapporter"),
        tuple(line for line in (first, *lines, *notes) if line),
        lambda limit: density_words(limit, words),
    )
