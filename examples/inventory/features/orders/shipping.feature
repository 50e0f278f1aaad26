Feature: What is allocated leaves the house

  Background:
    Given the customer ada@example.com
    And this stock
      | sku     | count | cents | lot | numbers  |
      | HAM-001 | 10    | 900   |     |          |
      | MIL-001 | 10    | 90    | M1  |          |
      | PHO-001 | 3     | 30000 |     | P1 P2 P3 |

  Scenario: A whole order leaves
    Given ada@example.com orders HAM-001 x 4, MIL-001 x 3
    And the order is allocated now
    When the order is handed over
    Then the order is shipped
    And the shipment has
      | number    | weight grams | parcels | tracking code |
      | SH-000001 | 5800         | 1       | nothing       |
    And the lines of the shipment are
      | quantity | cost cents |
      | 4        | 3600       |
      | 3        | 270        |
    And the lines of the order are
      | product | allocated | shipped | open |
      | HAM-001 | 0         | 4       | 0    |
      | MIL-001 | 0         | 3       | 0    |
    And of HAM-001, MAIN has usable 6, reserved 0, available 6
    And the lots of MIL-001 in MAIN are M1 7 2026-08-29
    And the movements of MIL-001 in MAIN are
      | kind    | quantity | reference |
      | receipt | 10       | nothing   |
      | issue   | -3       | SH-000001 |

  Scenario: A part leaves now, the rest when it comes
    Given ada@example.com orders HAM-001 x 12
    And the order is allocated now
    When the order is handed over
    Then the order is partly-shipped
    And the lines of the order are
      | product | quantity | allocated | shipped | open |
      | HAM-001 | 12       | 0         | 10      | 2    |
    When I ask which pieces are missing in MAIN
    Then the answer is HAM-001 2
    Given 5 HAM-001 are received in A-01 at 9.00
    When the order is allocated now
    Then the order is partly-shipped
    When the order is handed over
    Then the order is shipped
    And the shipments of the order are SH-000001, SH-000002

  Scenario: Nothing is promised, nothing leaves
    Given ada@example.com orders SAW-001 x 1
    When the order is handed over
    Then it is refused: nothing of order SO-000001 can be shipped: allocate it first

  Scenario Outline: An order leaves once
    Given ada@example.com orders HAM-001 x 1
    And the order is allocated now
    And <before>
    When the order is handed over
    Then it is refused: order SO-000001 is <state>: cannot ship it

    Examples:
      | before                     | state     |
      | the order is handed over   | shipped   |
      | the order is cancelled now | cancelled |

  Scenario: Telephones leave with their numbers
    Given ada@example.com orders PHO-001 x 2
    And the order is allocated now
    When the order is handed over with the PHO-001 P3, P1
    Then the order is shipped
    And the PHO-001 in stock have the numbers P2

  Scenario Outline: The numbers have to be those of the order
    Given ada@example.com orders PHO-001 x 2
    And the order is allocated now
    When the order is handed over with the <sku> <numbers>
    Then it is refused: <message>
    And the order is allocated
    And the PHO-001 in stock have the numbers P1, P2, P3

    Examples:
      | sku     | numbers    | message                                                   |
      | PHO-001 | P1         | serial numbers of PHO-001 must be 2 different ones, not 1 |
      | PHO-001 | P1, P2, P3 | serial numbers left over: PHO-001                         |
      | PHO-001 | P1, P9     | no serialnumber P9                                        |
      | HAM-001 | P1, P2     | serial numbers of PHO-001 must be 2 different ones, not 0 |

  Scenario: Numbers are shared among the lines that have promises
    Given these products
      | sku     | cents |
      | SET-001 | 70000 |
    And the bundle SET-001 contains PHO-001 x 1, HAM-001 x 1
    And ada@example.com orders SET-001 x 1, PHO-001 x 1
    And the order is allocated now
    When the order is handed over with the PHO-001 P1, P2
    Then the order is shipped
    And the lines of the shipment are
      | quantity | cost cents |
      | 1        | 30900      |
      | 1        | 30000      |
    And the PHO-001 in stock have the numbers P3

  Scenario: A shipment is tracked under one code
    Given ada@example.com orders HAM-001 x 1
    And the order is allocated now
    And the order is handed over
    When the shipment is tracked as "JJD000390007"
    Then the shipment has
      | tracking code |
      | JJD000390007  |
    When the shipment is tracked as "JJD000390008"
    Then it is refused: shipment SH-000001 is tracked: cannot track it

  Scenario: What is too heavy for a parcel stays
    Given these products
      | sku     | grams | cents |
      | ANV-001 | 40000 | 30000 |
    And 1 ANV-001 are received in RECV at 90.00
    And ada@example.com orders ANV-001 x 1
    And the order is allocated now
    When the order is handed over
    Then it is refused: ANV-001 weighs 40000 g, a parcel takes 31250 g
    And 1 ANV-001 are on hand in MAIN
