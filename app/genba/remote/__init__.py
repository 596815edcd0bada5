"""SSH: connection, trust, transfer, the agent and the demo device."""
