"""The photos of findings: those that have come, and those that a phone said it has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from geodata.tables.findings import ExpectedPhoto
from geodata.tables.photos import Photo
from geodata.vocabulary import PhotoState


@dataclass(frozen=True)
class FindingPhoto:
    """A photo a finding has, or said it has. number: from 1. state, address: None, "" until it has come."""

    uid: UUID
    number: int
    state: PhotoState | None = None
    address: str = ""
    version: int = 0

    @property
    def has_come(self) -> bool:
        """Whether the photo itself is here."""
        return self.state is not None


def photos_of(
    session: Session, keys: Sequence[tuple[int, int | None]]
) -> dict[int, tuple[FindingPhoto, ...]]:
    """By entry, of entries with their reports: those expected in their order, then those nobody announced."""
    of_report = {report: entry for entry, report in keys if report is not None}
    found: dict[int, dict[UUID, FindingPhoto]] = {entry: {} for entry, _ in keys}
    announced = select(ExpectedPhoto).where(ExpectedPhoto.walk_entry_id.in_(list(found)))
    for row in session.scalars(announced.order_by(ExpectedPhoto.number, ExpectedPhoto.id)):
        found[row.walk_entry_id][row.photo_uid] = FindingPhoto(row.photo_uid, row.number)
    come = select(Photo).where(Photo.report_id.in_(list(of_report))).order_by(Photo.id)
    for photo in session.scalars(come):
        of_entry = found[of_report[photo.report_id or 0]]
        number = of_entry[photo.uid].number if photo.uid in of_entry else len(of_entry) + 1
        of_entry[photo.uid] = FindingPhoto(photo.uid, number, photo.state, photo.address, photo.version)
    return {entry: tuple(each.values()) for entry, each in found.items()}
