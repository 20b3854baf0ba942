"""Handing out records: what is proposed, decided and made, and that what is masked is in no byte of it."""

from __future__ import annotations

import csv
import re
import string
import zipfile
from datetime import timedelta
from io import BytesIO, StringIO
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from geodata.errors import Conflict, InvalidValue, NotFound
from geodata.hours import today
from geodata.tables.engine import reading, writing
from geodata.tables.journal import JournalEntry
from geodata.tables.photos import Photo
from geodata.tables.receipts import Contact, Reply
from geodata.tables.reports import Report
from geodata.vocabulary import MaskState, MaskWhy, PhotoState, Precision, Stage
from tests import factories
from tests.geodata.exchange.pictures import picture, told
from tests.pdftext import pages_of, streams_of
from tests.places import LATITUDE, LONGITUDE
from tests.webmap import reviews
from webmap.maps.handout import print_handout
from webmap.services import disclosing, handing_out, mask_acts, packages, photos, secrecy
from webmap.services.choosing import Choosing, Place
from webmap.services.handing_out import Press
from webmap.services.handout import in_words, pieces_of
from webmap.services.mask_acts import Addition, Decision, KnownMask, masks_in
from webmap.services.sayings import Refused
from webmap.services.secrecy import MarkDraft, checked_provision

HERE = {"type": "Point", "coordinates": [LONGITUDE, LATITUDE]}
TEXT = "Prata med Gunhild Andersson på 070-123 45 67, hon bor på Storgatan 5"


@pytest.fixture
def home(engine):
    with writing(engine) as session:
        return factories.municipality(session)


@pytest.fixture
def actor(engine, home):
    return reviews.reviewer(engine, "handlaggare@vara.example")


@pytest.fixture
def press(tmp_path):
    return Press(tmp_path / "photos", print_handout)


def begun(engine, home, actor, **said):
    return disclosing.begin(engine, home, "Belysningen i mars", Choosing(**said), actor)


def masks(engine, uid):
    with reading(engine) as session:
        return masks_in(session, handing_out._found(session, factories.home_in(session), uid).id)


def confirm_all(engine, home, uid, actor, provision="21:7"):
    for mask in masks(engine, uid):
        if mask.state == MaskState.PROPOSED:
            seen = Decision(mask.id, "proposed", MaskState.CONFIRMED, provision)
            mask_acts.decide(engine, home, uid, seen, actor)


def version(engine, home, uid):
    return uid, packages.one(engine, home.code, uid).version


def made(engine, home, uid, press, actor):
    handing_out.make(engine, home, version(engine, home, uid), press, actor)
    return handing_out.again(engine, home, uid, press)


def files_of(packed):
    with zipfile.ZipFile(BytesIO(packed)) as found:
        return {name: found.read(name) for name in found.namelist()}


def everything_in(packed):
    """Every byte of the package, with what is packed inside it unpacked, and the text of the pages."""
    files = files_of(packed)
    pdf = files["rapporter.pdf"]
    inside = [packed, *files.values(), *streams_of(pdf)]
    return b"\n".join(inside), " ".join(pages_of(pdf)), files


