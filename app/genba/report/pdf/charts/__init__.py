"""Vector charts from the tree's chart data, one subject a file."""
