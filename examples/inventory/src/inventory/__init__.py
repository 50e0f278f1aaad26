"""The inventory of a small shop: products, stock, customers and orders."""
