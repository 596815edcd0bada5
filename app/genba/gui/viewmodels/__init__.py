"""What each page shows and may do, without a window: QtCore only, tested without widgets."""
