"""Plans, proves and prices a proof of concept of generative AI on an edge device."""

__version__ = "0.1.0"
