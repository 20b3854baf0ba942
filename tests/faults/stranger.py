"""Somebody from outside, without a browser, who puts a mark in everything that can be sent."""

from __future__ import annotations

import re
import socket
from collections import Counter
from dataclasses import dataclass, field
from html import unescape
from http.client import HTTPConnection, HTTPResponse
from itertools import count
from urllib.parse import quote, urlencode

COMES_FROM = "127.0.0.77"
CLAIMS_TO_COME_FROM = "203.0.113.77"
MARKED_HEADERS = ("User-Agent", "X-Stranger", "From", "Accept-Language")
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_FIELD = re.compile(r"<(?:input|textarea|select)\b[^>]*>")
_ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')
_MARK = re.compile(r"kanari(\d{5})qz", re.IGNORECASE)
_LINK = re.compile(r'(?:href|src|action)="([^"]+)"')


@dataclass
class Marks:
    """Words that nobody else uses. told: what may be kept with a report. stray: what may be kept nowhere.
    others: what the server itself made, and what tells where somebody came from; to be kept nowhere either.
    """

    told: set[str] = field(default_factory=set)
    stray: set[str] = field(default_factory=set)
    others: set[str] = field(default_factory=set)
    _numbers: count[int] = field(default_factory=lambda: count(1))

    def tell(self) -> str:
        return self._new(self.told)

    def stray_one(self) -> str:
        return self._new(self.stray)

    def stray_in(self, text: str) -> set[str]:
        """What is in a text that may be kept nowhere."""
        found = {f"Kanari{number}Qz" for number in _MARK.findall(text)}
        return (found & self.stray) | {each for each in self.others if each in text}

    def told_in(self, text: str) -> set[str]:
        """What is in a text that may be kept with a report."""
        return {f"Kanari{number}Qz" for number in _MARK.findall(text)} & self.told

    def _new(self, among: set[str]) -> str:
        made = f"Kanari{next(self._numbers):05d}Qz"
        among.add(made)
        return made


@dataclass
class Stranger:
    """One who asks, from an address of their own, keeping cookies."""

    port: int
    marks: Marks
    jar: dict[str, str] = field(default_factory=dict)
    seen: Counter[int] = field(default_factory=Counter)

    def ask(
        self, method: str, path: str, body: bytes = b"", kind: str = "", **headers: str
    ) -> tuple[int, str, str]:
        """Status, text and where it leads. Every header that may be marked is."""
        said = {name: self.marks.stray_one() for name in MARKED_HEADERS}
        said["X-Forwarded-For"] = CLAIMS_TO_COME_FROM
        # What changes something is only taken from a page of ours; a link may come from anywhere.
        comes_by = "x.example" if method == "GET" else f"127.0.0.1:{self.port}"
        said["Referer"] = f"http://{comes_by}/{self.marks.stray_one()}"
        cookies = self.jar | {"strange": self.marks.stray_one()}
        said["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
        said |= ({"Content-Type": kind} if kind else {}) | headers
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60, source_address=(COMES_FROM, 0))
        try:
            connection.request(method, path, body or None, said)
            answer = connection.getresponse()
            text = answer.read().decode(errors="replace")
        finally:
            connection.close()
        self._keep(answer)
        self.seen[answer.status] += 1
        return answer.status, text, answer.headers["Location"] or ""

    def _keep(self, answer: HTTPResponse) -> None:
        for said in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = said.partition(";")[0].partition("=")
            self.jar[name] = value

    def post(self, path: str, page: str, **said: str) -> tuple[int, str, str]:
        """A form sent with the token of a page."""
        form = urlencode({"csrf_token": self.token(page), **said})
        return self.ask("POST", path, form.encode(), "application/x-www-form-urlencoded")

    def token(self, page: str) -> str:
        found = _TOKEN.search(self.ask("GET", page)[1])
        return found[1] if found else ""

    def upload(self, path: str, page: str, name: str, files: dict[str, bytes]) -> tuple[int, str, str]:
        """A form with files, each by its name."""
        edge, token = "edge-of-a-part", self.token(page)
        head = 'Content-Disposition: form-data; name="csrf_token"'
        parts = [f"--{edge}\r\n{head}\r\n\r\n{token}".encode()]
        for file_name, raw in files.items():
            head = f'Content-Disposition: form-data; name="{name}"; filename="{file_name}"'
            parts.append(f"--{edge}\r\n{head}\r\nContent-Type: image/jpeg\r\n\r\n".encode() + raw)
        body = b"\r\n".join([*parts, f"--{edge}--\r\n".encode()])
        return self.ask("POST", path, body, f"multipart/form-data; boundary={edge}")

    def spoil(self, page: str) -> None:
        """Every form field of a page filled with a mark and sent back to it."""
        text = self.ask("GET", page)[1]
        names = {said.get("name", "") for said in map(_attributes, _FIELD.findall(text))} - {"", "csrf_token"}
        self.post(page, page, **{name: self.marks.stray_one() for name in sorted(names)})

    def shout(self, raw: bytes) -> None:
        """Bytes that are no request, or a bad one."""
        with socket.create_connection(("127.0.0.1", self.port), 10, (COMES_FROM, 0)) as line:
            line.sendall(raw)
            line.settimeout(5)
            try:
                line.recv(4_096)
            except TimeoutError:
                return

    def crawl(self, *starts: str) -> dict[str, str]:
        """The text of every page of the site that links lead to, by its address."""
        found: dict[str, str] = {}
        waiting = list(starts)
        while waiting:
            address = waiting.pop()
            if address in found:
                continue
            status, found[address], leads_to = self.ask("GET", address)
            links = [leads_to, *_LINK.findall(found[address])] if status < 400 else []
            waiting += [unescape(link).partition("#")[0] for link in links if link.startswith("/")]
        return found


def _attributes(tag: str) -> dict[str, str]:
    return dict(_ATTRIBUTE.findall(tag))


def marked_query(marks: Marks, names: tuple[str, ...]) -> str:
    """A query string with a mark for every name, and one for a name that nobody knows."""
    return "?" + urlencode({name: marks.stray_one() for name in (*names, quote(marks.stray_one()))})
