"""Clusters of documents by their words, beside the type score: do the words alone fall into such groups?

TF-IDF over folded words (Salton and Buckley 1988), k-means on unit vectors, the number of clusters by the
silhouette (Rousseeuw 1987, cosine distance), agreement by the adjusted Rand index (Hubert and Arabie 1985),
stability over bootstrap resamples (Hennig 2007). The fuzziness is reported, not hidden: Filsinger/Gesemann
2017, section 3.2, call their own clustering coarse.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import DataError
from ..schemas.themes import UNDECIDED
from .folding import clean, folded
from .theme_codes import Codebook
from .types import TypeScore, type_score

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEAST_DOCUMENTS = 6
_LEAST_LETTERS = 4
_BETWEEN = 0.05
_SHOWN = 10
_TOKEN = re.compile(rf"[^\W\d_]{{{_LEAST_LETTERS},}}")
_PLACE = re.compile(
    r"\b(?:[A-ZÄÖÜ][a-zäöü]*)?(?:[Ss]tadt|[Ll]andkreis|[Kk]reis|[Gg]emeinde|[Rr]egion)(?:es|s)? ([A-ZÄÖÜ][\w-]{2,})"
)
_NAMED_OFTEN = 0.1
"""A capitalised word is a place's name where it follows "Stadt" or the like in so many of its uses."""
_ENDINGS = ("", "s", "er", "ers", "ern", "erin", "erinnen")
_COMMON_WORDS = """
    aber alle allem allen aller alles also andere anderen auch auf aus beim bereits bzw dabei dadurch dafur
    damit dann darin daruber dass dazu denen denn deren dessen dies diese diesem diesen dieser dieses doch
    dort durch eine einem einen einer eines etwa etwas fuer gegen haben hatte hier ihre ihrem ihren ihrer
    ihres immer insbesondere jede jeden jeder jedes jedoch kann kein keine konnen koennen mehr mussen
    muessen muss nach nicht noch nur oder ohne schon sehr sein seine seinem seinen seiner seit sich sind
    sollen sollte soll sowie sowohl uber ueber unter viele vielen vom vor wahrend waehrend waren weiter
    weitere weiteren welche wenn werden wird wurde wurden zwischen zudem
"""
_COMMON = frozenset(_COMMON_WORDS.split())


@dataclass(frozen=True, slots=True)
class Fuzziness:
    """How sharp types and clusters are.

    Attributes
    ----------
    silhouette
        Mean silhouette at the chosen k, -1 to 1 (cosine distance).
    between
        Share of documents with a silhouette below 0.05: as near to another cluster as to their own.
    small_margins
        Share of documents whose lead of the first type is small (code list, types.rules.min_margin) or
        whose type is `unbestimmt`.
    stability
        Mean adjusted Rand index between the clusters and those of bootstrap resamples.
    stability_low, stability_high
        Its 5th and 95th percentile over the resamples.
    resamples
        Number of resamples.
    """

    silhouette: float
    between: float
    small_margins: float
    stability: float
    stability_low: float
    stability_high: float
    resamples: int


@dataclass(frozen=True, slots=True)
class ClusterResult:
    """Clusters of documents and how they agree with the type score.

    Attributes
    ----------
    labels
        Cluster of each document, numbered from 0 by falling size.
    k
        Number of clusters, chosen by the silhouette.
    silhouettes
        (k, mean silhouette) for every k tried.
    sizes
        Documents per cluster.
    words
        Words that mark each cluster, strongest first.
    scores
        Type score of each document.
    agreement
        Adjusted Rand index of clusters and types over documents with a type; None where fewer than two
        documents have one.
    compared
        Number of these documents.
    crossing
        (type, cluster, documents) of every pair that occurs.
    fuzziness
        The report on fuzziness.
    """

    labels: tuple[int, ...]
    k: int
    silhouettes: tuple[tuple[int, float], ...]
    sizes: tuple[int, ...]
    words: tuple[tuple[str, ...], ...]
    scores: tuple[TypeScore, ...]
    agreement: float | None
    compared: int
    crossing: tuple[tuple[str, int, int], ...]
    fuzziness: Fuzziness

    def summary(self) -> str:
        """Return the result in a few lines of text."""
        fuzzy = self.fuzziness
        agreed = "not defined" if self.agreement is None else f"{self.agreement:.2f}"
        lines = [
            f"{len(self.labels)} documents, k = {self.k} by silhouette ({fuzzy.silhouette:.2f})",
            f"agreement with the types (adjusted Rand, {self.compared} documents): {agreed}",
            f"stability over {fuzzy.resamples} resamples: {fuzzy.stability:.2f} "
            f"({fuzzy.stability_low:.2f} to {fuzzy.stability_high:.2f})",
            f"between clusters: {fuzzy.between:.0%}; small margins of types: {fuzzy.small_margins:.0%}",
        ]
        for cluster, (size, words) in enumerate(zip(self.sizes, self.words, strict=True)):
            lines.append(f"cluster {cluster} ({size}): {', '.join(words)}")
        return "\n".join(lines)


