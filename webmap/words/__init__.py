"""Words in the reader's language. Swedish is the language things are written in; English is a catalogue."""

from webmap.words.catalogue import LANGUAGES, Words, words_for

__all__ = ["LANGUAGES", "Words", "words_for"]
