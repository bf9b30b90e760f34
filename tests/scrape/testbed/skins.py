"""How content management systems dress a page: menus, crumbs, downloads, footers."""

# ruff: noqa: E501 - templates: a line of HTML is a line of code
from __future__ import annotations

import random
from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from testbed.pages import Node, Site


def _items(site: Site, nodes: list[Node], item: str = "li", attributes: str = "") -> str:
    return "".join(f"<{item}{attributes}>{site.link(node)}</{item}>" for node in nodes)


def _menu(node: Node) -> list[Node]:
    return [child for child in node.children if child.menu]


def _branch(site: Site, node: Node) -> list[Node]:
    """Pages that a side menu shows: siblings and children."""
    top = node.trail[0] if node.trail else site.root
    return _menu(top)


def _mega(site: Site) -> str:
    parts = []
    for top in _menu(site.root):
        sub = _items(site, _menu(top)[:9])
        parts.append(f'<li class="dropdown">{site.link(top)}<ul class="dropdown-menu">{sub}</ul></li>')
    return "".join(parts)


def _crumbs(site: Site, node: Node, glue: str = " › ") -> str:
    return glue.join(
        [site.link("/", "Start"), *(site.link(step) for step in node.trail[:-1]), escape(node.title)]
    )


def _foot(site: Site) -> str:
    own = [node for node in site.root.children if node.title in site.small_print]
    links = [site.link(node) for node in own] + [site.link(path, text) for path, text in site.foot]
    return " | ".join(links)


def downloads(site: Site, node: Node) -> str:
    """The files of a page, in one of four styles."""
    if not node.files:
        return ""
    links = [(site.link(path, text), note) for path, text, note in node.files]
    style = random.Random(node.path + site.skin).randint(0, 3)
    if style == 0:
        return '<h3>Downloads</h3><ul class="downloads">' + "".join(
            f'<li class="pdf">{link} <span class="size">({escape(note)}, 1,2 MB)</span></li>' for link, note in links
        ) + "</ul>"  # fmt: skip
    if style == 1:
        rows = "".join(f"<tr><td>{link}</td><td>{escape(note)}</td></tr>" for link, note in links)
        return f'<table class="contenttable"><tr><th>Datei</th><th>Hinweis</th></tr>{rows}</table>'
    if style == 2:
        boxes = "".join(
            f'<div class="teaser-download"><span class="icon"></span>{link}<em>{escape(note)}</em></div>'
            for link, note in links
        )
        return f"<section><h2>Dokumente zum Herunterladen</h2>{boxes}</section>"
    return "".join(f"<p>&raquo; {link} [{escape(note)}]</p>" for link, note in links)


def children(site: Site, node: Node) -> str:
    """Links to the pages below, twenty to a page for news."""
    below = [child for child in node.children if child.listed]
    if not below:
        return ""
    if node is site.root:
        fresh = [child for child in site.news.children if child.listed][:5]
        teasers = "".join(f"<article><h3>{site.link(n)}</h3><p>{n.date}</p></article>" for n in fresh)
        return f"<h2>Aktuelle Meldungen</h2>{teasers}"
    rows = "".join(f"<li>{child.date + ' ' if child.date else ''}{site.link(child)}</li>" for child in below)
    return f"<ul class='liste'>{rows}</ul>"


def _shell(site: Site, node: Node, body: str, doctype: str = "<!DOCTYPE html>", head: str = "") -> str:
    return (
        f'{doctype}\n<html lang="de"><head><meta charset="{site.charset}"><title>{escape(node.title)} - '
        f"{escape(site.name)}</title>{head}{site.head_extra}</head>\n<body>{body}</body></html>"
    )


def typo3(site: Site, node: Node, main: str) -> str:
    menu = _items(site, _menu(site.root), attributes=' class="main-item"')
    side = _items(site, _branch(site, node) + ([] if not node.children else _menu(node)))
    return _shell(site, node, f"""
<!-- This website is powered by TYPO3 -->
<div id="page"><div id="header"><div class="logo"><a href="/"><img src="/fileadmin/logo.png" alt="Logo"></a></div>
{site.box}<ul id="mainmenu">{"" if site.script_menu else menu}</ul></div>
<div id="breadcrumb">Sie sind hier: {_crumbs(site, node)}</div>
<div id="left"><ul class="submenu">{"" if site.script_menu else side}</ul></div>
<div id="content"><!--TYPO3SEARCH_begin--><div class="csc-default"><h1>{escape(node.title)}</h1>{main}</div>
<!--TYPO3SEARCH_end--></div><div id="footer">&copy; {escape(site.name)} | {_foot(site)}</div></div>""",
        head='<meta name="generator" content="TYPO3 CMS">')  # fmt: skip