def cluster_documents(
    texts: Sequence[str],
    *,
    ks: Iterable[int] = range(2, 7),
    names: Iterable[str] = (),
    resamples: int = 50,
    seed: int = 0,
    codebook: Codebook | None = None,
) -> ClusterResult:
    """Return clusters of documents by their words, the agreement with the type score and the fuzziness.

    Parameters
    ----------
    texts
        Texts of at least six documents (one version of each, or versions will cluster by document).
    ks
        Numbers of clusters to try; those from two to half the number of differing documents are used.
    names
        Names to be left out (places, people); names that a text puts after "Stadt", "Landkreis" and
        the like are left out anyway, years and other numbers too.
    resamples
        Bootstrap resamples for the stability, at least 2.
    seed
        Seed of k-means and resampling: the same texts and seed give the same result.

    Raises
    ------
    DataError
        If there are too few documents, resamples or ks, or too few words in common.
    """
    from sklearn.metrics import adjusted_rand_score, silhouette_samples

    if len(texts) < LEAST_DOCUMENTS:
        raise DataError(
            f"{len(texts)} documents are too few to cluster: at least {LEAST_DOCUMENTS} are needed."
        )
    if resamples < 2:
        raise DataError(f"{resamples} resamples are too few: at least 2 are needed.")
    cleaned = [clean(text) for text in texts]
    vectors, vocabulary = _vectors(cleaned, frozenset(folded(name) for name in names))
    groups = _alike(vectors)
    most = (int(groups.max()) + 1) // 2
    usable = sorted({k for k in ks if 2 <= k <= most})
    if not usable:
        raise DataError(
            f"no number of clusters fits: ks must hold one from 2 to half the number of differing documents ({most})."
        )
    tried = {}
    for k in usable:
        labels = _kmeans(vectors, k, seed).labels_
        tried[k] = (silhouette_samples(vectors, labels, metric="cosine"), labels)
    k = max(usable, key=lambda number: (round(float(tried[number][0].mean()), 9), -number))
    silhouettes, raw = tried[k]
    order = [
        cluster for cluster, _ in sorted(Counter(raw.tolist()).items(), key=lambda item: (-item[1], item[0]))
    ]
    labels = tuple(order.index(label) for label in raw.tolist())
    scores = tuple(type_score(text, codebook=codebook) for text in cleaned)
    typed = [number for number, score in enumerate(scores) if score.type != UNDECIDED]
    agreement = None
    if len(typed) >= 2:
        agreement = float(
            adjusted_rand_score(
                [scores[number].type for number in typed], [labels[number] for number in typed]
            )
        )
    stability = _stability(vectors, np.asarray(labels), groups, k, resamples, seed)
    return ClusterResult(
        labels=labels,
        k=k,
        silhouettes=tuple((number, float(tried[number][0].mean())) for number in usable),
        sizes=tuple(labels.count(cluster) for cluster in range(len(order))),
        words=_words(vectors, np.asarray(labels), vocabulary),
        scores=scores,
        agreement=agreement,
        compared=len(typed),
        crossing=tuple(
            (name, cluster, count)
            for (name, cluster), count in sorted(
                Counter(zip((score.type for score in scores), labels, strict=True)).items()
            )
        ),
        fuzziness=Fuzziness(
            silhouette=float(silhouettes.mean()),
            between=float((silhouettes < _BETWEEN).mean()),
            small_margins=sum(score.small or score.type == UNDECIDED for score in scores) / len(scores),
            stability=float(stability.mean()),
            stability_low=float(np.quantile(stability, 0.05)),
            stability_high=float(np.quantile(stability, 0.95)),
            resamples=resamples,
        ),
    )


