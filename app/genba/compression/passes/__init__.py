"""The passes: one file each, found in `registry`."""
