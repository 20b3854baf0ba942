"""Who may do what: one table, deny by default."""

from __future__ import annotations

import pytest

from tests.webmap.matrix import ALLOWED
from webmap.access import GRANTS, PUBLIC, Permission, Role, Viewer, may

IN_VARA = {role: Viewer(1, "a@b", {"1470": frozenset({role})}) for role in Role}
EVERY = {"everybody": {None, *Role}, "known": {*Role}}


def allowed_to(permission):
    said = ALLOWED[permission]
    return EVERY[said] if isinstance(said, str) else set(said)


class TestTable:
    @pytest.mark.parametrize("permission", Permission)
    def test_each_permission_is_for_those_and_no_others(self, permission):
        allowed = {role for role, viewer in IN_VARA.items() if may(viewer, permission, "1470")}
        allowed |= {None} if may(PUBLIC, permission, "1470") else set()
        assert allowed == allowed_to(permission)

    def test_what_is_not_listed_is_denied_to_everybody(self):
        assert not any(may(viewer, "reports:burn", "1470") for viewer in (*IN_VARA.values(), PUBLIC))

    def test_every_permission_is_listed(self):
        assert set(GRANTS) == set(Permission) == set(ALLOWED)

    @pytest.mark.parametrize("permission", [Permission.SEE_MAP, Permission.REMAKE_SCALE])
    def test_a_role_holds_in_its_municipality_only(self, permission):
        coordinator = IN_VARA[Role.COORDINATOR]
        assert may(coordinator, permission)
        assert not may(coordinator, permission, "1446")
        assert coordinator.municipalities_for(permission) == ["1470"]
