Feature: Once a year, everything is counted

  Background:
    Given this stock
      | sku     | count | bin       | lot | numbers |
      | HAM-001 | 10    | A-01      |     |         |
      | HAM-001 | 5     | P-01      |     |         |
      | MIL-001 | 20    | A-01      | M1  |         |
      | PHO-001 | 1     | A-01      |     | P1      |
      | SAW-001 | 9     | NORD/A-01 |     |         |
    And a count of MAIN is opened

  Scenario: The sheet says what should be there, except for what has numbers
    Then the count is open
    And the lines of the count are
      | product | bin  | expected | counted |
      | HAM-001 | A-01 | 10       | nothing |
      | HAM-001 | P-01 | 5        | nothing |
      | MIL-001 | A-01 | 20       | nothing |

  Scenario: What differs is corrected
    Given 8 HAM-001 are counted in A-01
    And 5 HAM-001 are counted in P-01
    And 21 MIL-001 are counted in A-01
    When I ask for the differences of the count
    Then the answer is HAM-001 A-01 -2, MIL-001 A-01 1
    When the count is posted
    Then the answer is 2
    And the books agree
    And the bin A-01 holds HAM-001 8, MIL-001 21, PHO-001 1
    And the lots of MIL-001 in MAIN are M1 20 2026-08-29, FOUND 1 2026-08-29

  Scenario: A second count replaces the first
    Given 8 HAM-001 are counted in A-01
    And 10 HAM-001 are counted in A-01
    When I ask for the differences of the count
    Then the answer is nothing

  Scenario: Everything has to be counted
    Given 8 HAM-001 are counted in A-01
    And 5 HAM-001 are counted in P-01
    When the count is posted
    Then it is refused: count of MIL-001 in A-01 is missing
    And the count is open
    And 15 HAM-001 are on hand in MAIN

  Scenario Outline: What makes no sense is not written down
    When <count> <sku> are counted in <bin>
    Then it is refused: <message>

    Examples:
      | count | sku     | bin  | message                                 |
      | -1    | HAM-001 | A-01 | counted must not be negative, but is -1 |
      | 1     | SAW-001 | A-01 | no countline SAW-001 in A-01            |
      | 1     | PHO-001 | A-01 | no countline PHO-001 in A-01            |
      | 1     | MIL-001 | P-01 | no countline MIL-001 in P-01            |

  Scenario: A warehouse is counted once at a time, the others meanwhile as well
    When a count of MAIN is opened
    Then it is refused: count of MAIN is open: cannot open it
    When a count of NORD is opened
    Then the lines of the count are
      | product | expected |
      | SAW-001 | 9        |

  Scenario: An abandoned count changes nothing, and makes way for another one
    Given 8 HAM-001 are counted in A-01
    When the count is abandoned
    Then 15 HAM-001 are on hand in MAIN
    When a count of MAIN is opened
    Then the count is open

  Scenario: What is sold during the count stays sold
    Given 9 HAM-001 are counted in A-01
    And 5 HAM-001 are counted in P-01
    And 20 MIL-001 are counted in A-01
    And 7 HAM-001 are issued from MAIN
    When the count is posted
    Then 7 HAM-001 are on hand in MAIN

  Scenario Outline: A count that is over is over
    Given the count is abandoned
    When <action>
    Then it is refused: count 1 is abandoned: cannot <verb> it

    Examples:
      | action                        | verb       |
      | the count is posted           | post       |
      | the count is abandoned        | abandon    |
      | 8 HAM-001 are counted in A-01 | enter into |
