*** Settings ***
Documentation       What customers order, wait for, and give up.
Resource            inventory.resource
Test Setup          Open A House
Test Teardown       Close Clone


*** Test Cases ***
A Customer Waits For What Is Missing
    Do    order place ada@example.com HAM-001=12
    Do    order allocate SO-000001
    Answer Should Be    SO-000001 backordered, 2 pieces missing
    Do    report open-orders --format csv
    Answer Should Have    SO-000001,ada@example.com,backordered,0,12,2,nobody knows,223.36
    Receive Hammers    5
    Do    order allocate-all
    Answer Should Be    allocated: SO-000001

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
