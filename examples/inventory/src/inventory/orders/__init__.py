"""From the cart to the parcel, and sometimes back."""
