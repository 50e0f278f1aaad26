Feature: Goods come in

  Scenario: What comes in is written down: where, why, and at which cost
    When 10 HAM-001 are received in RECV at 9.00
    Then the movements of HAM-001 in MAIN are
      | kind    | quantity | bin  | reference | unit cost cents |
      | receipt | 10       | RECV | test      | 900             |
    And the cost layers of HAM-001 in MAIN are 10 at 9.00
    And 10 HAM-001 are on hand in MAIN
    And 0 HAM-001 are on hand in NORD

  Scenario: Warehouses are counted together, too
    Given 10 HAM-001 are received in RECV at 9.00
    And 4 HAM-001 are received in NORD/A-01 at 9.00
    Then 14 HAM-001 are on hand everywhere

  Scenario Outline: A receipt that makes no sense is refused, and nothing of it stays
    When this is received
      | sku   | count   | cents   | lot   | numbers   |
      | <sku> | <count> | <cents> | <lot> | <numbers> |
    Then it is refused: <message>
    And there are 0 rows in movement
    And there are 0 rows in cost_layer
    And there are 0 rows in lot
    And there are 0 rows in serial_number

    Examples:
      | sku     | count | cents | lot | numbers | message                                                   |
      | HAM-001 | 0     | 900   |     |         | quantity must be positive, not 0                          |
      | HAM-001 | -1    | 900   |     |         | quantity must be positive, not -1                         |
      | HAM-001 | 1     | -1    |     |         | unit_cost_cents must not be negative, but is -1           |
      | HAM-001 | 501   | 900   |     |         | bin A-01 has space for 500 more, not for 501              |
      | MIL-001 | 5     | 90    |     |         | lot number must not be empty                              |
      | MIL-001 | 501   | 90    | L1  |         | bin A-01 has space for 500 more, not for 501              |
      | PHO-001 | 2     | 300   |     | P1      | serial numbers of PHO-001 must be 2 different ones, not 1 |
      | PHO-001 | 2     | 300   |     | P1 P1   | serial numbers of PHO-001 must be 2 different ones, not 2 |
      | PHO-001 | 1     | 300   |     | P1 P2   | serial numbers of PHO-001 must be 1 different ones, not 2 |

  Scenario: Goods from a giveaway cost nothing
    When 10 HAM-001 are received in RECV at 0.00
    Then all goods in MAIN have cost 0.00