def words_of(text: str, names: frozenset[str] = frozenset()) -> list[str]:
    """Return the words of a clean text that clusters are made of: folded, without names, numbers, function words.

    Parameters
    ----------
    names
        Folded names to be left out beside those that the text itself puts after "Stadt" and the like.
    """
    low = folded(text)
    own = {name for found in _place_names(text) for name in _TOKEN.findall(folded(found))}
    given = {part for name in names for part in _TOKEN.findall(name)}
    left_out = {name + ending for name in own | given for ending in _ENDINGS} | _COMMON
    return [word for word in _TOKEN.findall(low) if word not in left_out]


def _place_names(text: str) -> set[str]:
    """Return words that stand after "Stadt" and the like often enough to be names and not any noun."""
    after = Counter(_PLACE.findall(text))
    if not after:
        return set()
    uses = Counter(re.findall(r"\b[A-ZÄÖÜ][\w-]{2,}", text))
    return {name for name, count in after.items() if count >= _NAMED_OFTEN * uses[name]}


def _vectors(texts: Sequence[str], names: frozenset[str]) -> tuple[Any, list[str]]:
    """Return TF-IDF vectors (documents x words, rows of unit length) and the words."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(
        analyzer=lambda text: words_of(text, names), sublinear_tf=True, min_df=2, max_df=0.95
    )
    try:
        vectors = vectorizer.fit_transform(texts)
    except ValueError as error:  # scikit-learn's way to say that no word is left
        raise DataError("the documents have no words in common by which they could differ.") from error
    empty = np.flatnonzero(vectors.getnnz(axis=1) == 0)
    if empty.size:
        raise DataError(
            f"document {int(empty[0]) + 1} shares no word with the others.",
            hint="Leave it out or give its text.",
        )
    return vectors, vectorizer.get_feature_names_out().tolist()


def _kmeans(vectors: Any, k: int, seed: int, starts: int = 10) -> Any:
    from sklearn.cluster import KMeans

    return KMeans(n_clusters=k, n_init=starts, random_state=seed).fit(vectors)


def _alike(vectors: Any) -> NDArray[np.int64]:
    """Return a number for each document, the same for documents with the same words."""
    seen: dict[tuple[bytes, bytes], int] = {}
    keys = [(row.indices.tobytes(), row.data.round(12).tobytes()) for row in vectors]
    return np.asarray([seen.setdefault(key, len(seen)) for key in keys])


def _stability(
    vectors: Any, labels: NDArray[np.int64], groups: NDArray[np.int64], k: int, resamples: int, seed: int
) -> NDArray[np.float64]:
    """Return the adjusted Rand index of the clusters and those of each resample, over all documents.

    A resample with fewer differing documents than clusters is drawn again.
    """
    from sklearn.metrics import adjusted_rand_score

    generator = np.random.default_rng(seed)
    found: list[float] = []
    while len(found) < resamples:
        drawn = generator.integers(0, len(labels), len(labels))
        if len(np.unique(groups[drawn])) < k:
            continue
        fitted = _kmeans(vectors[drawn], k, seed, starts=3)
        found.append(adjusted_rand_score(labels, fitted.predict(vectors)))
    return np.asarray(found, dtype=float)


def _words(vectors: Any, labels: NDArray[np.int64], vocabulary: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """Return the words whose mean weight in a cluster exceeds that in all other documents most."""
    marking = []
    for cluster in range(int(labels.max()) + 1):
        inside = np.asarray(vectors[labels == cluster].mean(axis=0)).ravel()
        outside = np.asarray(vectors[labels != cluster].mean(axis=0)).ravel()
        best = np.argsort(outside - inside, kind="stable")[:_SHOWN]
        marking.append(tuple(vocabulary[place] for place in best if inside[place] > outside[place]))
    return tuple(marking)
