Feature: Goods are promised to orders, the urgent and the early ones first

  Background:
    Given the customer ada@example.com
    And 10 HAM-001 are received in A-01 at 9.00

  Scenario: An order of which all is there
    Given ada@example.com orders HAM-001 x 4
    When the order is allocated now
    Then the answer is 0
    And the order is allocated
    And the lines of the order are
      | product | quantity | allocated | open |
      | HAM-001 | 4        | 4         | 4    |
    And of HAM-001, MAIN has usable 10, reserved 4, available 6

  Scenario: An order of which a part is missing gets what there is
    Given ada@example.com orders HAM-001 x 12, SAW-001 x 3
    When the order is allocated now
    Then the answer is 5
    And the order is backordered
    And the lines of the order are
      | product | allocated |
      | HAM-001 | 10        |
      | SAW-001 | 0         |
    When I ask which pieces are missing in MAIN
    Then the answer is HAM-001 2, SAW-001 3

  Scenario: A backordered order gets the rest when it comes
    Given ada@example.com orders HAM-001 x 12
    And the order is allocated now
    And 5 HAM-001 are received in A-01 at 9.00
    When the order is allocated now
    Then the answer is 0
    And the order is allocated
    And of HAM-001, MAIN has usable 15, reserved 12, available 3
    When I ask which pieces are missing in MAIN
    Then the answer is nothing

  Scenario: A bundle is promised as its products
    Given these products
      | sku     | cents |
      | SET-001 | 5000  |
    And the bundle SET-001 contains HAM-001 x 3, SAW-001 x 1
    And 2 SAW-001 are received in A-01 at 12.00
    And ada@example.com orders SET-001 x 3
    When the order is allocated now
    Then the answer is 1
    And of HAM-001, MAIN has usable 10, reserved 6, available 4
    And of SAW-001, MAIN has usable 2, reserved 2, available 0
    When I ask which pieces are missing in MAIN
    Then the answer is HAM-001 3, SAW-001 1
    When I ask what to pick for the order
    Then the answer is HAM-001 6, SAW-001 2

  Scenario: The urgent orders come first, then the early ones
    Given ada@example.com orders HAM-001 x 6
    And ada@example.com orders HAM-001 x 6
    And 1 days have passed
    And ada@example.com orders HAM-001 x 3, with
      | express |
      | yes     |
    And ada@example.com orders SAW-001 x 1, with
      | warehouse |
      | NORD      |
    When I ask which orders wait for MAIN
    Then the answer is SO-000003, SO-000001, SO-000002
    When all orders of MAIN are allocated now
    Then the answer is SO-000003, SO-000001
    And the order SO-000002 is backordered
    And the order SO-000004 is placed
    When I ask which orders wait for MAIN
    Then the answer is SO-000002
    When I ask which orders wait for NORD
    Then the answer is SO-000004

  Scenario Outline: What does not wait is not allocated
    Given ada@example.com orders HAM-001 x 4
    And the order is allocated now
    And <before>
    When the order is allocated now
    Then it is refused: order SO-000001 is <state>: cannot allocate it

    Examples:
      | before                     | state     |
      | the order is handed over   | shipped   |
      | the order is cancelled now | cancelled |
      | it is 2026-03-03           | allocated |

  Scenario: Other promises come first
    Given 8 HAM-001 are reserved in MAIN
    And ada@example.com orders HAM-001 x 4
    When the order is allocated now
    Then the answer is 2
