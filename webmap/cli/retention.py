"""What has been kept long enough, from the command line: looked at, listed, and carried out once approved."""

from __future__ import annotations

import click

from geodata.errors import Conflict
from geodata.queries.municipalities import Home, home
from geodata.queries.retention_runs import APPROVED
from geodata.tables.engine import reading
from webmap.cli.base import Shop, json_option, with_shop
from webmap.services import retention, retention_list, retention_run
from webmap.services.actors import COMMAND
from webmap.services.retention_words import decision_words, rule_words


@click.group("retention")
def keeping() -> None:
    """Gallring: det som sparats så länge som beslutet säger."""


@keeping.command("list")
@click.option("--municipality", "code", required=True, help="Kommunens kod.")
@json_option
@with_shop
def show(shop: Shop, code: str) -> None:
    """Visa reglerna och hur mycket som har nått sin dag. Inget ändras."""
    found = retention_list.due_now(shop.engine, _home(shop, code))
    words = shop.words
    document = [
        {
            "record": each.rule.term.record.value,
            "after": each.rule.term.after.value,
            "years": each.rule.term.years,
            "days": each.rule.term.days,
            "decision": each.rule.decision,
            "due": each.due,
            "held": each.held,
        }
        for each in found
    ]
    lines = [
        f"{rule_words(each.rule.term, words)} {decision_words(each.rule.decision, words)}."
        f" {words('Att ta bort i dag')}: {words.number(each.due)}."
        for each in found
    ]
    shop.answer(document, "\n".join(lines) or words("Inga regler än. Allt sparas."))


@keeping.command("propose")
@click.option("--municipality", "code", required=True, help="Kommunens kod.")
@json_option
@with_shop
def propose(shop: Shop, code: str) -> None:
    """Gör listan över det som har nått sin dag. Någon måste godkänna den på sidan Gallring."""
    uid = retention.propose(shop.engine, _home(shop, code), COMMAND)
    shop.answer({"run": str(uid)}, shop.words("Listan är gjord: %(address)s", address=_address(uid)))


@keeping.command("run")
@click.option("--municipality", "code", required=True, help="Kommunens kod.")
@json_option
@with_shop
def carry_out(shop: Shop, code: str) -> None:
    """Ta bort det som står på den godkända listan. Utan godkännande görs inget."""
    there = _home(shop, code)
    approved = [run.uid for run in retention.runs(shop.engine, there) if run.state == APPROVED]
    if not approved:
        raise Conflict("retention.not_approved")
    done = retention_run.carry_out(shop.engine, shop.settings, (there, approved[0]), COMMAND)
    said = shop.words("Gallringen är klar: %(address)s", address=_address(approved[0]))
    if not done.is_done:
        said = shop.words("Databasen är upptagen. Resterna städas bort om en stund.")
    shop.answer({"run": str(approved[0]), "is_done": done.is_done}, said)


def _home(shop: Shop, code: str) -> Home:
    with reading(shop.engine) as session:
        return home(session, code)


def _address(uid: object) -> str:
    return f"/staff/retention/runs/{uid}"
