"""Parts that pages are made of: layout and drawing only, no work."""
