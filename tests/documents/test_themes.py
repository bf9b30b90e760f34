"""Themes: every theme found where it is treated, not where its words mean something else."""

import csv

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from konzept_diffusion import paths
from konzept_diffusion.documents.folding import clean, folded
from konzept_diffusion.documents.theme_codes import FOCUS, load_codebook, published_theme
from konzept_diffusion.documents.theme_headings import heading_lines
from konzept_diffusion.documents.theme_lexicon import Lexicon, Term, problem_of
from konzept_diffusion.documents.themes import code_themes, theme_rows, theme_string
from konzept_diffusion.errors import DataError
from konzept_diffusion.schemas import validate
from konzept_diffusion.schemas.themes import DOCUMENT_THEMES, THEMES

TREATED = {
    "sprache": (
        "Wer neu ankommt, soll binnen drei Monaten einen Platz in einem Deutschkurs erhalten. Die "
        "Volkshochschule ergänzt die Integrationskurse um Angebote am Abend; Dolmetscher begleiten Gespräche."
    ),
    "bildung": (
        "Die Schulsozialarbeit wird an allen Standorten ausgebaut. Vorbereitungsklassen werden enger mit den "
        "Regelklassen verzahnt, damit mehr Jugendliche einen Schulabschluss erreichen."
    ),
    "arbeit": (
        "Gemeinsam mit dem Jobcenter und der Handwerkskammer werden Ausbildungsplätze vermittelt. Ziel ist "
        "es, die Arbeitslosigkeit zu senken und dem Fachkräftemangel zu begegnen."
    ),
    "gesundheit": (
        "Gesundheitslotsen erklären in mehreren Sprachen das Gesundheitssystem. Das Krankenhaus bildet sein "
        "Personal fort, damit Patienten besser verstanden werden."
    ),
    "soziales": (
        "Die Migrationsberatung und die Schuldnerberatung der Wohlfahrtsverbände arbeiten unter einem Dach. "
        "So erreicht Hilfe auch Menschen, die von Armut bedroht sind."
    ),
    "wohnen": (
        "Auf dem angespannten Wohnungsmarkt finden große Haushalte kaum eine Wohnung. Die städtische "
        "Wohnungsgesellschaft ändert ihre Wohnungsvergabe und wirbt bei Vermietern."
    ),
    "quartier": (
        "Das Quartiersmanagement lädt zur Stadtteilkonferenz ein. In jedem Stadtteil entsteht ein "
        "Nachbarschaftstreff; die Gemeinwesenarbeit begleitet ihn."
    ),
    "teilhabe": (
        "Der Integrationsrat berät den Rat in allen Fragen der politischen Partizipation. Vor der "
        "Kommunalwahl wird über das Wahlrecht informiert."
    ),
    "oeffnung": (
        "Die interkulturelle Öffnung der Verwaltung bleibt Aufgabe aller Ämter. Fortbildungen stärken die "
        "interkulturelle Kompetenz, und Stellenausschreibungen werden neu gefasst."
    ),
    "engagement": (
        "Die Freiwilligenagentur vermittelt Patenschaften. Ehrenamtliche werden geschult und erhalten ihre "
        "Auslagen erstattet; bürgerschaftliches Engagement wird gewürdigt."
    ),
    "migrantenorganisationen": (
        "Migrantenorganisationen erhalten Räume und eine Ansprechperson. Ein Dachverband der Migrantenvereine "
        "soll entstehen."
    ),
    "sport": (
        "Sportvereine öffnen Gruppen für Mädchen. Der Kreissportbund bildet Übungsleiter aus und bietet "
        "Schwimmkurse an."
    ),
    "kultur_religion": (
        "Der Rat der Religionen trifft sich zweimal im Jahr. Moscheegemeinden und Kirchengemeinden führen den "
        "interreligiösen Dialog fort; das Theater spielt mit."
    ),
    "kinder_familie": (
        "Familienzentren bieten Elterncafés an. Das Jugendamt verstärkt die Familienbildung und die offene "
        "Jugendarbeit für Kinder und Jugendliche."
    ),
    "frauen_gender": (
        "Die Gleichstellungsbeauftragte baut eine Frauengruppe auf. Frauenhaus und Beratung helfen bei "
        "häuslicher Gewalt und Zwangsheirat."
    ),
    "alter": (
        "Ältere Menschen der ersten Generation brauchen eine kultursensible Altenhilfe. Seniorentreffs werden "
        "geöffnet, über Demenz wird aufgeklärt."
    ),
    "sicherheit": (
        "Polizei und Ordnungsamt gehen gemeinsam auf Streife. Die Kriminalprävention wendet sich an "
        "Heranwachsende und beugt der Radikalisierung vor."
    ),
    "antidiskriminierung": (
        "Eine Antidiskriminierungsstelle nimmt Beschwerden entgegen. Gegen Rassismus und Antisemitismus "
        "arbeitet das Netz der Schulen."
    ),
    "flucht": (
        "Flüchtlinge werden nach der Gemeinschaftsunterkunft in eigene Räume vermittelt. Während des "
        "Asylverfahrens berät ein Dienst vor Ort."
    ),
    "zuwanderung_eu": (
        "Die Zuwanderung von EU-Bürgern aus Südosteuropa hat zugenommen. Mit der vollen Freizügigkeit kamen "
        "Familien aus Rumänien und Bulgarien."
    ),
    "recht": (
        "Die Ausländerbehörde informiert über Aufenthaltstitel und wirbt für die Einbürgerung. Feiern zur "
        "Staatsangehörigkeit finden jährlich statt."
    ),
    "umwelt": (
        "Ein interkultureller Garten und Kurse zur Abfallberatung gehören zur Umweltbildung. Beim Klimaschutz "
        "machen viele mit."
    ),
    "monitoring": (
        "Ein Integrationsmonitoring mit zwanzig Indikatoren wird aufgebaut. Die Evaluation folgt nach drei "
        "Jahren, dann wird das Konzept fortgeschrieben."
    ),
}
NEUTRAL = (
    "Die Sitzung begann um achtzehn Uhr im großen Saal. Der Bürgermeister begrüßte die Anwesenden und dankte für "
    "das Kommen. Danach stellte die Referentin den Ablauf des Abends vor und verteilte die Unterlagen."
)


