"""What a Runner is, and a Variant opened on this machine."""
