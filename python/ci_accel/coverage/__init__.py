"""Coverage measured in parallel, proved, and reported."""