def _codes(text, headings=()):
    return {hit.theme for hit in code_themes(clean(text), headings)}


def test_every_theme_has_a_text_here():
    assert set(TREATED) == set(THEMES) == set(load_codebook().themes)


@pytest.mark.parametrize("theme", THEMES)
def test_a_passage_on_a_theme_is_coded_with_it_and_little_else(theme):
    found = _codes(TREATED[theme])
    assert theme in found
    assert len(found) <= 3


@pytest.mark.parametrize("theme", THEMES)
def test_one_passage_in_a_long_document_is_in_passing(theme):
    rest = "\n\n".join(NEUTRAL.replace("achtzehn", str(hour)) for hour in range(60))
    assert theme not in _codes(f"{rest}\n\n{TREATED[theme]}")


def test_a_neutral_text_and_an_empty_one_have_no_theme():
    assert code_themes(NEUTRAL) == ()
    assert code_themes("") == ()


@pytest.mark.parametrize(
    ("text", "theme"),
    [
        ("Der Verein ist Sprachrohr der Händler. Das Thema kam oft zur Sprache und wurde vertagt.", "sprache"),
        ("Die Broschüre liegt in Leichter Sprache vor; auf geschlechtergerechte Sprache wird geachtet.", "sprache"),
        ("Abbildung 4 zeigt die Meinungsbildung, Abbildung 5 die Willensbildung im Gremium.", "bildung"),
        ("Die Arbeitsgruppe und der Arbeitskreis legten die Arbeit am Papier dem Arbeitskreis vor.", "arbeit"),
        ("Die Einwohner haben ihren Wohnsitz in der Kernstadt; die Wohnbevölkerung wächst am Wohnort.", "wohnen"),
        ("Die Grünpflege und die Pflege der Kontakte zur Partnerstadt liegen beim Hauptamt.", "gesundheit"),
        ("Personen im Alter von 18 bis 25 Jahren und die Altersgruppe darüber sind stärker vertreten.", "alter"),
        ("Datensicherheit und Planungssicherheit sind mit Sicherheit gewährleistet.", "sicherheit"),
        ("Die Öffnungszeiten der Hausverwaltung und das Verwaltungsgericht stehen im Anhang.", "oeffnung"),
        ("Das Schild weist den Weg zum Transport; das interkulturelle Training findet montags statt.", "sport"),
        ("Der Aufenthaltsraum hat eine hohe Aufenthaltsqualität.", "recht"),
        ("Der Teilhabeplan nach dem Bundesteilhabegesetz liegt vor, ebenso der Beteiligungsbericht.", "teilhabe"),
        ("Willkommenskultur, Verwaltungskultur und Unternehmenskultur verändern sich.", "kultur_religion"),
        ("Die Bevölkerungsfortschreibung nennt neue Zahlen für jede Gemeinde.", "monitoring"),
    ],
)  # fmt: skip
def test_confusers_do_not_bear_the_theme(text, theme):
    assert theme not in _codes(text)


