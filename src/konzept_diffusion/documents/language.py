"""The language of a text, by its script and commonest words: enough to tell a translation from the original."""

from __future__ import annotations

import re
from collections import Counter

_COMMON = {
    "de": "der die das und ist im den von zu mit für auf des dem ein eine nicht werden wird auch sich als bei oder "
    "durch nach zum zur sind wir unsere über wie aus kann vom dass",
    "en": "the of and to is for that with are on as by this be or from at which has have our we their will",
    "fr": "le la les et des du en un une est pour que dans par sur avec au aux sont nous ce qui ou ses",
    "es": "el la los las y de que en un una es para por con del al se su como más son sus lo",
    "it": "il la di e che in un una è per con del della dei le gli si sono al nel alla delle",
    "pt": "o a os as e de que em um uma é para por com do da dos das ao se não são mais no na pelo",
    "nl": "het een en van de is op te dat voor met zijn aan niet ook door om bij worden wordt naar deze",
    "tr": "ve bir bu için ile da olarak olan daha çok veya gibi en kadar sonra ise göre",
    "pl": "i w na z do się nie jest że oraz dla przez od po jak są lub ich o za",
    "ro": "și şi în de la cu pe un o care este din pentru să nu sunt mai prin ale",
    "hr": "i u je na se za od su da koji koja ili ne kao iz s što te o biti",
    "sq": "dhe të në e i për me një që nga është si ose janë së ka kjo shqip",
    "hu": "a az és hogy nem is egy van vagy meg ez azt mint csak már de ki el volt",
    "ku": "û li bi ji di de ku bo ev her an na jî kurdî wekî gelek hemû xwe",
    "vi": "và của các là cho trong được có với những người không để này một đã",
}
_WORDS = {code: frozenset(words.split()) for code, words in _COMMON.items()}
_OWN = {
    code: words - frozenset().union(*(w for c, w in _WORDS.items() if c != code))
    for code, words in _WORDS.items()
}
_TOKEN = re.compile(r"[^\W\d_]+")
_ARABIC, _CYRILLIC = re.compile("[\u0600-\u06ff]"), re.compile("[\u0400-\u04ff]")
_FOREIGN = re.compile("[\u0370-\u03ff\u0400-\u04ff\u0600-\u06ff\u1200-\u137f\u4e00-\u9fff]")
"""Letters of any of the scripts told apart here."""
_SCRIPTS = (
    ("el", re.compile("[\u0370-\u03ff]")),
    ("ti", re.compile("[\u1200-\u137f]")),
    ("zh", re.compile("[\u4e00-\u9fff]")),
)
_PERSIAN, _UKRAINIAN = re.compile("[پچژگ]"), re.compile("[іїєґІЇЄҐ]")
_BULGARIAN, _SERBIAN, _RUSSIAN = re.compile("[ъЪ]"), re.compile("[јњљћђџЈЊЉЋЂЏ]"), re.compile("[ыэЫЭ]")
_EASY = re.compile(r"\b(?:in )?leichte[rn]? sprache\b", re.IGNORECASE)
_SENTENCE = re.compile(r"[.!?:]\s|\n")
SAMPLE = 3000
"""Characters of each of the three samples."""
_FEW = 40  # letters below which nothing is said
_EASY_WORDS = 9.0  # words a sentence has at most, on average, in easy language


def language(text: str) -> str:
    """Return the ISO 639-1 code of the language that most of `text` is in; empty if there is too little to say.

    Three samples vote by their length: behind the first tenth (a translation often has a German cover), in the
    middle, and before the last tenth (an original often has a summary in English there). German wins a draw.
    """
    return _main(_samples(text))


def is_translation(text: str, title: str = "") -> bool:
    """Return whether a text is a translation of a German document and not a document of its own.

    Parameters
    ----------
    text
        The clean text.
    title
        Its title, if known.

    Returns
    -------
    bool
        True if most of the text is in another language, or in easy language (Leichte Sprache: it says so in its
        title or first lines, and has short sentences). False if the language is not known.
    """
    return language(text) not in ("", "de") or is_easy(text, title)


def is_easy(text: str, title: str = "") -> bool:
    """Return whether a text is in easy language: it says so at its head and its sentences are short."""
    if not _EASY.search(f"{title}\n{text[:600]}"):
        return False
    start = min(len(text) // 10, 3000)
    parts = [len(_TOKEN.findall(part)) for part in _SENTENCE.split(text[start : start + 2 * SAMPLE])]
    parts = [words for words in parts if words]
    return bool(parts) and sum(parts) / len(parts) <= _EASY_WORDS


def _samples(text: str) -> list[str]:
    if len(text) <= 3 * SAMPLE:
        return [text[min(len(text) // 10, SAMPLE) :]]
    middle, late = (len(text) - SAMPLE) // 2, len(text) - len(text) // 10 - SAMPLE
    return [text[start : start + SAMPLE] for start in (min(len(text) // 10, SAMPLE), middle, late)]


def _main(samples: list[str]) -> str:
    votes: Counter[str] = Counter()
    for sample in samples:
        if code := _of_sample(sample):
            votes[code] += 1
    if not votes:
        return ""
    most = max(votes.values())
    return "de" if votes["de"] == most else next(code for code, count in votes.items() if count == most)


def _of_sample(sample: str) -> str:
    low = sample.lower()
    tokens = _TOKEN.findall(low)
    # A letter's lower case is a letter; a rare one's is several signs.
    letters = sum(map(len, tokens if len(low) == len(sample) else _TOKEN.findall(sample)))
    if letters < _FEW:
        return ""
    if _FOREIGN.search(sample) and (code := _by_script(sample, letters)):
        return code
    counts = Counter(tokens)
    known = counts.keys()
    hits = {code: sum(counts[word] for word in words & known) for code, words in _WORDS.items()}
    # A word that only one of the languages has decides between relatives.
    own = {code: sum(counts[word] for word in words & known) for code, words in _OWN.items()}
    best = max(hits, key=lambda code: (hits[code] + own[code], code == "de"))
    # Lists are full of "e. V." and "z. B.": letters alone are no language.
    different = sum(1 for word in _WORDS[best] if len(word) > 1 and word in counts)
    return best if hits[best] >= max(3, 0.08 * len(tokens)) and different >= 3 else ""


def _by_script(sample: str, letters: int) -> str:
    """Return the language whose script most of a sample is in; empty for the Latin script."""
    if len(_ARABIC.findall(sample)) > 0.3 * letters:
        return "fa" if len(_PERSIAN.findall(sample)) > 0.01 * letters else "ar"
    if len(_CYRILLIC.findall(sample)) > 0.3 * letters:
        return _cyrillic(sample, letters)
    for code, script in _SCRIPTS:
        if len(script.findall(sample)) > 0.3 * letters:
            return code
    return ""


def _cyrillic(sample: str, letters: int) -> str:
    if len(_UKRAINIAN.findall(sample)) > 0.005 * letters:
        return "uk"
    if len(_SERBIAN.findall(sample)) > 0.01 * letters:
        return "sr"
    few_russian = len(_RUSSIAN.findall(sample)) <= 0.003 * letters
    return "bg" if few_russian and len(_BULGARIAN.findall(sample)) > 0.005 * letters else "ru"
