"""The base map: from a file, and from a server that answers, sleeps, lies or is dead."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from geodata.errors import FileFault
from tests.webmap.application import application, closed
from tests.webmap.tile_servers import Behaviour, dead_template, make_mbtiles, picture, tile_server
from webmap.cli import main
from webmap.maps.ground_tiles import PIXEL
from webmap.maps.tiles import EMPTY
from webmap.services.basemap import OPENSTREETMAP, Basemap, open_basemap
from webmap.services.tile_store import KEPT_S, TileStore
from webmap.settings import BadSettings, Settings

PLACE = (10, 548, 305)
PATH = "/map/base/10/548/305"
A_MOMENT_S = 0.6
PNG = {"Content-Type": "image/png"}


@pytest.fixture
def opened(tmp_path: Path) -> Callable[..., Basemap]:
    def make(template: str, **more: str) -> Basemap:
        found = open_basemap(Settings(data_dir=str(tmp_path), basemap=template, **more))
        assert found is not None
        return found

    return make


@pytest.fixture
def source() -> Iterator[tuple[Behaviour, str]]:
    behaviour = Behaviour()
    with tile_server(behaviour) as template:
        yield behaviour, template


def had(base: Basemap, place: tuple[int, int, int] = PLACE) -> bytes | None:
    """What a page gets that asks again for a while."""
    for _ in range(40):
        if (found := base.tile(*place)) is not None:
            return found
        time.sleep(0.05)
    return None


def silent(base: Basemap) -> bool:
    """Whether the source is found out within the time one tile may take."""
    deadline = time.monotonic() + 4
    while not base.is_silent() and time.monotonic() < deadline:
        base.tile(*PLACE)
        time.sleep(0.05)
    return base.is_silent()


class TestSettings:
    @pytest.mark.parametrize(
        "named",
        [
            "http://tiles.example/{z}/{x}/{y}.png",
            "https://tiles.example/{z}/{x}.png",
            "https://{s}.tiles.example/{z}/{x}/{y}.png",
            "ftp://tiles.example/{z}/{x}/{y}.png",
            "/finns/inte.mbtiles",
        ],
    )
    def test_what_cannot_be_a_base_map_is_refused(self, named: str) -> None:
        with pytest.raises(BadSettings, match="TRYGGKARTA_BASEMAP"):
            Settings.from_environment({"TRYGGKARTA_BASEMAP": named})

    @pytest.mark.parametrize("named", ["", "none"])
    def test_none_is_none(self, named: str, tmp_path: Path) -> None:
        assert open_basemap(Settings(data_dir=str(tmp_path), basemap=named)) is None

    def test_the_demo_looks_at_openstreetmap_unless_told_otherwise(self) -> None:
        assert "openstreetmap.org" in Settings().for_demo().basemap
        assert not Settings(basemap="none").for_demo().has_basemap


class TestCredit:
    def test_openstreetmap_is_known(self, opened: Callable[..., Basemap]) -> None:
        assert opened("https://tile.openstreetmap.org/{z}/{x}/{y}.png").credit == OPENSTREETMAP

    def test_a_host_with_its_name_in_it_is_not(self, opened: Callable[..., Basemap]) -> None:
        found = opened("https://openstreetmap.org.example/{z}/{x}/{y}.png")
        assert found.credit.text == "openstreetmap.org.example"

    def test_what_is_said_goes_first(self, opened: Callable[..., Basemap]) -> None:
        template = "https://tile.openstreetmap.org/{z}/{x}/{y}.png"
        assert opened(template, basemap_attribution="Vara kommun").credit.text == "Vara kommun"

    def test_a_files_own_is_text_and_nothing_else(
        self, opened: Callable[..., Basemap], tmp_path: Path
    ) -> None:
        said = '<a href="https://x.example/">© X</a><script>alert(1)</script> 2026'
        path = make_mbtiles(tmp_path / "a.mbtiles", attribution=said)
        assert opened(str(path)).credit.text == "© X alert(1) 2026"


class TestMbtiles:
    def test_rows_are_turned_to_count_from_the_north(
        self, opened: Callable[..., Basemap], tmp_path: Path
    ) -> None:
        base = opened(str(make_mbtiles(tmp_path / "a.mbtiles")))
        assert base.tile(*PLACE) == picture("#aa0000")
        assert base.tile(11, 1096, 610) == picture("#00aa00")

    def test_what_it_does_not_have_is_nothing(self, opened: Callable[..., Basemap], tmp_path: Path) -> None:
        base = opened(str(make_mbtiles(tmp_path / "a.mbtiles")))
        assert [base.tile(10, 548, 306), base.tile(12, 0, 0), base.tile(9, 0, 0)] == [b"", b"", b""]

    def test_vectors_are_refused_at_the_start(self, opened: Callable[..., Basemap], tmp_path: Path) -> None:
        with pytest.raises(FileFault) as raised:
            opened(str(make_mbtiles(tmp_path / "a.mbtiles", form="pbf")))
        assert raised.value.code == "basemap.not_pictures"

    def test_the_one_who_starts_the_service_is_told(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = make_mbtiles(tmp_path / "a.mbtiles", form="pbf")
        monkeypatch.setenv("TRYGGKARTA_DATA_DIR", str(tmp_path))
        monkeypatch.setenv("TRYGGKARTA_BASEMAP", str(path))
        result = CliRunner().invoke(main, ["serve", "--port", "1"])
        assert (result.exit_code, "Bakgrundskartan är pbf" in result.stderr) == (1, True)

    def test_another_file_is_refused_at_the_start(
        self, opened: Callable[..., Basemap], tmp_path: Path
    ) -> None:
        (tmp_path / "a.mbtiles").write_bytes(b"not a database at all" * 100)
        with pytest.raises(FileFault) as raised:
            opened(str(tmp_path / "a.mbtiles"))
        assert raised.value.code == "basemap.unreadable"

    def test_it_is_never_written_to(self, opened: Callable[..., Basemap], tmp_path: Path) -> None:
        path = make_mbtiles(tmp_path / "a.mbtiles")
        before = path.read_bytes()
        opened(str(path)).tile(*PLACE)
        assert path.read_bytes() == before
        assert [each.name for each in tmp_path.iterdir()] == ["a.mbtiles"]


class TestAlive:
    def test_a_tile_is_fetched_once_and_kept(
        self, opened: Callable[..., Basemap], source: tuple[Behaviour, str]
    ) -> None:
        behaviour, template = source
        base = opened(template)
        assert had(base) == behaviour.body
        assert opened(template).tile(*PLACE) == behaviour.body
        assert [path for path, _ in behaviour.asked] == ["/10/548/305.png"]

    def test_it_says_who_asks(self, opened: Callable[..., Basemap], source: tuple[Behaviour, str]) -> None:
        behaviour, template = source
        had(opened(template, public_url="https://karta.vara.example"))
        headers = behaviour.asked[0][1]
        assert headers["User-Agent"].startswith("Tryggkarta/")
        assert headers["Referer"] == "https://karta.vara.example"

    def test_what_it_has_not_is_remembered(
        self, opened: Callable[..., Basemap], source: tuple[Behaviour, str]
    ) -> None:
        behaviour, template = source
        behaviour.status = 404
        base = opened(template)
        assert had(base) == b""
        assert base.tile(*PLACE) == b""
        assert len(behaviour.asked) == 1

    def test_a_redirect_within_the_host_is_followed(
        self, opened: Callable[..., Basemap], source: tuple[Behaviour, str]
    ) -> None:
        behaviour, template = source
        behaviour.status, behaviour.headers = 302, {"Location": "/annat.png"}
        assert silent(opened(template))
        assert [path for path, _ in behaviour.asked] == ["/10/548/305.png", "/annat.png", "/annat.png"]

    def test_an_old_tile_is_shown_while_the_new_one_comes(
        self, opened: Callable[..., Basemap], source: tuple[Behaviour, str], tmp_path: Path
    ) -> None:
        behaviour, template = source
        base = opened(template)
        had(base)
        for path in TileStore.of(tmp_path / "basemap", template).folder.glob("*/*/*"):
            os.utime(path, (0, 0))
        old, behaviour.body = behaviour.body, picture("#ffffff")
        assert base.tile(*PLACE) == old
        deadline = time.monotonic() + 3
        while base.tile(*PLACE) == old and time.monotonic() < deadline:
            time.sleep(0.02)
        assert base.tile(*PLACE) == behaviour.body

    def test_many_at_once_are_at_most_two_to_the_source(
        self, opened: Callable[..., Basemap], source: tuple[Behaviour, str]
    ) -> None:
        behaviour, template = source
        behaviour.sleep_s = 0.3
        base = opened(template)
        began = time.monotonic()
        for x in range(20):
            base.tile(10, x, 305)
        time.sleep(max(0.0, began + 0.28 - time.monotonic()))
        assert len(behaviour.asked) <= 2 * (1 + (time.monotonic() - began) / 0.3)


class TestKeeping:
    @pytest.mark.parametrize(("said", "least_s"), [("max-age=60", KEPT_S), ("max-age=2000000", 2_000_000)])
    def test_seven_days_or_as_long_as_the_source_says(
        self,
        opened: Callable[..., Basemap],
        source: tuple[Behaviour, str],
        tmp_path: Path,
        said: str,
        least_s: int,
    ) -> None:
        behaviour, template = source
        behaviour.headers = {**PNG, "Cache-Control": said}
        had(opened(template))
        (kept,) = TileStore.of(tmp_path / "basemap", template).folder.glob("*/*/*")
        assert least_s - 5 < kept.stat().st_mtime - time.time() <= least_s

    def test_what_becomes_old_first_goes_first_when_it_is_full(self, tmp_path: Path) -> None:
        store = TileStore(tmp_path / "tiles", most_bytes=1_000)
        for x in range(5):
            store.keep((10, x, 0), bytes(300), KEPT_S + 1_000 * x)
        store.trim()
        assert [store.read(10, x, 0) is not None for x in range(5)] == [False, False, False, True, True]

    def test_a_folder_that_cannot_be_written_is_no_fault(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("x")
        TileStore(tmp_path / "file" / "tiles").keep(PLACE, picture(), 0)
        assert TileStore(tmp_path / "file" / "tiles").read(*PLACE) is None


LIES = {
    "a page": Behaviour(body=b"<html>403</html>", headers={"Content-Type": "text/html"}),
    "a page that says it is a picture": Behaviour(body=b"<html></html>"),
    "five megabytes": Behaviour(body=picture() + bytes(5_000_000)),
    "another host": Behaviour(302, b"", {"Location": "http://127.0.0.2:1/x.png"}),
    "another scheme": Behaviour(302, b"", {"Location": "file:///etc/passwd"}),
    "a fault": Behaviour(500),
    "a packed picture": Behaviour(headers={**PNG, "Content-Encoding": "gzip"}),
}


class TestLies:
    @pytest.mark.parametrize("lie", LIES)
    def test_nothing_of_it_is_shown_or_kept_and_it_is_left_alone(
        self, opened: Callable[..., Basemap], tmp_path: Path, lie: str
    ) -> None:
        with tile_server(LIES[lie]) as template:
            base = opened(template)
            assert silent(base)
            asked = len(LIES[lie].asked)
            assert [base.tile(10, x, 305) for x in range(10)] == [None] * 10
        assert len(LIES[lie].asked) == asked
        assert list(TileStore.of(tmp_path / "basemap", template).folder.glob("*/*/*")) == []


class TestSlowAndDead:
    def test_a_sleeper_is_waited_for_a_moment_and_found_out(self, opened: Callable[..., Basemap]) -> None:
        with tile_server(Behaviour(sleep_s=10)) as template:
            base = opened(template)
            began = time.monotonic()
            assert base.tile(*PLACE) is None
            assert time.monotonic() - began < A_MOMENT_S
            assert silent(base)
            assert time.monotonic() - began < 4

    def test_a_trickle_is_found_out_too(self, opened: Callable[..., Basemap]) -> None:
        with tile_server(Behaviour(body=picture() + bytes(1_000), drip_s=0.01)) as template:
            assert silent(opened(template))

    def test_the_dead_is_found_out_at_once(self, opened: Callable[..., Basemap]) -> None:
        base = opened(dead_template())
        base.tile(*PLACE)
        began = time.monotonic()
        assert silent(base)
        assert time.monotonic() - began < A_MOMENT_S

    def test_other_processes_hear_of_it(self, opened: Callable[..., Basemap]) -> None:
        template = dead_template()
        assert silent(opened(template))
        assert opened(template).is_silent()

    def test_it_is_tried_again_after_a_minute(
        self, opened: Callable[..., Basemap], source: tuple[Behaviour, str], tmp_path: Path
    ) -> None:
        behaviour, template = source
        mark = TileStore.of(tmp_path / "basemap", template).mark
        mark.parent.mkdir(parents=True)
        mark.touch()
        assert opened(template).tile(*PLACE) is None
        os.utime(mark, (time.time() - 61, time.time() - 61))
        assert had(opened(template)) == behaviour.body


class TestRoute:
    def test_a_tile_is_a_picture_of_its_own_type(self, staffed_url: str, tmp_path: Path) -> None:
        path = make_mbtiles(tmp_path / "a.mbtiles", form="jpg")
        app = application(staffed_url, tmp_path, basemap=str(path))
        found, lacking = app.test_client().get(PATH), app.test_client().get("/map/base/10/0/0")
        closed(app)
        assert (found.data, found.mimetype) == (picture("#aa0000"), "image/png")
        assert (lacking.data, lacking.mimetype) == (EMPTY, "image/png")
        assert found.headers["Cache-Control"] == "private, max-age=86400"

    def test_what_cannot_be_had_is_one_pixel_and_not_kept(self, staffed_url: str, tmp_path: Path) -> None:
        app = application(staffed_url, tmp_path, basemap=dead_template())
        answer = app.test_client().get(PATH)
        closed(app)
        assert (answer.status_code, answer.data) == (200, PIXEL)
        assert "no-store" in answer.headers["Cache-Control"]

    def test_without_a_base_map_it_is_the_same(self, client) -> None:
        assert client.get(PATH).data == PIXEL

    @pytest.mark.parametrize("path", ["/map/base/10/1024/0", "/map/base/99/0/0"])
    def test_a_tile_that_cannot_be_is_refused(self, client, path: str) -> None:
        assert client.get(path).status_code == 422


def test_a_name_that_is_never_found_holds_nobody_up(opened: Callable[..., Basemap]) -> None:
    """Looking a name up knows no patience of its own."""
    base = opened("https://tiles.invalid/{z}/{x}/{y}.png")
    began = time.monotonic()
    base.tile(*PLACE)
    assert time.monotonic() - began < A_MOMENT_S
