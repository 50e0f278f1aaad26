*** Settings ***
Documentation       From the order to the parcel.
Resource            inventory.resource
Test Setup          Open A House
Test Teardown       Close Clone


*** Test Cases ***
An Order Leaves The House
    Do    order place ada@example.com HAM-001=2
    Answer Should Be    SO-000001: 41.29 EUR
    Do    order allocate SO-000001
    Answer Should Be    SO-000001 allocated
    It Is    2026-03-03T10:00:00+00:00
    Do    order ship SO-000001
    Answer Should Be    SH-000001: 1 parcels, 1450 g; order shipped
    Do    stock show HAM-001
    Answer Should Have    A-01 storage 8    available: 8
    Do    log of order SO-000001
    Answer Should Have
    ...    2026-03-03 office ship order SO-000001 SH-000001
    ...    2026-03-02 office place order SO-000001 ada@example.com
    Books Should Agree

A Shipped Order Cannot Be Cancelled
    Do    order place ada@example.com HAM-001=1
    Do    order allocate SO-000001
    Do    order ship SO-000001
    Refuse    order cancel SO-000001    6    order SO-000001 is shipped: cannot cancel it
    Refuse    order ship SO-000001    6    order SO-000001 is shipped: cannot ship it

Telephones Leave With Their Numbers
    Do    stock receive PHO-001 2 --bin A-01 --cost 300.00 --serial P1 P2
    Do    order place ada@example.com PHO-001=1
    Do    order allocate SO-000001
    Refuse    order ship SO-000001    5    serial numbers of PHO-001 must be 1 different ones, not 0
    Do    order ship SO-000001 --serial PHO-001=P2
    Answer Should Be    SH-000001: 1 parcels, 440 g; order shipped