@pytest.mark.parametrize(
    ("heading", "themes"),
    [
        ("4.2 Sprache und Bildung", {"sprache", "bildung"}),
        ("Handlungsfeld Arbeit und Wirtschaft", {"arbeit"}),
        ("Gesundheit und Alter", {"gesundheit", "alter"}),
        ("III. Wohnen im Stadtteil", {"wohnen", "quartier"}),
        ("Gesellschaftliche Teilhabe und Partizipation", {"teilhabe"}),
        ("Interkulturelle Oeffnung der Verwaltung", {"oeffnung"}),
        ("Bürgerschaftliches Engagement", {"engagement"}),
        ("Kinder, Jugend und Familie", {"kinder_familie"}),
        ("Monitoring und Evaluation ........ 47", {"monitoring"}),
        ("Arbeitsgruppen und Beteiligte", set()),
        ("Abbildungsverzeichnis", set()),
        ("Frauen und Gleichstellung", {"frauen_gender"}),
    ],
)
def test_a_heading_codes_its_themes(heading, themes):
    text = clean(f"Einleitung\n\n{NEUTRAL}\n\n{heading}\n{NEUTRAL}")
    hits = code_themes(text)
    assert {hit.theme for hit in hits} == themes
    for hit in hits:
        assert hit.basis == "heading"
        assert text[hit.start : hit.end] == hit.evidence
        assert hit.evidence in heading
    assert _codes(NEUTRAL, [heading]) == themes, "headings that the text does not hold"


def test_headings_given_are_found_in_the_text_in_their_order():
    text = clean(f"Sport in der Stadt\n{NEUTRAL}\nSport\n{NEUTRAL}")
    (hit,) = code_themes(text, ["Sport in der Stadt", "Sport"])
    assert (hit.start, hit.evidence) == (0, "Sport in der Stadt")
    (hit,) = code_themes(text, ["Sport"])
    assert text[hit.start : hit.end] == "Sport"


def test_the_evidence_of_a_passage_stands_where_it_says():
    text = clean(f"{NEUTRAL}\n\n{TREATED['wohnen']}")
    (hit,) = [hit for hit in code_themes(text) if hit.theme == "wohnen"]
    assert hit.basis == "passage"
    assert (hit.passages, hit.share) == (1, 0.5)
    assert text[hit.start : hit.end] == "Wohnungsmarkt"
    assert "angespannten Wohnungsmarkt" in hit.evidence
    assert "Wohnungsvergabe*" in hit.terms


def test_the_string_and_the_rows_follow_the_code_list():
    hits = code_themes(clean("\n\n".join(TREATED.values())))
    assert theme_string(hits).split("|") == list(load_codebook().themes)
    assert theme_string(()) == ""
    import pandas as pd

    rows = pd.DataFrame(theme_rows("d1", hits))
    assert len(validate(rows, DOCUMENT_THEMES)) == len(THEMES)
    with pytest.raises(DataError, match="before position_start"):
        _check_rows(rows.assign(position_end=0, position_start=3))


def _check_rows(frame):
    for check in DOCUMENT_THEMES.checks:
        for row, column, problem in check(frame):
            raise DataError(problem, row=row, column=column)


@pytest.mark.parametrize(
    ("line", "is_heading"),
    [
        ("3.1 Ausgangslage", True),
        ("Ziele und Maßnahmen", True),
        ("Was bedeutet Integration?", True),
        ("Sprache ............ 12", True),
        ("Die Stadt fördert Kurse.", False),
        ("Kurse werden ausgebaut", False),
        ("gemeinsam mit den Vereinen", False),
        ("Die Angebote der", False),
        ("• Kurse am Abend", False),
        ("4 Sprache", True),
        ("Abbildung 4: Kinder in Sprachkursen", False),
        ("6 Daten der Agentur für Arbeit (siehe Anhang)", False),
        ("Amt für Arbeit, https://www.talbrueck.example", False),
    ],
)
def test_lines_that_look_like_headings(line, is_heading):
    text = f"{NEUTRAL}\n{line}\n{NEUTRAL}"
    found = heading_lines(text)
    assert bool(found) is is_heading
    for heading in found:
        assert text[heading.start : heading.end] == heading.text


def test_wrapped_lines_and_running_titles_are_no_headings():
    wrapped = (
        "Die Kurse der Volkshochschule richten sich an alle, die neu sind, und\nFrauen aus der Nachbarschaft\n"
        "nehmen gern daran teil."
    )
    assert heading_lines(wrapped) == ()
    assert heading_lines("\f".join(f"Sport und Freizeit\n{NEUTRAL}" for _ in range(5))) == ()


