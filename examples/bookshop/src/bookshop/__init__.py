"""A small bookshop: what it sells, what was ordered, what that costs."""
