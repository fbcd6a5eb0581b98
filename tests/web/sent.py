"""What a browser would send of a page as it stands."""

from __future__ import annotations

from html.parser import HTMLParser


def sent_by(page: str) -> dict[str, list[str]]:
    """Return the values of the questions of a page, without what the page keeps for itself."""
    sent = Sent()
    sent.feed(page)
    return {name: values for name, values in sent.values.items() if not name.startswith("page-")}


class Sent(HTMLParser):
    """Collect what a browser would send of a page: the values of its inputs, as they stand."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.values: dict[str, list[str]] = {}
        self._inside = self._chosen = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        name, kind = said.get("name", ""), said.get("type", "text")
        if tag == "input" and name and kind not in ("file", "submit"):
            if kind not in ("radio", "checkbox") or "checked" in said:
                self.values.setdefault(name, []).append(
                    said.get("value", "on" if kind in ("radio", "checkbox") else "")
                )
        elif tag in ("textarea", "select"):
            self._inside = name
            if tag == "textarea":
                self.values.setdefault(name, []).append("")
        elif tag == "option" and "selected" in said:
            self.values.setdefault(self._inside, []).append(said["value"])

    def handle_data(self, data: str) -> None:
        if self._inside and self.values.get(self._inside) and self.lasttag == "textarea":
            self.values[self._inside][-1] += data

    def handle_endtag(self, tag: str) -> None:
        if tag in ("textarea", "select"):
            self._inside = ""
