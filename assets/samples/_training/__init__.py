"""What the training scripts of the samples share: files, export and intervals."""
