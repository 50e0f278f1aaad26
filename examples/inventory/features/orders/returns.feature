Feature: Goods come back in time, in some condition

  Background:
    Given the customer ada@example.com
    And this stock
      | sku     | count | cents | lot | numbers |
      | HAM-001 | 10    | 900   |     |         |
      | MIL-001 | 10    | 90    | M1  |         |
      | PHO-001 | 2     | 30000 |     | P1 P2   |

  Scenario: A return as new goes to receiving, a damaged one to quarantine
    Given ada@example.com orders HAM-001 x 4, MIL-001 x 2
    And the order is allocated now
    And the order is handed over
    When a return of HAM-001 x 2, MIL-001 x 1 is requested because of "too many"
    Then the return RT-000001 is requested
    When the return arrives
      | sku     | condition |
      | HAM-001 | as-new    |
      | MIL-001 | damaged   |
    Then the return RT-000001 is received
    And the bin RECV holds HAM-001 2
    And the bin QUAR holds MIL-001 1
    And the lots of MIL-001 in MAIN are M1 8 2026-08-29, RETURNED 1 2026-08-29
    And of MIL-001, MAIN has usable 8, reserved 0, available 8
    And the movements of HAM-001 in MAIN are
      | kind    | quantity | reference | unit cost cents |
      | receipt | 10       | nothing   | 900             |
      | issue   | -4       | SH-000001 | nothing         |
      | return  | 2        | RT-000001 | 900             |

  Scenario: A refund is what was paid, less what the condition has cost
    Given ada@example.com orders HAM-001 x 4, MIL-001 x 2
    And the order is allocated now
    And the order is handed over
    And a return of HAM-001 x 3, MIL-001 x 1 is requested because of "too many"
    And the return arrives
      | sku     | condition |
      | HAM-001 | opened    |
      | MIL-001 | as-new    |
    When the return is refunded now
    Then the answer is 4468
    And the return RT-000001 is refunded
    And the lines of the return are
      | quantity | condition | refund cents |
      | 3        | opened    | 4255         |
      | 1        | as-new    | 213          |

  Scenario Outline: The worse the condition, the smaller the refund
    Given ada@example.com orders HAM-001 x 1
    And the order is allocated now
    And the order is handed over
    And a return of HAM-001 x 1 is requested because of "changed my mind"
    And the return arrives
      | sku     | condition   |
      | HAM-001 | <condition> |
    When the return is refunded now
    Then the answer is <cents>

    Examples:
      | condition | cents |
      | as-new    | 1773  |
      | opened    | 1418  |
      | damaged   | 709   |

  Scenario: The voucher's discount is given back in proportion
    Given this voucher is issued
      | code   | reduction | value |
      | SPRING | amount    | 1000  |
    And ada@example.com orders HAM-001 x 4, MIL-001 x 2, with
      | voucher |
      | SPRING  |
    And the order is allocated now
    And the order is handed over
    And a return of HAM-001 x 4 is requested because of "all of them"
    And the return arrives
      | sku     | condition |
      | HAM-001 | as-new    |
    When the return is refunded now
    Then the answer is 5977

  Scenario: A telephone comes back with its number
    Given ada@example.com orders PHO-001 x 1
    And the order is allocated now
    And the order is handed over with the PHO-001 P1
    And a return of PHO-001 x 1 is requested because of "too loud"
    When the return arrives
      | sku     | condition | numbers |
      | PHO-001 | opened    |         |
    Then it is refused: serial numbers of PHO-001 must be 1 different ones, not 0
    When the return arrives
      | sku     | condition | numbers |
      | PHO-001 | opened    | P1      |
    Then the PHO-001 in stock have the numbers P1, P2

  Scenario: No piece comes back twice
    Given ada@example.com orders HAM-001 x 4
    And the order is allocated now
    And the order is handed over
    When a return of HAM-001 x 3 is requested because of "too many"
    And I ask how many HAM-001 of the order may come back
    Then the answer is 1
    When a return of HAM-001 x 2 is requested because of "too many"
    Then it is refused: order SO-000001: HAM-001: 1 may come back

  Scenario: A rejected return may be announced again
    Given ada@example.com orders HAM-001 x 4
    And the order is allocated now
    And the order is handed over
    And a return of HAM-001 x 4 is requested because of "too many"
    When the return is rejected now
    Then the return RT-000001 is rejected
    When I ask how many HAM-001 of the order may come back
    Then the answer is 4

  Scenario Outline: Goods come back up to thirty days after they were shipped
    Given ada@example.com orders HAM-001 x 4
    And the order is allocated now
    And the order is handed over
    And <days> days have passed
    When a return of HAM-001 x <count> is requested because of "<reason>"
    Then it is refused: <message>

    Examples:
      | days | count | reason   | message                                   |
      | 31   | 1     | too many | order SO-000001: more than 30 days ago    |
      | 30   | 5     | too many | order SO-000001: HAM-001: 4 may come back |
      | 0    | 0     | too many | quantity must be positive, not 0          |

  Scenario: On the thirtieth day, it is not too late
    Given ada@example.com orders HAM-001 x 4
    And the order is allocated now
    And the order is handed over
    And 30 days have passed
    When a return of HAM-001 x 1 is requested because of "too many"
    Then the return RT-000001 is requested

  Scenario: What was not shipped does not come back
    Given ada@example.com orders HAM-001 x 4
    When a return of HAM-001 x 1 is requested because of "too many"
    Then it is refused: order SO-000001: nothing to return

  Scenario: An empty parcel is no return
    Given ada@example.com orders HAM-001 x 4
    And the order is allocated now
    And the order is handed over
    When a return of nothing is requested
    Then it is refused: order SO-000001: nothing to return

  Scenario: A bundle does not come back
    Given these products
      | sku     | cents |
      | SET-001 | 2500  |
    And the bundle SET-001 contains HAM-001 x 2
    And ada@example.com orders SET-001 x 1
    And the order is allocated now
    And the order is handed over
    When a return of SET-001 x 1 is requested because of "too many"
    Then it is refused: order SO-000001: SET-001 was sold as a bundle

  Scenario: Every product of a return is looked at
    Given ada@example.com orders HAM-001 x 4, MIL-001 x 2
    And the order is allocated now
    And the order is handed over
    And a return of HAM-001 x 1, MIL-001 x 1 is requested because of "too many"
    When the return arrives
      | sku     | condition |
      | HAM-001 | as-new    |
    Then it is refused: condition of MIL-001 is missing
    And the return RT-000001 is requested
    And the bin RECV holds nothing

  Scenario Outline: A return arrives once, is paid once, or rejected once
    Given ada@example.com orders HAM-001 x 4
    And the order is allocated now
    And the order is handed over
    And a return of HAM-001 x 1 is requested because of "too many"
    And <before>
    When <action>
    Then it is refused: return RT-000001 is <state>: cannot <verb> it

    Examples:
      | before                     | action                     | state     | verb   |
      | the return is rejected now | the return is rejected now | rejected  | reject |
      | the return is rejected now | the return is refunded now | rejected  | refund |
      | it is 2026-03-03           | the return is refunded now | requested | refund |

  Scenario: A rejected return does not arrive
    Given ada@example.com orders HAM-001 x 4
    And the order is allocated now
    And the order is handed over
    And a return of HAM-001 x 1 is requested because of "too many"
    And the return is rejected now
    When the return arrives
      | sku     | condition |
      | HAM-001 | as-new    |
    Then it is refused: return RT-000001 is rejected: cannot receive it
