"""The models of all tables."""

from __future__ import annotations

from inventory.database import Base
from inventory.models.catalogue import Category, Product, QuantityDiscount, TaxRate
from inventory.models.customers import Customer, CustomerGroup, ShippingRate
from inventory.models.orders import NumberSequence, Order, OrderLine, OrderState
from inventory.models.stock import Movement, MovementKind, StockLevel, Warehouse

__all__ = [
    "Base",
    "Category",
    "Customer",
    "CustomerGroup",
    "Movement",
    "MovementKind",
    "NumberSequence",
    "Order",
    "OrderLine",
    "OrderState",
    "Product",
    "QuantityDiscount",
    "ShippingRate",
    "StockLevel",
    "TaxRate",
    "Warehouse",
]
