"""Who may do what: one table, and what it does not list is denied."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from geodata.vocabulary import Owner


class Role(StrEnum):
    """What somebody is in a municipality."""

    ADMIN = "admin"
    COORDINATOR = "coordinator"
    POLICE_PLANNER = "police_planner"
    POLICE_OFFICER = "police_officer"
    WALK_LEADER = "walk_leader"
    REPORTER = "reporter"
    COUNCIL = "council"


class Permission(StrEnum):
    """What can be done."""

    SEE_PUBLIC = "public:see"
    """Open the pages meant for everybody."""
    LOG_IN = "session:begin"
    """Ask to be let in."""
    SEE_SELF = "account:see"
    """See one's own account and sessions, and end them."""
    SEE_MAP = "map:see"
    """See the staff map, its tiles and values: what, and how exactly, is said by OUTLOOK."""
    EXPORT_REPORTS = "report:export"
    """Take out as files what the map shows: reports row by row, values, and lists of places."""
    IMPORT_AREAS = "areas:import"
    """Read in names and ground to draw, and take them away."""
    IMPORT_FILES = "import:make"
    """Bring reports in from a file, and see what was brought in before."""
    UNDO_IMPORT = "import:undo"
    """Take a whole import back."""
    SEND_REPORT = "report:send"
    """Tell of a place, with photos."""
    FOLLOW_REPORT = "report:follow"
    """Follow a report by its receipt, confirm it and take it back."""
    REVIEW_REPORTS = "report:review"
    """Read reports and photos as they came, decide on them and answer."""
    ENTER_REPORTS = "report:enter"
    """Write down reports for others: from the phone, paper or a dialogue evening."""
    EDIT_MEASURES = "measure:edit"
    """Say what is done at a place, and publish it."""
    REMAKE_SCALE = "scale:remake"
    """Make the fixed classes of a kind anew."""
    SEE_STAFF_START = "staff:see"
    """Open the staff's own start page."""
    PUBLISH = "edition:publish"
    """Make an edition of the public map, and take the newest off it."""
    SHARE_ACROSS = "sharing:decide"
    """Let the other authority see what one's own has, and end it."""
    SEE_JOURNAL = "journal:see"
    """Read the journal, and have it checked."""
    SEE_RETENTION = "retention:see"
    """See how long what is kept, and the lists and protocols of what is destroyed."""
    PROPOSE_DELETION = "retention:propose"
    """Write rules of how long what is kept, list what is due, and hold things back."""
    APPROVE_DELETION = "retention:approve"
    """Let a list of what is due be destroyed."""
    DISCLOSE = "disclosure:make"
    """Hand out public records, mark secrecy, and read the register."""
    SEE_WALKS = "walk:see"
    """See the walks being planned, walked and followed up, with what was found exactly where it is."""
    LEAD_WALKS = "walk:lead"
    """Plan walks, open and end them, count heads, and see to the phones."""
    FOLLOW_UP_WALKS = "walk:follow_up"
    """Decide what is done about findings, and publish the minutes."""
    JOIN_WALK = "walk:join"
    """Walk along with a code: the pages and calls check the code, or the token a phone was given."""
    MANAGE_USERS = "users:manage"
    """Make accounts, give and take roles, shut accounts."""
    MANAGE_CHOICES = "choices:manage"
    """Choose for the municipality: who to turn to, how finely is published."""


@dataclass(frozen=True)
class Viewer:
    """Who asks. roles: municipality code → roles there; empty for the anonymous."""

    user_id: int | None = None
    email: str = ""
    roles: Mapping[str, frozenset[Role]] = field(default_factory=dict)

    @property
    def is_known(self) -> bool:
        """Whether somebody is logged in."""
        return self.user_id is not None

    def municipalities_for(self, permission: Permission) -> list[str]:
        """Codes of the municipalities in which this viewer may, in order."""
        return [code for code in self.roles if may(self, permission, code)]


PUBLIC = Viewer()

Rule = Callable[[Viewer, str | None], bool]


def anyone(viewer: Viewer, municipality: str | None) -> bool:
    """Everybody, known or not."""
    return True


