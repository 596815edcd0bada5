"""Colours, sizes and fonts of the window, from one file of tokens."""
