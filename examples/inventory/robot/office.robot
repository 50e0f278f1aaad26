*** Settings ***
Documentation       What the people in the office do, and what other programs ask.
Library             Collections
Resource            inventory.resource
Test Setup          Open Clone
Test Teardown       Close Clone


*** Test Cases ***
A Product Comes Into The Catalogue And Leaves It
    Do    product add tea001 "Green tea" --category food --weight "0.25 kg" --tracking lot --shelf-life 720
    Answer Should Be    TEA-001 created
    Do    product barcode TEA-001 4006381333931 --pack 6
    Do    product scan 4006381333931
    Answer Should Be    6 x TEA-001 Green tea
    Do    product discontinue TEA-001
    Do    product show TEA-001
    Answer Should Have    TEA-001 Green tea (discontinued)    weight: 250 g    barcode: 04006381333931
    Refuse    stock receive TEA-001 1 --cost 1.00 --lot L1    1    TEA-001 is blocked

A Price Leaves A Margin
    Receive Hammers    1
    Do    price suggest HAM-001 --margin 40 --charming
    Answer Should Be    HAM-001: cost 9.00 EUR, price 15.99 EUR, margin 44 %
    Refuse    price set HAM-001 9.50    1    950 cents leave less than 8 % above a cost of 900
    Do    price set HAM-001 13.50 --minimum 10
    Do    price show HAM-001
    Answer Should Have    1 14.90    10 13.50

A Customer Asks Before Ordering
    Register Ada
    Do    price quote ada@example.com HAM-001=2 MIL-001=3
    Answer Should Be
    ...    2 x HAM-001: 29.80 EUR
    ...    3 x MIL-001: 5.97 EUR
    ...    discount: 0.00 EUR
    ...    shipping: 8.90 EUR
    ...    tax: 7.77 EUR
    ...    total: 52.44 EUR

Who Types Wrongly Is Told So
    Refuse    product show hammer    5    sku must look like AB-123, not 'hammer'
    Refuse    product show HAM-999    4    no product HAM-999
    Refuse    product add HAM-001 Hammer --category tools    6    product HAM-001 exists already

Other Programs Ask Over HTTP
    Receive Hammers    10
    Serve
    ${health} =    Get    /health
    Should Be Equal    ${health}[status]    fine
    Should Be Equal As Integers    ${health}[records][movements]    1
    ${product} =    Get    /products/HAM-001
    Should Be Equal    ${product}[name]    Claw hammer
    Get Should Fail    /products/HAM-999    404
