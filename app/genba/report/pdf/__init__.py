"""The PDF writer: fonts, line breaking, drawing primitives, blocks and pages."""
