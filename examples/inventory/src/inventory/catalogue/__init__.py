"""The catalogue: what is sold, where it stands in the tree, what is printed on it."""
