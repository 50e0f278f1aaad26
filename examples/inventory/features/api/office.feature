Feature: Purchases, reports, history and health over HTTP

  Scenario: Goods are bought and received
    Given these suppliers
      | code | days |
      | ACME | 3    |
    And these offers
      | supplier | sku     | cents |
      | ACME     | MIL-001 | 80    |
      | ACME     | PHO-001 | 20000 |
    When I POST /purchases with
      """
      {"supplier": "acme", "items": {"MIL-001": 10, "PHO-001": 2}}
      """
    Then the status is 201
    And the header Location is /purchases/PO-000001
    And the answer has
      | field       | value        |
      | state       | "sent"       |
      | expected_on | "2026-03-05" |
      | total_cents | 40800        |
    When I POST /purchases/PO-000001/receipts with
      """
      {"items": {"MIL-001": 10}, "lots": {"MIL-001": "L7"}}
      """
    Then the status is 201
    And the answer has
      | field      | value             |
      | state      | "partly-received" |
      | cost_cents | 800               |
    When I POST /purchases/PO-000001/receipts with
      """
      {"items": {"PHO-001": 2}, "serial_numbers": {"PHO-001": ["A1", "A2"]}, "bin": "A-01"}
      """
    Then the status is 201
    When I GET /purchases/PO-000001
    Then the answer has
      | field            | value      |
      | state            | "received" |
      | lines.1.received | 2          |

  Scenario: A draft is expected at no certain time
    Given these suppliers
      | code | days |
      | ACME | 3    |
    And these offers
      | supplier | sku     | cents |
      | ACME     | HAM-001 | 800   |
    And HAM-001 x 5 are drafted for ACME
    When I GET /purchases/po-000001
    Then the answer has
      | field       | value   |
      | state       | "draft" |
      | expected_on | null    |

  Scenario: Far too many pieces are a conflict
    Given these suppliers
      | code | days |
      | ACME | 3    |
    And these offers
      | supplier | sku     | cents |
      | ACME     | HAM-001 | 800   |
    And HAM-001 x 5 are bought from ACME
    When I POST /purchases/PO-000001/receipts with
      """
      {"items": {"HAM-001": 50}}
      """
    Then the status is 409
    And the problem is over-delivery: HAM-001: 50 delivered, at most 5 accepted

  Scenario: Reports are listed
    When I GET /reports
    Then the answer has
      | field        | value                  |
      | items.0.name | "abc-classes"          |
      | items.0.href | "/reports/abc-classes" |

  Scenario: A report is JSON, unless somebody wishes otherwise
    Given 20 HAM-001 are received in NORD/A-01 at 7.00
    When I GET /reports/stock-value?warehouse=NORD
    Then the header Content-Type is application/json; charset=utf-8
    And the answer has
      | field         | value                 |
      | title         | "Stock value of NORD" |
      | rows.0.SKU    | "HAM-001"             |
      | rows.0.FIFO   | 14000                 |
      | totals.Pieces | 20                    |
    Given I accept text/csv, */*
    When I GET /reports/stock-value?warehouse=NORD
    Then the header Content-Type is text/csv; charset=utf-8
    And the body reads
      """
      SKU,Pieces,FIFO,Average,Difference
      HAM-001,20,140.00,140.00,0.00
      """

  Scenario: Reports are about periods
    When I GET /reports/sales?period=2025
    Then the answer has
      | field | value           |
      | title | "Sales in 2025" |
    When I GET /reports/sales?period=always
    Then the status is 422

  Scenario: All is well
    Given 20 HAM-001 are received in A-01 at 7.00
    When I GET /health
    Then the answer has
      | field             | value  |
      | status            | "fine" |
      | records.products  | 6      |
      | records.movements | 1      |

  Scenario: It is known who did what
    Given I am bob
    And I DELETE /products/CAB-001
    When I GET /history/product/CAB-001
    Then the answer has
      | field          | value                       |
      | total          | 1                           |
      | items.0.actor  | "bob"                       |
      | items.0.action | "discontinue"               |
      | items.0.at     | "2026-03-02T09:00:00+00:00" |

  Scenario: Who is unknown is the API
    Given I DELETE /products/CAB-001
    When I GET /history/product/CAB-001
    Then the answer has
      | field         | value |
      | items.0.actor | "api" |

  Scenario: What was changed before an error is taken back
    Given these suppliers
      | code | days |
      | ACME | 3    |
    And these offers
      | supplier | sku     | cents |
      | ACME     | HAM-001 | 800   |
      | ACME     | MIL-001 | 80    |
    And HAM-001 x 5, MIL-001 x 5 are bought from ACME
    When I POST /purchases/PO-000001/receipts with
      """
      {"items": {"HAM-001": 5, "MIL-001": 5}}
      """
    Then the status is 422
    And 0 HAM-001 are on hand in MAIN

  Scenario: Nothing is found at unknown paths
    When I GET /weather
    Then the status is 404
    And the problem is no-route: nothing is found at /weather

  Scenario: Not everything can be done everywhere
    When I DELETE /reports
    Then the status is 405
    And the problem is method: DELETE is not possible here, but GET
    And the header Allow is GET
