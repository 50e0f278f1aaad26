Feature: What spoils is followed lot by lot

  Background:
    Given it is 2026-03-02
    And this stock
      | sku     | count | lot |
      | MIL-001 | 10    | M1  |
      | COF-001 | 10    | C1  |
    And it is 2026-04-01
    And this stock
      | sku     | count | lot |
      | MIL-001 | 20    | M2  |

  Scenario: A lot expires when the shelf life is over, counted from the day on which it came
    Then the lots of MIL-001 in MAIN are M1 10 2026-08-29, M2 20 2026-09-28
    And the lots of COF-001 in MAIN are C1 10 2027-03-02
    And the lots of MIL-001 in NORD are nothing

  Scenario: More of a lot does not make it fresher
    Given this stock
      | sku     | count | lot | bin  |
      | MIL-001 | 5     | M1  | P-01 |
    Then the lots of MIL-001 in MAIN are M1 15 2026-08-29, M2 20 2026-09-28

  Scenario: The same number in another warehouse is another lot
    Given this stock
      | sku     | count | lot | bin       |
      | MIL-001 | 5     | M1  | NORD/A-01 |
    Then the lots of MIL-001 in MAIN are M1 10 2026-08-29, M2 20 2026-09-28
    And the lots of MIL-001 in NORD are M1 5 2026-09-28

  Scenario Outline: What expires first goes out first
    When <count> MIL-001 are issued from MAIN
    Then the lots of MIL-001 in MAIN are <lots>

    Examples:
      | count | lots                              |
      | 4     | M1 6 2026-08-29, M2 20 2026-09-28 |
      | 10    | M2 20 2026-09-28                  |
      | 15    | M2 15 2026-09-28                  |
      | 30    | nothing                           |

  Scenario: A product without shelf life has lots that never expire, and go last
    Given these products
      | sku     | tracking | category |
      | SAL-001 | lot      | Food     |
    And this stock
      | sku     | count | lot |
      | SAL-001 | 10    | S1  |
    Then the lots of SAL-001 in MAIN are S1 10 never

  Scenario Outline: What expires soon can be found
    When I ask which lots in MAIN expire until <day>
    Then the answer is <lots>

    Examples:
      | day        | lots                                               |
      | 2026-08-28 | nothing                                            |
      | 2026-08-29 | MIL-001 M1 10 2026-08-29                           |
      | 2026-09-28 | MIL-001 M1 10 2026-08-29, MIL-001 M2 20 2026-09-28 |

  @tampered
  Scenario: More than the lots hold cannot go out, even if more lies there
    Given somebody takes 25 MIL-001 out of the lots in MAIN
    When 6 MIL-001 are issued from MAIN
    Then it is refused: MIL-001: 6 asked for, 5 available
    And 30 MIL-001 are on hand in MAIN

  Scenario: The number of a lot is not too long
    When this is received
      | sku     | count | lot                       |
      | MIL-001 | 5     | 1234567890123456789012345 |
    Then it is refused: lot number must have at most 24 characters
