*** Settings ***
Documentation       Products and their stock.
Library             library.py
Test Setup          Copy Template
Test Teardown       Remove Copy


*** Test Cases ***
A Product Is Added
    Run Inventory    add-product tea1 "Green tea" food 4.50 --grams 250    TEA-001 created
    Run Inventory    show-product TEA-001    TEA-001 Green tea: 4.50 EUR
    Run Inventory And Expect Error    add-product TEA-001 Tea food 1    product TEA-001 exists already

Goods Are Transferred
    Run Inventory    receive SAW-001 7    SAW-001 in MAIN: 7
    Run Inventory    transfer SAW-001 3 NORD    SAW-001 in NORD: 3

Each Test Has Its Own Database
    Run Inventory    show-product SAW-001    SAW-001 Hand saw: 24.50 EUR
    Run Inventory And Expect Error    ship SO-000001    order SO-000001 does not exist