def test_umlauts_hyphens_and_breaks_do_not_matter():
    lexicon = Lexicon((Term("a", "interkulturelle* Öffnung", 2), Term("b", "Abbau .. Hürden", 1)))
    for written in ("interkulturellen Oeffnung", "Interkulturelle\nÖffnung", "INTERKULTURELLE ÖFFNUNG"):
        (find,) = lexicon.scan(folded(f"die {written} bleibt"))
        assert find[:2] == (4, 4 + len(written))
    assert [find[2] for find in lexicon.scan(folded("Abbau von vielen alten Hürden"))] == [1]
    assert lexicon.scan(folded("Abbau von sehr vielen alten Hürden, interkulturelle Öffnungszeit")) == []


def test_a_find_within_an_exclusion_or_a_stronger_find_does_not_count_twice():
    terms = (
        Term("a", "deutsche* Sprache", 2, heading=True),
        Term("a", "Sprache", 1),
        Term("a", "Leichte* Sprache", exclude=True),
        Term("b", "Sprach*", 1),
    )
    found = [find[2] for find in Lexicon(terms).scan(folded("deutsche Sprache, Leichte Sprache, Sprache"))]
    assert found == [0, 3, 3, 1, 3]


_TERMS = (*load_codebook().theme_lexicon.terms, *load_codebook().type_lexicon.terms)


def _spoken(text):
    """Return a text that a term must find: stars empty, first choices, no words between."""
    words = [word.split("|")[0].replace("*", "") for word in text.replace("-", " ").split() if word != ".."]
    return " ".join(words)


@pytest.mark.parametrize("group", ["theme_lexicon", "type_lexicon"])
def test_every_term_finds_itself_and_every_exclusion_excludes_something(group):
    terms = getattr(load_codebook(), group).terms
    for term in terms:
        (first, *_) = Lexicon((Term("x", term.text, 1),)).scan(folded(_spoken(term.text)))
        assert first[:2] == (0, len(_spoken(term.text)))
    for excluded in (term for term in terms if term.exclude):
        codes = FOCUS if excluded.code in FOCUS else (excluded.code,)
        counted = Lexicon(tuple(term for term in terms if term.code in codes and not term.exclude))
        spoken = folded(_spoken(excluded.text))
        assert any(counted.scan(spoken + ending) for ending in ("", "en", "s", "t")), (
            f"{excluded.code}: the exclusion {excluded.text!r} cannot matter"
        )


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(_TERMS), min_size=1, max_size=25), st.randoms(use_true_random=False))
def test_one_scan_finds_what_each_term_finds_alone(terms, random):
    """The fast scan against a plain one: all terms in one pass or one by one, without rules between terms."""
    words = [_spoken(term.text) for term in terms] + NEUTRAL.split()
    random.shuffle(words)
    low = folded(" ".join(words))
    alone = [Term(f"t{number}", term.text, 1) for number, term in enumerate(terms)]
    together = sorted(find for find in Lexicon(tuple(alone)).scan(low))
    single = sorted(
        (start, end, number)
        for number, term in enumerate(alone)
        for start, end, _ in Lexicon((term,)).scan(low)
    )
    assert together == single
    assert len(together) >= len({term.text for term in terms})


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=400), st.lists(st.text(max_size=30), max_size=4) | st.none())
def test_any_text_is_coded_with_positions_inside_it(text, headings):
    shown = clean(text + "\n" + TREATED["sport"])
    hits = code_themes(shown, headings)
    assert len({hit.theme for hit in hits}) == len(hits)
    for hit in hits:
        assert hit.theme in THEMES
        assert 0 <= hit.start <= hit.end <= len(shown)
        assert 0 <= hit.share <= 1
        assert hit.evidence
        assert hit.terms


@settings(max_examples=40, deadline=None)
@given(st.permutations(list(TREATED)))
def test_the_order_of_paragraphs_does_not_decide_the_themes(order):
    assert _codes("\n\n".join(TREATED[theme] for theme in order)) == set(THEMES)


def test_folded_text_at_hand_gives_the_same():
    text = clean("\n\n".join(TREATED.values()))
    assert code_themes(text, low=folded(text)) == code_themes(text)


