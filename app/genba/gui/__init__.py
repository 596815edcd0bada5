"""The window: a face over the use cases, in Qt. Nothing outside this package imports Qt."""
