"""Step 1: read a model file, its graph, its costs per operator, its memory and KV cache."""
