*** Settings ***
Documentation       The life of an order, from the arrival of the goods to the shipment.
Library             library.py
Test Setup          Open Shop
Test Teardown       Remove Copy


*** Test Cases ***
An Order Is Shipped
    Run Inventory    place ada@example.com HAM-001=2    SO-000001: 41.29 EUR
    Run Inventory    allocate SO-000001    SO-000001 allocated, 0 missing
    Run Inventory    ship SO-000001    SO-000001 shipped
    Run Inventory    show-product HAM-001
    ...    HAM-001 Claw hammer: 14.90 EUR
    ...    2026-03-02 MAIN receipt +10
    ...    2026-03-02 MAIN shipment -2 SO-000001

An Order Waits For Goods
    Run Inventory    place ada@example.com HAM-001=12
    Run Inventory    allocate SO-000001    SO-000001 backordered, 2 missing
    Run Inventory And Expect Error    ship SO-000001    cannot ship order SO-000001: it is backordered
    Run Inventory    receive HAM-001 5    HAM-001 in MAIN: 15
    Run Inventory    allocate SO-000001    SO-000001 allocated, 0 missing

A Cancelled Order Releases Its Goods
    Run Inventory    place ada@example.com HAM-001=10
    Run Inventory    allocate SO-000001
    Run Inventory And Expect Error    transfer HAM-001 1 NORD    HAM-001: 1 requested, 0 available
    Run Inventory    cancel SO-000001    SO-000001 cancelled
    Run Inventory    transfer HAM-001 1 NORD    HAM-001 in NORD: 1


*** Keywords ***
Open Shop
    [Documentation]    Register a customer and receive ten hammers.
    Copy Template
    Run Inventory    add-customer "Ada Lovelace" ada@example.com DE
    Run Inventory    receive HAM-001 10
