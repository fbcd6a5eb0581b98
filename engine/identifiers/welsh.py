"""Put the beginning of a word through the mutations of Welsh."""

from __future__ import annotations

from collections.abc import Iterator

#: Two letters that are one in Welsh, and begin a word that does not mutate.
_STAY = ("ch", "ph", "th", "dd", "ff", "ng", "sh", "wh")
_SOFT = {
    "ll": "l", "rh": "r", "p": "b", "t": "d", "c": "g", "b": "f", "d": "dd", "g": "", "m": "f",
}  # fmt: skip
_NASAL = {"p": "mh", "t": "nh", "c": "ngh", "b": "m", "d": "n", "g": "ng"}
_ASPIRATE = {"p": "ph", "t": "th", "c": "ch"}
_VOWELS = "aeiouwy"


def mutations(word: str) -> Iterator[str]:
    """Yield a word in soft, nasal and aspirate mutation, with the capital where it had one.

    Carys: Garys, Ngharys, Charys. What does not mutate yields nothing.
    """
    lower = word.lower()
    if lower.startswith(_STAY):
        return
    for table in (_SOFT, _NASAL, _ASPIRATE):
        found = next((head for head in (lower[:2], lower[:1]) if head in table), None)
        # Ll and Rh soften and do nothing else.
        if found is None or (table is not _SOFT and lower[:2] in ("ll", "rh")):
            continue
        changed = table[found] + lower[len(found) :]
        if changed:
            yield changed.capitalize() if word[:1].isupper() else changed


def with_h(word: str) -> str | None:
    """Return a word as it stands after `ei` (her), `ein` or `eu`; None where it takes no h."""
    if word[:1].lower() not in _VOWELS or (word[:1] in "WwYy" and word[1:2].lower() in _VOWELS):
        return None
    changed = "h" + word.lower()
    return changed.capitalize() if word[:1].isupper() else changed
