"""Step 8: the report. One tree of content; lint reads it, the writers only render it."""

from genba.report.content import build
from genba.report.lint import lint
from genba.report.tree import Finding, Report, Template

__all__ = ["Finding", "Report", "Template", "build", "lint"]
