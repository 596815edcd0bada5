"""Pages of the tree on sheets of paper: the flow of blocks, and the furniture around them."""

from __future__ import annotations

from dataclasses import dataclass, field

from genba.errors import N_, Message
from genba.i18n import BASIS_WORDS
from genba.report import tree
from genba.report.pdf import blocks, tables
from genba.report.pdf.layout import Layout
from genba.report.pdf.style import (
    BODY_BOTTOM,
    BODY_TOP,
    BODY_WIDTH,
    INK,
    LEFT,
    MM,
    PAGE_HEIGHT,
    PAGE_WIDTH,
    RULE,
)

CONTINUED = Message(text=N_(" (continued)"))


@dataclass
class Sheets:
    """Draws the pages one after the other. `total` is 0 on the counting pass."""

    layout: Layout
    report: tree.Report
    total: int = 0
    sheet: int = 0
    page: tree.Page = field(init=False)
    number: int = 0

    def run(self) -> int:
        """Draw everything and return the number of sheets."""
        for number, page in enumerate(self.report.pages, 1):
            self.page, self.number = page, number
            self._begin(first=True)
            self._body(page)
            self._end()
        return self.sheet

    def _body(self, page: tree.Page) -> None:
        y = self._heading(page)
        pending = self._fitting(page, y)
        for index, block in enumerate(pending):
            y = self._place(block, y, pending[index + 1] if index + 1 < len(pending) else None)

    def _heading(self, page: tree.Page) -> float:
        layout = self.layout
        headline, lead = layout.style("headline"), layout.style("lead")
        clauses = [layout.say(clause) for clause in page.headline]
        lines = layout.headline(clauses, headline, BODY_WIDTH)
        y = layout.lines(LEFT, BODY_TOP, lines, headline, role="H1") + 3
        if page.lead is not None:
            y = layout.paragraph(LEFT, y, layout.say(page.lead), lead, BODY_WIDTH)
        return y

    def _fitting(self, page: tree.Page, y: float) -> list[tree.Block]:
        """The page's blocks without those that give way when the page is too full."""
        kept = list(page.blocks)
        orders = sorted({getattr(b, "drop_order", 0) for b in kept} - {0})
        for order in orders:
            total = sum(self._gap(b) + self.layout.height(b, BODY_WIDTH) for b in kept)
            if y + total <= BODY_BOTTOM:
                break
            kept = [b for b in kept if getattr(b, "drop_order", 0) != order]
        return kept

    def _gap(self, block: tree.Block) -> float:
        return blocks.gap_before(block)

    def _place(self, block: tree.Block, y: float, following: tree.Block | None) -> float:
        height = self.layout.height(block, BODY_WIDTH)
        needed = height
        if block.kind == "section" and following is not None:
            needed += min(80.0, self.layout.height(following, BODY_WIDTH))
        top = y if self._at_top(y) else y + self._gap(block)
        if top + needed <= BODY_BOTTOM:
            return self.layout.draw(block, LEFT, top, BODY_WIDTH)
        if isinstance(block, tree.Table):
            return self._split_table(block, top)
        if height > BODY_BOTTOM - BODY_TOP - 20 and isinstance(block, tree.Side):
            for column in block.columns:
                for child in column:
                    top = self._place(child, top, None)
            return top
        top = self._new_sheet()
        return self.layout.draw(block, LEFT, top, BODY_WIDTH)

    def _at_top(self, y: float) -> bool:
        return y <= BODY_TOP + 0.1

    def _split_table(self, block: tree.Table, y: float) -> float:
        """Rows until the sheet is full, then a new sheet with the head repeated."""
        layout = self.layout
        scales = tables.column_scales(layout, block)
        with layout.dry():
            head = tables.head(layout, block, scales, 0, 0, BODY_WIDTH)
            heights = [
                tables.draw_row(layout, block, row, scales, 0, 0, BODY_WIDTH) for row in block.rows
            ]
        if y + head + sum(heights[:2]) > BODY_BOTTOM:
            y = self._new_sheet()
        y = tables.head(layout, block, scales, LEFT, y, BODY_WIDTH)
        for row, height in zip(block.rows, heights, strict=True):
            if y + height > BODY_BOTTOM:
                y = self._new_sheet()
                y = tables.head(layout, block, scales, LEFT, y, BODY_WIDTH, CONTINUED)
            y = tables.draw_row(layout, block, row, scales, LEFT, y, BODY_WIDTH)
        with layout.dry():
            notes = tables.reasons(layout, block, 0, 0, BODY_WIDTH)
        if y + notes > BODY_BOTTOM:
            y = self._new_sheet()
        return tables.reasons(layout, block, LEFT, y, BODY_WIDTH)

    # -- furniture -----------------------------------------------------------------------------

    def _new_sheet(self) -> float:
        self._end()
        self._begin(first=False)
        return BODY_TOP

    def _begin(self, *, first: bool) -> None:
        layout, page = self.layout, self.page
        self.sheet += 1
        if page.demo:
            self._watermark()
        if first and self.total:
            name = f"{self.number} {layout.say(page.name)}"
            layout.pen.canvas.bookmarkPage(page.id)
            layout.pen.canvas.addOutlineEntry(name, page.id, 0)
        style = layout.style("furniture", size=8)
        with layout.pen.artifact():
            right = f"{self.number}  {layout.say(page.name)}"
            if not first:
                right += layout.say(CONTINUED)
            taken = layout.pen.text(LEFT + BODY_WIDTH, 12.6 * MM, right, style, "right")
            title = layout.wrap(layout.say(self.report.title), style, BODY_WIDTH - taken - 20, 1)
            layout.pen.text(LEFT, 12.6 * MM, title[0], style)
            layout.pen.line(LEFT, 15 * MM, LEFT + BODY_WIDTH, 15 * MM, RULE, 0.6)

    def _watermark(self) -> None:
        canvas = self.layout.pen.canvas
        if canvas is None:
            return
        with self.layout.pen.artifact():
            canvas.saveState()
            canvas.translate(PAGE_WIDTH / 2, PAGE_HEIGHT / 2)
            canvas.rotate(52)
            canvas.setFillColorRGB(0.955, 0.955, 0.955)
            canvas.setFont("Inter-Bold", 165)
            canvas.drawCentredString(0, -58, "DEMO")
            canvas.restoreState()

    def _end(self) -> None:
        layout, page = self.layout, self.page
        language = layout.words.language
        style = layout.style("furniture")
        y = 286.2 * MM
        with layout.pen.artifact():
            layout.pen.line(LEFT, 283 * MM, LEFT + BODY_WIDTH, 283 * MM, RULE, 0.6)
            at = LEFT
            for sign, word in zip("●◐○", list(BASIS_WORDS.values())[1:], strict=True):
                text = sign + language.text(word)
                at += layout.pen.text(at, y, text, layout.style("furniture", colour=INK)) + 6
            right = LEFT + BODY_WIDTH
            count = f" / {self.total}"
            right -= layout.pen.text(right, y, count, style, "right")
            bold = layout.style("furniture", bold=True, colour=INK)
            right -= layout.pen.text(right, y, str(self.sheet), bold, "right") + 5
            if page.demo:
                words = language.text(N_("DEMO: measured on the built-in demo device"))
                right -= layout.pen.text(right, y, words, bold, "right") + 6
            info = self._imprint()
            middle = layout.wrap(info, style, right - at - 10, 1)[0]
            layout.pen.text((at + right) / 2, y, middle, style, "centre")
        layout.pen.next_page()

    def _imprint(self) -> str:
        report, say = self.report, self.layout.words.say_template
        parts = [f"Genba {report.program_version}", report.date.isoformat()]
        if report.data_date is not None and not self.page.demo:
            parts.append(say(N_("data {date}"), date=report.data_date.isoformat()))
        if report.price_date and not self.page.demo:
            parts.append(say(N_("prices {date}"), date=report.price_date))
        parts.append(f"#{report.study_hash[:8]}")
        return " · ".join(parts)
