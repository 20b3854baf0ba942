"""The field app's icons, drawn from the mark: `python -m tests.browser.icons` writes them anew."""

from __future__ import annotations

import re
from io import BytesIO

from PIL import Image
from playwright.sync_api import sync_playwright

from tests.browser.conftest import QUIET, chromium_path
from tests.browser.site import ROOT

STATIC = ROOT / "webmap/static"
ICONS = {"field-192": (192, 0.78), "field-512": (512, 0.78), "field-maskable": (512, 0.58)}
_GROUND, _INK, _COLOURS = "#0b5c6b", "#ffffff", 32


def main() -> None:
    """Write every icon: side in pixels, and how much of it the mark takes up."""
    mark = (STATIC / "favicon.svg").read_text(encoding="utf-8")
    mark = re.sub(r"<style>.*?</style>", f"<style>circle{{fill:{_INK}}}</style>", mark)
    mark = mark.replace(_GROUND, _INK)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(playwright), args=QUIET)
        for name, (side, share) in ICONS.items():
            page = browser.new_page(viewport={"width": side, "height": side})
            style = f"margin:0;height:100vh;display:grid;place-items:center;background:{_GROUND}"
            sized = mark.replace("<svg ", f'<svg width="{side * share}" height="{side * share}" ', 1)
            page.set_content(f'<body style="{style}">{sized}')
            shown = Image.open(BytesIO(page.screenshot())).convert("RGB")
            few = shown.quantize(_COLOURS, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
            few.save(STATIC / f"icons/{name}.png", optimize=True)
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
