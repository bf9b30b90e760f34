"""What a maintainer edits is checked before the first request: file, place, and what is wrong."""

import shutil

import pytest

from konzept_diffusion import paths
from konzept_diffusion.errors import DataError
from konzept_diffusion.scrape.search import settings


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(paths.scraper_dir(), tmp_path / "scraper")


def edit(file, old, new):
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_projects_own_settings_are_in_order_and_every_term_has_a_reason():
    found = settings.load()
    assert found.search_terms == ("Integrationskonzept", "Integrationsleitbild", "Integration")
    assert all(term.why for terms in found.terms.values() for term in terms)
    assert all(found.terms[group] for group in settings.GROUPS)


def test_the_digest_changes_with_any_file(folder):
    before = settings.load(folder).digest
    (folder / "blocked_hosts.csv").open("a", encoding="utf-8").write("neu.example,bat darum\n")
    after = settings.load(folder)
    assert after.digest != before
    assert "neu.example" in after.blocked_hosts


def test_seeds_are_read_with_their_keys(folder):
    (folder / "seeds.csv").write_text(
        "ags,url,note\n05315000,https://integration.example/köln,Portal\n", encoding="utf-8"
    )
    assert settings.load(folder).seeds == {"05315000": ("https://integration.example/k%C3%B6ln",)}


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("terms.yml", "threshold: 1.5", "threshold: viel", "threshold: a number was expected"),
        ("terms.yml", "topics:", "tropics:", "'topics' is missing"),
        ("terms.yml", "integrations? ?konzept'", "integrations? ?(konzept'", "no regular expression"),
        ("terms.yml", "version: 1", "version: [1", "no valid YAML"),
        ("seeds.csv", "ags,url,note", "ags;url;note", "columns ags, url, note"),
        ("seeds.csv", "note\n", "note\n05315000,koeln,x\n", "no web address"),
        ("seeds.csv", "note\n", "note\n99315000,https://k.example/,x\n", "99315000"),
        ("blocked_hosts.csv", "facebook.com", "https://facebook.com/", "no host name without path"),
        ("blocked_hosts.csv", "facebook.com", "facebook.com:8080", "no host name without path and port"),
    ],
)
def test_a_mistake_is_one_sentence_with_its_place(folder, name, old, new, said):
    edit(folder / name, old, new)
    with pytest.raises(DataError, match="(?s)" + said) as caught:
        settings.load(folder)
    assert "\n" not in str(caught.value).split("(")[0]


def test_a_missing_file_and_another_encoding_are_named(folder):
    (folder / "seeds.csv").write_bytes("ags,url,note\n# Köln".encode("latin-1"))
    with pytest.raises(DataError, match="not UTF-8"):
        settings.load(folder)
    (folder / "seeds.csv").unlink()
    with pytest.raises(DataError, match=r"seeds\.csv: cannot be read"):
        settings.load(folder)


def test_a_blocked_host_with_umlauts_and_blanks_is_the_one_that_is_met(folder):
    edit(folder / "blocked_hosts.csv", "facebook.com", " www.münchen.example ")
    assert "www.xn--mnchen-3ya.example" in settings.load(folder).blocked_hosts
