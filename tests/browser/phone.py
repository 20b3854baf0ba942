"""A walk that is served, and phones that walk along: the app's own modules in a real browser."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page, ViewportSize, expect
from sqlalchemy import Engine, func, select

from geodata.migrations import upgrade
from geodata.queries.walks import KnownWalk
from geodata.tables.engine import make_engine, reading, writing
from geodata.tables.findings import ExpectedPhoto, WalkEntry
from geodata.tables.photos import Photo
from tests import factories, walks
from tests.browser.door import Door, door_to
from tests.browser.site import ROOT, House, await_ready, free_port
from webmap import modules

SMALL: ViewportSize = {"width": 360, "height": 740}
FINDING = {"polarity": "unsafe", "categories": ["lighting"]}
FINDINGS = r"PUT /api/v1/walks/[^/]+/findings/[^/]+"
PHOTOS = r"PUT /api/v1/photos/.+"
RECEIPTS = r"POST /api/v1/walks/[^/]+/receipts"
_MODULES = ("outbox", "store", "rounds", "sender", "photos", "escape", "install")
_SAVE = """
async ([walk, count, photos]) => {
  const ids = [];
  for (let n = 0; n < count; n += 1) {
    const content = { polarity: "unsafe", categories: ["lighting"], text: `Lampa ${n}` };
    const id = await store.keep(walk, content);
    ids.push(id);
    if (n < photos) await store.addPhoto(id, await picture(n));
  }
  return ids;
}
"""
_READY = """
window.opened = (async () => {
  const joined = await APP.store.openStore();
  window.store = joined;
  window.states = [];
  window.startSender = (walk) => {
    window.sender = APP.sender.startSender(joined, walk, { onState: (state) => states.push(state) });
  };
  window.picture = async (n, side = 320) => {
    const canvas = new OffscreenCanvas(side, side);
    const pen = canvas.getContext("2d");
    for (let at = 0; at < 400; at += 1) {
      pen.fillStyle = `rgb(${(at * 37 + n) % 256} ${(at * 91) % 256} ${(n * 53) % 256})`;
      pen.fillRect((at * 17) % side, (at * 29) % side, 24, 24);
    }
    return APP.photos.shrink(await canvas.convertToBlob({ type: "image/png" }));
  };
  window.join = async (walk, code) => {
    const [method, headers] = ["POST", { "Content-Type": "application/json" }];
    const body = JSON.stringify({ code });
    const answer = await fetch(`/api/v1/walks/${walk}/join`, { method, headers, body });
    if (answer.status !== 201) throw new Error(`join: ${answer.status} ${await answer.text()}`);
    await joined.setToken(walk, await answer.json());
  };
})();
"""


def bundle() -> str:
    """The modules of the app as a script that a test calls."""
    made = [
        f"(() => {{ {modules.joined(f'field/{name}').decode()} return module_field_{name}(); }})()"
        for name in _MODULES
    ]
    pairs = ", ".join(f"{name}: {one}" for name, one in zip(_MODULES, made, strict=True))
    return f"if (location.pathname.startsWith('/w/')) {{ window.APP = {{ {pairs} }}; {_READY} }}"


@dataclass
class Town:
    """A house with a walk in it, and the server over it, which can be killed and started again."""

    house: House
    engine: Engine
    walk: KnownWalk
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        words = self.house.command("serve", "--port", str(self.port), "--workers", "1")
        log = self.house.folder / "server.log"
        with log.open("ab") as lines:
            self.process = subprocess.Popen(
                words,
                env=self.house.environment(),
                cwd=ROOT,
                stdout=lines,
                stderr=lines,
                start_new_session=True,
            )
        await_ready(f"http://127.0.0.1:{self.port}", self.process, log)

    def kill(self) -> None:
        """Master and worker at once, never asked to stop."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def new_walk(self, **said: Any) -> KnownWalk:
        self.walk = walks.walk(self.engine, **said)
        return self.walk

    def entries(self) -> list[WalkEntry]:
        with reading(self.engine) as session:
            of_walk = select(WalkEntry).where(WalkEntry.walk_id == self.walk.id).order_by(WalkEntry.seq)
            return list(session.scalars(of_walk))

    def photo_count(self) -> int:
        """Photos that have come and that a finding of the walk said it has."""
        said = select(ExpectedPhoto.photo_uid).join(WalkEntry).where(WalkEntry.walk_id == self.walk.id)
        with reading(self.engine) as session:
            return session.scalar(select(func.count()).select_from(Photo).where(Photo.uid.in_(said))) or 0