class TestProposals:
    def test_all_free_texts_are_screened(self, engine, home, actor):
        reviews.sent(engine, home, TEXT, place_text="Hos Erik Svensson")
        uid = begun(engine, home, actor)
        found = {(each.field, each.why) for each in masks(engine, uid)}
        assert {("private_text", MaskWhy.NAME), ("private_text", MaskWhy.PHONE)} <= found
        assert ("place_text", MaskWhy.NAME) in found

    def test_a_mark_of_secrecy_proposes_the_whole_field_with_its_provision(self, engine, home, actor):
        report = reviews.sent(engine, home, "Mörkt")
        secrecy.put(engine, home, report, MarkDraft("private_text", "21:1", "Hälsa"), actor)
        uid = begun(engine, home, actor)
        assert [(each.why, each.first, each.last, each.provision) for each in masks(engine, uid)] == [
            (MaskWhy.MARK, 0, 0, "21:1")
        ]

    def test_a_mark_shuts_nobody_out_and_can_be_lifted(self, engine, home, actor):
        report = reviews.sent(engine, home, "Mörkt")
        mark = secrecy.put(engine, home, report, MarkDraft("place", "18 kap. 8 §", "Larm"), actor)
        assert secrecy.of_report(engine, "1470", report)[0].provision == "18:8"
        secrecy.lift(engine, home, mark, actor)
        assert secrecy.listed(engine, "1470") == []
        with pytest.raises(Conflict):
            secrecy.lift(engine, home, mark, actor)
        assert masks(engine, begun(engine, home, actor)) == []

    def test_a_place_that_is_not_told_exactly_takes_its_words_along(self, engine, home, actor):
        reviews.sent(engine, home, "Mörkt", place_text="Bakom ladan")
        uid = begun(engine, home, actor)
        chosen = Place(Precision.SQUARE, "21:3")
        disclosing.set_place(engine, home, version(engine, home, uid), chosen, actor)
        assert [(each.field, each.why) for each in masks(engine, uid)] == [("place_text", MaskWhy.PLACE)]
        disclosing.set_place(engine, home, version(engine, home, uid), Place(), actor)
        assert masks(engine, uid) == []

    def test_a_mark_on_the_place_takes_its_words_along(self, engine, home, actor):
        report = reviews.sent(engine, home, "Mörkt", place_text="Bakom ladan")
        secrecy.put(engine, home, report, MarkDraft("place", "21:3", "Skyddad"), actor)
        found = {(each.field, each.why) for each in masks(engine, begun(engine, home, actor))}
        assert found == {("place", MaskWhy.MARK), ("place_text", MaskWhy.MARK)}

    def test_a_mark_set_while_a_package_lies_open_is_decided_on_before_it_is_made(
        self, engine, home, actor, press
    ):
        report = reviews.sent(engine, home, "Hon har epilepsi")
        uid = begun(engine, home, actor)
        looked_at = version(engine, home, uid)
        secrecy.put(engine, home, report, MarkDraft("private_text", "21:1", "Hälsa"), actor)
        with pytest.raises(Conflict, match="changed"):
            handing_out.make(engine, home, looked_at, press, actor)
        with pytest.raises(Conflict, match="undecided"):
            handing_out.make(engine, home, version(engine, home, uid), press, actor)
        confirm_all(engine, home, uid, actor, "21:1")
        assert b"epilepsi" not in everything_in(made(engine, home, uid, press, actor))[0]

    def test_a_mark_leaves_what_is_handed_out_already_as_it_was(self, engine, home, actor, press):
        report = reviews.sent(engine, home, "Mörkt")
        uid = begun(engine, home, actor)
        before = made(engine, home, uid, press, actor)
        secrecy.put(engine, home, report, MarkDraft("private_text", "21:1", "Hälsa"), actor)
        assert handing_out.again(engine, home, uid, press) == before

    def test_photos_that_are_marked_stay_out_though_they_are_let_through_later(
        self, engine, home, actor, press
    ):
        report, seen = reviews.sent(engine, home, "Mörkt"), uuid4()
        photos.store(engine, press.folder, seen, told(picture()))
        secrecy.put(engine, home, report, MarkDraft("photos", "21:1", "Ansikten"), actor)
        uid = begun(engine, home, actor)
        disclosing.set_place(engine, home, version(engine, home, uid), Place(has_photos=True), actor)
        confirm_all(engine, home, uid, actor, "21:1")
        with writing(engine) as session:
            key = session.scalars(select(Report.id).where(Report.uid == report)).one()
            now = update(Photo).where(Photo.uid == seen)
            session.execute(now.values(report_id=key, state=PhotoState.ACCEPTED))
        files = files_of(made(engine, home, uid, press, actor))
        assert files["rapporter.pdf"].count(b"/Subtype/Image") == 0

    def test_where_the_time_is_masked_the_moment_it_came_in_does_not_tell_it(
        self, engine, home, actor, press
    ):
        report = reviews.sent(engine, home, "Mörkt")
        secrecy.put(engine, home, report, MarkDraft("time", "21:3", "Vanor"), actor)
        uid = begun(engine, home, actor)
        confirm_all(engine, home, uid, actor, "21:3")
        table = files_of(made(engine, home, uid, press, actor))["rapporter.csv"].decode("utf-8-sig")
        row = next(csv.DictReader(StringIO(table), delimiter=";"))
        assert not re.search(r"\d\d[.:]\d\d", row["Kom in"])
        assert row["Kom in"]


