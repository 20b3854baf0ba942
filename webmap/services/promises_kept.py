"""What everybody has been told is not untold in silence: a decision is changed, or said to be impossible."""

from __future__ import annotations

from geodata.errors import Fault, InvalidValue
from geodata.queries.findings import DECIDED, KnownFinding
from geodata.queries.walks import KnownWalk
from webmap.services.follow_up_draft import FollowUpDraft
from webmap.services.sayings import Refused


def check_kept(walk: KnownWalk, finding: KnownFinding, draft: FollowUpDraft) -> None:
    """That a decision stays told while the minutes of its walk are public. Raises Refused."""
    if not walk.is_public or not finding.is_decided:
        return
    faults: list[Fault] = []
    if draft.state not in DECIDED:
        faults.append(InvalidValue("finding.is_public", "state"))
    if finding.needs_decision and not draft.words:
        faults.append(InvalidValue("finding.words_public", "words"))
    if faults:
        raise Refused(faults)