@pytest.mark.parametrize(
    ("text", "themes"),
    [
        ("deutsche Sprache " * 25_000, "sprache"),
        ("Sprachkurs" * 40_000, ""),
        ("in deutscher und " * 25_000, ""),
        ("Abbau " * 60_000, ""),
        ("\n".join(f"Sport {number}" for number in range(30_000)), "sport"),
    ],
)
def test_endless_repetition_is_coded_in_bounded_time(text, themes):
    """A comparison of every find with every other would not end on these."""
    assert theme_string(code_themes(text)) == themes
    assert theme_string(code_themes(NEUTRAL, ["Wohnen"] * 100_000)) == "wohnen"


def test_every_published_theme_has_codes():
    with (paths.raw_dir() / "published_results.csv").open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["topic"] == "themes"]
    assert len(rows) == 3
    assert {row["indicator"]: published_theme(row["indicator"]) for row in rows} == {
        "thema_wohnen": ("wohnen",),
        "thema_evaluation_fortschreibung_monitoring": ("monitoring",),
        "eu_binnenmigration_als_zielgruppe": ("zuwanderung_eu",),
    }


@pytest.mark.parametrize("figure", ["Abbildung 3", "Abbildung 8"])
def test_our_own_terms_code_the_published_labels_alike(figure):
    labels = [theme for theme in load_codebook().published if theme.figure.endswith(figure)]
    assert len(labels) >= 7
    for theme in labels:
        found = _codes(NEUTRAL, [theme.label])
        if theme.label not in (
            "unbegleitete Minderjährige",
            "Häusliche Gewalt",
            "ausländerrechtliche Themen",
        ):
            assert found & set(theme.codes), theme.label


def test_a_label_that_nobody_published_is_refused():
    with pytest.raises(DataError, match="no published theme"):
        published_theme("Weltraum")
    with pytest.raises(DataError, match="no published theme"):
        published_theme("")


@pytest.mark.parametrize("text", ["", "..", "a .. ", "ab*", "Wort!", "*", "x|", "Wort*|b*", "Nr. 5"])
def test_what_is_no_term(text):
    assert problem_of(text)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda book: book["themes"].pop("sport"), "sport"),
        (lambda book: book["themes"].update(mode={}), "mode"),
        (lambda book: book["themes"]["sport"].pop("de"), r"themes\.sport\.de"),
        (lambda book: book["themes"]["sport"]["terms"].update({"viel": ["Ball"]}), "a number"),
        (lambda book: book["themes"]["sport"]["terms"].update({0: ["Ball"]}), "above 0"),
        (lambda book: book["themes"]["sport"]["terms"][1].append("Ba*"), "three letters"),
        (lambda book: book["themes"]["sport"]["terms"][1].append(7), "no text"),
        (lambda book: book["themes"]["sport"]["terms"][1].append("Sport"), "twice"),
        (lambda book: book["rules"].pop("min_share"), "min_share"),
        (lambda book: book["rules"].update(min_shares=1), "no rule"),
        (lambda book: book["published"].append({"figure": "x", "label": "y", "codes": ["mode"]}), "mode"),
        (lambda book: book["published"].append({"figure": "x", "label": "y", "codes": []}), "empty"),
        (lambda book: book["types"].pop("klassisch"), "klassisch"),
        (lambda book: book.pop("version"), "version"),
    ],
)
def test_a_damaged_code_list_is_refused_with_the_place(tmp_path, change, message):
    book = yaml.safe_load((paths.scraper_dir() / "themes.yml").read_text(encoding="utf-8"))
    change(book)
    file = tmp_path / "themes.yml"
    file.write_text(yaml.safe_dump(book, allow_unicode=True), encoding="utf-8")
    with pytest.raises(DataError, match=message):
        load_codebook(file)


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"\xff\xfe", "UTF-8"), (b"a: [", "YAML"), (b"- a", "mapping"), (None, "cannot be read")],
)
def test_an_unreadable_code_list_is_refused(tmp_path, content, message):
    file = tmp_path / "themes.yml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(DataError, match=message):
        load_codebook(file)


def test_the_page_on_themes_shows_the_code_list():
    page = paths.project_root() / "docs" / "themes.md"
    if not page.is_file():
        pytest.skip("docs/ is only in a checkout")
    lines = page.read_text(encoding="utf-8").splitlines()
    book = load_codebook()
    for label in book.themes.values():
        assert f"| `{label.code}` | {label.de} | {label.en} |" in lines
    for theme in book.published:
        codes = ", ".join(f"`{code}`" for code in theme.codes)
        assert f"| {theme.figure} | {theme.label} | {codes} | {theme.note} |" in lines
    for label in book.types.values():
        assert f"| `{label.code}` | {label.de} | {label.reason} |" in lines
