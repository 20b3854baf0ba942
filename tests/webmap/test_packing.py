"""Answers go out packed where that is of use, and say the same as unpacked."""

from __future__ import annotations

import gzip

PACKED = {"Accept-Encoding": "gzip"}


class TestPages:
    def test_a_page_comes_packed_to_a_browser_that_takes_it(self, logged_in):
        client = logged_in()
        plain, packed = client.get("/staff/map"), client.get("/staff/map", headers=PACKED)
        assert "Content-Encoding" not in plain.headers
        assert packed.headers["Content-Encoding"] == "gzip"
        assert "Accept-Encoding" in packed.headers["Vary"]
        assert b"data-tiles" in gzip.decompress(packed.data)
        assert len(packed.data) < len(plain.data) / 3

    def test_its_length_tells_nothing_to_the_letter(self, logged_in):
        client = logged_in()
        lengths = {len(client.get("/account", headers=PACKED).data) for _ in range(20)}
        assert len(lengths) > 3

    def test_pictures_and_short_answers_are_left_as_they_are(self, client, logged_in):
        tile = logged_in().get("/heat/staff/10/548/305.png?municipality=1470", headers=PACKED)
        assert "Content-Encoding" not in tile.headers
        assert "Content-Encoding" not in client.get("/healthz", headers=PACKED).headers


class TestFiles:
    def test_a_file_is_not_sent_again_to_one_who_has_it(self, client):
        first = client.get("/static/css/base.css", headers=PACKED)
        again = client.get("/static/css/base.css", headers=PACKED | {"If-None-Match": first.headers["ETag"]})
        assert (first.headers["Content-Encoding"], again.status_code) == ("gzip", 304)

    def test_sheets_come_together_in_order(self, client):
        alone = [client.get(f"/static/css/{name}.css").data for name in ("tokens", "base")]
        answer = client.get("/static/css/together-tokens.base.css")
        assert answer.data == b"\n".join(alone)
        assert (
            client.get(answer.request.path, headers={"If-None-Match": answer.headers["ETag"]}).status_code
            == 304
        )

    def test_only_sheets_of_ours_do(self, client):
        for names in ("nowhere", "../map", "tokens..base", "tokens.%2e%2e"):
            assert client.get(f"/static/css/together-{names}.css").status_code == 404
