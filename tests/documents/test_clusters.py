"""Clusters beside the score: they agree on a synthetic corpus of clear types, and say so where types blur."""

import pytest
from sklearn.metrics import adjusted_rand_score
from type_sentences import NEUTRAL, PLACES, SENTENCES, synthetic_corpus, synthetic_document

from konzept_diffusion.documents.clusters import cluster_documents, words_of
from konzept_diffusion.documents.folding import clean
from konzept_diffusion.errors import DataError
from konzept_diffusion.schemas.themes import TYPES, UNDECIDED


@pytest.fixture(scope="module")
def clear():
    texts, truth = synthetic_corpus(0.9)
    return cluster_documents(texts, resamples=20), truth


@pytest.fixture(scope="module")
def blurred():
    texts, truth = synthetic_corpus(0.45)
    return cluster_documents(texts, resamples=20), truth


def test_clear_types_of_a_synthetic_corpus_are_found_by_words_and_by_score(clear):
    result, truth = clear
    assert result.k == 3
    assert adjusted_rand_score(truth, result.labels) >= 0.9
    assert result.agreement >= 0.9
    assert result.compared == len(truth)
    assert result.fuzziness.stability >= 0.8
    assert result.fuzziness.small_margins <= 0.1


def test_blurred_types_are_reported_as_fuzzy(clear, blurred):
    sharp, fuzzy = clear[0].fuzziness, blurred[0].fuzziness
    assert fuzzy.small_margins > sharp.small_margins + 0.2
    assert fuzzy.silhouette < sharp.silhouette
    assert fuzzy.between >= sharp.between
    assert fuzzy.stability < sharp.stability
    assert blurred[0].agreement < clear[0].agreement


def test_agreement_falls_as_types_mix(clear, blurred):
    texts, _ = synthetic_corpus(0.65)
    middle = cluster_documents(texts, resamples=2).agreement
    assert clear[0].agreement >= middle >= blurred[0].agreement


def test_the_result_adds_up(clear):
    result, truth = clear
    assert sorted(set(result.labels)) == list(range(result.k))
    assert sum(result.sizes) == len(result.labels) == len(result.scores) == len(truth)
    assert list(result.sizes) == sorted(result.sizes, reverse=True)
    assert sum(count for _, _, count in result.crossing) == len(truth)
    assert dict(result.silhouettes)[result.k] == max(dict(result.silhouettes).values())
    assert result.fuzziness.silhouette == pytest.approx(dict(result.silhouettes)[result.k])
    assert result.fuzziness.stability_low <= result.fuzziness.stability <= result.fuzziness.stability_high
    assert f"k = {result.k}" in result.summary()
    assert "stability" in result.summary()


def test_the_same_seed_gives_the_same_result():
    texts, _ = synthetic_corpus(0.6, each=4)
    once, again = (cluster_documents(texts, resamples=4, seed=7) for _ in range(2))
    assert once == again
    assert once.fuzziness.resamples == 4


def test_names_and_years_do_not_make_clusters(clear):
    shown = {word for words in clear[0].words for word in words}
    assert shown
    assert not shown & {place.lower().replace("ü", "u") for place in PLACES}
    assert not [word for word in shown if any(sign.isdigit() for sign in word)]


def test_words_of_a_text_without_names_numbers_and_function_words():
    text = clean(
        "Die Stadt Talbrück beschloss 2012 ein Konzept. In Talbrück leben viele Talbrücker. Die Stadt Talbrück "
        "lädt ein. Maßnahmen folgen; die Stadt Maßnahmen genannt, Maßnahmen der Ämter, Maßnahmen der Vereine, "
        + "Maßnahmen, "
        * 10
    )
    words = words_of(text)
    assert "konzept" in words
    assert "masnahmen" in words, "a noun that once stands after Stadt is no name"
    assert not {"talbruck", "talbrucker", "2012", "viele"} & set(words)
    assert "waldfurt" in words_of("Wir in Waldfurt leben gern")
    assert words_of("Wir in Waldfurt leben gern", frozenset({"waldfurt"})) == ["leben", "gern"]


def test_texts_without_a_type_are_left_out_of_the_agreement():
    texts = [" ".join(NEUTRAL[start : start + 5]) for start in range(4)] * 2
    result = cluster_documents(texts, resamples=2)
    assert {score.type for score in result.scores} == {UNDECIDED}
    assert (result.agreement, result.compared) == (None, 0)
    assert result.fuzziness.small_margins == 1
    assert "not defined" in result.summary()


@pytest.mark.parametrize(
    ("texts", "options", "message"),
    [
        (["Text"] * 5, {}, "too few to cluster"),
        ([f"Wort{letter}" for letter in "abcdefgh"], {}, "no words in common"),
        (["gleicher Text hier"] * 8, {}, "no words in common"),
        ([*SENTENCES["klassisch"], "xyzq"], {}, "shares no word"),
        (synthetic_corpus(1, each=3)[0], {"ks": (1, 40)}, "no number of clusters fits"),
        (synthetic_corpus(1, each=3)[0], {"resamples": 1}, "resamples"),
    ],
)
def test_what_cannot_be_clustered_is_said(texts, options, message):
    with pytest.raises(DataError, match=message):
        cluster_documents(texts, **options)


def test_few_documents_of_two_types_still_cluster():
    texts = [synthetic_document({name: 1.0}, seed) for name in TYPES[:2] for seed in range(4)]
    result = cluster_documents(texts, resamples=5)
    assert result.k == 2
    assert result.agreement == 1