def drupal(site: Site, node: Node, main: str) -> str:
    return _shell(site, node, f"""
<a class="skip-link" href="#main-content">Direkt zum Inhalt</a><header role="banner"><div class="region region-header">
{site.box}<nav role="navigation" id="block-main-menu"><ul class="menu">{_items(site, _menu(site.root))}</ul></nav>
</div></header><main role="main"><a id="main-content"></a><nav class="breadcrumb">{_crumbs(site, node, " » ")}</nav>
<div class="region region-content"><article class="node node--type-page"><h1 class="page-title">{escape(node.title)}</h1>
<div class="field field--name-body">{main}</div></article></div><aside class="region-sidebar"><ul class="menu">
{_items(site, _branch(site, node))}{_items(site, _menu(node))}</ul></aside></main><footer><div class="region-footer">
<p>{escape(site.name)}</p><p>{_foot(site)}</p></div></footer>""",
        head='<meta name="Generator" content="Drupal 9 (https://www.drupal.org)">')  # fmt: skip


def joomla(site: Site, node: Node, main: str) -> str:
    return _shell(site, node, f"""
<div id="wrapper"><div class="moduletable_search">{site.box}</div><div class="moduletable_menu"><ul class="nav menu">
{_items(site, _menu(site.root), attributes=' class="item"')}</ul></div><div class="item-page"><div class="breadcrumbs">
{_crumbs(site, node)}</div><h2 itemprop="name">{escape(node.title)}</h2><div itemprop="articleBody">{main}</div></div>
<div class="moduletable"><h3>Mehr zum Thema</h3><ul class="nav">{_items(site, _branch(site, node))}
{_items(site, _menu(node))}</ul></div><div class="footer">{_foot(site)}</div></div>""",
        head='<meta name="generator" content="Joomla! - Open Source Content Management">')  # fmt: skip


def wordpress(site: Site, node: Node, main: str) -> str:
    kind = "single-post" if node.date else "page"
    menu = "".join(
        f'<li class="menu-item menu-item-{n.number}">{site.link(n)}<ul class="sub-menu">{_items(site, _menu(n))}</ul></li>'
        for n in _menu(site.root)
    )
    return _shell(site, node, f"""
<div class="{kind} hfeed site"><header class="site-header"><h1 class="site-title"><a href="/" rel="home">
{escape(site.name)}</a></h1>{site.box}<nav class="main-navigation"><ul class="menu">{menu}</ul></nav></header>
<div class="entry-content"><h1 class="entry-title">{escape(node.title)}</h1>{main}{
    '<ul>' + _items(site, list(_menu(node))) + '</ul>' if len(node.trail) > 1 else ''}</div>
<div class="widget-area"><h3>Neueste Beiträge</h3><ul>{_items(site, site.news.children[:5])}</ul></div>
<footer>{_foot(site)} | Stolz präsentiert von WordPress</footer></div>""",
        head='<meta name="generator" content="WordPress 6.2"><link rel="stylesheet" href="/wp-content/style.css">')  # fmt: skip


def nolis(site: Site, node: Node, main: str) -> str:
    return _shell(site, node, f"""
<div class="wrapper"><header class="kopf">{site.box}<nav class="hauptnavi"><ul>{_items(site, _menu(site.root))}</ul></nav>
</header><div class="unternavi"><ul>{_items(site, _branch(site, node))}{_items(site, _menu(node))}</ul></div>
<div id="inhalt"><div class="pfad">{_crumbs(site, node, " / ")}</div><h1>{escape(node.title)}</h1>{main}
<p class="drucken"><a href="javascript:window.print()">Seite drucken</a> <a href="mailto:rathaus@example.org">Senden</a></p>
</div><footer>{_foot(site)}</footer></div>""")  # fmt: skip


