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

A Customer Waits For What Is Missing
    Do    order place ada@example.com HAM-001=12
    Do    order allocate SO-000001
    Answer Should Be    SO-000001 backordered, 2 pieces missing
    Do    report open-orders --format csv
    Answer Should Have    SO-000001,ada@example.com,backordered,0,12,2,nobody knows,223.36
    Receive Hammers    5
    Do    order allocate-all
    Answer Should Be    allocated: SO-000001

A Shipped Order Cannot Be Cancelled
    Do    order place ada@example.com HAM-001=1
    Do    order allocate SO-000001
    Do    order ship SO-000001
    Refuse    order cancel SO-000001    6    order SO-000001 is shipped: cannot cancel it
    Refuse    order ship SO-000001    6    order SO-000001 is shipped: cannot ship it

A Cancelled Order Gives Its Promises Back
    Do    order place ada@example.com HAM-001=10
    Do    order allocate SO-000001
    Do    stock show HAM-001
    Answer Should Have    available: 0
    Do    order cancel SO-000001
    Do    stock show HAM-001
    Answer Should Have    available: 10

A Refused Order Leaves Nothing Behind
    Do    customer limit ada@example.com 20.00
    Refuse    order place ada@example.com HAM-001=1    1
    ...    ada@example.com would be 356 cents over the credit limit
    Do    customer limit ada@example.com
    Do    order place ada@example.com HAM-001=1
    Answer Should Be    SO-000001: 23.56 EUR

Telephones Leave With Their Numbers
    Do    stock receive PHO-001 2 --bin A-01 --cost 300.00 --serial P1 P2
    Do    order place ada@example.com PHO-001=1
    Do    order allocate SO-000001
    Refuse    order ship SO-000001    5    serial numbers of PHO-001 must be 1 different ones, not 0
    Do    order ship SO-000001 --serial PHO-001=P2
    Answer Should Be    SH-000001: 1 parcels, 440 g; order shipped


*** Keywords ***
Open A House
    Open Clone
    Register Ada
    Receive Hammers    10
