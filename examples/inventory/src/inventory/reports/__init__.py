"""What the office wants to know: tables about goods, sales, money and partners, and how they are written."""
