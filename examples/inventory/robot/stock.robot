*** Settings ***
Documentation       What the people in the warehouse do.
Resource            inventory.resource
Test Setup          Open Clone
Test Teardown       Close Clone


*** Test Cases ***
Goods Are Put Away
    Do    stock receive HAM-001 60 --cost 9.00
    Do    stock put-away HAM-001 60
    Answer Should Be    60 to A-01
    Do    stock move HAM-001 20 a-01 p-01
    Answer Should Be    20 x HAM-001 from A-01 to P-01
    Do    stock show ham001
    Answer Should Have    P-01 picking 20    A-01 storage 40    Total 60    available: 60
    Books Should Agree

A Full Bin Refuses, And Nothing Has Moved
    Do    stock receive HAM-001 101 --cost 9.00
    Refuse    stock move HAM-001 101 RECV P-01    1    bin P-01 has space for 100 more, not for 101
    Do    stock movements HAM-001
    Answer Should Be
    ...    Movements of HAM-001 in MAIN
    ...    Day Kind Bin Pieces Reference
    ...    ---------- ------- ---- ------ ---------
    ...    2026-03-02 receipt RECV 101

Goods In Quarantine Are Not Promised
    Do    stock receive HAM-001 5 --bin QUAR --cost 9.00
    Do    stock show HAM-001
    Answer Should Have    QUAR quarantine 5    available: 0

The Value Of The Stock Follows The Receipts
    Do    stock receive HAM-001 10 --bin A-01 --cost 9.00
    It Is    2026-03-03T09:00:00+00:00
    Do    stock receive HAM-001 10 --bin A-01 --cost 11.00
    Do    stock adjust HAM-001 A-01 -5 --reason broken
    Do    report stock-value --format csv
    Answer Should Have    HAM-001,15,155.00,150.00,5.00

Each Test Has A Database Of Its Own
    Do    report stock-value --format csv
    Answer Should Be    SKU,Pieces,FIFO,Average,Difference
    Refuse    order show SO-000001    4    no order SO-000001