class TestChoosing:
    def test_by_day_number_state_and_category(self, engine, home, actor):
        reviews.sent(engine, home, "ett")
        reviews.sent(engine, home, "två", categories=frozenset({"traffic_speed"}))
        year = today().year
        for said, count in (
            (Choosing(), 2),
            (Choosing(since=str(today())), 2),
            (Choosing(until=str(today() - timedelta(days=1))), 0),
            (Choosing(numbers=f"TK {year}-000002, {year}-000009"), 1),
            (Choosing(states=("accepted",)), 0),
            (Choosing(states=("new", "accepted")), 2),
        ):
            assert disclosing.count(engine, home, said) == count, said

    @pytest.mark.parametrize(
        "said",
        [
            {"since": "i går"},
            {"since": "2026-03-02", "until": "2026-03-01"},
            {"numbers": "hundra"},
            {"area": "Ingenstans"},
            {"category": "finns inte"},
            {"since": "2001-01-01", "until": "2001-01-02"},
        ],
    )
    def test_what_cannot_be_chosen_is_said(self, engine, home, actor, said):
        with pytest.raises((InvalidValue, NotFound)):
            begun(engine, home, actor, **said)

    def test_what_the_police_own_is_not_ours_to_hand_out(self, engine, home, actor):
        report = reviews.sent(engine, home, "Mörkt")
        with writing(engine) as session:
            session.execute(update(Report).where(Report.uid == report).values(owner="police"))
        assert disclosing.count(engine, home, Choosing()) == 0


