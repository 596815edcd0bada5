"""Builds the one tree of a report from a study's snapshot."""

from genba.report.content.assemble import build

__all__ = ["build"]
