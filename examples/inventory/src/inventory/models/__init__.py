"""All tables. Whoever imports this package has imported each module that defines one."""

from inventory.db.metadata import Base
from inventory.models.catalogue import Barcode, BundleItem, Category, Product, Tracking
from inventory.models.counts import CountLine, CountSheet, CountState
from inventory.models.customers import Address, Customer, CustomerGroup
from inventory.models.orders import Order, OrderLine, OrderState
from inventory.models.price_lists import Price, PriceList
from inventory.models.promotions import Promotion, Reduction, Voucher
from inventory.models.purchasing import PurchaseLine, PurchaseOrder, PurchaseState
from inventory.models.rates import ExchangeRate, ShippingRate, TaxRate
from inventory.models.records import AuditEntry, NumberSequence
from inventory.models.replenishment import ReorderRule
from inventory.models.reservations import Reservation, ReservationState
from inventory.models.returns import Condition, Return, ReturnLine, ReturnState
from inventory.models.shipments import Shipment, ShipmentLine
from inventory.models.stock import CostLayer, Movement, MovementKind, StockLevel
from inventory.models.suppliers import Supplier, SupplierProduct
from inventory.models.tracking import Lot, SerialNumber, SerialState
from inventory.models.transfers import Transfer, TransferLine, TransferState
from inventory.models.warehouses import Bin, BinKind, Warehouse

__all__ = [
    "Address",
    "AuditEntry",
    "Barcode",
    "Base",
    "Bin",
    "BinKind",
    "BundleItem",
    "Category",
    "Condition",
    "CostLayer",
    "CountLine",
    "CountSheet",
    "CountState",
    "Customer",
    "CustomerGroup",
    "ExchangeRate",
    "Lot",
    "Movement",
    "MovementKind",
    "NumberSequence",
    "Order",
    "OrderLine",
    "OrderState",
    "Price",
    "PriceList",
    "Product",
    "Promotion",
    "PurchaseLine",
    "PurchaseOrder",
    "PurchaseState",
    "Reduction",
    "ReorderRule",
    "Reservation",
    "ReservationState",
    "Return",
    "ReturnLine",
    "ReturnState",
    "SerialNumber",
    "SerialState",
    "Shipment",
    "ShipmentLine",
    "ShippingRate",
    "StockLevel",
    "Supplier",
    "SupplierProduct",
    "TaxRate",
    "Tracking",
    "Transfer",
    "TransferLine",
    "TransferState",
    "Voucher",
    "Warehouse",
]