def tables(site: Site, node: Node, main: str) -> str:
    rows = "".join(f"<TR><TD><FONT size=2>{site.link(n)}</FONT></TD></TR>" for n in _menu(site.root))
    sub = " - ".join(site.link(n) for n in (_menu(node) or _branch(site, node)))
    return (
        f'<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN">\n<HTML><HEAD><TITLE>{escape(site.name)}: '
        f'{escape(node.title)}</TITLE><META http-equiv="Content-Type" content="text/html; charset={site.charset}">'
        f"{site.head_extra}</HEAD>\n<BODY bgcolor=#FFFFFF><TABLE width=900 border=0><TR><TD valign=top bgcolor=#CCDDEE>"
        f"<TABLE>{rows}</TABLE>{site.box}</TD><TD valign=top><FONT face=Arial><B>{escape(node.title)}</B><BR>{sub}<HR>"
        f"{main}</FONT></TD></TR></TABLE><CENTER><SMALL>{_foot(site)}</SMALL></CENTER></BODY></HTML>"
    )


def bootstrap(site: Site, node: Node, main: str) -> str:
    menu = "" if site.script_menu else _mega(site)
    return _shell(site, node, f"""
<div class="cookie-banner" role="dialog"><p>Wir verwenden Cookies, um die Nutzung der Seite auszuwerten.</p>
<button>Alle zulassen</button><button>Ablehnen</button></div><nav class="navbar navbar-expand-lg"><a class="navbar-brand"
href="/">{escape(site.name)}</a>{site.box}<ul class="navbar-nav">{menu}</ul></nav>
<div class="hero"><picture><img src="/img/{node.number % 7}.webp" alt=""></picture></div>
<div class="container"><ol class="breadcrumb"><li>{_crumbs(site, node, "</li><li>")}</li></ol><div class="row">
<main class="col-lg-8"><h1>{escape(node.title)}</h1>{main}<div class="cards">{
    "" if site.script_menu or len(node.trail) < 2 else _items(site, _menu(node), "div", ' class="card"')}</div></main>
<aside class="col-lg-4"><h4>Öffnungszeiten</h4><p>Mo–Fr 8–12 Uhr, Do 14–18 Uhr</p></aside></div></div>
<footer class="bg-dark"><div class="container">{_foot(site)}</div></footer><script src="/js/app.js"></script>""")  # fmt: skip


def asp(site: Site, node: Node, main: str) -> str:
    left = "".join(
        f'<div class="nav{"Aktiv" if n in node.trail else ""}"><img src="/img/pfeil.gif">{site.link(n)}</div>'
        + ("".join(f'<div class="nav2">{site.link(c)}</div>' for c in _menu(n)) if n in node.trail else "")
        for n in _menu(site.root)
    )
    return _shell(site, node, f"""
<form name="frmMain" action="/default.asp" method="post"><input type="hidden" name="__VIEWSTATE" value="dDwtMTI4"></form>
{site.box}<div id="navLinks">{left}</div><div id="Inhalt"><h1>{escape(node.title)}</h1>{main}<ul>{
    _items(site, _menu(node)) if len(node.trail) > 1 else ""}</ul></div><div id="Fuss">{_foot(site)}</div>""",
        doctype='<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "xhtml1-transitional.dtd">')  # fmt: skip


def citkomm(site: Site, node: Node, main: str) -> str:
    icons = "".join(
        f'<div class="kachel" data-href="{escape(n.path)}">{site.link(n)}</div>' for n in _menu(site.root)
    )
    return _shell(site, node, f"""
<div id="container"><div id="kopf">{site.box}</div><div id="kacheln">{icons}</div><div id="mitte"><div id="sub"><ul>{
    _items(site, _branch(site, node))}{_items(site, _menu(node))}</ul></div><div id="text"><h1>{escape(node.title)}</h1>
{main}</div></div><div id="fuss"><address>{escape(site.name)}, Postfach 12 34</address>{_foot(site)}</div></div>""")  # fmt: skip


def liferay(site: Site, node: Node, main: str) -> str:
    return _shell(site, node, f"""
<div class="portlet-boundary"><h2 class="hide-accessible">Navigation</h2><ul class="nav nav-level-1">{_mega(site)}</ul>
{site.box}</div><div class="portlet-layout row"><div class="portlet-column"><section class="portlet journal-content">
<header><h1 class="portlet-title-text">{escape(node.title)}</h1></header><div class="journal-content-article">{main}</div>
<ul class="asset-links">{_items(site, _menu(node))}</ul></section></div></div>
<footer id="footer">{_crumbs(site, node)}<br>{_foot(site)}</footer>""")  # fmt: skip


SKINS: dict[str, Callable[[Site, Node, str], str]] = {
    "typo3": typo3, "drupal": drupal, "joomla": joomla, "wordpress": wordpress, "nolis": nolis, "tables": tables,
    "bootstrap": bootstrap, "asp": asp, "citkomm": citkomm, "liferay": liferay,
}  # fmt: skip
