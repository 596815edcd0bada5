"""One module a noun (or a verb that stands alone); each declares its commands in `register`."""
