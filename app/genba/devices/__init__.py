"""Step 2: which devices there are, and what they would do with a model."""
