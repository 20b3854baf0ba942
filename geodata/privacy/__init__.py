"""What must not be kept of a person or shown of one, found in free text and taken out of it."""

from geodata.privacy.identity_numbers import MASK, mask_identity_numbers
from geodata.privacy.screening import masked, screen
from geodata.privacy.suspects import Suspect, SuspectKind

__all__ = ["MASK", "Suspect", "SuspectKind", "mask_identity_numbers", "masked", "screen"]
