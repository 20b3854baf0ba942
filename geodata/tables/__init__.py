"""What is stored: mapped classes, one noun a file, the same on SQLite and PostgreSQL.

Importing the package maps every class, so that relations and the schema are whole.
"""

from geodata.tables.areas import Area
from geodata.tables.base import Base
from geodata.tables.choices import Choice
from geodata.tables.disclosures import Disclosure, DisclosureItem, DisclosureMask, SecrecyMark
from geodata.tables.editions import Edition
from geodata.tables.findings import ExpectedPhoto, FindingRevision, FollowUp, Quarantine, WalkEntry
from geodata.tables.imports import ImportBatch
from geodata.tables.jobs import Job, JobState
from geodata.tables.journal import JournalEntry, JournalTail
from geodata.tables.marks import DatabaseMark
from geodata.tables.measures import Measure
from geodata.tables.municipalities import ChangeCounter, Municipality
from geodata.tables.occasions import Occasion
from geodata.tables.photos import Photo
from geodata.tables.receipts import Confirmation, Contact, OutgoingMail, Receipt, Reply
from geodata.tables.registry import Registration, RegistrationCounter
from geodata.tables.reports import Removed, Report
from geodata.tables.retention import Hold, RetentionItem, RetentionRule, RetentionRun
from geodata.tables.reviews import Claim, ReviewAct
from geodata.tables.scales import Scale
from geodata.tables.sharing import Sharing
from geodata.tables.users import LoginAttempt, Membership, OuterIdentity, RecoveryCode, User, UserSession
from geodata.tables.walks import (
    EarlierCode,
    HeadCount,
    Walk,
    WalkContact,
    WalkDevice,
    WalkMark,
    WalkStop,
)

__all__ = [
    "Area",
    "Base",
    "ChangeCounter",
    "Choice",
    "Claim",
    "Confirmation",
    "Contact",
    "DatabaseMark",
    "Disclosure",
    "DisclosureItem",
    "DisclosureMask",
    "EarlierCode",
    "Edition",
    "ExpectedPhoto",
    "FindingRevision",
    "FollowUp",
    "HeadCount",
    "Hold",
    "ImportBatch",
    "Job",
    "JobState",
    "JournalEntry",
    "JournalTail",
    "LoginAttempt",
    "Measure",
    "Membership",
    "Municipality",
    "Occasion",
    "OuterIdentity",
    "OutgoingMail",
    "Photo",
    "Quarantine",
    "Receipt",
    "RecoveryCode",
    "Registration",
    "RegistrationCounter",
    "Removed",
    "Reply",
    "Report",
    "RetentionItem",
    "RetentionRule",
    "RetentionRun",
    "ReviewAct",
    "Scale",
    "SecrecyMark",
    "Sharing",
    "User",
    "UserSession",
    "Walk",
    "WalkContact",
    "WalkDevice",
    "WalkEntry",
    "WalkMark",
    "WalkStop",
]
