"""Text made comparable without moving a single position: what a rule finds can be quoted as it was written."""

from __future__ import annotations

import hashlib
import re
import unicodedata

# One character for one character, so that a position in the folded text is the position in the clean text.
_SINGLE = {
    "ä": "a", "ö": "o", "ü": "u", "ß": "s", "é": "e", "è": "e", "á": "a", "à": "a", "ç": "c", "ş": "s", "ı": "i",
    "–": "-", "—": "-", "‑": "-", "‐": "-", "−": "-", "„": '"', "“": '"', "”": '"', "»": '"', "«": '"',
    "‚": "'", "‘": "'", "’": "'", "_": " ", "*": " ",
}  # fmt: skip
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff\x00-\x08\x0e-\x1f\x7f]")
# The same and every space but blank, line break and form feed, as one set: it is looked for in every text.
_UNUSUAL = re.compile(
    "[\t\v\x00-\x08\x0e-\x1f\x7f\x85\xa0\xad\u1680\u2000-\u200f\u2028\u2029\u202f\u205f\u2060\u3000\ufeff]"
)
_SPACES = re.compile(r"  +")
_EDGES = re.compile(r" \n ?|\n ")
_ENDLESS_FROM = 200
_ENDLESS = re.compile(r"\S{200,}+")
_BREAKS = re.compile(r"\n{3,}")
# pdfium marks a hyphen at a line's end with U+0002 or U+FFFE.
_MARKED_HYPHEN = re.compile("[\x02\ufffe]\\s*\n?\\s*")
# "Integra-" + "tionskonzept" is one word; "Integrations-" + "und Teilhabekonzept" are three.
_HYPHENATED = re.compile(r"[-‐](?<=[a-zäöüß][-‐]) ?\n ?(?!(?:und|oder|bzw|sowie|wie|noch)\b)(?=[a-zäöüß])")
_LINE_HYPHENS = ("-\n", "- \n", "‐\n", "‐ \n")
_PATTERN_LETTERS = {"ä": "ae?", "ö": "oe?", "ü": "ue?", "ß": "ss?"}


def clean(text: str) -> str:
    """Return `text` as it can be read and quoted: one kind of space, words of broken lines joined.

    Line breaks stay, several empty lines become one; form feeds mark pages.
    """
    if not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("İ", "I")
    if "\x02" in text or "\ufffe" in text:
        text = _MARKED_HYPHEN.sub("", text)
    for sign in set(_UNUSUAL.findall(text)):
        text = text.replace(sign, "" if _INVISIBLE.match(sign) else " ")
    # Most texts need not be searched: to see that two signs stand nowhere side by side takes no time.
    if "  " in text:
        text = _SPACES.sub(" ", text)
    if any(end in text for end in _LINE_HYPHENS):
        text = _HYPHENATED.sub("", text)
    if " \n" in text or "\n " in text:
        text = _EDGES.sub("\n", text)
    if "\n\n\n" in text:
        text = _BREAKS.sub("\n\n", text)
    return text.strip()


def folded(text: str) -> str:
    """Return `text` (clean) in lower case without umlauts, every character in its place.

    ä, ö, ü, ß become a, o, u, s; dashes, quotation marks and the underscore their plain forms.
    """
    low = text.lower()
    if len(low) != len(text):  # a rare letter whose lower case is longer
        low = "".join(sign.lower() if len(sign.lower()) == 1 else sign for sign in text)
    if low.isascii():
        return low.replace("_", " ").replace("*", " ")
    for sign, plain in _SINGLE.items():
        if sign in low:
            low = low.replace(sign, plain)
    return low


def legible(low: str) -> str:
    """Return folded text with blanks for what no word is: runs of 200 signs and more without a space.

    The rules take time by the length of words; every character keeps its place.
    """
    start = 0
    while len(low) - start >= _ENDLESS_FROM:
        # The last blank within reach: from sign to sign, a text is seen through in few steps.
        blank = low.rfind(" ", start, start + _ENDLESS_FROM)
        if blank < 0:
            break
        start = blank + 1
    else:
        return low
    if max(map(len, low.split()), default=0) < _ENDLESS_FROM:
        return low
    return _ENDLESS.sub(lambda found: " " * len(found.group()), low)


def pattern(source: str) -> re.Pattern[str]:
    """Return a rule's expression, written in German with umlauts, compiled for folded text.

    "ü" matches what "ü" and "ue" are folded to, "ß" what "ß" and "ss" are.
    """
    return re.compile(spelled(source))


def spelled(source: str) -> str:
    """Return a rule's expression for folded text; see `pattern`."""
    for sign, letters in _PATTERN_LETTERS.items():
        source = source.replace(sign, letters)
    return source


def digest(text: str) -> str:
    """Return the SHA-256 of the letters and digits of `text`, folded: the same for the same words in any layout."""
    words = re.sub(r"[\W_]+", "", "".join(folded(text).split()))
    return hashlib.sha256(words.encode()).hexdigest() if words else ""


def quotation(text: str, start: int, end: int, *, limit: int = 240) -> str:
    """Return the passage around a find, on one line, cut at word borders to at most `limit` characters."""
    spare = max(limit - (end - start), 0)
    first, last = max(0, start - spare // 2), min(len(text), end + spare // 2)
    passage = text[first:last]
    if first:
        passage = passage.split(" ", 1)[-1] if " " in passage[: start - first] else passage
    if last < len(text):
        passage = passage.rsplit(" ", 1)[0] if " " in passage[end - first :] else passage
    return " ".join(passage.split())[:limit]