@contextmanager
def town_in(folder: Path, url: str) -> Iterator[tuple[Town, Door]]:
    """A town with its server running, and a door to it."""
    engine = make_engine(url)
    upgrade(engine)
    with writing(engine) as session:
        factories.municipality(session)
    house = House(folder, Path(url.removeprefix("sqlite:///")))
    town = Town(house, engine, walks.walk(engine))
    town.start()
    try:
        with door_to(town.port) as door:
            yield town, door
    finally:
        town.kill()
        engine.dispose()


class Phone:
    """A browser of its own memory, on one walk."""

    def __init__(self, context: BrowserContext, door: Door, walk: KnownWalk, path: str = "") -> None:
        self.context, self.door, self.walk, self.uid = context, door, walk, str(walk.uid)
        self.context.add_init_script(bundle())
        self.page = self.open(path)

    def open(self, path: str = "") -> Page:
        page = self.context.new_page()
        page.goto(f"{self.door.address}/w/{self.walk.join_code}{path}")
        page.evaluate("opened")
        return page

    def join(self) -> None:
        self.page.evaluate("([walk, code]) => join(walk, code)", [self.uid, self.walk.join_code])

    def send(self, page: Page | None = None) -> None:
        """Begin to send, and go on doing so."""
        (page or self.page).evaluate("(walk) => startSender(walk)", self.uid)

    def save(self, count: int, photos: int = 0) -> list[str]:
        saved: list[str] = self.page.evaluate(_SAVE, [self.uid, count, photos])
        return saved

    def counts(self) -> dict[str, int]:
        said: dict[str, int] = self.page.evaluate("(walk) => store.counts(walk)", self.uid)
        return said

    def all(self) -> list[dict[str, Any]]:
        said: list[dict[str, Any]] = self.page.evaluate("(walk) => store.all(walk)", self.uid)
        return said

    def contents(self) -> set[str]:
        """Ids of what is on the phone still with all that was said, not its receipt only."""
        return {each["id"] for each in self.all() if each["content"] is not None}

    def states(self) -> dict[str, str]:
        return {each["id"]: each["state"] for each in self.all()}

    def install(self) -> dict[str, Any]:
        kept: dict[str, Any] = self.page.evaluate(
            "(code) => APP.install.installApp(store, code)", self.walk.join_code
        )
        return kept

    def last_phase(self) -> str:
        return str(self.page.evaluate("states.at(-1)?.phase ?? ''"))

    def reload(self) -> None:
        self.page.reload()
        self.page.evaluate("opened")

    def tell(self, photo: Path | None = None) -> None:
        """One finding through the app, as somebody on the walk does it."""
        page = self.page
        page.get_by_role("button", name="Otryggt").click()
        page.locator(".tile").first.click()
        page.get_by_role("button", name="Spara", exact=True).click()
        expect(page.get_by_role("heading", name="Sparad på telefonen")).to_be_visible()
        if photo:
            page.locator("#photo").set_input_files(photo)
            expect(page.locator(".thumbs li")).to_have_count(1)
        page.get_by_role("button", name="Klar", exact=True).click()
        expect(page.get_by_role("heading", name="Vad ser du här?")).to_be_visible()

    def leave(self) -> None:
        self.context.close()
