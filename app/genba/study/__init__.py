"""The nouns of Genba as plain validated data; no I/O."""
