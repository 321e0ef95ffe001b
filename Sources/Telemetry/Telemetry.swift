// Telemetry: see Docs/architecture.md for what this module knows and what it must not know.
