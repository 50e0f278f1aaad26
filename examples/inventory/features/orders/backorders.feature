Feature: Customers are told when an order can leave

  Background:
    Given the customer ada@example.com
    And it is 2026-03-04
    And 5 HAM-001 are received in A-01 at 9.00
    And these suppliers
      | code | days |
      | ACME | 3    |
      | BOLT | 1    |

  Scenario Outline: If all is there, on the next working day
    Given it is <today>
    And ada@example.com orders HAM-001 x 5
    And the order is allocated now
    When I ask when the order can leave
    Then the answer is <day>

    Examples:
      | today      | day        |
      | 2026-03-04 | 2026-03-05 |
      | 2026-03-06 | 2026-03-09 |
      | 2026-03-07 | 2026-03-10 |

  Scenario: Else when the slowest supplier delivered
    Given these offers
      | supplier | sku     | cents |
      | ACME     | HAM-001 | 900   |
      | BOLT     | SAW-001 | 900   |
    And ada@example.com orders HAM-001 x 6, SAW-001 x 1
    And the order is allocated now
    When I ask when the order can leave
    Then the answer is 2026-03-10

  Scenario: What is there does not wait for its supplier
    Given these offers
      | supplier | sku     | cents |
      | ACME     | HAM-001 | 900   |
      | BOLT     | SAW-001 | 900   |
    And ada@example.com orders HAM-001 x 5, SAW-001 x 1
    And the order is allocated now
    When I ask when the order can leave
    Then the answer is 2026-03-06

  Scenario: A bundle waits for the slowest of its products
    Given these products
      | sku     | cents |
      | SET-001 | 5000  |
    And the bundle SET-001 contains HAM-001 x 1, SAW-001 x 1
    And these offers
      | supplier | sku     | cents |
      | ACME     | HAM-001 | 900   |
      | BOLT     | SAW-001 | 900   |
    And ada@example.com orders SET-001 x 6
    And the order is allocated now
    When I ask when the order can leave
    Then the answer is 2026-03-10

  Scenario: What nobody sells cannot be promised
    Given ada@example.com orders SAW-001 x 1
    And the order is allocated now
    When I ask when the order can leave
    Then the answer is nothing

  Scenario: Cancelled orders wait for nothing
    Given ada@example.com orders SAW-001 x 1
    And the order is allocated now
    And the order is cancelled now
    When I ask which pieces are missing in MAIN
    Then the answer is nothing

  Scenario: The missing pieces of all orders are added up
    Given ada@example.com orders SAW-001 x 1
    And the order is allocated now
    And ada@example.com orders SAW-001 x 2, HAM-001 x 7
    And the order is allocated now
    When I ask which pieces are missing in MAIN
    Then the answer is SAW-001 3, HAM-001 2
