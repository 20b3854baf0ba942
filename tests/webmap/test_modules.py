"""The script modules of a page come as one file, and do what they did apart."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from webmap import modules
from webmap.modules import UnreadableModule, joined

SCRIPTS = Path(modules.__file__).parent / "static/js"
OURS = [SCRIPTS / "map.js", *sorted((SCRIPTS / "map").glob("*.js"))]


class TestJoined:
    @pytest.mark.parametrize("path", OURS, ids=lambda path: path.stem)
    def test_every_module_of_ours_is_read(self, path):
        text = joined(path.relative_to(SCRIPTS).with_suffix("").as_posix()).decode()
        assert not re.search(r"^\s*(import|export)\b|import\(", text, re.MULTILINE)

    def test_the_map_brings_each_of_its_modules_once(self):
        text = joined("map").decode()
        named = re.findall(r"^const (module_\w+) = once", text, re.MULTILINE)
        assert len(named) == len(set(named))
        assert {"module_map", "module_map_opening", "module_map_beside", "module_map_week"} <= set(named)

    def test_what_is_for_later_is_not_run_at_once(self):
        said = joined("map").decode()
        assert "Promise.resolve().then(module_map_beside)" in said
        assert said.endswith("module_map();\n")

    def test_a_module_that_says_it_otherwise_is_refused(self, tmp_path, monkeypatch):
        monkeypatch.setattr(modules, "_SCRIPTS", tmp_path)
        (tmp_path / "odd.js").write_text('import * as all from "./map/view.js";\n', encoding="utf-8")
        with pytest.raises(UnreadableModule):
            joined("odd")


class TestAnswer:
    def test_it_is_not_sent_again_to_one_who_has_it(self, client):
        first = client.get("/static/js/together-map.js")
        again = client.get("/static/js/together-map.js", headers={"If-None-Match": first.headers["ETag"]})
        assert (first.mimetype, again.status_code) == ("text/javascript", 304)

    @pytest.mark.parametrize("name", ["nowhere", "..%2Fmap", "map.js", "MAP"])
    def test_only_modules_of_ours_are(self, client, name):
        assert client.get(f"/static/js/together-{name}.js").status_code == 404
