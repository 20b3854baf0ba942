"""Who may do what: one table, deny by default."""

from __future__ import annotations

import pytest

from webmap.access import GRANTS, PUBLIC, Permission, Role, Viewer, may

IN_VARA = {role: Viewer(1, "a@b", {"1470": frozenset({role})}) for role in Role}
EXPECTED = {
    Permission.SEE_PUBLIC: {None, *Role},
    Permission.LOG_IN: {None, *Role},
    Permission.SEE_SELF: {*Role},
    Permission.SEE_MAP: {Role.COORDINATOR, Role.POLICE_PLANNER},
    Permission.IMPORT_AREAS: {Role.COORDINATOR},
    Permission.EXPORT_REPORTS: {Role.COORDINATOR, Role.POLICE_PLANNER},
    Permission.IMPORT_FILES: {Role.COORDINATOR},
    Permission.UNDO_IMPORT: {Role.COORDINATOR},
    Permission.SEND_REPORT: {None, *Role},
    Permission.FOLLOW_REPORT: {None, *Role},
    Permission.REVIEW_REPORTS: {Role.COORDINATOR},
    Permission.ENTER_REPORTS: {Role.COORDINATOR},
    Permission.EDIT_MEASURES: {Role.COORDINATOR},
    Permission.REMAKE_SCALE: {Role.COORDINATOR},
}


class TestTable:
    @pytest.mark.parametrize("permission", Permission)
    def test_each_permission_is_for_those_and_no_others(self, permission):
        allowed = {role for role, viewer in IN_VARA.items() if may(viewer, permission, "1470")}
        allowed |= {None} if may(PUBLIC, permission, "1470") else set()
        assert allowed == EXPECTED[permission]

    def test_what_is_not_listed_is_denied_to_everybody(self):
        assert not any(may(viewer, "reports:burn", "1470") for viewer in (*IN_VARA.values(), PUBLIC))

    def test_every_permission_is_listed(self):
        assert set(GRANTS) == set(Permission)

    @pytest.mark.parametrize("permission", [Permission.SEE_MAP, Permission.REMAKE_SCALE])
    def test_a_role_holds_in_its_municipality_only(self, permission):
        coordinator = IN_VARA[Role.COORDINATOR]
        assert may(coordinator, permission)
        assert not may(coordinator, permission, "1446")
        assert coordinator.municipalities_for(permission) == ["1470"]
