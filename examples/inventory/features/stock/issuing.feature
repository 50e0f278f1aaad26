Feature: Goods go out from picking bins first, at the oldest costs

  Background:
    Given this stock
      | sku     | count | bin  | cents |
      | HAM-001 | 10    | A-01 | 900   |
      | HAM-001 | 5     | P-01 | 1000  |
      | HAM-001 | 5     | RECV | 1100  |
      | HAM-001 | 5     | QUAR | 1200  |

  Scenario Outline: Picking bins come first, then storage, then the others, but never quarantine
    When I ask from where <count> HAM-001 would be picked in MAIN
    Then the answer is <plan>

    Examples:
      | count | plan                    |
      | 5     | P-01 5                  |
      | 6     | P-01 5, A-01 1          |
      | 16    | P-01 5, A-01 10, RECV 1 |
      | 20    | P-01 5, A-01 10, RECV 5 |

  Scenario: What goes out has cost what the oldest pieces have
    When 12 HAM-001 are issued from MAIN
    Then they had cost 110.00
    And the cost layers of HAM-001 in MAIN are 3 at 10.00, 5 at 11.00, 5 at 12.00
    And the bin P-01 holds nothing
    And the bin A-01 holds HAM-001 3
    And 13 HAM-001 are on hand in MAIN

  Scenario Outline: What is not there, or nothing, cannot go out
    When <count> HAM-001 are issued from <house>
    Then it is refused: <message>
    And 25 HAM-001 are on hand in MAIN

    Examples:
      | count | house | message                             |
      | 21    | MAIN  | HAM-001: 21 asked for, 20 available |
      | 1     | NORD  | HAM-001: 1 asked for, 0 available   |
      | 0     | MAIN  | quantity must be positive, not 0    |

  Scenario: A shortage says how many pieces are missing
    When 23 HAM-001 are issued from MAIN
    Then it is refused: HAM-001: 23 asked for, 20 available
    And the error is of the kind ShortageError
    And the error's missing is 3
    And the error's sku is HAM-001
