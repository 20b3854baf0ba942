"""What is stored: mapped classes, one noun a file, the same on SQLite and PostgreSQL.

Importing the package maps every class, so that relations and the schema are whole.
"""

from geodata.tables.areas import Area
from geodata.tables.base import Base
from geodata.tables.imports import ImportBatch
from geodata.tables.jobs import Job, JobState
from geodata.tables.journal import JournalEntry, JournalTail
from geodata.tables.marks import DatabaseMark
from geodata.tables.measures import Measure
from geodata.tables.municipalities import ChangeCounter, Municipality
from geodata.tables.occasions import Occasion
from geodata.tables.photos import Photo
from geodata.tables.receipts import Confirmation, Contact, OutgoingMail, Receipt, Reply
from geodata.tables.reports import Removed, Report
from geodata.tables.reviews import Claim, ReviewAct
from geodata.tables.scales import Scale
from geodata.tables.users import LoginAttempt, Membership, User, UserSession

__all__ = [
    "Area",
    "Base",
    "ChangeCounter",
    "Claim",
    "Confirmation",
    "Contact",
    "DatabaseMark",
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
    "OutgoingMail",
    "Photo",
    "Receipt",
    "Removed",
    "Reply",
    "Report",
    "ReviewAct",
    "Scale",
    "User",
    "UserSession",
]
