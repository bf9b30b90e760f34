"""The language of a text, by its commonest words: enough to tell a translation from the original."""

from __future__ import annotations

import re
from collections import Counter

_COMMON = {
    "de": "der die das und ist im in den von zu mit für auf des dem ein eine nicht werden wird auch sich als "
    "bei oder durch nach zum zur sind wir unsere über",
    "en": "the of and to in is for that with are on as by this be or from an at which has have our we their will",
    "fr": "le la les et des du en un une est pour que dans par sur avec au aux sont nous ce",
    "es": "el la los las y de que en un una es para por con del al se su como más son",
    "it": "il la di e che in un una è per con del della dei le gli si sono al nel",
    "tr": "ve bir bu için ile da de olarak olan daha çok veya gibi en kadar sonra ise göre",
    "pl": "i w na z do się nie jest że oraz dla przez od po jak są lub ich o za",
    "ro": "și în de la cu pe un o care este din pentru să nu sunt mai prin ale",
}
_WORDS = {code: frozenset(words.split()) for code, words in _COMMON.items()}
_LETTER = re.compile(r"[^\W\d_]")
_TOKEN = re.compile(r"[^\W\d_]+")
_SCRIPTS = (
    ("ar", re.compile("[\u0600-\u06ff]")),
    ("uk", re.compile("[іїєґІЇЄҐ]")),
    ("ru", re.compile("[\u0400-\u04ff]")),
    ("el", re.compile("[\u0370-\u03ff]")),
)
SAMPLE = 6000
"""Characters that are looked at."""


def language(text: str) -> str:
    """Return the ISO 639-1 code of the language of `text`; empty if there is too little to say.

    The sample is taken from behind the first tenth, since a translation often has a German cover.
    """
    start = min(len(text) // 10, 3000)
    sample = text[start : start + SAMPLE]
    letters = len(_LETTER.findall(sample))
    if letters < 40:
        return ""
    for code, script in _SCRIPTS:
        if len(script.findall(sample)) > (0.005 if code == "uk" else 0.3) * letters and (
            code != "uk" or len(_SCRIPTS[2][1].findall(sample)) > 0.3 * letters
        ):
            return code
    tokens = _TOKEN.findall(sample.lower())
    counts = Counter(tokens)
    hits = {code: sum(counts[word] for word in words if word in counts) for code, words in _WORDS.items()}
    best = max(hits, key=lambda code: hits[code])
    return best if hits[best] >= max(3, 0.08 * len(tokens)) else ""
