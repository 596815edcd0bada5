"""The workspace on disk: a database of study nouns, and the artifact store."""
