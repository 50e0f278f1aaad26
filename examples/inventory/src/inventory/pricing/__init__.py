"""What a customer pays, and why."""
