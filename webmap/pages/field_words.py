"""What the field app says, in both languages at once: the language is changed without network too."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from geodata.vocabulary import Polarity, Theme
from webmap.pages.field_sayings import HELP, SAYINGS
from webmap.services.field_tiles import tile_label
from webmap.words import LANGUAGES, Words, words_for
from webmap.words.walk_labels import THEME_HINTS, THEMES


def both_languages(
    themes: Iterable[Theme], tiles: Mapping[Polarity, tuple[str, ...]]
) -> dict[str, dict[str, str]]:
    """Language → key → sentence. `%(n)s` and the like are filled in by the app."""
    chosen = tuple(themes)
    return {code: _said(words_for(code), chosen, tiles) for code in LANGUAGES}


def _said(say: Words, themes: tuple[Theme, ...], tiles: Mapping[Polarity, tuple[str, ...]]) -> dict[str, str]:
    said = {key: say(sentence) for key, sentence in (SAYINGS | HELP).items()}
    for sign, codes in tiles.items():
        said |= {f"tile_{sign}_{code}": tile_label(sign, code, say) for code in codes}
    for theme in themes:
        said |= {f"theme_{theme}": say(THEMES[theme]), f"hint_{theme}": say(THEME_HINTS[theme])}
    return said
