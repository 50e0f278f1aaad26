Feature: Goods are worth what they have cost

  Background:
    Given 10 HAM-001 are received in A-01 at 9.00
    And 1 days have passed
    And 10 HAM-001 are received in A-01 at 11.00

  Scenario: The oldest layers go first, the average stays
    When 15 HAM-001 are issued from MAIN
    Then they had cost 145.00
    And the cost layers of HAM-001 in MAIN are 5 at 11.00
    And the moving average of HAM-001 in MAIN is 5 pieces at 10.00
    And HAM-001 in MAIN is valued at
      | sku     | quantity | fifo cents | average cents | difference cents |
      | HAM-001 | 5        | 5500       | 5000          | 500              |

  Scenario: Each receipt shifts the average
    When 5 HAM-001 are received in A-01 at 15.00
    Then the moving average of HAM-001 in MAIN is 25 pieces at 11.00
    And a piece of HAM-001 cost 15.00 when it last came to MAIN

  Scenario: An empty shelf is worth nothing, and the next receipt begins anew
    When 20 HAM-001 are issued from MAIN
    Then the moving average of HAM-001 in MAIN is 0 pieces at 0.00
    And the cost layers of HAM-001 in MAIN are nothing
    And a piece of HAM-001 cost 11.00 when it last came to MAIN
    When 3 HAM-001 are received in A-01 at 8.00
    Then the moving average of HAM-001 in MAIN is 3 pieces at 8.00

  Scenario: An average is rounded, a value is not
    Given 1 SAW-001 are received in A-01 at 1.00
    And 2 SAW-001 are received in A-01 at 1.01
    Then the moving average of SAW-001 in MAIN is 3 pieces at 1.01
    And SAW-001 in MAIN is valued at
      | quantity | fifo cents | average cents |
      | 3        | 302        | 302           |

  Scenario: Carrying goes unnoticed
    When 4 HAM-001 are carried from A-01 to P-01
    Then the moving average of HAM-001 in MAIN is 20 pieces at 10.00
    And all goods in MAIN have cost 200.00

  Scenario: The goods of a warehouse are valued, the most valuable first
    Given 1 SAW-001 are received in A-01 at 12.00
    And 1 CAB-001 are received in A-01 at 12.00
    And 1 SAW-001 are received in NORD/A-01 at 1.00
    And 1 CAB-001 are issued from MAIN
    Then the goods in MAIN are valued at
      | sku     | quantity | fifo cents | average cents | difference cents |
      | HAM-001 | 20       | 20000      | 20000         | 0                |
      | SAW-001 | 1        | 1200       | 1200          | 0                |
      | CAB-001 | 0        | 0          | 0             | 0                |
    And all goods in MAIN have cost 212.00
    And all goods in NORD have cost 1.00

  Scenario: What never came has cost nothing
    Then a piece of SAW-001 cost 0.00 when it last came to MAIN
    And SAW-001 in MAIN is valued at
      | quantity | fifo cents | average cents |
      | 0        | 0          | 0             |

  @tampered
  Scenario: More than the layers hold cannot go out, even if more lies there
    Given somebody takes 18 HAM-001 out of the cost layers in MAIN
    When 3 HAM-001 are issued from MAIN
    Then it is refused: HAM-001: 3 asked for, 2 available
    And 20 HAM-001 are on hand in MAIN
