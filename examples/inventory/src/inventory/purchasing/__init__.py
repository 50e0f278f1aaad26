"""What the wholesaler buys: from whom, for how much, how it arrives, and whether the bill is right."""
