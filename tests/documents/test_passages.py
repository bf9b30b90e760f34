"""Passages: wherever a text names a document, its sentences are read whole, with their heading."""

from konzept_diffusion.documents.folding import folded
from konzept_diffusion.documents.passages import READ, passages
from konzept_diffusion.documents.voice import Reading

_NEWS = "Hallenbad bleibt zu\nDer Sprungturm ist gesperrt. Der Rat hat am 3. Mai 2011 die Sanierung beschlossen.\n\n"


def _read(text: str, *, whole: bool = False) -> list[str]:
    reading = Reading("", "", text)
    found = passages(reading.text, reading.low, reading.own_mentions, whole=whole)
    return [text[passage.start : passage.end].replace("\n", " ") for passage in found]


def test_a_document_named_far_down_among_other_news_is_read():
    text = _NEWS * 60 + "Neues Papier\nDas Integrationskonzept der Stadt Ahrfeld ist da. Es hat 40 Seiten."
    assert 2_000 < text.index("Integrationskonzept") < READ
    assert "Das Integrationskonzept der Stadt Ahrfeld ist da." in _read(text)


def test_neighbouring_news_are_not_about_it():
    text = _NEWS * 5 + "Neues Papier\nDas Integrationskonzept der Stadt Ahrfeld ist da.\n\n" + _NEWS * 5
    assert not any("Sanierung" in passage for passage in _read(text))


def test_broken_lines_are_one_sentence():
    lines = (
        "Ahrfeld hat lange gewartet und viel gestritten, doch nun hat der\n"
        "Kreistag am 3. Juni 2014 das von vielen lange erwartete neue große\n"
        "Integrationskonzept des Landkreises mit den Stimmen aller anwesenden\n"
        "Fraktionen beschlossen. Das freut die Vereine, die Kirchen und alle,\n"
        "die seit Jahren in den Arbeitsgruppen daran mitgeschrieben haben, am\n"
        "meisten aber die Beauftragte selbst."
    )
    (first, *_) = _read(lines)
    assert first.startswith("Ahrfeld hat")
    assert first.endswith("Fraktionen beschlossen.")


def test_rows_are_passages_of_their_own():
    rows = (
        "Auftrag durch den Stadtrat: 12.02.2008",
        "Beschluss durch den Stadtrat: 30.09.2010",
        "Umfang: 56 Seiten",
    )
    text = "\n".join(("Integrationskonzept", *rows))
    assert "Beschluss durch den Stadtrat: 30.09.2010" in _read(text)


def test_what_refers_back_is_read_what_names_another_subject_is_not():
    text = (
        "Das Integrationskonzept liegt vor. Der Rat nahm es einstimmig an.\n\n"
        "Friedhof\nDie Gebührensatzung wurde vom Rat am 4.5.2012 beschlossen."
    )
    read = _read(text)
    assert "Der Rat nahm es einstimmig an." in read
    assert not any("Gebührensatzung" in passage for passage in read)


def test_a_text_without_a_document_has_no_passages():
    assert _read(_NEWS * 10) == []
    assert passages("", folded(""), ()) == []
