"""Step 7: alternatives, cash flow, stages and risk of a PoC, from inputs with ranges and basis."""
