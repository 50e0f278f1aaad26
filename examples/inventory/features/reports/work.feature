Feature: Reports about what has to be done

  Background:
    Given these customers
      | email           | country |
      | ada@example.com | DE      |
      | eva@example.com | AT      |

  Scenario: Who waits, for how much, and until when
    Given this stock
      | sku     | count |
      | HAM-001 | 3     |
    And these suppliers
      | code | days |
      | ACME | 3    |
    And these offers
      | supplier | sku     | cents |
      | ACME     | HAM-001 | 700   |
    And it is 2026-02-25
    And ada@example.com orders HAM-001 x 2
    And the order is allocated now
    And it is 2026-02-27
    And ada@example.com orders HAM-001 x 2
    And the order is allocated now
    And eva@example.com orders SAW-001 x 1
    And eva@example.com orders CAB-001 x 1
    And the order is cancelled now
    And it is 2026-03-02
    When I ask for the report "open-orders"
    Then the report says
      | Order     | Customer        | State       | Age | Open | Missing | Promised     | Total |
      | SO-000001 | ada@example.com | allocated   | 5   | 2    | 0       | 2026-03-03   | 41.29 |
      | SO-000002 | ada@example.com | backordered | 3   | 2    | 1       | 2026-03-06   | 41.29 |
      | SO-000003 | eva@example.com | placed      | 3   | 1    | 1       | nobody knows | 41.28 |
    And the totals are
      | Age | Open | Missing | Total  |
      | 11  | 5    | 2       | 123.86 |

  Scenario: How long customers wait
    Given this stock
      | sku     | count |
      | HAM-001 | 9     |
    And ada@example.com orders HAM-001 x 1
    And the order is allocated now
    And it is 2026-03-04
    And the order is handed over
    And ada@example.com orders HAM-001 x 1
    And eva@example.com orders HAM-001 x 1
    And the order is allocated now
    And the order is handed over
    And the order SO-000002 is allocated now
    And it is 2026-03-11
    And ada@example.com orders HAM-001 x 1
    And the order is allocated now
    And it is 2026-03-16
    And the order is handed over
    When I ask for the report "delivery-times"
    Then the report says
      | Country | Shipments | Mean days | Slowest | In time |
      | AT      | 1         | 0         | 0       | 100 %   |
      | DE      | 2         | 3         | 3       | 50 %    |
    When I ask for the report "delivery-times"
      | period  |
      | 2026-02 |
    Then the report is empty

  Scenario: What to order
    Given these suppliers
      | code | days |
      | ACME | 3    |
    And these offers
      | supplier | sku     | cents | pack |
      | ACME     | HAM-001 | 700   | 6    |
      | ACME     | CAB-001 | 30    | 1    |
    And below 5, HAM-001 in MAIN is filled up to 20
    And below 5, CAB-001 in MAIN is filled up to 10
    And below 5, SAW-001 in MAIN is filled up to 10
    When I ask for the report "replenishment"
    Then the report says
      | Supplier | Items                      | Pieces | Cost   | Expected   |
      | ACME     | CAB-001 x 10, HAM-001 x 24 | 34     | 171.00 | 2026-03-05 |
      | nobody   | SAW-001 x 10               | 10     | -      | -          |
    And the totals are
      | Pieces | Cost   |
      | 44     | 171.00 |

  Scenario: How good the suppliers are
    Given these suppliers
      | code | days |
      | ACME | 3    |
      | BOLT | 2    |
    And these offers
      | supplier | sku     | cents |
      | ACME     | HAM-001 | 1000  |
      | BOLT     | HAM-001 | 800   |
    And HAM-001 x 1 are bought from ACME
    And 7 days have passed
    And HAM-001 x 1 arrive in RECV
    When I ask for the report "supplier-scores"
    Then the report says
      | Supplier | Punctuality | Completeness | Price | Days | Grade |
      | BOLT     | 100 %       | 100 %        | 100 % | 2    | A     |
      | ACME     | 0 %         | 100 %        | 80 %  | 5    | C     |

  Scenario: Every report can be made of an empty database
    When I ask which reports there are
    Then the answer is 18

  Scenario Outline: What nobody knows cannot be reported
    When I ask for the report "<report>"
      | warehouse   | period   |
      | <warehouse> | <period> |
    Then it is refused: <message>

    Examples:
      | report      | warehouse | period | message                                                           |
      | stock-value | SOUTH     | 2026   | no warehouse SOUTH                                                |
      | stock-value | MAIN      | soon   | period must look like 2026, 2026-Q1 or 2026-03, not 'soon'        |

  Scenario: There is no report about the weather
    When I ask for the report "weather"
    Then the error is of the kind InvalidValueError
    And the error's field is report
