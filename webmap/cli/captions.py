"""The words under a written picture."""

from __future__ import annotations

from webmap.maps.picture import Legend
from webmap.services.heat import Heat
from webmap.services.legend import density_words, legend_of, sentence_of
from webmap.words import Words


def picture_legend(heat: Heat, words: Words) -> Legend:
    """The map's own legend, for a picture that has to stand alone."""
    said = legend_of(heat, words)
    notes = (said.rate, said.empty, said.too_few, said.warning, said.note)
    lines = (f"{heat.home.name}: {sentence_of(heat, words)}", *said.lines, said.scale_name, said.scale_note)
    return Legend(
        said.title,
        words("För litet underlag: under 3 rapporter"),
        tuple(line for line in (*lines, *notes) if line),
        lambda limit: density_words(limit, words),
    )
