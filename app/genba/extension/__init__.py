"""The plugin host: one file per kind of plugin, found by entry points."""
