"""Step 4: deployment, scenarios, telemetry, statistics of a live benchmark."""
