"""What ReportLab cannot write: structure tree, XMP metadata, tab order.

The structure is what the pen recorded: groups and marked content in reading order
(ISO 32000-1, 14.7 and 14.8). PDF/UA is not claimed.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from genba.report.pdf.pen import Element


def finish(path: Path, root: Element, title: str, language: str) -> None:
    """Complete the file in place."""
    import pikepdf

    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        pdf.Root.Lang = pikepdf.String(language)
        pdf.Root.ViewerPreferences = pikepdf.Dictionary(DisplayDocTitle=True)
        pdf.Root.MarkInfo = pikepdf.Dictionary(Marked=True)
        _structure(pdf, root)
        for page in pdf.pages:
            page.obj.Tabs = pikepdf.Name.S
            _drop_base_fonts(page)
        with pdf.open_metadata(set_pikepdf_as_editor=False) as metadata:
            metadata["dc:title"] = title
            metadata["dc:language"] = [language]
            metadata["pdf:Producer"] = "Genba"
        pdf.save(path, deterministic_id=True)


def _structure(pdf: Any, root: Element) -> None:
    import pikepdf

    tree = pdf.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.StructTreeRoot))
    parents: dict[int, dict[int, Any]] = {}
    document = _node(pdf, root, tree, parents)
    tree.K = pikepdf.Array([document])
    numbers = pikepdf.Array()
    for page in sorted(parents):
        numbers.append(page)
        entries = parents[page]
        last = max(entries)
        blank = document
        numbers.append(
            pdf.make_indirect(pikepdf.Array([entries.get(i, blank) for i in range(last + 1)]))
        )
        pdf.pages[page].obj.StructParents = page
    tree.ParentTree = pdf.make_indirect(pikepdf.Dictionary(Nums=numbers))
    tree.ParentTreeNextKey = len(pdf.pages)
    pdf.Root.StructTreeRoot = tree


def _node(pdf: Any, element: Element, parent: Any, parents: dict[int, dict[int, Any]]) -> Any:
    import pikepdf

    node = pdf.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.StructElem, S=pikepdf.Name("/" + element.role), P=parent
        )
    )
    if element.alt:
        node.Alt = pikepdf.String(element.alt[:250])
    if element.scope:
        node.A = pikepdf.Dictionary(O=pikepdf.Name.Table, Scope=pikepdf.Name("/" + element.scope))
    if element.mcid >= 0:
        node.Pg = pdf.pages[element.page].obj
        node.K = element.mcid
        parents.setdefault(element.page, {})[element.mcid] = node
    else:
        children = [_node(pdf, child, node, parents) for child in element.children]
        node.K = pikepdf.Array(children)
    return node


def _drop_base_fonts(page: Any) -> None:
    """Remove the unembedded standard font that ReportLab lists on every page."""
    resources = page.obj.get("/Resources")
    listed = resources.get("/Font") if resources is not None else None
    if listed is None:
        return
    for name in list(listed.keys()):
        if str(listed[name].get("/BaseFont", "")) == "/Helvetica":
            del listed[name]
