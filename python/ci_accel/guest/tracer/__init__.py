"""The tracer: records what a builder reads, imports, lists, looks for and starts."""