class TestDecisions:
    def test_one_needs_a_provision_and_is_decided_once(self, engine, home, actor):
        reviews.sent(engine, home, TEXT)
        uid = begun(engine, home, actor)
        mask = masks(engine, uid)[0]
        with pytest.raises(InvalidValue):
            mask_acts.decide(engine, home, uid, Decision(mask.id, "proposed", MaskState.CONFIRMED), actor)
        mask_acts.decide(engine, home, uid, Decision(mask.id, "proposed", MaskState.KEPT), actor)
        with pytest.raises(Conflict):
            mask_acts.decide(
                engine, home, uid, Decision(mask.id, "proposed", MaskState.CONFIRMED, "21:7"), actor
            )

    def test_all_of_a_kind_at_once_but_only_as_they_were_seen(self, engine, home, actor):
        for _ in range(3):
            reviews.sent(engine, home, TEXT)
        uid = begun(engine, home, actor)
        seen = version(engine, home, uid)
        before = packages.one(engine, "1470", uid).waiting
        chosen = ("phone", MaskState.CONFIRMED, "21:3")
        assert mask_acts.decide_kind(engine, home, seen, chosen, actor) == before["phone"] == 3
        assert "phone" not in packages.one(engine, "1470", uid).waiting
        assert mask_acts.last_provisions(engine, uid) == {"phone": "21:3"}
        with pytest.raises(Conflict):
            mask_acts.decide_kind(engine, home, seen, ("name", MaskState.KEPT, ""), actor)

    def test_words_go_wherever_they_stand(self, engine, home, actor):
        first = reviews.sent(engine, home, "Blå kiosken och blå\nkiosken igen")
        reviews.sent(engine, home, "Vid BLÅ KIOSKEN")
        uid = begun(engine, home, actor)
        assert mask_acts.add(engine, home, (uid, first), Addition("blå kiosken", "", "21:7"), actor) == 2
        everywhere = Addition("blå kiosken", "", "21:7", is_everywhere=True)
        assert mask_acts.add(engine, home, (uid, first), everywhere, actor) == 3
        for wanted in (
            Addition("finns inte", "", "21:7"),
            Addition("", "photos", "21:7"),
            Addition("", "", "21:7"),
        ):
            with pytest.raises(InvalidValue):
                mask_acts.add(engine, home, (uid, first), wanted, actor)

    def test_nothing_is_made_before_all_is_decided(self, engine, home, actor, press):
        reviews.sent(engine, home, TEXT)
        uid = begun(engine, home, actor)
        with pytest.raises(Conflict) as fault:
            made(engine, home, uid, press, actor)
        assert fault.value.code == "disclosure.undecided"

    def test_a_report_that_changed_since_is_said_and_read_anew(self, engine, home, actor, press):
        report, gone = reviews.sent(engine, home, "Mörkt"), reviews.sent(engine, home, "Borta")
        uid = begun(engine, home, actor)
        with writing(engine) as session:
            session.execute(
                update(Report)
                .where(Report.uid == report)
                .values(public_text=TEXT, version=Report.version + 1)
            )
            session.execute(delete(Report).where(Report.uid == gone))
        with pytest.raises(Conflict) as fault:
            made(engine, home, uid, press, actor)
        assert (fault.value.code, fault.value.values) == ("disclosure.report_changed", {"count": 2})
        for each in (report, gone):
            disclosing.renew(engine, home, uid, each, actor)
        assert {each.field for each in masks(engine, uid)} == {"public_text"}
        assert len(packages.one(engine, "1470", uid).reports) == 1

    def test_a_cancelled_package_is_over(self, engine, home, actor):
        reviews.sent(engine, home, TEXT)
        uid = begun(engine, home, actor)
        disclosing.cancel(engine, home, version(engine, home, uid), actor)
        assert masks(engine, uid) == []
        with pytest.raises(Conflict):
            disclosing.cancel(engine, home, version(engine, home, uid), actor)


