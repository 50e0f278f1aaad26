Feature: The stock over HTTP

  Scenario: Goods are received
    When I POST /stock/receipts with
      """
      {"sku": "HAM-001", "quantity": 20, "unit_cost_cents": 700, "bin": "A-01", "reference": "gift"}
      """
    Then the status is 201
    And the header Location is /stock/HAM-001
    When I GET /stock/ham-001
    Then the answer has
      | field     | value                   |
      | sku       | "HAM-001"               |
      | on_hand   | 20                      |
      | available | {"MAIN": 20}            |

  Scenario: Lots are received, too
    When I POST /stock/receipts with
      """
      {"sku": "MIL-001", "quantity": 12, "unit_cost_cents": 80, "lot": "L1", "warehouse": "NORD"}
      """
    Then the status is 201
    And the lots of MIL-001 in NORD are L1 12 2026-08-29

  Scenario Outline: What makes no sense is not received
    When I POST /stock/receipts with
      """
      {"sku": "HAM-001", "quantity": <quantity>, "unit_cost_cents": 700, "bin": "<bin>"}
      """
    Then the status is <status>
    And the problem is <kind>: <detail>

    Examples:
      | quantity | bin  | status | kind           | detail                                     |
      | 0        | A-01 | 422    | invalid-value  | quantity must be positive, not 0           |
      | true     | A-01 | 422    | invalid-value  | quantity must be of the type int, not True |
      | 501      | A-01 | 409    | bin-full       | bin A-01 has space for 500 more, not for 501 |
      | 1        | Z-99 | 404    | unknown-record | no bin Z-99                                |

  Scenario Outline: The stock is corrected by a difference, or to what was counted
    Given 20 HAM-001 are received in RECV at 7.00
    When I POST /stock/adjustments with
      """
      {"sku": "HAM-001", <change>, "reason": "counted"}
      """
    Then the status is 201
    And <left> HAM-001 are on hand in MAIN

    Examples:
      | change           | left |
      | "difference": -3 | 17   |
      | "difference": 2  | 22   |
      | "counted": 18    | 18   |

  Scenario: More than there is cannot be lost
    Given 2 HAM-001 are received in RECV at 7.00
    When I POST /stock/adjustments with
      """
      {"sku": "HAM-001", "difference": -3, "reason": "counted"}
      """
    Then the status is 409
    And the problem is shortage: HAM-001: 3 asked for, 2 available
    And the answer has
      | field   | value      |
      | missing | 1          |
      | title   | "Conflict" |
