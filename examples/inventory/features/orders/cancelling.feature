Feature: What was not shipped can be cancelled

  Background:
    Given the customer ada@example.com
    And 10 HAM-001 are received in A-01 at 9.00

  Scenario: A cancelled order gives its promises back
    Given ada@example.com orders HAM-001 x 4
    And the order is allocated now
    When the order is cancelled now
    Then the order is cancelled
    And the lines of the order are
      | product | quantity | allocated | cancelled | open |
      | HAM-001 | 4        | 0         | 4         | 0    |
    And of HAM-001, MAIN has usable 10, reserved 0, available 10

  Scenario Outline: An order that is over or on its way is not cancelled
    Given ada@example.com orders HAM-001 x <count>
    And the order is allocated now
    And <before>
    When the order is cancelled now
    Then it is refused: order SO-000001 is <state>: cannot cancel it

    Examples:
      | count | before                     | state          |
      | 4     | the order is handed over   | shipped        |
      | 12    | the order is handed over   | partly-shipped |
      | 4     | the order is cancelled now | cancelled      |

  Scenario: Single pieces are cancelled: the missing ones first
    Given ada@example.com orders HAM-001 x 12, SAW-001 x 1
    And the order is allocated now
    When 3 HAM-001 of the order are cancelled
    Then the answer is 5319
    And the lines of the order are
      | product | quantity | allocated | cancelled | open |
      | HAM-001 | 12       | 9         | 3         | 9    |
      | SAW-001 | 1        | 0         | 0         | 1    |
    And of HAM-001, MAIN has usable 10, reserved 9, available 1
    And the order has
      | goods cents | tax cents | total cents | state       |
      | 15860       | 3183      | 19933       | backordered |

  Scenario: What was missing is cancelled without touching the promises
    Given ada@example.com orders HAM-001 x 12, SAW-001 x 1
    And the order is allocated now
    When 2 HAM-001 of the order are cancelled
    Then of HAM-001, MAIN has usable 10, reserved 10, available 0

  Scenario: When the last missing piece is cancelled, the order waits for nothing
    Given ada@example.com orders HAM-001 x 12
    And the order is allocated now
    When 2 HAM-001 of the order are cancelled
    Then the order is allocated

  Scenario: When the last open piece of a partly shipped order is cancelled, it is shipped
    Given ada@example.com orders HAM-001 x 12
    And the order is allocated now
    And the order is handed over
    When 1 HAM-001 of the order are cancelled
    Then the order is partly-shipped
    When 1 HAM-001 of the order are cancelled
    Then the order is shipped

  Scenario: Cancelling all pieces cancels the order
    Given this voucher is issued
      | code   | reduction | value |
      | SPRING | amount    | 100   |
    And ada@example.com orders HAM-001 x 2, with
      | voucher |
      | SPRING  |
    When 2 HAM-001 of the order are cancelled
    Then the answer is 4010
    And the order is cancelled
    And the voucher SPRING has been used 0 times

  Scenario: Pieces that are cancelled one by one never cost more than they did together
    Given these products
      | sku     | cents |
      | NUT-001 | 5     |
    And this promotion starts
      | code | reduction | value | sku     |
      | HALF | percent   | 50    | NUT-001 |
    And ada@example.com orders NUT-001 x 3, HAM-001 x 1
    When 1 NUT-001 of the order are cancelled
    And 1 NUT-001 of the order are cancelled
    And 1 NUT-001 of the order are cancelled
    Then the order has
      | goods cents | tax cents |
      | 1490        | 376       |

  Scenario: Pieces of a bundle are cancelled as what it contains
    Given these products
      | sku     | cents |
      | SET-001 | 5000  |
    And the bundle SET-001 contains HAM-001 x 3, CAB-001 x 1
    And 10 CAB-001 are received in A-01 at 0.10
    And ada@example.com orders SET-001 x 3
    And the order is allocated now
    When 1 SET-001 of the order are cancelled
    Then of HAM-001, MAIN has usable 10, reserved 6, available 4
    And of CAB-001, MAIN has usable 10, reserved 2, available 8

  Scenario Outline: Only open pieces are cancelled
    Given ada@example.com orders HAM-001 x 12
    And the order is allocated now
    And <before>
    When <count> HAM-001 of the order are cancelled
    Then it is refused: <message>

    Examples:
      | before                     | count | message                                        |
      | it is 2026-03-03           | 13    | quantity must be at most 12, which are open    |
      | the order is handed over   | 3     | quantity must be at most 2, which are open     |
      | it is 2026-03-03           | 0     | quantity must be positive, not 0               |
      | the order is cancelled now | 1     | order SO-000001 is cancelled: cannot change it |

  Scenario: What is to stay promised has to be there
    Given ada@example.com orders HAM-001 x 10
    And the order is allocated now
    And -8 HAM-001 are corrected in A-01 because of "theft"
    When 1 HAM-001 of the order are cancelled
    Then it is refused: HAM-001: 9 asked for, 2 available

  Scenario: The voucher's discount shrinks with the order
    Given this voucher is issued
      | code   | reduction | value |
      | SPRING | amount    | 2000  |
    And ada@example.com orders HAM-001 x 2, with
      | voucher |
      | SPRING  |
    Then the order has
      | goods cents | discount cents | shipping cents | tax cents | total cents |
      | 2980        | 2000           | 490            | 279       | 1749        |
    When 1 HAM-001 of the order are cancelled
    Then the answer is 583
    And the order has
      | goods cents | discount cents | shipping cents | tax cents | total cents |
      | 1490        | 1000           | 490            | 186       | 1166        |