class TestPackage:
    @pytest.fixture
    def uid(self, engine, home, actor):
        report = reviews.sent(engine, home, TEXT, "kontakt@hemlig.example", place=HERE)
        with writing(engine) as session:
            key = session.scalars(select(Report.id).where(Report.uid == report)).one()
            session.add(
                Reply(
                    uid=uuid4(),
                    report_id=key,
                    stage=Stage.DONE,
                    text="Tack Bertil Karlsson",
                    at=factories.NOW,
                )
            )
            assert session.query(Contact).count() == 1
        reviews.sent(engine, home, "=HYPERLINK(1)")
        return begun(engine, home, actor)

    def test_what_is_masked_is_nowhere_in_it(self, engine, home, actor, press, uid):
        confirm_all(engine, home, uid, actor)
        content, text, files = everything_in(made(engine, home, uid, press, actor))
        for secret in (
            "Gunhild",
            "Andersson",
            "070-123",
            "123 45 67",
            "Bertil",
            "Karlsson",
            "kontakt",
            "hemlig",
        ):
            assert secret not in text
            assert secret.encode() not in content
            assert secret.encode("utf-16-be") not in content
            assert secret.encode("utf-16-be").hex().upper().encode() not in content.upper()
        assert "████ (OSL 21:7)" in text
        assert "[maskad enligt OSL 21:7]" in files["rapporter.csv"].decode("utf-8-sig")

    def test_it_says_who_made_it_nowhere(self, engine, home, actor, press, uid):
        confirm_all(engine, home, uid, actor)
        content, text, _ = everything_in(made(engine, home, uid, press, actor))
        assert b"handlaggare" not in content
        assert "Belysningen i mars" not in text
        assert b"Belysningen" not in content

    def test_it_is_the_same_bytes_again(self, engine, home, actor, press, uid):
        confirm_all(engine, home, uid, actor)
        digest = handing_out.make(engine, home, version(engine, home, uid), press, actor)
        package = packages.one(engine, "1470", uid)
        assert (package.digest, package.state) == (digest, "made")
        assert handing_out.again(engine, home, uid, press) == handing_out.again(engine, home, uid, press)

    def test_once_a_report_is_changed_it_cannot_be_and_says_so(self, engine, home, actor, press, uid):
        confirm_all(engine, home, uid, actor)
        made(engine, home, uid, press, actor)
        with writing(engine) as session:
            session.execute(delete(Report).where(Report.private_text.like("=%")))
        with pytest.raises(Conflict) as fault:
            handing_out.again(engine, home, uid, press)
        assert (fault.value.code, fault.value.values) == ("disclosure.made_otherwise", {"count": 1})

    def test_no_cell_runs_and_the_log_names_each_mask(self, engine, home, actor, press, uid):
        confirm_all(engine, home, uid, actor)
        files = files_of(made(engine, home, uid, press, actor))
        rows = list(csv.DictReader(StringIO(files["rapporter.csv"].decode("utf-8-sig")), delimiter=";"))
        assert rows[1]["Text som den kom"] == "'=HYPERLINK(1)"
        log = list(csv.DictReader(StringIO(files["maskningar.csv"].decode("utf-8-sig")), delimiter=";"))
        assert len(log) == len(masks(engine, uid))
        assert {row["Lagrum"] for row in log} == {"OSL 21:7"}

    def test_the_exact_place_is_left_out_where_that_is_chosen(self, engine, home, actor, press, uid):
        exact = str(int(re.search(r"SWEREF 99 TM (\d+)", self._text(engine, home, actor, press))[1]))
        for precision, said in (
            (Precision.SQUARE, "Ruta på 250 meter"),
            (Precision.LOCALITY, "Utanför tätort"),
        ):
            other = begun(engine, home, actor)
            disclosing.set_place(engine, home, version(engine, home, other), Place(precision, "21:3"), actor)
            confirm_all(engine, home, other, actor)
            content, text, _ = everything_in(made(engine, home, other, press, actor))
            assert said in text
            assert f"{exact}," not in text or int(exact) % 250 == 0
            assert "Alla rapporter" in text

    def _text(self, engine, home, actor, press):
        uid = begun(engine, home, actor)
        confirm_all(engine, home, uid, actor)
        return everything_in(made(engine, home, uid, press, actor))[1]

    def test_photos_go_along_only_accepted_and_where_that_is_chosen(self, engine, home, actor, press, uid):
        seen = uuid4()
        photos.store(engine, press.folder, seen, told(picture()))
        assert self._pictures(engine, home, actor, press) == 0
        with writing(engine) as session:
            key = session.scalars(select(Report.id).where(Report.private_text == TEXT)).one()
            session.execute(
                update(Photo).where(Photo.uid == seen).values(report_id=key, state=PhotoState.ACCEPTED)
            )
        assert self._pictures(engine, home, actor, press) == 1
        with writing(engine) as session:
            session.execute(update(Photo).values(state=PhotoState.NEW))
        assert self._pictures(engine, home, actor, press) == 0

    def _pictures(self, engine, home, actor, press):
        uid = begun(engine, home, actor)
        chosen = Place(has_photos=True)
        disclosing.set_place(engine, home, version(engine, home, uid), chosen, actor)
        confirm_all(engine, home, uid, actor)
        return files_of(made(engine, home, uid, press, actor))["rapporter.pdf"].count(b"/Subtype/Image")

    def test_the_journal_has_every_act_and_no_text(self, engine, home, actor, press, uid):
        confirm_all(engine, home, uid, actor)
        made(engine, home, uid, press, actor)
        with reading(engine) as session:
            rows = session.query(JournalEntry).all()
        acts = {row.action for row in rows}
        assert {"disclosure.begin", "disclosure.mask_confirmed", "disclosure.make"} <= acts
        assert "Gunhild" not in " ".join(f"{row.object_id} {row.action}" for row in rows)


