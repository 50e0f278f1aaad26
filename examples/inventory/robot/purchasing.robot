*** Settings ***
Documentation       From the rule to the delivery.
Resource            inventory.resource
Test Setup          Open With A Supplier
Test Teardown       Close Clone


*** Test Cases ***
What Runs Low Is Ordered And Comes
    Do    stock rule HAM-001 10 50
    Do    purchase propose
    Answer Should Be    PO-000001 at ACME: 540.00 EUR
    Do    purchase send PO-000001
    Answer Should Be    PO-000001 sent to sales@acme.example, expected on 2026-03-05
    Do    purchase propose
    Answer Should Be
    It Is    2026-03-05T08:00:00+00:00
    Do    purchase receive PO-000001 HAM-001=60
    Answer Should Be    PO-000001 received: goods for 540.00 EUR
    Do    stock show HAM-001
    Answer Should Have    RECV receiving 60    available: 60
    Books Should Agree

A Blocked Supplier Gets No Orders
    Do    supplier toggle ACME
    Answer Should Be    ACME blocked
    Refuse    purchase draft ACME HAM-001=12    1    supplier ACME is blocked


*** Keywords ***
Open With A Supplier
    Open Clone
    Do    supplier add ACME "Acme Tools" sales@acme.example --days 3
    Do    supplier offer ACME HAM-001 9.00 --pack 12