def known(viewer: Viewer, municipality: str | None) -> bool:
    """Whoever is logged in."""
    return viewer.is_known


def holding(*roles: Role) -> Rule:
    """Whoever has one of the roles in the municipality asked about, or in any when none is named."""

    def rule(viewer: Viewer, municipality: str | None) -> bool:
        held = (
            viewer.roles.values() if municipality is None else [viewer.roles.get(municipality, frozenset())]
        )
        return any(role in there for there in held for role in roles)

    return rule


@dataclass(frozen=True)
class Outlook:
    """Whose reports a role sees, and how exactly. precision_m: side of the squares in whose middles they are
    shown; 0 shows them where they are.
    """

    owner: Owner
    precision_m: int = 0


OUTLOOK: dict[Role, Outlook] = {
    Role.COORDINATOR: Outlook(Owner.MUNICIPALITY),
    Role.WALK_LEADER: Outlook(Owner.MUNICIPALITY, 250),
    Role.POLICE_PLANNER: Outlook(Owner.POLICE),
    Role.POLICE_OFFICER: Outlook(Owner.POLICE),
}
"""What each role sees by itself; the others see no reports. What the other authority has, it must share."""

seeing = holding(*OUTLOOK)
"""Whoever sees reports at all."""

DECIDERS: dict[Owner, Role] = {
    Owner.MUNICIPALITY: Role.COORDINATOR,
    Owner.POLICE: Role.POLICE_PLANNER,
}
"""Who decides what is done with an authority's reports: brought in, and shared with the other."""

deciding = holding(*DECIDERS.values())
"""Whoever decides for either authority."""


def owners_decided_by(viewer: Viewer, municipality: str) -> list[Owner]:
    """The authorities whose reports this viewer decides over there."""
    return [owner for owner, role in DECIDERS.items() if holding(role)(viewer, municipality)]


GRANTS: dict[Permission, Rule] = {
    Permission.SEE_PUBLIC: anyone,
    Permission.LOG_IN: anyone,
    Permission.SEE_SELF: known,
    Permission.SEE_MAP: seeing,
    Permission.EXPORT_REPORTS: deciding,
    Permission.IMPORT_AREAS: holding(Role.COORDINATOR),
    Permission.IMPORT_FILES: holding(Role.COORDINATOR),
    Permission.UNDO_IMPORT: holding(Role.COORDINATOR),
    Permission.SEND_REPORT: anyone,
    Permission.FOLLOW_REPORT: anyone,
    Permission.REVIEW_REPORTS: holding(Role.COORDINATOR),
    Permission.ENTER_REPORTS: holding(Role.COORDINATOR, Role.REPORTER),
    Permission.EDIT_MEASURES: holding(Role.COORDINATOR),
    Permission.REMAKE_SCALE: holding(Role.COORDINATOR),
    Permission.SEE_STAFF_START: known,
    Permission.PUBLISH: holding(Role.COORDINATOR),
    Permission.SHARE_ACROSS: deciding,
    Permission.SEE_JOURNAL: holding(Role.ADMIN, Role.COORDINATOR),
    Permission.SEE_RETENTION: holding(Role.ADMIN, Role.COORDINATOR),
    Permission.PROPOSE_DELETION: holding(Role.COORDINATOR),
    Permission.APPROVE_DELETION: holding(Role.ADMIN),
    Permission.DISCLOSE: holding(Role.COORDINATOR),
    Permission.SEE_WALKS: holding(Role.COORDINATOR, Role.WALK_LEADER),
    Permission.LEAD_WALKS: holding(Role.COORDINATOR, Role.WALK_LEADER),
    Permission.FOLLOW_UP_WALKS: holding(Role.COORDINATOR),
    Permission.JOIN_WALK: anyone,
    Permission.MANAGE_USERS: holding(Role.ADMIN),
    Permission.MANAGE_CHOICES: holding(Role.ADMIN),
}


def may(viewer: Viewer, permission: Permission, municipality: str | None = None) -> bool:
    """Whether the viewer may do this, in this municipality or (None) in any."""
    rule = GRANTS.get(permission)
    return rule is not None and rule(viewer, municipality)