NASTY = st.text(
    st.one_of(
        st.sampled_from(
            list("\n\t =+-@#$*_`[]{}<>\\\"'/;,åäöÅÉ\u0301\u0308\u202e\u2066\u200d\ufeffمر漢😀\ue000\x07")
        ),
        st.characters(exclude_categories=["Cs"], exclude_characters=string.ascii_uppercase),
    ),
    max_size=30,
)
SECRET = st.text(string.ascii_uppercase, min_size=8, max_size=14)


def known(first, last, provision="21:7"):
    return KnownMask(1, uuid4(), "private_text", first, last, MaskWhy.OWN, provision, MaskState.CONFIRMED)


class TestWhateverIsWritten:
    @given(st.lists(st.tuples(NASTY, SECRET, st.integers(0, 3)), min_size=1, max_size=4))
    def test_pieces_have_nothing_of_what_is_masked(self, parts):
        text, spans = "", []
        for before, secret, extra in parts:
            text += before
            spans += [(len(text), len(text) + len(secret)), (len(text) + extra, len(text) + len(secret))]
            text += secret
        said = in_words(pieces_of(text, [known(*span) for span in spans]))
        assert all(secret not in said for _, secret, _ in parts)

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(NASTY, SECRET, NASTY)
    def test_the_pdf_is_made_and_has_nothing_of_it(self, before, secret, after):
        text = before + secret + after
        pieces = pieces_of(text, [known(len(before), len(before) + len(secret))])
        pdf = print_handout(_said(pieces), {})
        text_of_it = " ".join(pages_of(pdf))
        inside = b"\n".join([pdf, *streams_of(pdf)])
        assert secret not in text_of_it
        assert secret.encode() not in inside
        assert secret.encode("utf-16-be").hex().upper().encode() not in inside.upper()
        assert "(OSL 21:7)" in text_of_it

    @pytest.mark.parametrize("given_", ["", "abc", "0:1", "21:0", "21", "21:7; DROP"])
    def test_no_provision_is_none(self, given_):
        with pytest.raises(InvalidValue):
            checked_provision(given_)

    @pytest.mark.parametrize("given_", ["21:7", "OSL 21:7", "21 kap. 7 §", " 21 kap 7 "])
    def test_a_provision_is_written_one_way(self, given_):
        assert checked_provision(given_) == "21:7"


def _said(pieces):
    rows = [["Text", [[piece.text, piece.provision] for piece in pieces]]]
    return {
        "title": "Utlämnat",
        "municipality": "Vara kommun",
        "number": "TK 2026-000001",
        "day": [2026, 11, 22],
        "made": "i dag",
        "page": "Sida",
        "count": "1 rapport",
        "masked": "████",
        "boxes": "□",
        "photo": "Foto",
        "reports": [{"number": "TK 2026-000002", "lines": rows, "photos": []}],
        "log": {"title": "Borttaget", "none": "Inget", "heads": ["a", "b", "c", "d"], "rows": []},
        "provisions": {"title": "Lagrum", "law": "OSL", "rows": []},
    }


def test_every_fault_of_a_mark_is_said_at_once(engine, home, actor):
    with pytest.raises(Refused) as refused:
        secrecy.put(engine, home, uuid4(), MarkDraft("", "", "", "2001-01-01"), actor)
    assert {fault.field for fault in refused.value.faults} == {
        "mark-field",
        "mark-provision",
        "mark-reason",
        "mark-review-on",
    }


def test_masks_belong_to_a_package_and_no_other(engine, home, actor):
    reviews.sent(engine, home, TEXT)
    one, other = begun(engine, home, actor), begun(engine, home, actor)
    mask = masks(engine, one)[0]
    with pytest.raises(NotFound):
        mask_acts.decide(engine, home, other, Decision(mask.id, "proposed", MaskState.KEPT), actor)
