"""The one door: what Genba can do. One file a noun, one function a verb."""
