"""One page a step: layout and wiring over its view model."""
